"""A member's page: who they are here, and what they wrote last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from markupsafe import Markup

from palaver.accounts.models import Application, Member, Rename
from palaver.accounts.reads import Viewer
from palaver.forums import reads as forum_reads
from palaver.forums.models import Office, Post
from palaver.forums.rendering import member_address
from palaver.kit import clock, pagination
from palaver.kit.text import names
from palaver.standards import bounds, mustering
from palaver.web import contexts, moments
from palaver.web.doors import everyone
from palaver.web.freshness import Kept, cacheable
from palaver.web.reading import people
from palaver.web.shell import answer, forum_link, places, readable, shell

POSTS = 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def find(name: str) -> Member | HttpResponse:
    """The member of a name; a former name or another spelling leads to the present one."""
    if "\x00" in name:
        raise Http404  # No name holds it, and PostgreSQL does not even compare with it.
    member = Member.objects.filter(name=name).first()
    if member is not None:
        return member
    key = names.name_key(name)
    renamed = Rename.objects.filter(old_key=key).select_related("member").order_by("-at").first()
    found = renamed.member if renamed else Member.objects.filter(name_key=key).first()
    if found is None:
        raise Http404
    return redirect(member_address(found.name), permanent=True)


def _read_watchers() -> dict[int, datetime]:
    return {term.member_id: term.until for term in mustering.sitting()}


# Few are on the watch, and every member's page would ask.
_watchers = Kept(_read_watchers, "watch")


# Few members have any: all of theirs are read once, until a post is removed or restored; what lapses meanwhile is not counted.
_removed = Kept(lambda: forum_reads.judged_removals(clock.now() - bounds.REMOVALS_COUNT_FOR), "folds")


def _removals(member_id: int) -> int:
    """How many posts of theirs verdicts have removed in the days that count, and that were not restored."""
    since = clock.now() - bounds.REMOVALS_COUNT_FOR
    return sum(1 for at in _removed.get().get(member_id, ()) if at > since)


def _chance(removals: int) -> int:
    """How likely the lot takes them into a pool, in per cent, as `eligibility.chance` counts it."""
    return max(100 - bounds.CHANCE_LOST_A_REMOVAL * removals, 0)


@everyone
def member(request: HttpRequest, name: str) -> HttpResponse:
    """One member's page."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    found = find(name)
    if isinstance(found, HttpResponse):
        return found
    if found.claimed_at is None and Application.objects.filter(member=found).exists():
        raise Http404  # Asked to join and has not been let in: no member yet, and nobody else's business.
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    known = places().forums
    written = Post.objects.filter(author=found, forum_id__in=readable(viewer), standing=Post.Standing.SHOWN)
    before = pagination.decode(request.GET.get("before"), (int,))
    if before is not None and isinstance(before[0], int) and 0 < before[0] < 2**60:
        written = written.filter(created_at__lt=_EPOCH + timedelta(microseconds=before[0]))
    rows = list(
        written.order_by("-created_at", "-id").values_list(
            "id", "subject", "thread__subject", "opening", "created_at", "forum_id"
        )[: POSTS + 1]
    )
    later = None
    if len(rows) > POSTS:
        rows = rows[:POSTS]
        cursor = pagination.encode([(rows[-1][4] - _EPOCH) // timedelta(microseconds=1)])
        later = contexts.Link(_("Older"), f"{member_address(found.name)}?before={cursor}")
    recent = tuple(
        contexts.MemberPost(
            f"/p/{post_id}",
            subject or thread_subject,
            opening,
            moments.moment(at, where, now),
            forum_link(known[forum_id]),
        )
        for post_id, subject, thread_subject, opening, at, forum_id in rows
    )
    offices = [
        _("Host of %(forum)s, %(days)s days") % {"forum": office.forum.name, "days": moments.days(office.since, now)}
        for office in Office.objects.filter(member=found, ended_at=None).select_related("forum").order_by("since")
        if office.forum_id in readable(viewer)
    ]
    if (until := _watchers.get().get(found.pk)) is not None and until > now:
        offices.append(_("On the watch until %(until)s") % {"until": moments.moment(until, where, now).exact})
    if found.is_operator:
        offices.insert(0, _("Operator"))
    suspension, removals = found.running_suspension(), _removals(found.pk)
    page = contexts.MemberPage(
        name=found.name,
        since=moments.moment(found.joined_at, where, now),
        posts=found.post_count,
        threads=found.threads.filter(forum_id__in=readable(viewer)).count(),
        about=Markup(found.about_html),
        recent=recent,
        offices=tuple(offices),
        names_before=tuple(found.renames.order_by("-at").values_list("old_name", flat=True)),
        removals=_("%(n)s in %(days)s days") % {"n": removals, "days": bounds.REMOVALS_COUNT_FOR.days}
        if removals
        else "",
        chance=_("%(n)s %%") % {"n": _chance(removals)} if found.claimed_at is not None else "",
        suspended=_("Suspended until %(until)s: %(because)s")
        % {"until": moments.moment(suspension.until, where, now).exact, "because": suspension.because}
        if suspension
        else "",
        unclaimed=_("These posts came from an older forum. Nobody has claimed this name here yet.")
        if found.claimed_at is None
        else "",
        own=viewer is not None and viewer.id == found.pk,
        pager=contexts.Pager(later=later),
        acts=people.standing(viewer, found.pk) if viewer is not None and viewer.id != found.pk else None,
    )
    href = member_address(found.name)
    robots = "noindex, follow" if before is not None else ""
    frame = shell(request, found.name, canonical=href, robots=robots, feed=f"{href}/feed")
    response = answer("members/member.html", frame, page)
    # A suspension lapses at its hour, and posts appear with every thread: only members without one are kept.
    return response if suspension else cacheable(response, ["front", f"member:{found.pk}", "places", "names", "watch"])
