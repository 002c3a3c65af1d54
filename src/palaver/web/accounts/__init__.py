"""Pages of one's own account: what allauth asks us, preferences, sessions."""
