"""Conventions that cannot be forgotten, because they are tests."""
