"""The demo community: its people and conversations, played through the real verbs.

Nothing in the product depends on it.
"""
