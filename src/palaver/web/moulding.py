"""Moulds: a template cast once into plain text with gaps, then filled many times.

A page of fifty posts would call the template engine fifty times for text that differs in a dozen places. A mould asks
the engine once per language and combination of flags, and afterwards each post costs one `%` of a dict. The template
stays the only source of the markup; it writes `{{ slot.name }}` where a value goes and ordinary `{% if flag %}` for
what depends on a flag.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from django.utils import translation
from jinja2 import Environment
from markupsafe import Markup

# Private-use characters mark the gaps, because no template of ours contains them and escaping leaves them alone.
_BEFORE, _AFTER = "\ue000", "\ue001"
_GAP = re.compile(f"{_BEFORE}([a-z_]+){_AFTER}")


class Slots:
    """Gives a gap for every name asked of it."""

    def __getattr__(self, name: str) -> Markup:
        return Markup(f"{_BEFORE}{name}{_AFTER}")


class Mould:
    """A cast template. `names` are the gaps it has."""

    __slots__ = ("_form", "names")

    def __init__(self, cast: str) -> None:
        pieces = _GAP.split(cast)
        self.names = frozenset(pieces[1::2])
        self._form = "".join(
            f"%({piece})s" if index % 2 else piece.replace("%", "%%") for index, piece in enumerate(pieces)
        )

    def fill(self, values: Mapping[str, object]) -> str:
        """The text with its gaps filled. Values must be HTML already. KeyError if one is missing."""
        return self._form % values


@lru_cache(maxsize=1024)
def cast(environment: Environment, template: str, language: str, flags: frozenset[str]) -> Mould:
    """The mould of a template in a language with these flags set (all others are false in it)."""
    with translation.override(language):
        text = environment.get_template(template).render(slot=Slots(), **dict.fromkeys(flags, True))
    return Mould(re.sub(r">\s*\n\s*<", "> <", text.strip()))
