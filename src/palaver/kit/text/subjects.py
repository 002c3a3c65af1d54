"""Subject lines: one line of visible characters."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from palaver.kit.decisions import Refusal

LONGEST = 200

# Joiners are letters of some scripts and of emoji; every other format or control character only hides something.
_JOINERS = frozenset("\u200c\u200d")
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")


def visible(text: str) -> str:
    """Text without control, bidirectional, zero-width and unassigned characters, on one line, spaces collapsed."""
    text = unicodedata.normalize("NFC", text)
    if not text.isascii() or not text.isprintable():
        kept: list[str] = []
        for letter in text:
            category = unicodedata.category(letter)
            if category in ("Zs", "Zl", "Zp", "Cc"):
                kept.append(" ")
            elif not (
                letter in _BLANK
                or (category in ("Cf", "Cs", "Co", "Cn") and not _joins(letter, kept))
                or (category in ("Mn", "Me") and _stacked(kept))
            ):
                kept.append(letter)
        text = "".join(kept)
    return re.sub(r" +", " ", text).strip(" \u200c\u200d")


def _joins(letter: str, kept: list[str]) -> bool:
    """A joiner after something it can join; a second one in a row only hides."""
    return letter in _JOINERS and bool(kept) and kept[-1] not in _JOINERS and not kept[-1].isascii()


def _stacked(kept: list[str]) -> bool:
    """Whether three marks already stand on one letter; more climb over the neighbouring lines."""
    return len(kept) >= 3 and all(unicodedata.category(mark) in ("Mn", "Me") for mark in kept[-3:])


def clean(subject: str) -> str:
    """The subject as it is stored, 1 to `LONGEST` characters. Raises Refusal with a sentence for the member."""
    cleaned = visible(subject[: LONGEST * 50])
    if not cleaned:
        raise Refusal(_("A subject is missing. Say in one line what this is about."), field="subject")
    if len(cleaned) > LONGEST:
        raise Refusal(
            _("This subject has %(length)s characters; %(longest)s fit. Move the rest into the text below.")
            % {"length": len(cleaned), "longest": LONGEST},
            field="subject",
        )
    return cleaned
