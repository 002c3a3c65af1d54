"""Writing to the operators: a plain form for anybody, with an account or without.

Against programs that fill every form: a field that people never see, and a stamp that says when the form was drawn.
Neither needs a script, a cookie or anybody else's service.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.community import inquiring
from palaver.community.reads import about
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.web.contexts import Field
from palaver.web.house import contexts
from palaver.web.shell import answer, shell

TRAP = "website"
SOONEST = timedelta(seconds=3)
LATEST = timedelta(days=2)
_SALT = "palaver.contact"


def stamp(at: datetime | None = None) -> str:
    """When the form was drawn, signed, so that it cannot be made up."""
    return signing.dumps(int((at or clock.now()).timestamp()), salt=_SALT)


def _drawn_at(given: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(signing.loads(given, salt=_SALT)), tz=clock.UTC)
    except (signing.BadSignature, ValueError, TypeError, OverflowError, OSError):
        return None


def _look(request: HttpRequest) -> None:
    """Whether a person may have filled this in. Raises Refusal with what to do; the text is kept by the caller."""
    if request.POST.get(TRAP):
        raise Refusal(_("The last field is a trap for programs. Empty it and send again."), field=TRAP)
    drawn = _drawn_at(request.POST.get("stamp", ""))
    if drawn is None or clock.now() - drawn > LATEST:
        raise Refusal(
            _("This form had been open for very long, so it was drawn anew. Your text is here: send it again.")
        )
    if clock.now() - drawn < SOONEST:
        raise Refusal(_("That was faster than people write. Your text is here: send it again."))


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """The form, and what became of it."""
    given = {name: request.POST.get(name, "") for name in ("name", "email", "subject", "text")}
    problems: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            _look(request)
            sent = inquiring.inquire(**given, sender=request.META.get("REMOTE_ADDR", ""))
            messages.success(request, _("Sent. The answer comes by mail to %(address)s.") % {"address": sent.email})
            return redirect("/contact")
        except Refusal as refusal:
            problems = {refusal.field: refusal.because}
            status = refusal.status
    else:
        given |= _known(request)
    return answer(
        "house/contact.html",
        shell(request, _("Write to the operators"), canonical="/contact", token=True),
        _page(request, given, problems),
        status=status,
    )


contact.permission = "everyone"  # type: ignore[attr-defined]


def _known(request: HttpRequest) -> dict[str, str]:
    """What a member need not type again."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    if viewer is None:
        return {}
    return {"name": viewer.name, "email": Member.objects.values_list("email", flat=True).get(pk=viewer.id) or ""}


def _page(request: HttpRequest, given: dict[str, str], problems: dict[str, str]) -> contexts.ContactPage:
    old = request.POST.get("stamp", "")
    drawn = _drawn_at(old)
    # A form sent too soon keeps its stamp, so that sending it again works at once.
    kept = old if drawn is not None and clock.now() - drawn <= LATEST else stamp()

    def field(name: str, label: str, **more: object) -> Field:
        return Field(name, label, value=given[name], error=problems.get(name, ""), **more)  # type: ignore[arg-type]

    fields = (
        field("name", _("Your name, if you like"), maximum=80, autocomplete="name"),
        field(
            "email",
            _("Your e-mail address"),
            kind="email",
            help=_("The answer goes there, and nothing else."),
            required=True,
            maximum=254,
            autocomplete="email",
        ),
        field("subject", _("What it is about"), required=True, maximum=200),
        field("text", _("What you want to say"), kind="textarea", required=True, maximum=inquiring.LONGEST),
        Field("stamp", "", kind="hidden", value=kept),
    )
    return contexts.ContactPage(
        fields=fields,
        trap=TRAP,
        error=problems.get("", "") or problems.get(TRAP, ""),
        mail=about().contact,
        answers="" if settings.PALAVER_MAIL_URL else _("This house sends no mail yet, so an answer may take long."),
    )
