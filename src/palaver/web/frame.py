"""The parts of the frame that many pages share – masthead, rail, foot, bottom bar – drawn once for equal values and kept.

What such a part shows is in the shell and nowhere else, so two shells equal in what the part looks at give the same text:
another value is another key, and nothing kept goes stale. The address of the page stands in a form of the foot; it is
filled into the kept text, because every page has another.
"""

from __future__ import annotations

from dataclasses import replace

from jinja2 import Environment, pass_environment
from markupsafe import Markup, escape

from palaver.web.contexts import Shell

KEPT = 2000
_HERE = "\ue010"
# The only addresses at which a part looks different: its own links to them are marked as the current ones.
_MARKED = frozenset({"/", "/latest", "/newest", "/recommended", "/forums", "/unread", "/notices/"})

_kept: dict[tuple[str, Shell], str] = {}


@pass_environment
def part(environment: Environment, template: str, shell: Shell) -> Markup:
    """A part of the frame for this shell. One with a form token is drawn anew: the token is this page's alone."""
    if shell.csrf_token:
        return Markup(environment.get_template(template).render(shell=shell))
    key = (template, _looked_at(shell))
    text = _kept.get(key)
    if text is None:
        drawn = shell if shell.here in _MARKED else replace(shell, here=_HERE)
        text = environment.get_template(template).render(shell=drawn)
        if len(_kept) >= KEPT:
            _kept.clear()
        _kept[key] = text
    return Markup(text.replace(_HERE, escape(shell.here)) if _HERE in text else text)


def _looked_at(shell: Shell) -> Shell:
    """The shell without what no part shows."""
    return replace(
        shell,
        title="",
        trail=(),
        flashes=(),
        canonical="",
        description="",
        live="",
        live_after="",
        robots="",
        feed="",
        structured="",
        summons=None,
        here=shell.here if shell.here in _MARKED else "",
    )


def forget() -> None:
    """Drop everything kept: for measurements of a cold start."""
    _kept.clear()
