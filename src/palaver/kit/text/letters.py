"""Short texts that stand beside an act: as both databases take them, and no longer than they are kept."""

from __future__ import annotations

from django.utils.translation import gettext as _

from palaver.kit.decisions import Refusal


def storable(text: str) -> str:
    """The text as both databases take it: half characters are written out as \\udxxx, NUL as its picture ␀."""
    if "\x00" in text:
        text = text.replace("\x00", "␀")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "backslashreplace").decode()
    return text


def reason(text: str, longest: int) -> str:
    """A reason without blanks round it; "" when there is none. Raises Refusal when it is longer than is kept, never cuts it."""
    stripped = storable(text).strip()
    if len(stripped) > longest:
        raise Refusal(
            _("This reason has %(length)s characters; %(longest)s fit. Shorten it.")
            % {"length": len(stripped), "longest": longest},
            field="because",
        )
    return stripped
