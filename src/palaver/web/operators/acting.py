"""How the desk's forms are answered: each names its act; what cannot be done stands beside its field, with all that was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from palaver.kit.decisions import Refusal
from palaver.web.contexts import Field
from palaver.web.operators.contexts import Application, Form, RoomPage
from palaver.web.operators.menu import menu
from palaver.web.shell import answer, shell

Act = Callable[[Mapping[str, str]], str]


@dataclass(slots=True)
class Tried:
    """What was sent and refused: which act, what was typed, what is wrong with it. Empty when nothing was sent."""

    act: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return 422 if self.problems else 200

    def field(self, act: str, name: str, label: str, kind: Any = "text", value: str = "", **more: Any) -> Field:
        """A field with what was typed into it and what is wrong with it, if it was this act that was refused."""
        mine = self.act == act
        more.setdefault("id", f"{act}_{name}")
        if kind == "checkbox":
            checked = name in self.given if mine else bool(value)
            return Field(name, label, kind, checked=checked, error=self._problem(act, name), **more)
        shown = self.given.get(name, "") if mine else value
        return Field(name, label, kind, value=shown, error=self._problem(act, name), **more)

    def _problem(self, act: str, name: str) -> str:
        return self.problems.get(name, "") if self.act == act else ""

    def form(self, act: str, title: str, button: str, *fields: Field, **more: Any) -> Form:
        """A form of this act; a problem that belongs to none of its fields stands above them."""
        error = ""
        if self.act == act and self.problems:
            named = {one.name for one in fields}
            error = " ".join(text for name, text in self.problems.items() if name not in named)
            error = error or _("One thing is to be put right.")
        hidden = (("act", act), *more.pop("hidden", ()))
        return Form(act, title, button, fields, hidden=hidden, error=error, **more)


def act(request: HttpRequest, acts: Mapping[str, Act], back: str) -> tuple[HttpResponse | None, Tried]:
    """Do what a form asks. Gives the redirect after it, or what was refused; an act returns the sentence to say."""
    if request.method != "POST":
        return None, Tried()
    wanted = request.POST.get("act", "")
    given = {name: str(value) for name, value in request.POST.items()}
    if wanted not in acts:
        return None, Tried(wanted, given, {"": _("This form is out of date. Open the page again.")})
    try:
        messages.success(request, acts[wanted](given))
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return None, Tried(wanted, given, {refusal.field: refusal.because})
    return redirect(back), Tried()


def number(given: Mapping[str, str], name: str, *, empty: int | None = 0) -> int | None:
    """A whole number out of a form; `empty` for an empty field. Raises Refusal."""
    text = given.get(name, "").strip()
    if not text:
        return empty
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refusal(_("Write a whole number."), field=name)
    return int(text)


def room(
    request: HttpRequest, key: str, title: str, lede: str, *parts: Any, tried: Tried | None = None
) -> HttpResponse:
    """A page of the desk. What was refused and stands at none of its forms (a button's act) stands above them all."""
    tried = tried or Tried()
    shown = tuple(part for part in parts if part is not None)
    told = any(isinstance(part, Form) and part.error for part in shown)
    told = told or any(isinstance(part, Application) and part.refuse.error for part in shown)
    error = "" if told else " ".join(tried.problems.values())
    page = RoomPage(title, lede, menu(key), shown, error)
    return answer("desk/room.html", shell(request, title, token=True, robots="noindex"), page, status=tried.status)
