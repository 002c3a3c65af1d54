"""What hosts do, and what their office sets off. Wiring names these functions; each runs within the verb's transaction."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from palaver.forums import events as forums
from palaver.forums.models import Block, Forum, Office, Thread
from palaver.kit import due
from palaver.notices import kinds, telling
from palaver.notices.hearing import RIGHTS
from palaver.notices.speaking import spoken_by


def thread_moved(event: forums.ThreadMoved) -> None:
    """What waits for those who may not read it any more is taken off their counts."""
    if Forum.objects.filter(pk=event.forum_id, who_reads=Forum.Gate.ADMITTED).exists():
        due.enqueue(RIGHTS, {"forum": event.forum_id})


def thread_split(event: forums.ThreadSplit) -> None:
    """Notices about the posts lead to where these are now."""
    _follow(event.thread_id, event.new_thread_id)


def thread_merged(event: forums.ThreadMerged) -> None:
    """The same; the thread's row goes after this, and nothing may go with it."""
    _follow(event.thread_id, event.into_id)


def _follow(thread_id: int, to: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notices_notice SET thread_id = %s, number = (SELECT p.number FROM forums_post p"
            " WHERE p.id = notices_notice.post_id) WHERE thread_id = %s AND EXISTS (SELECT 1 FROM forums_post p"
            " WHERE p.id = notices_notice.post_id AND p.thread_id = %s)",
            [to, thread_id, to],
        )


def host_seated(event: forums.HostSeated) -> None:
    """Who hosts a forum from now on, until when."""
    office = Office.objects.select_related("forum").get(pk=event.office_id)
    with spoken_by(event.member_id):
        named = {"forum": office.forum.name, "until": f"{office.until:%Y-%m-%d}" if office.until else ""}
        if event.how == Office.How.BALLOT:
            words = _("You were elected host of %(forum)s, until %(until)s") % named
        elif office.until is not None:
            words = _("You host %(forum)s from today until %(until)s: you were next in the queue") % named
        else:
            words = _("You host %(forum)s from today: an operator has appointed you") % named
    _tell(event.member_id, f"seat:{office.pk}", words, f"/f/{office.forum.slug}/hosts")


def host_left(event: forums.HostLeft) -> None:
    """Whose term has ended, unless they ended it themselves."""
    if event.why in {"resigned", "left"}:
        return
    office = Office.objects.select_related("forum").get(pk=event.office_id)
    with spoken_by(event.member_id):
        named = {"forum": office.forum.name}
        if event.why == "suspended":
            words = _("You no longer host %(forum)s: whoever is suspended holds no office") % named
        elif event.why == "operator":
            words = _("You no longer host %(forum)s: an operator has ended your term") % named
        elif office.how == Office.How.QUEUE:
            words = (
                _("Your term as host of %(forum)s is over. Thank you. You stand at the end of its queue again") % named
            )
        else:
            words = _("Your term as host of %(forum)s is over. Thank you") % named
    _tell(event.member_id, f"seat-end:{office.pk}", words, f"/f/{office.forum.slug}/hosts")


def term_ends_soon(event: forums.TermEndsSoon) -> None:
    """A week before; once a term."""
    office = Office.objects.select_related("forum").get(pk=event.office_id)
    with spoken_by(event.member_id):
        words = _("Your term as host of %(forum)s ends on %(until)s") % {
            "forum": office.forum.name,
            "until": f"{office.until:%Y-%m-%d}",
        }
    until = office.until.date().isoformat() if office.until else ""
    _tell(event.member_id, f"seat-soon:{office.pk}:{until}", words, f"/f/{office.forum.slug}/hosts")


def lock_questioned(event: forums.LockQuestioned) -> None:
    """The hosts who vote; without one, the operators."""
    for member_id in event.elector_ids:
        with spoken_by(member_id):
            words = _("The lock of a thread is questioned, and its hosts vote")
        # Under the key of the notice that every elector gets of a ballot, so that they are told once.
        _tell(member_id, f"ballot:{event.ballot_id}:open", words, f"/ballots/{event.ballot_id}")
    if event.ballot_id is None:
        telling.tell_operators(
            kinds.DESK.key,
            key=f"lock-question:{event.lock_id}",
            words=_("The lock of a thread is questioned, and there is no other host who could vote"),
            href=f"/t/{event.thread_id}/lock/question",
            but=event.by_id,
        )


def lock_answered(event: forums.LockQuestionAnswered) -> None:
    """Who asked."""
    thread = Thread.objects.get(pk=event.thread_id)
    with spoken_by(event.by_id):
        words = (
            _("The hosts have opened the thread again that you asked about")
            if event.opened
            else _("The hosts let the lock stand that you asked about")
        )
    _tell(event.by_id, f"lock-answer:{event.lock_id}", words, f"/t/{thread.pk}/{thread.slug}")


def member_blocked(event: forums.MemberBlocked) -> None:
    """Who is kept out of a forum: by what reason, until when."""
    block = Block.objects.select_related("forum").get(pk=event.block_id)
    with spoken_by(event.member_id):
        words = _("The hosts of %(forum)s keep you from writing there until %(until)s UTC: %(because)s") % {
            "forum": block.forum.name,
            "until": f"{block.until:%Y-%m-%d %H:%M}",
            "because": block.because,
        }
    _tell(event.member_id, f"block:{block.pk}", words, f"/f/{block.forum.slug}/about")


def block_ended(event: forums.BlockEnded) -> None:
    """And that it is over before its time."""
    forum = Forum.objects.get(pk=event.forum_id)
    with spoken_by(event.member_id):
        words = _("You can write in %(forum)s again: the block was ended") % {"forum": forum.name}
    _tell(event.member_id, f"block-end:{event.block_id}", words, f"/f/{forum.slug}/")


def _tell(member_id: int, key: str, words: str, href: str) -> None:
    telling.tell(member_id, kinds.OFFICE.key, key=key, words=words, href=href)
