"""The set-up page, once in an installation's life, and what comes after it."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from palaver.accounts.models import Member
from palaver.community.models import Community
from palaver.forums import founding
from palaver.forums.beginnings import BEGINNINGS, Beginning
from palaver.kit.decisions import Refusal
from palaver.web import contexts, errors
from palaver.web.accounts import ways
from palaver.web.doors import operators
from palaver.web.founding import tokens
from palaver.web.founding.contexts import Choice, DoorPage, SetUpPage, Step, StepsPage
from palaver.web.shell import answer, shell
from palaver.web.standing import standing

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """The door, then the form, then the founding. Gone once there is a community."""
    if standing().founded:
        return _gone(request)
    given = request.POST if request.method == "POST" else request.GET
    token = given.get("token", "")
    opened = tokens.opens(token, address=request.META.get("REMOTE_ADDR", ""))
    if not opened:
        return _door(request, token, opened)
    if "begin_with" not in request.POST:
        return _form(request, token, QueryDict())  # The token was right; this is what it opens.
    try:
        founder = _found(request.POST)
    except founding.FoundedAlready:
        return _gone(request)
    except Refusal as refusal:
        return _form(request, token, request.POST, refusal)
    tokens.forget()
    get_adapter(request).login(request, founder)
    return redirect("/desk/first-steps")


set_up.permission = "everyone, with the founder's token"  # type: ignore[attr-defined]


def _found(form: QueryDict) -> Member:
    """Found the community; the founder, who holds the console's token, need not prove their address by mail."""
    with transaction.atomic():
        founder = founding.found(
            name=form.get("name", ""),
            sentence=form.get("sentence", ""),
            sign_up=form.get("sign_up", ""),
            question=form.get("question", ""),
            operator=form.get("operator", ""),
            email=form.get("email", ""),
            password=form.get("password", ""),
            begin_with=form.get("begin_with", ""),
            forums=frozenset(form.getlist("forum")),
        )
        if founder.email:
            EmailAddress.objects.create(user=founder, email=founder.email, primary=True, verified=True)
    founder.backend = BACKEND
    return founder


def _gone(request: HttpRequest) -> HttpResponse:
    words = (
        _("This community has been set up"),
        _("The set-up page is used once, by whoever starts an installation."),
        _("Operators change everything at their desk. If you are one, sign in."),
    )
    return errors.draw(request, 410, words)


def _door(request: HttpRequest, token: str, opened: bool | None) -> HttpResponse:
    error, status = "", 200
    if opened is None:
        status = 429
        error = _("Too many wrong tokens have been tried. Wait ten minutes, or start `palaver serve` anew.")
    elif token:
        status = 403
        error = _("This is not the token. Copy all of it from the console, or from the file secrets/set_up_token.")
    elif request.method == "POST":
        status = 403
        error = _("Without the token nobody can set up this installation.")
    return answer(
        "founding/door.html", shell(request, _("Set up"), robots="noindex", token=True), DoorPage(error), status=status
    )


def _form(request: HttpRequest, token: str, form: QueryDict, refusal: Refusal | None = None) -> HttpResponse:
    problems = {refusal.field: refusal.because} if refusal else {}
    field = contexts.Field
    page = SetUpPage(
        token=token,
        error=problems.get("", "") or (_("Almost. One thing is to be put right.") if problems else ""),
        community=(
            field(
                "name",
                _("What is your community called?"),
                value=form.get("name", ""),
                error=problems.get("name", ""),
                required=True,
                maximum=60,
                help=_("As it stands on the masthead, such as “Millbrook Commons”."),
            ),
            field(
                "sentence",
                _("What is it, in one sentence?"),
                value=form.get("sentence", ""),
                error=problems.get("sentence", ""),
                maximum=200,
                help=_("The first thing a guest reads. You can leave it for later."),
            ),
        ),
        operator=(
            field(
                "operator",
                _("Your name"),
                value=form.get("operator", ""),
                error=problems.get("operator", ""),
                required=True,
                maximum=30,
                autocomplete="username",
                help=_("As it stands beside your posts. Letters of any script, digits, - . _"),
            ),
            field(
                "email",
                _("Your e-mail address"),
                "email",
                value=form.get("email", ""),
                error=problems.get("email", ""),
                autocomplete="email",
                help=_("For a lost password. Nobody else sees it."),
            ),
            field(
                "password",
                _("A password"),
                "password",
                error=problems.get("password", "")
                or (_("Type the password once more; we never send one back.") if problems else ""),
                required=True,
                autocomplete="new-password",
                help=_("At least 10 characters, not one of the common ones, and not like your name."),
            ),
        ),
        ways=tuple(
            Choice(value, label, sentence, chosen=form.get("sign_up", Community.SignUp.OPEN) == value)
            for value, label, sentence in ways.all_ways()
        ),
        ways_error=problems.get("sign_up", ""),
        question=field(
            "question",
            _("The question asked of those who want to join"),
            value=form.get("question", _("What brings you here?")),
            error=problems.get("question", ""),
            maximum=300,
        ),
        beginnings=tuple(_choice(one, form) for one in BEGINNINGS),
        begin_error=problems.get("begin_with", ""),
    )
    frame = shell(request, _("Set up"), robots="noindex", token=True)
    return answer("founding/set_up.html", frame, page, status=422 if problems else 200)


def _choice(one: Beginning, form: QueryDict) -> Choice:
    ticked = set(form.getlist("forum"))
    boxes = tuple(
        contexts.Field(
            forum.key,
            str(forum.name),
            "checkbox",
            help=str(forum.description),
            checked=forum.key in ticked or not form,
        )
        for forum in one.forums()
    )
    chosen = form.get("begin_with", BEGINNINGS[0].key) == one.key
    return Choice(one.key, str(one.name), str(one.sentence), chosen, boxes)


@require_safe
@operators
def first_steps(request: HttpRequest) -> HttpResponse:
    """What to do next, with what is done already."""
    said = standing().about
    invites = said.sign_up == Community.SignUp.INVITATION
    page = StepsPage(
        said.name,
        (
            Step(
                _("Say hello"),
                _("Start the first thread: who you are, what this place is for. People join where somebody speaks."),
                "/forums",
                _("Choose a forum"),
            ),
            Step(
                _("Let mail leave the house"),
                _("Until a mail server is named, letters to members wait at your desk."),
                code="PALAVER_MAIL_URL=smtp://name:password@mail.example.org",
                done=bool(settings.PALAVER_MAIL_URL),
            ),
            Step(
                _("Keep a copy"),
                _("One file with everything, taken while people write. Let the machine do it every night."),
                code="palaver backup",
            ),
            Step(
                _("Bring people in"),
                _("Make invitation links and hand them to those you want here first.")
                if invites
                else _("Hand out the address, or make personal invitation links."),
                "/account/invitations",
                _("Make an invitation"),
            ),
            Step(
                _("Put the house in order"),
                _("Forums, hosts, how people join, terms and privacy: all of it is at your desk."),
                "/desk/",
                _("To the desk"),
            ),
        ),
    )
    return answer("founding/steps.html", shell(request, _("First steps"), robots="noindex"), page)
