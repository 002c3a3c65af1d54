"""What a member settles for themself: name, about, how they read, where they are signed in."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from palaver.accounts.events import MemberChanged, MemberRenamed, SessionsEnded
from palaver.accounts.joining import check_name
from palaver.accounts.models import Member, Rename, Session
from palaver.accounts.permissions import may_act
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text import rendering
from palaver.kit.text.letters import storable

LONGEST_ABOUT = 2000
_CHOICES: dict[str, tuple[str, ...]] = {
    "theme": tuple(Member.Theme.values),
    "thread_view": tuple(Member.ThreadView.values),
    "highlight": tuple(Member.Highlight.values),
}


def settle(member: Member, **wishes: Any) -> Member:
    """Change one's own name, about, theme, thread_view, highlight, time_zone, language or keys_on. Raises Refusal with the field."""
    may_act(member).or_refuse()
    changes = {name: value for name, value in wishes.items() if getattr(member, name) != value}
    for name, value in changes.items():
        _check(name, value)
    if "about" in changes:
        changes["about"] = storable(changes["about"])
    name_and_key = check_name(changes["name"], but=member) if "name" in changes else None
    with transaction.atomic():
        member = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        old_name, old_key = member.name, member.name_key
        for name, value in changes.items():
            setattr(member, name, value)
        if name_and_key is not None:
            member.name, member.name_key = name_and_key
        if "about" in changes:
            member.about_html = rendering.render(member.about, "markdown").html if member.about.strip() else ""
        if not changes:
            return member
        try:
            with transaction.atomic():
                member.save()
        except IntegrityError as error:  # Two members took the same name at the same instant.
            raise Refusal(_("Somebody has taken that name a moment ago. Choose another."), field="name") from error
        if name_and_key is not None and member.name != old_name:
            Rename.objects.create(member=member, old_name=old_name, old_key=old_key, at=clock.now())
            events.publish(MemberRenamed(member.pk, old_name, member.name))
        if "about" in changes:
            events.publish(MemberChanged(member.pk))
    return member


def take_name_away(member: Member) -> Member:
    """A name that a verdict has removed becomes a neutral one; the member may choose another. Inside the verdict's transaction."""
    member = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    old_name, old_key = member.name, member.name_key
    member.name, member.name_key = _neutral_name(member)
    member.save(update_fields=["name", "name_key"])
    Rename.objects.create(member=member, old_name=old_name, old_key=old_key, at=clock.now())
    events.publish(MemberRenamed(member.pk, old_name, member.name))
    return member


def _neutral_name(member: Member) -> tuple[str, str]:
    """ "Member" and the own number, with a further one where somebody bears that name."""
    for further in range(1, 100):
        wanted = f"Member {member.pk}" if further == 1 else f"Member {member.pk} {further}"
        try:
            return check_name(wanted, but=member)
        except Refusal:
            continue
    raise Refusal(_("No neutral name was free."))


def take_about_away(member: Member) -> Member:
    """An about text that a verdict has removed is emptied; the member may write another. Inside the verdict's transaction."""
    Member.objects.filter(pk=member.pk).update(about="", about_html="")
    events.publish(MemberChanged(member.pk))
    member.about = member.about_html = ""
    return member


def end_sessions(sessions: QuerySet[Session], *, of: Member) -> int:
    """End some of a member's own sessions at once. Returns how many ended."""
    with transaction.atomic():
        ended, _rows = sessions.filter(member=of).delete()
        if ended:
            events.publish(SessionsEnded(of.pk))
    return ended


def tell_signed_out(member: Member) -> None:
    """A member has signed out in one browser: what listens there in their name stops."""
    with transaction.atomic():
        events.publish(SessionsEnded(member.pk))


def _check(name: str, value: Any) -> None:
    if name in _CHOICES and value not in _CHOICES[name]:
        raise Refusal(_("Choose one of the offered values."), field=name)
    if name == "time_zone" and value and value not in available_timezones():
        raise Refusal(_("We do not know that time zone."), field=name)
    if name == "language" and value and value not in dict(settings.LANGUAGES):
        raise Refusal(_("We do not speak that language yet."), field=name)
    if name == "about" and len(value) > LONGEST_ABOUT:
        raise Refusal(
            _("About you has %(length)s characters; at most %(longest)s fit.")
            % {"length": len(value), "longest": LONGEST_ABOUT},
            field=name,
        )
    if name not in {*_CHOICES, "time_zone", "language", "about", "name", "keys_on"}:
        raise ValueError(f"{name} is not a member's to settle.")
