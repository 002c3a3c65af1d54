"""The only reaction: a member's name under somebody else's post, given and taken back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from palaver.accounts.models import Member
from palaver.forums.events import PostRecommended, RecommendationTakenBack
from palaver.forums.models import Post, Recommendation, Thread
from palaver.forums.permissions import may_recommend
from palaver.kit import clock, events


def recommend(post: Post, *, by: Member) -> int:
    """Put a member's name under a post; doing it twice changes nothing. Returns the post's count. Raises NotAllowed."""
    with transaction.atomic():
        post = Post.objects.select_for_update(of=("self",), no_key=True).select_related("forum").get(pk=post.pk)
        may_recommend(by, post).or_refuse()
        _row, made = Recommendation.objects.get_or_create(post=post, member=by, defaults={"at": clock.now()})
        if not made:
            return post.rec_count
        count = _count(post, +1)
        events.publish(PostRecommended(post.pk, post.thread_id, post.forum_id, by.pk, count))
    return count


def take_back(post: Post, *, by: Member) -> int:
    """Take one's name away again; nothing happens when it was not there. Returns the post's count."""
    with transaction.atomic():
        post = Post.objects.select_for_update(of=("self",), no_key=True).select_related("forum").get(pk=post.pk)
        may_recommend(by, post).or_refuse()
        gone, _ = Recommendation.objects.filter(post=post, member=by).delete()
        if not gone:
            return post.rec_count
        count = _count(post, -1)
        events.publish(RecommendationTakenBack(post.pk, post.thread_id, post.forum_id, by.pk, count))
    return count


def _count(post: Post, step: int) -> int:
    Post.objects.filter(pk=post.pk).update(rec_count=F("rec_count") + step)
    if post.is_original:
        Thread.objects.filter(pk=post.thread_id).update(rec_count=F("rec_count") + step)
    return post.rec_count + step
