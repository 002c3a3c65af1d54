"""Pages of a thread: its three views, writing in it, and what hosts do to it."""
