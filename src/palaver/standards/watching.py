"""What the watch does: one watcher proposes, a second agrees, a jury of three reviews. Source: Standards, Watch.

It suspends an account younger than 30 days or under 50 posts, and its posts are hidden with it; it holds a post before a
jury; it slows newcomers down during a raid. The suspension runs for a day at most by itself. Within that day the account
may answer, and the jury lets it stand for up to 30 days, or ends it and shows the posts again. Not decided, it lapses.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from palaver.accounts import suspending
from palaver.accounts.models import Member, Suspension
from palaver.forums import slowing
from palaver.forums.models import Hold, Post, Removal, SlowMode
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason, storable
from palaver.record.entering import enter
from palaver.standards import bounds, charter, deciding, holding, opening
from palaver.standards.events import (
    NewcomersPosts,
    SecondWanted,
    VerdictReached,
    WatchChanged,
    WatchReviewed,
    WatchSuspended,
)
from palaver.standards.models import Case, Proposal, Verdict, WatchTerm
from palaver.standards.permissions import (
    is_watcher,
    may_answer_watch,
    may_drop,
    may_end_slow_mode,
    may_propose_to_watch,
    may_second,
    may_suspend_as_watch,
)

LONGEST_REASON = 500
LONGEST_ANSWER = 2000
Act = Proposal.Act
log = logging.getLogger("palaver.jobs")


def propose(
    *,
    by: Member,
    act: str,
    because: str,
    member: Member | None = None,
    post: Post | None = None,
    ground: str = "",
    minutes: int = 0,
    hours: int = 0,
) -> Proposal:
    """Propose to suspend a `member`, to hold a `post` on a `ground`, or to slow newcomers down (`minutes`, `hours`).

    Nothing happens until a second watcher agrees, within a day. The same proposal by another watcher is that agreement.
    Raises NotAllowed, Refusal.
    """
    because = reason(because, LONGEST_REASON)
    if act not in Act.values:
        raise Refusal(_("Choose what the watch should do."), field="act")
    with transaction.atomic():
        may_propose_to_watch(by).or_refuse()
        if not because:
            raise Refusal(
                _("Say why: the second watcher, the jury and the record have nothing else to go by."), field="because"
            )
        if act == Act.SUSPEND:
            if member is None:
                raise Refusal(_("Say whose account."), field="member")
            member = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
            may_suspend_as_watch(by, member).or_refuse()
        elif act == Act.HOLD:
            if post is None:
                raise Refusal(_("Say which post."), field="post")
            if ground not in {Hold.Ground.THREAT, Hold.Ground.PRIVATE, Hold.Ground.SPAM}:
                raise Refusal(_("Choose the ground on which the post is held."), field="ground")
        else:
            _fit_slow(minutes, hours)
        same = _waiting().filter(act=act, member=member, post=post).first()
        if same is not None:
            if same.by_id == by.pk:
                return same
            return second(same, by=by)
        made = Proposal.objects.create(
            act=act,
            member=member,
            post=post,
            ground=ground if act == Act.HOLD else "",
            minutes=minutes if act == Act.SLOW else 0,
            hours=hours if act == Act.SLOW else 0,
            because=because,
            by=by,
            at=clock.now(),
        )
        events.publish(SecondWanted(made.pk, tuple(_others(by.pk))))
        events.publish(WatchChanged())
    return made


def second(proposal: Proposal, *, by: Member) -> Proposal:
    """Agree to another watcher's proposal: it is done at once. Raises NotAllowed, Refusal when it was done, dropped or lapsed."""
    with transaction.atomic():
        proposal = (
            Proposal.objects.select_for_update(of=("self",), no_key=True)
            .select_related("by", "member", "post__author", "post__forum")
            .get(pk=proposal.pk)
        )
        may_second(by, proposal).or_refuse()
        if not is_watcher(proposal.by):
            raise Refusal(
                _("Who proposed this is not on the watch any more. Propose it yourself, and another seconds.")
            )
        proposal.second, proposal.done_at = by, clock.now()
        if proposal.act == Act.SUSPEND:
            _suspend(proposal)
        elif proposal.act == Act.HOLD:
            assert proposal.post is not None
            proposal.hold = holding.hold(
                proposal.post, by=proposal.by, second=by, ground=proposal.ground, because=proposal.because
            )
        else:
            proposal.slow_mode = slowing.slow(
                by=proposal.by,
                second=by,
                because=proposal.because,
                minutes=proposal.minutes,
                hours=proposal.hours,
            )
        proposal.save()
        events.publish(WatchChanged())
        if proposal.act == Act.SUSPEND and proposal.member_id is not None:
            events.publish(WatchSuspended(proposal.pk, proposal.member_id))
    return proposal


def drop(proposal: Proposal, *, by: Member) -> Proposal:
    """Take a proposal off the desk: whoever made it, or another watcher who finds it wrong. Raises NotAllowed, Refusal."""
    with transaction.atomic():
        proposal = Proposal.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal.pk)
        may_drop(by, proposal).or_refuse()
        proposal.dropped_at = clock.now()
        proposal.save(update_fields=["dropped_at"])
        events.publish(WatchChanged())
    return proposal


def answer(proposal: Proposal, *, by: Member, words: str = "") -> Proposal:
    """The suspended account answers, in one click or in words; the jury reads it. Raises NotAllowed, Refusal."""
    words = storable(words).strip()
    if len(words) > LONGEST_ANSWER:
        raise Refusal(
            _("This has %(length)s characters; %(longest)s fit. Shorten it.")
            % {"length": len(words), "longest": LONGEST_ANSWER},
            field="words",
        )
    with transaction.atomic():
        proposal = (
            Proposal.objects.select_for_update(of=("self",), no_key=True)
            .select_related("suspension")
            .get(pk=proposal.pk)
        )
        may_answer_watch(by, proposal).or_refuse()
        proposal.answer = words or _("This is a mistake. I am a person, and I would like to stay.")
        proposal.answered_at = clock.now()
        proposal.save(update_fields=["answer", "answered_at"])
        events.publish(WatchChanged())
    return proposal


def end_slow_mode(slow_mode: SlowMode, *, by: Member) -> SlowMode:
    """Let newcomers write as usual again: any watcher, or an operator. Raises NotAllowed, Refusal."""
    may_end_slow_mode(by).or_refuse()
    return slowing.end(slow_mode, by=by, office="watch" if is_watcher(by) else "operator")


# The review -------------------------------------------------------------------------------------------------------


def on_verdict(event: VerdictReached) -> None:
    """A jury of three has decided over a suspension. Wired to VerdictReached, within."""
    proposal = Proposal.objects.select_related("suspension").filter(case_id=event.case_id, reviewed_at=None).first()
    if proposal is None or proposal.suspension is None:
        return
    stands = event.outcome == Verdict.Outcome.UPHELD
    suspension = Suspension.objects.get(pk=proposal.suspension.pk)
    if stands and suspension.ended_at is None and suspension.until > clock.now():
        suspending.prolong(suspension, until=suspension.since + bounds.WATCH_STANDS_FOR)
    elif not stands:
        suspending.end_by_rule(suspension)
        _show_again(proposal, because="review")
    _reviewed(proposal, stands)


def lapse_due() -> int:
    """End reviews that nobody decided within the day: the suspension has lapsed, and the posts are shown again. How many."""
    now, lapsed = clock.now(), 0
    over = Proposal.objects.filter(act=Act.SUSPEND, done_at__isnull=False, reviewed_at=None, suspension__until__lte=now)
    for proposal_id in list(over.values_list("pk", flat=True)):
        try:
            lapsed += _lapse(proposal_id)
        except Exception:
            log.exception("The review of proposal %s could not be ended; it will be tried again.", proposal_id)
    return lapsed


def _lapse(proposal_id: int) -> bool:
    with transaction.atomic():
        case_id = Proposal.objects.values_list("case_id", flat=True).get(pk=proposal_id)
        # The case first, as for a verdict: two who end the same review wait for each other there.
        case = Case.objects.select_for_update(of=("self",), no_key=True).filter(pk=case_id).first()
        proposal = (
            Proposal.objects.select_for_update(of=("self",), no_key=True)
            .select_related("suspension")
            .get(pk=proposal_id)
        )
        if proposal.reviewed_at is not None or proposal.suspension is None:
            return False
        if proposal.suspension.until > clock.now():
            return False
        _show_again(proposal, because="lapsed")
        _reviewed(proposal, None)
        if case is not None and case.is_open:
            deciding.call_off(case, because=_("Nobody decided within the day, so the suspension has lapsed."))
    return True


def _reviewed(proposal: Proposal, stands: bool | None) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(reviewed_at=clock.now(), stands=stands)
    assert proposal.member_id is not None
    events.publish(WatchReviewed(proposal.pk, proposal.member_id, stands))
    events.publish(WatchChanged())


def _show_again(proposal: Proposal, *, because: str) -> None:
    """End the removals that came with the suspension. A post that a jury removed meanwhile, or its author withdrew, stays so."""
    assert proposal.member_id is not None
    running = Removal.objects.filter(
        post__author=proposal.member_id, office=Removal.Office.WATCH, ended_at=None, at__gte=proposal.done_at
    )
    ids = sorted(running.values_list("post_id", flat=True))
    posts = list(Post.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))
    running.update(ended_at=clock.now())
    held = set(Hold.objects.filter(post__in=ids, ended_at=None).values_list("post_id", flat=True))
    removed = Post.objects.filter(pk__in=ids, standing=Post.Standing.REMOVED)
    removed.exclude(pk__in=held).update(standing=Post.Standing.SHOWN)
    removed.filter(pk__in=held).update(standing=Post.Standing.HELD)
    _tell(proposal.member_id, posts, hidden=False)
    enter(
        "watch.restore",
        office="rule",
        subject=f"member:{proposal.member_id}",
        payload={"posts": len(posts), "because": because, "suspension": proposal.suspension_id},
    )


# In the second's transaction ---------------------------------------------------------------------------------------


def _suspend(proposal: Proposal) -> None:
    member, by, other = proposal.member, proposal.by, proposal.second
    assert member is not None and other is not None
    may_suspend_as_watch(other, member).or_refuse()
    now = clock.now()
    proposal.suspension = suspending.suspend_by_office(
        member,
        office=Suspension.Office.WATCH,
        by=by,
        until=now + bounds.WATCH_SUSPENDS_FOR,
        because=proposal.because,
    )
    posts = list(
        Post.objects.select_for_update(of=("self",), no_key=True)
        .filter(author=member, standing=Post.Standing.SHOWN)
        .order_by("pk")
    )
    ids = [post.pk for post in posts]
    Removal.objects.bulk_create(
        [Removal(post=post, office=Removal.Office.WATCH, standard="", is_openable=False, at=now) for post in posts],
        batch_size=500,
    )
    Post.objects.filter(pk__in=ids).update(standing=Post.Standing.REMOVED)
    _tell(member.pk, posts, hidden=True)
    enter(
        "watch.suspend",
        office="watch",
        subject=f"member:{member.pk}",
        payload={
            "by": by.pk,
            "second": other.pk,
            "because": proposal.because,
            "posts": len(posts),
            "suspension": proposal.suspension.pk,
        },
    )
    proposal.case = opening.open_case(
        kind=Case.Kind.WATCH,
        author=member,
        post=None,
        standard="",
        charter=charter.in_force().version,
        exclude=[by.pk, other.pk],
        commits_to={
            "about": "suspension",
            "author": member.pk,
            "because": proposal.because,
            "posts": ids,
            "suspension": proposal.suspension.pk,
        },
    )


def _tell(member_id: int, posts: Collection[Post], *, hidden: bool) -> None:
    events.publish(
        NewcomersPosts(
            member_id,
            tuple(post.pk for post in posts),
            tuple((post.thread_id, post.pk) for post in posts),
            tuple(sorted({post.forum_id for post in posts})),
            hidden,
        )
    )


def _fit_slow(minutes: int, hours: int) -> None:
    if not 1 <= minutes <= slowing.MOST_MINUTES:
        raise Refusal(_("The pause is between 1 minute and a day."), field="minutes")
    if not 1 <= hours <= 24:
        raise Refusal(_("Slow mode lasts 24 hours at most."), field="hours")


def _waiting() -> QuerySet[Proposal]:
    since = clock.now() - bounds.PROPOSAL_LASTS
    return Proposal.objects.filter(done_at=None, dropped_at=None, at__gt=since)


def waiting() -> list[Proposal]:
    """Proposals that wait for a second watcher, the oldest first."""
    rows = _waiting().select_related("by", "member", "post__author", "post__thread")
    return list(rows.order_by("at", "pk"))


def _others(member_id: int) -> list[int]:
    rows = WatchTerm.objects.filter(ended_at=None, until__gt=clock.now()).exclude(member=member_id)
    return sorted(rows.values_list("member_id", flat=True))
