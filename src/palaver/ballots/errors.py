"""What ballots refuse with, beyond the plain Refusal."""

from __future__ import annotations

from palaver.kit.decisions import Refusal


class ReceiptNeeded(Refusal):
    """A secret vote was cast already, and only its receipt finds it again."""

    status = 409
