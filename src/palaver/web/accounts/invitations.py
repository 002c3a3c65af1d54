"""Invitations: one's own, and the page to which a link leads."""

from __future__ import annotations

import base64
import secrets

from allauth.account.views import SignupView
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from palaver.accounts import inviting
from palaver.accounts.models import Invitation, Member
from palaver.accounts.permissions import may_invite
from palaver.accounts.reads import Viewer
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.web import contexts, errors, moments
from palaver.web.accounts.contexts import InvitationRow, InvitationsPage
from palaver.web.accounts.flows import housed
from palaver.web.doors import everyone, members, the_member
from palaver.web.shell import answer, shell

_sign_up = housed(SignupView.as_view())


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Where an invitation leads. All that do not lead in look alike, whatever the reason."""
    invitation = inviting.leading_in(secret)
    if request.viewer is not None:  # type: ignore[attr-defined]
        messages.info(request, _("You are a member already; the invitation is for somebody else."))
        return redirect("/")
    if invitation is None:
        words = (
            _("This invitation does not lead in"),
            _("It has been used, has run out or was taken back – or the link has a slip in it."),
            _("Ask whoever sent it for another one."),
        )
        return errors.draw(request, 404, words)
    request.invitation = invitation  # type: ignore[attr-defined]
    response = _sign_up(request)
    assert isinstance(response, HttpResponse)
    return response


join.permission = "everyone, with an invitation"  # type: ignore[attr-defined]


@everyone
def applied(request: HttpRequest) -> HttpResponse:
    """What everybody reads who has asked to join, whether or not their address was a member's already."""
    return answer("account/applied.html", shell(request, _("Your application waits"), robots="noindex"), None)


@never_cache
@require_http_methods(["GET", "POST"])
@members
def invitations(request: HttpRequest) -> HttpResponse:
    """One's own invitations, and the form for another one."""
    member = the_member(request)
    if request.method == "GET":
        return _page(request, member)
    once = request.POST.get("once", "")[:64]
    # The secret follows from the form, so a form sent twice makes one invitation and shows one link.
    secret = base64.urlsafe_b64encode(
        salted_hmac("palaver.invitation", f"{member.pk}:{once}", algorithm="sha256").digest()[:24]
    )
    try:
        if len(once) < 16:
            raise Refusal(_("Open this page again and send the form once more."))
        inviting.invite(
            by=member,
            secret=secret.decode(),
            places=_number(request, "places"),
            days=_number(request, "days"),
            note=request.POST.get("note", ""),
        )
    except Refusal as refusal:
        return _page(request, member, refusal=refusal)
    return _page(request, member, link=f"{settings.PALAVER_ORIGIN}/join/{secret.decode()}")


@require_POST
@members
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Take back one's own invitation."""
    member = the_member(request)
    found = Invitation.objects.filter(pk=number, by=member).first()
    if found is None:
        raise Http404
    inviting.take_back(found, by=member)
    messages.success(request, _("Taken back: the link leads nowhere now."))
    return redirect("/account/invitations")


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _page(request: HttpRequest, member: Member, *, link: str = "", refusal: Refusal | None = None) -> HttpResponse:
    problems = {refusal.field: refusal.because} if refusal else {}
    given = request.POST if refusal else {}
    may = may_invite(member)
    page = InvitationsPage(
        fields=(
            contexts.Field(
                "note",
                _("For whom"),
                value=given.get("note", ""),
                error=problems.get("note", problems.get("because", "")),
                maximum=inviting.LONGEST_NOTE,
                help=_("A note to yourself; nobody else reads it."),
            ),
            contexts.Field(
                "places",
                _("How many may join by it"),
                "select",
                value=given.get("places", "1"),
                error=problems.get("places", ""),
                options=tuple(
                    (str(n), str(n)) for n in ((1, 2, 5, 10, 50, 200) if member.is_operator else (1, 2, 3, 5))
                ),
            ),
            contexts.Field(
                "days",
                _("How long it runs"),
                "select",
                value=given.get("days", "14"),
                error=problems.get("days", ""),
                options=(("1", _("a day")), ("7", _("a week")), ("14", _("two weeks")), ("60", _("two months"))),
            ),
        ),
        once=secrets.token_urlsafe(16),
        rows=_rows(request.viewer, Invitation.objects.filter(by=member).order_by("-at", "-id")[:50]),  # type: ignore[attr-defined]
        link=link,
        why_not="" if may else may.because,
        error=problems.get("", ""),
    )
    frame = shell(request, _("Invitations"), token=True, robots="noindex")
    return answer("account/invitations.html", frame, page, status=422 if refusal else 200)


def _rows(viewer: Viewer, found: QuerySet[Invitation]) -> tuple[InvitationRow, ...]:
    where, now = moments.zone(viewer.time_zone), clock.now()

    def state(row: Invitation) -> str:
        if row.ended_at is not None:
            return _("taken back")
        if row.taken >= row.places:
            return _("used")
        return _("run out") if row.expires_at <= now else _("running")

    return tuple(
        InvitationRow(
            note=row.note or _("(no note)"),
            places=_("%(taken)s of %(places)s joined") % {"taken": row.taken, "places": row.places},
            until=moments.moment(row.expires_at, where, now),
            state=state(row),
            action=f"/account/invitations/{row.pk}/take-back"
            if row.ended_at is None and row.taken < row.places and row.expires_at > now
            else "",
            number=row.pk,
        )
        for row in found
    )
