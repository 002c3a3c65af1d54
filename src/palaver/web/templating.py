"""The template environment: Jinja2 as Django's backend uses it, with our translations and the addresses of built files.

Named in the settings as the backend's `environment` option; `TEMPLATES` is the folder for its DIRS.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from threading import local
from typing import Any

from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes, pass_eval_context, select_autoescape
from markupsafe import Markup

from palaver.web import assembling, building, frame

TEMPLATES = Path(__file__).parent / "templates"

_page = local()


def draw(template: Template, language: str, **values: object) -> str:
    """A page in the language that is active, which is asked for once and not with each of its sentences."""
    _page.language = language
    try:
        return template.render(**values)
    finally:
        _page.language = ""


def _language() -> str:
    return getattr(_page, "language", "") or get_language() or "en"


def environment(**options: Any) -> Environment:
    """An environment for Django's Jinja2 backend. Text files are never escaped as HTML, everything else always is."""
    options["autoescape"] = select_autoescape(
        enabled_extensions=("html", "xml"), disabled_extensions=("txt",), default=True, default_for_string=True
    )
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    options["extensions"] = ["jinja2.ext.i18n", *options.get("extensions", [])]
    made = Environment(**options)
    made.policies["ext.i18n.trimmed"] = True
    _install(made)(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)
    made.globals.update(asset=asset, table=assembling.table, fixed=fixed, gettext=said, _=said)
    made.globals["thread_rows"] = lambda rows: assembling.thread_rows(own(), rows, _language())
    made.globals["icon"] = icon
    made.globals["frame_part"] = frame.part
    made.filters["number"] = number
    made.filters["capped"] = capped
    return made


@pass_eval_context
def said(context: nodes.EvalContext, message: str, **values: object) -> str:
    """A sentence of a template in the page's language. A page has a hundred, most of them fixed: those are kept ready."""
    language = _language()
    if not values:
        return _fixed(language, message, context.autoescape)
    text = _said(language, message)
    return (Markup(text) if context.autoescape else text) % values


@lru_cache(maxsize=8192)
def _said(language: str, message: str) -> str:
    return gettext(message)


@lru_cache(maxsize=8192)
def _fixed(language: str, message: str, escaping: bool) -> str:
    # The engine's own wrapper fills in every sentence, so in all of them "%%" stands for one per cent sign.
    text = gettext(message) % {}
    return Markup(text) if escaping else text


@lru_cache(maxsize=64)
def _drawn(language: str, template: str) -> Markup:
    return Markup(own().get_template(template).render())


def fixed(template: str) -> Markup:
    """A part that is the same on every page of a language, drawn once."""
    return _drawn(_language(), template)


def _install(made: Environment) -> Callable[..., None]:
    """The i18n extension adds this method at run time, where type checkers do not see it."""
    install: Callable[..., None] = made.install_gettext_callables  # type: ignore[attr-defined]
    return install


@lru_cache(maxsize=1)
def own() -> Environment:
    """An environment on our own templates, for moulds (where a flag that is not set is false) and for pages that must
    be shown without a request."""
    return environment(loader=FileSystemLoader(TEMPLATES), auto_reload=False)


@lru_cache(maxsize=1)
def strict() -> Environment:
    """The same, but it stops at a name the page was not given: for error pages, tests and the gallery."""
    return environment(loader=FileSystemLoader(TEMPLATES), auto_reload=False, undefined=StrictUndefined)


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """The address of a built file by its plain name."""
    return building.collect().url(name)


@lru_cache(maxsize=256)
def icon(name: str) -> Markup:
    """One of the small drawings, as a use of the sprite."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>').format(asset("marks.svg"), name)


def number(value: int) -> str:
    """A whole number with the language's grouping."""
    return assembling.grouped(_language(), value)


def capped(value: int) -> str:
    """A count of new things; they are counted to a hundred only."""
    return "99+" if value > 99 else str(value)
