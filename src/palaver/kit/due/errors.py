"""What a handler may raise to be understood."""

from __future__ import annotations


class GiveUp(Exception):
    """Trying again is no use. The due stays as a row with these last words."""
