"""A post's place in the reply tree as a string: four base-36 digits of its number a level, so that byte order is tree order."""

from __future__ import annotations

from django.utils.translation import gettext as _

from palaver.kit.decisions import Refusal

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
STEP = 4
DEEPEST = 60
HIGHEST = 36**STEP - 1


def segment(number: int) -> str:
    """Four base-36 digits of a post number (0 to 1,679,615)."""
    if not 0 <= number <= HIGHEST:
        raise Refusal(_("A thread holds at most %(most)s posts; start a new one.") % {"most": f"{HIGHEST + 1:,}"})
    text = ""
    for _level in range(STEP):
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text


def below(parent: str, number: int) -> str:
    """The path of a post that answers the one at `parent` ("" for none). Depth is capped: deeper ones hang from the last level."""
    if len(parent) >= DEEPEST * STEP:
        parent = parent[: (DEEPEST - 1) * STEP]
    return parent + segment(number)


def depth(path: str) -> int:
    """0 for the original post and for replies without a parent, then rising; at most DEEPEST - 1."""
    return len(path) // STEP - 1
