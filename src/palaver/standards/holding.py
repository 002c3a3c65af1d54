"""Holds: a post hidden until it is decided about, by two watchers or an operator, on a ground that is on the record.

A jury sits at once on all but law; a hold without a verdict ends after 24 hours, one on the ground of law when an operator
ends it. Source: Standards, Alert ("Hold").
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums.models import Hold, Post
from palaver.front.changing import change
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason
from palaver.record.entering import enter
from palaver.standards import bounds, charter, opening
from palaver.standards.events import PostHeld
from palaver.standards.models import Alert, Case
from palaver.standards.permissions import may_hold, may_release

LONGEST_REASON = 500
STANDARDS = {Hold.Ground.THREAT: "threats", Hold.Ground.PRIVATE: "privacy", Hold.Ground.SPAM: "spam"}
"""Under which standard a jury sits on what is held; where the charter has it no longer, under all of them."""


def hold(post: Post, *, by: Member, ground: str, because: str, second: Member | None = None) -> Hold:
    """Hide a post now and, on all grounds but law, let a jury sit on it at once. Raises NotAllowed, Refusal."""
    because = reason(because, LONGEST_REASON)
    if ground not in Hold.Ground.values:
        raise Refusal(_("Choose the ground on which the post is held."), field="ground")
    with transaction.atomic():
        post = (
            Post.objects.select_for_update(of=("self",), no_key=True)
            .select_related("thread__forum", "forum", "author")
            .get(pk=post.pk)
        )
        may_hold(by, post, ground, second=second).or_refuse()
        if not because:
            raise Refusal(_("Say why: the ground and your reason stand on the record."), field="because")
        now = clock.now()
        office = Hold.Office.OPERATOR if by.is_operator else Hold.Office.WATCH
        held = Hold.objects.create(
            post=post,
            ground=ground,
            office=office,
            by=by,
            second=None if by.is_operator else second,
            because=because,
            at=now,
            until=None if ground == Hold.Ground.LAW else now + bounds.HOLD_LASTS,
        )
        Post.objects.filter(pk=post.pk).update(standing=Post.Standing.HELD)
        post.standing = Post.Standing.HELD
        if ground != Hold.Ground.LAW:
            _convene(post, held)
        enter(
            "post.hold",
            office=office,
            subject=f"post:{post.pk}",
            payload={
                "by": by.pk,
                "second": held.second_id,
                "ground": ground,
                "because": because,
                "hold": held.pk,
                "until": None if held.until is None else held.until.isoformat(),
            },
        )
        events.publish(PostHeld(post.pk, post.thread_id, post.forum_id, post.author_id, True))
    return held


def _convene(post: Post, held: Hold) -> None:
    """A jury for what is held: the one that is open already, which need not wait any longer, or a new one."""
    if Case.objects.filter(post=post, stage__in=opening.OPEN).exists():
        change(["juries"])
        return
    version = charter.in_force().version
    key = STANDARDS[Hold.Ground(held.ground)]
    rule = charter.standard(key)
    key = key if rule is not None else ""
    if Alert.objects.filter(post=post, standard=key, state=Alert.State.ANSWERED).exists():
        raise Refusal(
            _("A jury has looked at this post under this standard and left it. Now only the law may hide it."),
            field="ground",
        )
    alert, _made = Alert.objects.get_or_create(
        post=post,
        standard=key,
        defaults={
            "by": None,
            "about": Alert.About.POST,
            "author": post.author,
            "version": post.version,
            "charter": version,
            "because": held.because,
            "state": Alert.State.WAITING,
            "at": clock.now(),
        },
    )
    opening.open_on(alert)


def release(hold: Hold, *, by: Member, because: str) -> Hold:
    """End a hold before a verdict: the post is shown again, and a jury that sits on it goes on. Raises NotAllowed, Refusal."""
    because = reason(because, LONGEST_REASON)
    with transaction.atomic():
        post = Post.objects.select_for_update(no_key=True).get(pk=hold.post_id)
        hold = Hold.objects.select_for_update(of=("self",), no_key=True).get(pk=hold.pk)
        may_release(by, hold).or_refuse()
        if not because:
            raise Refusal(_("Say why: your reason stands on the record."), field="because")
        office = Hold.Office.WATCH if hold.by_id == by.pk and hold.office == Hold.Office.WATCH else Hold.Office.OPERATOR
        if hold.second_id == by.pk:
            office = Hold.Office.WATCH
        _end(hold, post, office=office, payload={"by": by.pk, "because": because})
    return hold


def lapse_due() -> int:
    """End the holds whose time is over. Returns how many. Run by the jobs process."""
    done = 0
    for hold_id, post_id in list(_over().values_list("pk", "post_id")):
        with transaction.atomic():
            post = Post.objects.select_for_update(no_key=True).get(pk=post_id)
            hold = _over().select_for_update(of=("self",), no_key=True).filter(pk=hold_id).first()
            if hold is not None:
                _end(hold, post, office="rule", payload={"lapsed": True})
                done += 1
    return done


def _over() -> QuerySet[Hold]:
    return Hold.objects.filter(ended_at=None, until__lte=clock.now())


def _end(hold: Hold, post: Post, *, office: str, payload: dict[str, object]) -> None:
    hold.ended_at = clock.now()
    hold.save(update_fields=["ended_at"])
    Post.objects.filter(pk=post.pk, standing=Post.Standing.HELD).update(standing=Post.Standing.SHOWN)
    enter("post.release", office=office, subject=f"post:{post.pk}", payload={**payload, "hold": hold.pk})
    events.publish(PostHeld(post.pk, post.thread_id, post.forum_id, post.author_id, False))
