"""What allauth asks of us: names are ours to judge, members are made by our verb, mail is written as rows."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from palaver.accounts import applying, inviting, networks, sessions, settling
from palaver.accounts.joining import admit, check_name
from palaver.accounts.models import Application, Invitation, Member, Session
from palaver.community.models import Community
from palaver.community.reads import mail_from
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.web.accounts import browsers
from palaver.web.accounts.contexts import WaitingPage
from palaver.web.shell import answer, shell
from palaver.web.standing import standing

SignUp = Community.SignUp
APPLIED = "/account/applied"


def invitation_of(request: HttpRequest) -> Invitation | None:
    """The invitation by whose link this sign-up came, looked up by the page it leads to."""
    found: Invitation | None = getattr(request, "invitation", None)
    return found


def waiting(request: HttpRequest, member: Member, application: Application) -> HttpResponse:
    """How it stands with somebody's application: shown only to who has just given its password."""
    page = WaitingPage(member.name, application.admitted is not None, application.because)
    return answer("account/waiting.html", shell(request, _("Your application"), robots="noindex"), page, status=403)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's seam."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return invitation_of(request) is not None or standing().about.sign_up in {SignUp.OPEN, SignUp.APPROVAL}

    def get_from_email(self) -> str:
        return mail_from()

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """A name fit for a member. `shallow` is asked for at sign-in, where any text may be tried."""
        if shallow:
            return username
        try:
            return check_name(username)[0]
        except Refusal as refusal:
            raise forms.ValidationError(refusal.because) from refusal

    def save_user(self, request: HttpRequest, user: Member, form: Any, commit: bool = True) -> Member:
        """Make the member by our verb, so that sign-up through a page and through the console are one act."""
        data = form.cleaned_data
        user.name, user.name_key = check_name(data["username"])
        user.email = (data.get("email") or "").strip().lower()
        user.joined_at = user.claimed_at = clock.now()
        user.set_password(data["password1"])
        invitation = invitation_of(request)
        if not commit:
            return user
        if invitation is not None:
            inviting.accept(invitation, member=user)
        elif standing().about.sign_up == SignUp.APPROVAL:
            applying.apply(user, answer=data["answer"])
            request.has_applied = True  # type: ignore[attr-defined]
        else:
            admit(user)
        return user

    def respond_user_inactive(self, request: HttpRequest, user: Member) -> HttpResponse:
        """Whoever proved to be somebody who cannot sign in is told why: they wait, were refused, or have left."""
        if getattr(request, "has_applied", False):
            return redirect(APPLIED)
        application = Application.objects.filter(member=user).first()
        if application is None or application.admitted:
            return redirect("/account/inactive/")
        return waiting(request, user, application)

    def login(self, request: HttpRequest, user: Member) -> None:
        """Sign in, and remember the browser's name for the page that lists them, and the network (never the address)."""
        super().login(request, user)
        networks.note(user.pk, request.META.get("REMOTE_ADDR", ""))
        sessions.name_browser(request.session.session_key or "", browsers.named(request.headers.get("User-Agent", "")))

    def logout(self, request: HttpRequest) -> None:
        """Sign out; the member's open streams ask their rights again."""
        member = request.user
        super().logout(request)
        if isinstance(member, Member):
            settling.tell_signed_out(member)

    def set_password(self, user: Member, password: str) -> None:
        """A changed password ends every session but the one in which it was changed: a reset is asked for by those who fear."""
        super().set_password(user, password)
        here = (self.request.session.session_key if self.request is not None else None) or ""
        settling.end_sessions(Session.objects.exclude(key=here), of=user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"
