"""Pages of hosts: what they do to threads, the desk of a forum's hosts, and the question whether a lock should stand."""
