"""Where a claim link leads: an imported member sets a password and is home."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from palaver.accounts import claiming
from palaver.accounts.models import Member
from palaver.kit.decisions import Refusal
from palaver.web import contexts, errors
from palaver.web.accounts.contexts import ClaimPage
from palaver.web.shell import answer, shell

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """The form and its answer. Links that open nothing look alike, whatever the reason."""
    member = claiming.claimed_by(token)
    if member is None:
        words = (
            _("This link opens nothing"),
            _("It has been used, is older than a week, or was replaced by a newer one."),
            _("Ask the operators for another one."),
        )
        return errors.draw(request, 404, words)
    if request.method == "GET":
        return _page(request, member)
    email = request.POST.get("email", "")
    try:
        if settings.PALAVER_MAIL_URL and not (email.strip() or member.email):
            raise Refusal(_("Give an address: signing in asks you to confirm it."), field="email")
        with transaction.atomic():
            claimed = claiming.claim(token, password=request.POST.get("password", ""), email=email)
    except Refusal as refusal:
        return _page(request, member, refusal)
    claimed.backend = BACKEND
    with transaction.atomic():
        get_adapter(request).login(request, claimed)
    messages.success(request, _("Welcome back. This account is yours."))
    return redirect("/")


claim.permission = "everyone, with a claim link"  # type: ignore[attr-defined]


def _page(request: HttpRequest, member: Member, refusal: Refusal | None = None) -> HttpResponse:
    problems = {refusal.field: refusal.because} if refusal else {}
    page = ClaimPage(
        name=member.name,
        posts=member.post_count,
        fields=(
            contexts.Field(
                "email",
                _("E-mail address"),
                "email",
                value=request.POST.get("email", ""),
                error=problems.get("email", ""),
                autocomplete="email",
                help=_("For a lost password. Nobody else sees it."),
            ),
            contexts.Field(
                "password",
                _("A password"),
                "password",
                error=problems.get("password", ""),
                required=True,
                autocomplete="new-password",
                help=_("At least 10 characters, not one of the common ones, and not like your name."),
            ),
        ),
        error=problems.get("", ""),
    )
    frame = shell(request, _("Claim your account"), token=True, robots="noindex")
    return answer("account/claim.html", frame, page, status=422 if problems else 200)
