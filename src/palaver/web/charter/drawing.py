"""Charter rows as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from django.utils.translation import gettext as _

from palaver.forums.rendering import member_address
from palaver.kit.text import differences
from palaver.standards import charter
from palaver.standards.charter import CharterNow, StandardRow
from palaver.standards.models import Amendment, Charter
from palaver.web import moments
from palaver.web.charter.contexts import AmendmentLine, RedlineView, Run, StandardView, VersionLine
from palaver.web.contexts import Link
from palaver.web.shell import places

State = Amendment.State


def standard(row: StandardRow) -> StandardView:
    """A rule with its examples."""
    return StandardView(
        row.key, row.title, row.rule, tuple(row.breaks.splitlines()), tuple(row.keeps.splitlines()), tuple(_notes(row))
    )


def _notes(row: StandardRow) -> list[str]:
    notes = []
    if row.forum_id in places().forums:
        notes.append(_("Holds in %(forum)s alone.") % {"forum": places().forums[row.forum_id].name})
    if row.for_hosts:
        notes.append(_("Decided by the forum’s hosts, not by a jury."))
    elif not row.is_openable:
        notes.append(_("What a jury removes under it stays shut for everybody."))
    kinds = [name for kind, name in kinds_in_words() if kind in row.kinds]
    if len(kinds) < len(kinds_in_words()):
        notes.append(_("For %(kinds)s alone.") % {"kinds": ", ".join(kinds)})
    return notes


def kinds_in_words() -> tuple[tuple[str, str], ...]:
    """What can be alerted, in words."""
    return (("post", _("posts")), ("name", _("names")), ("about", _("what members say of themselves")))


def redline(old: Sequence[StandardRow], new: Sequence[StandardRow]) -> tuple[RedlineView, ...]:
    """What differs between two texts, rule by rule; rules that stay the same are left out."""
    said = {"add": _("new"), "change": _("changed"), "drop": _("dropped")}
    return tuple(
        RedlineView(
            act=one.act,
            said=said[one.act],
            title=_runs(one.title),
            parts=tuple(
                (name, _runs(way))
                for name, way in (("", one.rule), (_("Breaks it"), one.breaks), (_("Does not"), one.keeps))
                if way
            ),
            notes=tuple(_further(one)),
        )
        for one in charter.redline(old, new)
        if one.act != "same"
    )


def _runs(way: list[differences.Segment]) -> tuple[Run, ...]:
    return tuple(Run(kind, text) for kind, text in way)


def _further(one: charter.Redline) -> list[str]:
    """What changes beside the words."""
    if one.after is None:
        return []
    after, before = set(_notes(one.after)), set(_notes(one.before)) if one.before is not None else set()
    gone = [_("No longer: %(note)s") % {"note": note} for note in sorted(before - after)]
    return [*sorted(after - before), *gone]


def how(version: CharterNow, by: str = "") -> str:
    """How a version came to be, in a sentence."""
    if version.how == Charter.How.BALLOT:
        return _("Adopted by the members in a ballot.")
    if version.how == Charter.How.VETO:
        return _("The text before, put back by an operator for law.")
    if version.how == Charter.How.DEFAULT:
        return _("The text that Palaver ships, until the community adopts its own.")
    said = _("Founders’ text: adopted by the operator %(name)s while the community was too small to vote.") % {
        "name": by
    }
    if version.confirmed:
        return said + " " + _("The members have confirmed it.")
    if version.confirmed is False:
        return said + " " + _("The members have not confirmed it: it is open, and a simple majority may amend it.")
    return said + " " + _("The members’ first ballot will confirm or reopen it.")


def versions(known: Sequence[CharterNow], where: tzinfo, now: datetime, shown: int) -> tuple[VersionLine, ...]:
    """All versions, the newest first, each with the way from the one before."""
    short = {
        Charter.How.BALLOT: _("by the members"),
        Charter.How.FOUNDERS: _("founders’"),
        Charter.How.DEFAULT: _("as shipped"),
        Charter.How.VETO: _("put back for law"),
    }
    return tuple(
        VersionLine(
            Link(_("Version %(n)s") % {"n": one.version}, f"/charter/{one.version}"),
            str(short[Charter.How(one.how)]),
            moments.moment(one.effective_at, where, now),
            one.version == shown,
            None
            if one.version == known[0].version
            else Link(_("what changed"), f"/charter/{one.version - 1}/{one.version}"),
        )
        for one in reversed(known)
    )


def state(amendment: Amendment) -> str:
    """Where an amendment stands, in a word or two."""
    return {
        State.PROPOSED: _("being talked about"),
        State.VOTING: _("being voted on"),
        State.ADOPTED: _("adopted"),
        State.REJECTED: _("not adopted"),
        State.STALE: _("overtaken by another amendment"),
        State.VETOED: _("vetoed for law"),
        State.WITHDRAWN: _("withdrawn"),
    }[State(amendment.state)]


def amendment_line(row: Amendment, where: tzinfo, now: datetime) -> AmendmentLine:
    """An amendment in a list; its member and ballot are loaded."""
    return AmendmentLine(
        Link(row.title, f"/charter/amendments/{row.pk}"),
        state(row),
        Link(row.by.name, member_address(row.by.name)),
        moments.moment(row.proposed_at, where, now),
        row.state in {State.PROPOSED, State.VOTING},
    )


def forum_choices() -> tuple[tuple[str, str], ...]:
    """Where a rule can hold: everywhere, or in one open forum."""
    known = places()
    return (
        ("", _("everywhere")),
        *((str(row.id), row.name) for row in known.forums.values() if row.id in known.open_to_all),
    )
