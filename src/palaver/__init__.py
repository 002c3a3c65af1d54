"""Palaver: a community forum where people, not algorithms, drive the discussion and set the standards."""

__version__ = "0.1.0"
