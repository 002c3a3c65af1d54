"""The pages of notices: the list, the choices, the browsers that tell, the link at the foot of a mail."""
