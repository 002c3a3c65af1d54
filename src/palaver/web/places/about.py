"""What a forum's About page and its hosts' page both show: seats in order of seniority, vacant ones last."""

from __future__ import annotations

from datetime import datetime, tzinfo

from django.utils.translation import ngettext

from palaver.forums.models import Forum, Office
from palaver.forums.rendering import member_address
from palaver.web import contexts, moments


def seats(forum: Forum, where: tzinfo, now: datetime) -> tuple[contexts.HostSeat, ...]:
    """Every seat of a forum: who sits there for how long, or None."""
    taken = [
        contexts.HostSeat(
            contexts.Link(office.member.name, member_address(office.member.name)),
            moments.moment(office.since, where, now),
            served(office, now),
        )
        for office in Office.objects.sitting(now).filter(forum=forum).select_related("member").order_by("since", "pk")
    ]
    return tuple(taken + [contexts.HostSeat(None)] * max(forum.host_seats - len(taken), 0))


def served(office: Office, now: datetime) -> str:
    """How long a host has served, and of how long a term."""
    days = moments.days(office.since, now)
    if office.until is None:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    term = moments.days(office.since, office.until)
    return ngettext("%(n)s of %(term)s day", "%(n)s of %(term)s days", term) % {"n": days, "term": term}
