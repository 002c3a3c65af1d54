"""The operators' desk. Every act goes through the same verbs as anybody's."""
