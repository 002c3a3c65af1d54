"""What forums refuse with, beyond the plain Refusal."""

from __future__ import annotations

from palaver.kit.decisions import NotAllowed, Refusal


class ThreadIsLocked(NotAllowed):
    """No replies here any more; the text says who locked it and why."""


class EmptyText(Refusal):
    """A post needs words."""


class OutOfDate(Refusal):
    """Somebody (the author in another window) has changed the post meanwhile."""

    status = 409


class NoRoom(Refusal):
    """The disk has no room for a picture or file; what was written stands."""

    status = 503
