"""The verdict: reached when the outcome cannot change, and everything that is true with it in one transaction.

Whatever else follows (consequences, appeals, notices, folds in open pages) reacts *within* it to VerdictReached; see
`project/wiring.py`. Source: Standards, Jury ("Verdict"), Alert, Appeal.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts import settling
from palaver.accounts.models import Member
from palaver.forums.models import Hold, Post, Removal
from palaver.forums.permissions import office_in
from palaver.front.changing import change
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason
from palaver.record import chain
from palaver.record.entering import enter
from palaver.standards import bounds, opening, permissions, seeds
from palaver.standards.events import CaseCalledOff, PostHeld, SeatEnded, VerdictReached
from palaver.standards.models import (
    Alert,
    AlerterPause,
    Case,
    JurorSetting,
    PoolMember,
    Round,
    Seat,
    Standard,
    Verdict,
)

Outcome = Verdict.Outcome


class Rule(NamedTuple):
    """What a kind of case can come to: with enough votes, else. `for_breaking`: which votes are asked for."""

    enough: Outcome
    else_: Outcome
    for_breaking: bool


RULES = {
    Case.Kind.ALERT: Rule(Outcome.REMOVED, Outcome.STAYS, True),
    Case.Kind.APPEAL: Rule(Outcome.OVERTURNED, Outcome.UPHELD, False),
    Case.Kind.WATCH: Rule(Outcome.UPHELD, Outcome.OVERTURNED, True),
    Case.Kind.LONG: Rule(Outcome.UPHELD, Outcome.STAYS, True),
}
BREAKING = (Seat.Choice.CLEARLY_BREAKS, Seat.Choice.BREAKS)


class Tally(NamedTuple):
    """Papers handed in, by choice; `gone` are those who found that the author has taken out what broke the standard."""

    clearly_breaks: int = 0
    breaks: int = 0
    keeps: int = 0
    clearly_keeps: int = 0
    gone: int = 0

    @property
    def breaking(self) -> int:
        return self.clearly_breaks + self.breaks

    @property
    def keeping(self) -> int:
        return self.keeps + self.clearly_keeps

    @property
    def votes(self) -> int:
        return self.breaking + self.keeping


def tally(case: Case) -> Tally:
    """Count the papers of a case."""
    papers = list(Seat.objects.filter(case=case, state=Seat.State.VOTED).values_list("choice", "is_gone"))
    counted = Counter(choice for choice, _gone in papers)
    return Tally(
        clearly_breaks=counted[Seat.Choice.CLEARLY_BREAKS],
        breaks=counted[Seat.Choice.BREAKS],
        keeps=counted[Seat.Choice.KEEPS],
        clearly_keeps=counted[Seat.Choice.CLEARLY_KEEPS],
        gone=sum(1 for _choice, gone in papers if gone),
    )


def outcome(case: Case, counted: Tally) -> Outcome | None:
    """What the papers make of a case, or None while that can still change."""
    rule = RULES[Case.Kind(case.kind)]
    asked_for = counted.breaking if rule.for_breaking else counted.keeping
    if asked_for >= case.needed:
        return rule.enough
    if asked_for + case.seats - counted.votes < case.needed:
        return rule.else_
    return None


def decide_if_ready(case_id: int) -> Verdict | None:
    """Reach the verdict if the outcome cannot change any more. Inside a transaction; under the case's lock there is one verdict."""
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related("author").get(pk=case_id)
    if not case.is_open or case.judges != Case.Judges.JURY:
        return None
    counted = tally(case)
    reached = outcome(case, counted)
    return None if reached is None else _reach(case, reached, counted)


def end(case: Case) -> Verdict:
    """The time of a case is over while seats are empty: the post stays, what is appealed against stands. Under the case's lock."""
    counted = tally(case) if case.judges == Case.Judges.JURY else Tally()
    return _reach(case, RULES[Case.Kind(case.kind)].else_, counted, empty=case.seats - counted.votes)


def decide_alone(case: Case, *, by: Member, removes: bool, because: str) -> Verdict:
    """A host or operator judges where too few could be drawn; in an appeal `removes` means that the removal stands.

    Raises NotAllowed, or Refusal when the reason is missing or the case has been decided.
    """
    because = reason(because, bounds.LONGEST_REASON)
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",), no_key=True).select_related("author").get(pk=case.pk)
        if not case.is_open:
            raise Refusal(_("This case has been decided."))
        permissions.may_decide_alone(by, case).or_refuse()
        if not because:
            raise Refusal(_("Say why: the author reads it, and it stands on the record."), field="because")
        rule = RULES[Case.Kind(case.kind)]
        reached = rule.enough if removes == rule.for_breaking else rule.else_
        return _reach(case, reached, Tally(), by=by, because=because)


def call_off(case: Case, *, because: str) -> Case:
    """End a case without a verdict: its author has left, or an act of law went before it. Asked twice it is called off once."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
        if not case.is_open:
            return case
        _release(case)
        case.stage = Case.Stage.CALLED_OFF
        case.save(update_fields=["stage"])
        Alert.objects.filter(case=case, state=Alert.State.OPEN).update(state=Alert.State.DROPPED)
        change(["juries", "summons", f"case:{case.pk}"])
        events.publish(CaseCalledOff(case.pk))
        enter("case.call_off", office="rule", subject=f"case:{case.pk}", payload={"case": case.pk, "because": because})
    return case


# In the verdict's transaction -------------------------------------------------------------------------------------


def _reach(
    case: Case, reached: Outcome, counted: Tally, *, empty: int = 0, by: Member | None = None, because: str = ""
) -> Verdict:
    # Locks in one order everywhere: the case, its author, its post, the seeds (a waiting alert may start), the record's head.
    author = Member.objects.select_for_update(no_key=True).get(pk=case.author_id)
    post = None if case.post_id is None else Post.objects.select_for_update(no_key=True).get(pk=case.post_id)
    seeds.hold()
    alert = Alert.objects.filter(case=case).order_by("at", "pk").first()
    if reached == Outcome.REMOVED and _is_corrected(post, author, alert, counted):
        reached = Outcome.CORRECTED
    now = clock.now()
    removal = None
    if reached == Outcome.REMOVED and post is not None:
        removal = _remove(case, post, counted, by)
    elif reached == Outcome.REMOVED and alert is not None:
        _take_back(author, alert)
    _end_hold(case, post, reached)
    _rest(case)
    _release(case)
    Case.objects.filter(pk=case.pk).update(stage=Case.Stage.DECIDED, decided_at=now)
    case.stage, case.decided_at = Case.Stage.DECIDED, now
    Alert.objects.filter(case=case, state=Alert.State.OPEN).update(state=Alert.State.ANSWERED)
    entry = enter(
        "case.verdict",
        office=_office(case, by),
        subject=f"case:{case.pk}",
        payload=_payload(case, reached, counted, empty, by, because, removal),
    )
    verdict = Verdict.objects.create(
        case=case,
        outcome=reached,
        removal=removal,
        by=by,
        because=because,
        clearly_breaks=counted.clearly_breaks,
        breaks=counted.breaks,
        keeps=counted.keeps,
        clearly_keeps=counted.clearly_keeps,
        empty_seats=empty,
        entry=entry.sequence,
        at=now,
    )
    _pause_alerter(case, verdict)
    change(["juries", "summons", f"case:{case.pk}"])
    thread, forum = (None, None) if post is None else (post.thread_id, post.forum_id)
    events.publish(VerdictReached(case.pk, reached, case.author_id, case.post_id, thread, forum))
    _follow(case, verdict, alert)
    return verdict


def _office(case: Case, by: Member | None) -> str:
    if case.judges == Case.Judges.JURY:
        return Removal.Office.JURY
    if by is None:
        return "rule"
    return Removal.Office.HOST if case.judges == Case.Judges.HOST and _hosts_here(case, by) else Removal.Office.OPERATOR


def _hosts_here(case: Case, by: Member) -> bool:
    return case.post is not None and office_in(by, case.post.forum) == Removal.Office.HOST


def _is_corrected(post: Post | None, author: Member, alert: Alert | None, counted: Tally) -> bool:
    """Whether what broke the standard is gone: the post withdrawn, the name or text another, or found so by most who saw it broken."""
    if post is not None:
        return post.standing == Post.Standing.WITHDRAWN or counted.gone * 2 > counted.breaking > 0
    if alert is None:
        return False
    return alert.text != (author.name if alert.about == Alert.About.NAME else author.about)


def _remove(case: Case, post: Post, counted: Tally, by: Member | None) -> Removal | None:
    """The removal's row and the post's standing. None where the post was removed for another reason a moment before."""
    if Removal.objects.filter(post=post, ended_at=None).exists():
        return None
    standard = Standard.objects.filter(charter_id=case.charter, key=case.standard).first()
    removal = Removal.objects.create(
        post=post,
        office=_office(case, by),
        case_number=case.pk,
        standard=standard.title if standard is not None else "",
        charter=case.charter,
        for_removal=counted.breaking,
        votes=counted.votes,
        is_openable=standard.is_openable if standard is not None else False,
        at=clock.now(),
    )
    Post.objects.filter(pk=post.pk).update(standing=Post.Standing.REMOVED)
    return removal


def _take_back(author: Member, alert: Alert) -> None:
    """A removed name becomes a neutral one, a removed about text is emptied; the member may choose another."""
    if alert.about == Alert.About.NAME:
        settling.take_name_away(author)
    else:
        settling.take_about_away(author)


def _end_hold(case: Case, post: Post | None, reached: Outcome) -> None:
    """A verdict ends the hold that waited for it; one on the ground of law stays, unless the post is removed."""
    if post is None:
        return
    running = Hold.objects.filter(post=post, ended_at=None)
    if reached != Outcome.REMOVED:
        running = running.exclude(ground=Hold.Ground.LAW)
    if not running.update(ended_at=clock.now()):
        return
    Post.objects.filter(pk=post.pk, standing=Post.Standing.HELD).update(standing=Post.Standing.SHOWN)
    events.publish(PostHeld(post.pk, post.thread_id, post.forum_id, post.author_id, False))


def _rest(case: Case) -> None:
    """Who has voted rests, by the size of the pool."""
    until = clock.now() + bounds.rest(case.pool_size)
    served = PoolMember.objects.filter(case=case, seat__state=Seat.State.VOTED).values_list("member_id", flat=True)
    JurorSetting.objects.bulk_create(
        [JurorSetting(member_id=member, rests_until=until) for member in served],
        update_conflicts=True,
        unique_fields=["member"],
        update_fields=["rests_until"],
    )


def _release(case: Case) -> None:
    """Open offers and seats end; when anybody was here is forgotten."""
    for seat in Seat.objects.filter(case=case, state__in=[Seat.State.OFFERED, Seat.State.TAKEN]).select_related(
        "drawn"
    ):
        Seat.objects.filter(pk=seat.pk).update(state=Seat.State.RELEASED)
        events.publish(SeatEnded(case.pk, seat.pk, seat.drawn.member_id))
    PoolMember.objects.filter(case=case, seen_at__isnull=False).update(seen_at=None)


def _pause_alerter(case: Case, verdict: Verdict) -> None:
    """An alert that every juror left stops its alerter for 24 hours, the second time in 30 days for a week."""
    if verdict.outcome != Outcome.STAYS or not verdict.is_unanimous:
        return
    now = clock.now()
    for alerter in set(Alert.objects.filter(case=case, by__isnull=False).values_list("by_id", flat=True)):
        again = AlerterPause.objects.filter(member_id=alerter, since__gt=now - bounds.PAUSE_REMEMBERED).exists()
        AlerterPause.objects.create(
            member_id=alerter, case=case, since=now, until=now + (bounds.LONG_PAUSE if again else bounds.PAUSE)
        )


def _follow(case: Case, verdict: Verdict, alert: Alert | None) -> None:
    """What waited for this verdict: alerts on the same thing are dropped or the oldest is started; papers' other standards join them."""
    if alert is None or case.kind != Case.Kind.ALERT:
        return
    if verdict.outcome == Outcome.STAYS and alert.post_id is not None:
        _raise_others(case, alert)
    waiting = opening.waiting_on(alert)
    if verdict.outcome == Outcome.STAYS:
        if waiting:
            opening.open_on(waiting[0])
    else:
        Alert.objects.filter(pk__in=[one.pk for one in waiting]).update(state=Alert.State.DROPPED)


def _raise_others(case: Case, alert: Alert) -> None:
    """'Breaks another standard' on a paper is an alert of nobody's, with that paper's reason."""
    papers = (
        Seat.objects.filter(case=case, state=Seat.State.VOTED)
        .exclude(other_standard="")
        .order_by("other_standard", "reason")
    )
    known = set(Alert.objects.filter(post=alert.post).values_list("standard", flat=True))
    for paper in papers:
        if paper.other_standard in known:
            continue
        known.add(paper.other_standard)
        Alert.objects.create(
            by=None,
            about=alert.about,
            post_id=alert.post_id,
            author_id=alert.author_id,
            version=alert.version,
            text=alert.text,
            standard=paper.other_standard,
            charter=case.charter,
            because=paper.reason or _("A juror found that it breaks this standard."),
            state=Alert.State.WAITING,
            at=clock.now(),
        )


def rounds(case: Case) -> list[dict[str, Any]]:
    """The rounds of a case as they are published with its verdict."""
    found = Round.objects.filter(case=case).order_by("number")
    return [{"number": one.number, "present": one.present, "offered": one.offered} for one in found]


def reasons(case: Case) -> list[str]:
    """The papers' reasons without names, in an order that tells nothing of who wrote them or when."""
    said = Seat.objects.filter(case=case, state=Seat.State.VOTED).exclude(reason="").values_list("reason", flat=True)
    return sorted(said)


def checksum(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, hexadecimal: how the verdict's entry commits to rounds and reasons."""
    return hashlib.sha256(chain.canonical(value).encode()).hexdigest()


def _payload(
    case: Case,
    reached: Outcome,
    counted: Tally,
    empty: int,
    by: Member | None,
    because: str,
    removal: Removal | None,
) -> dict[str, Any]:
    """What the record says of a verdict. Of jurors only the pseudonyms of those who handed in a paper, with their tickets."""
    payload: dict[str, Any] = {
        "case": case.pk,
        "kind": case.kind,
        "of": case.of_id,
        "outcome": reached,
        "judges": case.judges,
        "about": json.loads(case.commits_to),
        "salt": case.commitment_salt,
        "opened": case.opened_entry,
        "charter": case.charter,
        "standard": case.standard,
        "removal": None if removal is None else removal.pk,
    }
    if case.judges != Case.Judges.JURY:
        return payload | {"by": None if by is None else by.pk, "because": because}
    seated = PoolMember.objects.filter(case=case, seat__state=Seat.State.VOTED).order_by("ticket")
    return payload | {
        "seats": case.seats,
        "needed": case.needed,
        "tally": [counted.clearly_breaks, counted.breaks, counted.keeps, counted.clearly_keeps],
        "gone": counted.gone,
        "empty": empty,
        "offers": Seat.objects.filter(case=case).count(),
        "seated": [[one.pseudonym, one.ticket] for one in seated],
        "rounds": checksum(rounds(case)),
        "reasons": checksum(reasons(case)),
    }
