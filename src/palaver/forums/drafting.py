"""Drafting: what a member has begun to write and not yet sent, kept on the server and found on every device.

A place is a form: starting a thread in a forum, replying in a thread, answering a post, editing one. Each save names the
revision its window knows. A save that loses words which another window has kept meanwhile never overwrites them: it is
kept beside them, as a second draft of the same place.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_act
from palaver.forums import reads
from palaver.forums.models import Draft, Forum, Post, SourceText, Thread
from palaver.forums.permissions import may_read
from palaver.kit import clock, durability
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.kit.text import rendering, subjects
from palaver.kit.text.letters import storable

MOST_DRAFTS = 50
"""Drafts a member may have at one time."""

_KEY = re.compile(r"(start|reply|answer|edit):([1-9][0-9]{0,17})(?:\+([2-9]|1[0-9]))?")


class Place(NamedTuple):
    """The form that a draft belongs to. `key` names it: `start:<forum>`, `reply:<thread>`, `answer:<post>`, `edit:<post>`."""

    key: str
    forum: Forum
    thread: Thread | None = None
    post: Post | None = None


class Known(NamedTuple):
    """A draft as a window knows it: its key, `+2` and so on for one kept beside another, and its revision (0: none)."""

    key: str
    revision: int = 0


class Kept(NamedTuple):
    """What a save came to. `draft` is None where nothing is left to keep; `aside`: kept beside a newer one."""

    draft: Draft | None
    aside: bool = False


def starting(forum: Forum) -> Place:
    """The form that starts a thread."""
    return Place(f"start:{forum.pk}", forum)


def replying(thread: Thread) -> Place:
    """The form that replies in a thread."""
    return Place(f"reply:{thread.pk}", thread.forum, thread)


def answering(post: Post) -> Place:
    """The form that answers a post."""
    return Place(f"answer:{post.pk}", post.forum, post.thread, post)


def editing(post: Post) -> Place:
    """The form that changes a post."""
    return Place(f"edit:{post.pk}", post.forum, post.thread, post)


def place(key: str, *, by: Member) -> Place:
    """The place that a key names. Raises NotAllowed for one that does not exist or that the member may not read."""
    found = _KEY.fullmatch(key)
    wanted = _at(found[1], int(found[2])) if found else None
    if wanted is None or not may_read(by, wanted.forum):
        raise NotAllowed(_("There is no such place to write."))
    if wanted.key.startswith("edit:") and (wanted.post is None or wanted.post.author_id != by.pk):
        raise NotAllowed(_("Only its author can change a post."))
    return wanted


def _at(kind: str, number: int) -> Place | None:
    if kind == "start":
        forum = Forum.objects.filter(pk=number).first()
        return starting(forum) if forum else None
    if kind == "reply":
        thread = Thread.objects.select_related("forum").filter(pk=number).first()
        return replying(thread) if thread else None
    post = Post.objects.select_related("forum", "thread__forum").filter(pk=number).first()
    if post is None:
        return None
    return answering(post) if kind == "answer" else editing(post)


def keep(
    where: Place, *, by: Member, text: str, subject: str = "", known: Known | None = None, submission_key: str = ""
) -> Kept:
    """Save a draft and return it with its new revision. `known` is the draft that the window has been saving, if any.

    A save that comes after its form was sent (`submission_key`) keeps nothing. Empty texts end the window's own draft.
    Raises NotAllowed, or Refusal when there are MOST_DRAFTS or the text is longer than a post may be.
    """
    may_act(by).or_refuse()
    may_read(by, where.forum).or_refuse()
    if (refusal := rendering.too_long(text)) is not None:
        raise refusal
    if len(subject) > subjects.LONGEST:
        raise Refusal(
            _("This subject has %(length)s characters; %(longest)s fit.")
            % {"length": len(subject), "longest": subjects.LONGEST},
            field="subject",
        )
    text, subject = storable(text), storable(subject)
    known = known if known is not None and _KEY.fullmatch(known.key) and _base(known.key) == where.key else None
    known = known or Known(where.key)
    with durability.relaxed():
        # Saves of one member wait for each other, so that two first ones do not both insert.
        Member.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)
        if _is_sent(where, by, text, submission_key):
            return Kept(None)
        beside = {draft.place: draft for draft in of_place(where, by=by)}
        draft = beside.get(known.key)
        if not text.strip() and not subject.strip():
            if draft is not None and draft.revision <= known.revision:
                draft.delete()
                return Kept(None)
            return Kept(draft)
        if draft is not None and draft.revision > known.revision:
            if _holds(draft, text, subject):
                return Kept(draft)
            if not _loses_nothing(draft, text, subject):
                return Kept(_insert(where, by, text, subject, beside), aside=True)
        if draft is None:
            return Kept(_insert(where, by, text, subject, beside, known))
        if (draft.text, draft.subject) != (text, subject):
            draft.text, draft.subject, draft.saved_at = text, subject, clock.now()
            draft.revision = max(draft.revision, known.revision) + 1
            draft.save(update_fields=["text", "subject", "saved_at", "revision"])
    return Kept(draft)


def of_place(where: Place, *, by: Member) -> list[Draft]:
    """A member's drafts of one place, newest first: more than one where two windows wrote different words."""
    return list(
        Draft.objects.filter(Q(place=where.key) | Q(place__startswith=f"{where.key}+"), member=by).order_by(
            "-saved_at", "-id"
        )
    )


def of_member(by: Member) -> list[Draft]:
    """All drafts of a member, newest first, with the places they belong to."""
    return list(Draft.objects.filter(member=by).select_related("forum", "thread", "post").order_by("-saved_at", "-id"))


def discard(draft: Draft, *, by: Member) -> None:
    """Throw a draft of one's own away. Raises NotAllowed."""
    if draft.member_id != by.pk:
        raise NotAllowed(_("This draft is not yours."))
    with transaction.atomic():
        draft.delete()


def end(known: Known | None, *, by: Member) -> None:
    """The form was sent: its draft goes in the same transaction, unless another window has saved a newer one meanwhile."""
    if known is not None and known.revision:
        Draft.objects.filter(member=by, place=known.key, revision__lte=known.revision).delete()


def _base(key: str) -> str:
    return key.partition("+")[0]


def _is_sent(where: Place, by: Member, text: str, submission_key: str) -> bool:
    """A save may be overtaken by the form it belongs to."""
    if where.key.startswith("edit:") and where.post is not None:
        newest = SourceText.objects.filter(post=where.post).order_by("-version").values_list("text", flat=True).first()
        return newest == text
    return bool(submission_key) and reads.submitted(by.pk, submission_key) is not None


def _holds(draft: Draft, text: str, subject: str) -> bool:
    """Whether a kept draft has all the words of a save that comes late."""
    return draft.text.startswith(text.rstrip()) and draft.subject.startswith(subject.rstrip())


def _loses_nothing(draft: Draft, text: str, subject: str) -> bool:
    """Whether a save has all the words of the kept draft."""
    return text.startswith(draft.text.rstrip()) and subject.startswith(draft.subject.rstrip())


def _insert(
    where: Place, by: Member, text: str, subject: str, beside: dict[str, Draft], known: Known | None = None
) -> Draft:
    key = known.key if known is not None else ""
    if not key:
        key = next((one for n in range(2, 20) if (one := f"{where.key}+{n}") not in beside), "")
    if not key or Draft.objects.filter(member=by).count() >= MOST_DRAFTS:
        raise Refusal(
            _("You keep %(count)s drafts already, so this one is not kept. Send or discard some of them first.")
            % {"count": MOST_DRAFTS}
        )
    return Draft.objects.create(
        member=by,
        place=key,
        forum=where.forum,
        thread=where.thread,
        post=where.post,
        subject=subject,
        text=text,
        saved_at=clock.now(),
        revision=known.revision + 1 if known is not None else 1,
    )
