"""What the forum's own events set off. Wiring names these functions; each runs within the verb's transaction.

A verb tells at once those whom a post concerns directly: their number is bounded. Subscribers may be thousands, so for
them the verb only writes a due row, and the jobs process tells them batch by batch (docs/decisions/0004-notices.md).
"""

from __future__ import annotations

from typing import Any, Protocol

from django.conf import settings
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext

from palaver.ballots import events as ballots
from palaver.ballots.models import Ballot, Elector
from palaver.community import events as community
from palaver.forums import events as forums
from palaver.forums.models import Forum, Post, Recommendation
from palaver.kit import clock, due
from palaver.notices import audience, counting, kinds, telling
from palaver.notices.audience import Said, Subscriber
from palaver.notices.kinds import Kind
from palaver.notices.models import Notice
from palaver.notices.telling import Draft
from palaver.reading import events as reading
from palaver.reading.models import Bookmark

FAN = "notice-fan"
RIGHTS = "notice-rights"
BALLOT = "notice-ballot"


class Recommended(Protocol):
    """What both events of recommending have."""

    post_id: int
    member_id: int


def thread_started(event: forums.ThreadStarted) -> None:
    """Those who are named in it now; the forum's subscribers and the author's followers by a due row."""
    said = Said(event.post_id, event.thread_id, 0, event.forum_id, event.author_id)
    _tell_directly(said, audience.concerned(said, opens=True), fresh=True)
    if audience.subscribers(said, opens=True, limit=1) or audience.followers(said, limit=1):
        due.enqueue(FAN, {"post": said.post_id, "of": "forum", "after": 0})


def reply_written(event: forums.ReplyWritten) -> None:
    """Whoever is answered, named or quoted, and who began the thread; its subscribers by a due row."""
    said = Said(event.post_id, event.thread_id, event.number, event.forum_id, event.author_id)
    _tell_directly(said, audience.concerned(said, answers_id=event.answers_id), fresh=True)
    if audience.subscribers(said, opens=False, limit=1):
        due.enqueue(FAN, {"post": said.post_id, "of": "thread", "after": 0})


def post_edited(event: forums.PostEdited) -> None:
    """Whom the new version names first."""
    members: tuple[int, ...] = getattr(event, "new_mention_ids", ())
    quoted: tuple[int, ...] = getattr(event, "new_quotation_ids", ())
    if members or quoted:
        said = telling.said_in(event.post_id)
        _tell_directly(said, audience.newly_named(said, member_ids=members, quoted_ids=quoted), fresh=False)


def recommended(event: forums.PostRecommended) -> None:
    """The author, once for all recommendations that come before it is seen."""
    said = telling.said_in(event.post_id)
    if not audience.willing([said.author_id], said, by_id=event.member_id):
        return
    folded = _unseen(said).update(count=F("count") + 1, by_id=event.member_id, at=clock.now())
    if not folded:
        telling.write([Draft(said.author_id, kinds.RECOMMENDATION, said=said, by_id=event.member_id)])


def recommendation_taken_back(event: forums.RecommendationTakenBack) -> None:
    """What was not seen yet is counted back; what was seen stays as it was."""
    said = telling.said_in(event.post_id)
    if not audience.willing([said.author_id], said, by_id=event.member_id):
        return
    last = Recommendation.objects.filter(post_id=said.post_id).order_by("-id").values_list("member_id", flat=True)
    if _unseen(said).filter(count__gt=1).update(count=F("count") - 1, by_id=last.first()):
        return
    if _unseen(said).delete()[0]:
        counting.recount([said.author_id])


def bookmark_due(event: reading.BookmarkDue) -> None:
    """The member, of a bookmark whose instant has come; once for each instant."""
    kept = Bookmark.objects.get(pk=event.bookmark_id)
    # Moved to another instant it is another reminder, so the instant is part of the key.
    key = f"bookmark:{kept.pk}:{kept.remind_at:%Y%m%d%H%M%S}"
    telling.tell(event.member_id, kinds.REMINDER.key, key=key, post_id=event.post_id, words=kept.note)


def inquiry_received(event: community.InquiryReceived) -> None:
    """The operators, that somebody has written to them; what was written stands at the desk alone."""
    words = gettext("Somebody has written to the operators")
    telling.tell_operators(
        kinds.DESK.key, key=f"inquiry:{event.inquiry_id}", words=words, href=f"/desk/inquiries/{event.inquiry_id}"
    )


def ballot_opened(event: ballots.BallotOpened) -> None:
    """Those who may vote in it, by a due row. A poll among all members is found in its thread and told to nobody."""
    _tell_electors(event.ballot_id, "open")


def ballot_closed(event: ballots.BallotClosed | ballots.BallotCalledOff) -> None:
    """The same, that it was counted or called off."""
    _tell_electors(event.ballot_id, "closed")


def _tell_electors(ballot_id: int, what: str) -> None:
    if Ballot.objects.filter(pk=ballot_id, electorate=Ballot.Electorate.LISTED).exists():
        due.enqueue(BALLOT, {"ballot": ballot_id, "what": what, "after": 0})


def electors(payload: dict[str, Any]) -> None:
    """The handler of `notice-ballot`: one batch of a ballot's electors, and the next as a row again."""
    ballot = Ballot.objects.filter(pk=payload["ballot"]).first()
    if ballot is None or (payload["what"] == "open" and ballot.closed_at is not None):
        return
    batch = list(
        Elector.objects.filter(ballot=ballot, member_id__gt=int(payload["after"]))
        .order_by("member_id")
        .values_list("member_id", "member__language")[: audience.BATCH]
    )
    key, href = f"ballot:{ballot.pk}:{payload['what']}", f"/ballots/{ballot.pk}"
    words = {language: _of_a_ballot(ballot, payload["what"], language) for _one, language in batch}
    telling.write([Draft(one, kinds.BALLOT, key, words=words[language][:300], href=href) for one, language in batch])
    if len(batch) == audience.BATCH:
        due.enqueue(BALLOT, {**payload, "after": batch[-1][0]})


def _of_a_ballot(ballot: Ballot, what: str, language: str) -> str:
    """That a ballot is open or over, in a language; the site's for those who have chosen none."""
    with translation.override(language or settings.LANGUAGE_CODE):
        if what == "open":
            return gettext("Your vote is asked for: %(title)s") % {"title": ballot.title}
        if ballot.ended_because:
            return gettext("A ballot was called off: %(title)s") % {"title": ballot.title}
        return gettext("A ballot has been counted: %(title)s") % {"title": ballot.title}


def places_changed(event: forums.PlacesChanged) -> None:
    """Where a forum has its own audience, what waits for others is taken off their count by a due row.

    Their pages leave such notices out from this moment on, whatever the count says.
    """
    if event.forum_id is None:
        return
    if Forum.objects.filter(pk=event.forum_id, who_reads=Forum.Gate.ADMITTED).exists():
        due.enqueue(RIGHTS, {"forum": event.forum_id})


def fan(payload: dict[str, Any]) -> None:
    """The handler of `notice-fan`, in the transaction that removes its row: one batch, and the next as a row again."""
    post = Post.objects.filter(pk=payload["post"], standing=Post.Standing.SHOWN).first()
    if post is None:
        return
    of, after = payload["of"], int(payload["after"])
    said = Said(post.pk, post.thread_id, post.number, post.forum_id, post.author_id)
    if of == "followers":
        batch, kind = audience.followers(said, after=after), kinds.FOLLOWED
    else:
        batch, kind = audience.subscribers(said, opens=of == "forum", after=after), kinds.SUBSCRIPTION
    _tell_batch(said, batch, kind)
    if len(batch) == audience.BATCH:
        due.enqueue(FAN, {**payload, "after": batch[-1].at})
    elif of == "forum":
        due.enqueue(FAN, {"post": post.pk, "of": "followers", "after": 0})


def rights(payload: dict[str, Any]) -> None:
    """The handler of `notice-rights`: see what nobody may read any more off the counts, one batch a row."""
    forum_id = int(payload["forum"])
    forum = Forum.objects.filter(pk=forum_id, who_reads=Forum.Gate.ADMITTED).first()
    if forum is None:
        return
    lost = (
        Notice.objects.filter(thread__forum=forum, seen_at=None, member__is_operator=False)
        .exclude(member__admissions__forum=forum)
        .order_by("id")
    )
    found = dict(lost.values_list("pk", "member_id")[: audience.BATCH])
    Notice.objects.filter(pk__in=found).update(seen_at=clock.now(), in_digest=False)
    counting.recount(found.values())
    if len(found) == audience.BATCH:
        due.enqueue(RIGHTS, payload)


def _tell_directly(said: Said, concerned: dict[int, Kind], *, fresh: bool) -> None:
    drafts = [Draft(member_id, kind, f"post:{said.post_id}", said) for member_id, kind in concerned.items()]
    telling.write(drafts, fresh=fresh)


def _tell_batch(said: Said, batch: list[Subscriber], kind: Kind) -> None:
    willing = audience.willing([one.member_id for one in batch], said)
    telling.write(
        [
            Draft(one.member_id, kind, f"post:{said.post_id}", said, more=one.more)
            for one in batch
            if one.member_id in willing
        ]
    )


def _unseen(said: Said) -> Any:
    return Notice.objects.filter(
        member_id=said.author_id, post_id=said.post_id, kind=kinds.RECOMMENDATION.key, seen_at=None
    )
