"""Pages of the watch: who is on it and what it did, for everybody; the newcomers' desk, for watchers; the answer, for who was suspended."""
