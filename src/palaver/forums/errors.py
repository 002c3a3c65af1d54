"""What forums refuse with, beyond the plain Refusal."""

from __future__ import annotations

from collections.abc import Sequence

from palaver.kit.decisions import NotAllowed, Refusal


class ThreadIsLocked(NotAllowed):
    """No replies here any more; the text says who locked it and why."""


class EmptyText(Refusal):
    """A post needs words."""


class OutOfDate(Refusal):
    """Somebody (the author in another window) has changed the post meanwhile."""

    status = 409


class RulesNotMet(Refusal):
    """What was written does not meet the forum's posting rules; `findings` are all of them, the text is the first."""

    def __init__(self, findings: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(findings[0][2], field=findings[0][1])
        self.findings = tuple(findings)


class NewcomersLimit(Refusal):
    """A new account has reached what it may do in its first days; the text says when that ends."""


class NoRoom(Refusal):
    """The disk has no room for a picture or file; what was written stands."""

    status = 503
