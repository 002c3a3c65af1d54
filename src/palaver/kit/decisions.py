"""Permission answers: truthy or not, and when not, with the reason the member reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn


class Refusal(Exception):
    """An act that is not allowed or cannot be done. Its text is fit for the member and says what to do.

    `field` names the form field it belongs to ("" for the whole form); `status` is the HTTP status a page answers with.
    """

    status = 422

    def __init__(self, because: str, *, field: str = "") -> None:
        super().__init__(because)
        self.because = because
        self.field = field


class NotAllowed(Refusal):
    """The actor may not do this, now or at all."""

    status = 403


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a `may_…` function. `because` is empty when allowed."""

    allowed: bool
    because: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def or_refuse(self) -> None:
        """Raise NotAllowed with the reason unless allowed."""
        if not self.allowed:
            self._refuse()

    def _refuse(self) -> NoReturn:
        raise NotAllowed(self.because)


YES = Decision(True)


def no(because: str) -> Decision:
    """A refusal with its reason, in the member's language."""
    return Decision(False, str(because))
