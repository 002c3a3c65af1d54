"""The trash: a thread, a forum or a keyword out of one member's sight. It removes rows from lists and never moves one."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_act
from palaver.forums.models import Forum, Thread
from palaver.forums.permissions import may_read
from palaver.kit import clock, events
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.kit.text import words
from palaver.kit.text.letters import storable
from palaver.reading import hiding
from palaver.reading.events import TrashChanged
from palaver.reading.models import Trash

KEYWORDS = 200
THREADS = 5000
LONGEST_KEYWORD = 80
LONGEST_TOKENS = 120


def trash_thread(thread: Thread, *, by: Member) -> Trash:
    """Put a thread out of sight; doing it twice changes nothing. Raises NotAllowed, Refusal."""
    may_act(by).or_refuse()
    may_read(by, thread.forum).or_refuse()
    with transaction.atomic():
        member = hiding.take(by)
        standing = Trash.objects.filter(member=member, thread=thread).first()
        if standing is not None:
            return standing
        if Trash.objects.filter(member=member, thread__isnull=False).count() >= THREADS:
            raise Refusal(
                _(
                    "Your trash holds %(most)s threads already. Take some out, or put their forum or a keyword in instead."
                )
                % {"most": THREADS}
            )
        put = Trash.objects.create(member=member, thread=thread, at=clock.now())
        return _settled(member, put)


def trash_forum(forum: Forum, *, by: Member) -> Trash:
    """Put a forum out of sight: its threads leave all lists, and it leaves the index. Its own page stays where it is."""
    may_act(by).or_refuse()
    may_read(by, forum).or_refuse()
    with transaction.atomic():
        member = hiding.take(by)
        standing = Trash.objects.filter(member=member, forum=forum).first()
        if standing is not None:
            return standing
        return _settled(member, Trash.objects.create(member=member, forum=forum, at=clock.now()))


def trash_keyword(written: str, *, by: Member) -> Trash:
    """Put every thread out of sight whose subject holds these words, one after the other, whole (page 2, Reading).

    Compared as search tokens: case and accents do not matter, and "art" does not meet "party". Raises Refusal for nothing,
    too much, or more than 200 keywords.
    """
    may_act(by).or_refuse()
    written = " ".join(storable(written).split())
    keyword = " ".join(words.tokens(written))
    if not keyword:
        raise Refusal(
            _("Write at least one word or number: signs alone cannot be found in a subject."), field="keyword"
        )
    if len(written) > LONGEST_KEYWORD or len(keyword) > LONGEST_TOKENS:
        raise Refusal(
            _("A keyword has at most %(most)s characters. Choose the word that matters.") % {"most": LONGEST_KEYWORD},
            field="keyword",
        )
    with transaction.atomic():
        member = hiding.take(by)
        standing = Trash.objects.filter(member=member, keyword=keyword).first()
        if standing is not None:
            return standing
        if Trash.objects.filter(member=member).exclude(keyword="").count() >= KEYWORDS:
            raise Refusal(
                _("Your trash holds %(most)s keywords already, as many as fit. Take one out first.")
                % {"most": KEYWORDS},
                field="keyword",
            )
        return _settled(member, Trash.objects.create(member=member, keyword=keyword, written=written, at=clock.now()))


def take_out(trash: Trash, *, by: Member) -> None:
    """Take something out of one's own trash. Taking it out twice changes nothing. Raises NotAllowed for another's."""
    may_act(by).or_refuse()
    if trash.member_id != by.pk:
        raise NotAllowed(_("This lies in somebody else's trash."))
    with transaction.atomic():
        member = hiding.take(by)
        gone, _rows = Trash.objects.filter(pk=trash.pk, member=member).delete()
        if not gone:
            return
        hiding.settle(member)
        events.publish(TrashChanged(member.pk, trash.thread_id, trash.forum_id, put_in=False))


def _settled(member: Member, put: Trash) -> Trash:
    hiding.settle(member)
    events.publish(TrashChanged(member.pk, put.thread_id, put.forum_id, put_in=True))
    return put
