"""The desk's pages about members: find one, see how they stand, suspend, make operators, hand out claim links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from palaver.accounts import claiming, operating, suspending
from palaver.accounts.models import Acceptance, Application, Invitation, Member, Suspension
from palaver.accounts.reads import Viewer
from palaver.forums.models import Office
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.kit.text import names
from palaver.kit.text.letters import storable
from palaver.web import contexts, moments
from palaver.web.doors import operators, the_member
from palaver.web.operators import acting
from palaver.web.operators import contexts as desk
from palaver.web.operators.acting import number

SHOWN = 50


def _standing(member: Member) -> str:
    """How a member stands, in a word or two."""
    if member.left_at is not None:
        return _("has left")
    if member.claimed_at is None:
        return _("unclaimed")
    return _("operator") if member.is_operator else _("member")


def _found(words: str) -> QuerySet[Member]:
    """Members whose name begins with the words or looks just like them, or whose address they are; all of them for none."""
    words = storable(words).strip()
    everybody = Member.objects.filter(Q(claimed_at__isnull=False) | Q(application=None))
    if not words:
        return everybody.order_by("-id")
    return everybody.filter(
        Q(name__istartswith=words) | Q(name_key=names.name_key(words)) | Q(email__iexact=words)
    ).order_by("name")


@require_safe
@operators
def members(request: HttpRequest) -> HttpResponse:
    """Find a member by name or address."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone), clock.now()
    words = request.GET.get("name", "")[:120]
    rows = list(_found(words)[:SHOWN])
    suspended = set(Suspension.objects.running().filter(member__in=rows).values_list("member_id", flat=True))
    parts = (
        desk.Form(
            "find",
            "",
            _("Find"),
            (contexts.Field("name", _("Name or address"), value=words, help=_("The beginning of a name is enough.")),),
            method="get",
            action="/desk/members",
        ),
        desk.Table(
            "found",
            _("Found") if words else _("Newest members"),
            (_("Name"), _("Standing"), _("Joined"), _("Posts")),
            tuple(
                (
                    contexts.Link(row.name, f"/desk/members/{row.pk}"),
                    _("suspended") if row.pk in suspended else _standing(row),
                    moments.moment(row.joined_at, where, now).exact,
                    str(row.post_count),
                )
                for row in rows
            ),
            _("Nobody is called that."),
        ),
    )
    return acting.room(request, "members", _("Members"), "", *parts)


@never_cache
@require_http_methods(["GET", "POST"])
@operators
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    """One member: how they stand, and what an operator may do about it."""
    found = get_object_or_404(Member, pk=member_id)
    by = the_member(request)
    link: list[str] = []

    def suspend(given: Mapping[str, str]) -> str:
        until = clock.now() + timedelta(days=number(given, "days") or 0)
        suspending.suspend(found, by=by, until=until, because=given.get("because", ""))
        return _("%(name)s is suspended. It ends by itself.") % {"name": found.name}

    def unsuspend(_given: Mapping[str, str]) -> str:
        running = found.running_suspension()
        if running is None:
            raise Refusal(_("No suspension is running."))
        suspending.end(running, by=by)
        return _("The suspension has ended.")

    def make_operator(given: Mapping[str, str]) -> str:
        if given.get("name", "").strip() != found.name:
            raise Refusal(_("Type the member’s name, so that this is nobody else."), field="name")
        operating.make_operator(found, by=by)
        return _("%(name)s is an operator.") % {"name": found.name}

    def end_operator(_given: Mapping[str, str]) -> str:
        operating.end_operator(found, by=by)
        return _("%(name)s is no longer an operator.") % {"name": found.name}

    def claim_link(_given: Mapping[str, str]) -> str:
        link.append(claiming.make_link(found, by=by))
        return _("The link is made.")

    here = f"/desk/members/{found.pk}"
    acts = {
        "suspend": suspend,
        "unsuspend": unsuspend,
        "make_operator": make_operator,
        "end_operator": end_operator,
        "claim_link": claim_link,
    }
    back = here if found.pk != by.pk or request.POST.get("act") != "end_operator" else "/"
    done, tried = acting.act(request, acts, back)
    if done and not link:
        return done
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    parts: list[desk.Part] = []
    if link:
        parts.append(
            desk.Handed(
                _("Here is the link. It is shown only now:"),
                f"{settings.PALAVER_ORIGIN}/claim/{link[0]}",
                _("It works once, for a week. Be sure that you hand it to the person who wrote as %(name)s.")
                % {"name": found.name},
            )
        )
    parts += [_facts(found, viewer), *_acts(found, tried)]
    return acting.room(request, "members", found.name, "", *parts, tried=tried)


def _facts(found: Member, viewer: Viewer) -> desk.Facts:
    where, now = moments.zone(viewer.time_zone), clock.now()

    def when(instant: object) -> str:
        return moments.moment(instant, where, now).exact if instant else _("never")  # type: ignore[arg-type]

    rows: list[tuple[str, str | contexts.Link]] = [
        (_("Page"), contexts.Link(member_address(found.name), member_address(found.name))),
        (_("Standing"), _standing(found)),
        (_("Address"), found.email or _("none given")),
        (_("Joined"), when(found.joined_at)),
        (_("Claimed"), when(found.claimed_at)),
        (_("Posts"), str(found.post_count)),
    ]
    running = found.running_suspension()
    if running is not None:
        rows.append(
            (
                _("Suspended until"),
                _("%(when)s: %(because)s") % {"when": when(running.until), "because": running.because},
            )
        )
    hosting = [row.forum.name for row in Office.objects.sitting().filter(member=found).select_related("forum")]
    if hosting:
        rows.append((_("Host of"), ", ".join(hosting)))
    acceptance = Acceptance.objects.filter(member=found).select_related("invitation__by").first()
    if acceptance is not None:
        inviter = acceptance.invitation.by
        rows.append((_("Invited by"), contexts.Link(inviter.name, f"/desk/members/{inviter.pk}")))
    invited = Acceptance.objects.filter(invitation__in=Invitation.objects.filter(by=found)).count()
    if invited:
        rows.append((_("Has brought in"), str(invited)))
    application = Application.objects.filter(member=found).first()
    if application is not None:
        rows.append((_("Asked to join"), when(application.at)))
    return desk.Facts(tuple(rows))


def _acts(found: Member, tried: acting.Tried) -> list[desk.Part]:
    """What may be done about this member now."""
    if found.claimed_at is None:
        if not claiming.may_be_claimed(found):
            return []
        return [
            tried.form(
                "claim_link",
                _("A link to claim this account"),
                _("Make the link"),
                sentence=_(
                    "They wrote in the old forum. With the link they set a password and are home. Earlier links stop working."
                ),
            )
        ]
    parts: list[desk.Part] = []
    if found.running_suspension() is not None:
        parts.append(tried.form("unsuspend", _("End the suspension"), _("End it now")))
    else:
        parts.append(
            tried.form(
                "suspend",
                _("Suspend"),
                _("Suspend"),
                tried.field(
                    "suspend",
                    "days",
                    _("For how long"),
                    "select",
                    value="3",
                    options=(
                        ("1", _("a day")),
                        ("3", _("three days")),
                        ("7", _("a week")),
                        ("14", _("two weeks")),
                        ("30", _("thirty days, the longest")),
                    ),
                ),
                tried.field(
                    "suspend",
                    "because",
                    _("Why"),
                    "textarea",
                    required=True,
                    maximum=suspending.LONGEST_REASON,
                    help=_("The member reads it, and it stands on the record."),
                ),
                danger=True,
            )
        )
    if found.is_operator:
        parts.append(
            tried.form("end_operator", _("End the operator’s office"), _("End the office"), folded=True, danger=True)
        )
    else:
        parts.append(
            tried.form(
                "make_operator",
                _("Make an operator"),
                _("Make an operator"),
                tried.field("make_operator", "name", _("Type the member’s name"), required=True),
                sentence=_("Operators may do everything on this desk, this too."),
                folded=True,
            )
        )
    return parts
