"""What lies before those who judge where no single post does: a contested suspension, block or lock, or a longer suspension.

Sentences are in the language spoken now; they name nobody. Members' own words and posts are handed on as they are, to be
masked and sanitised by the page.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from palaver.accounts.models import Suspension
from palaver.forums.models import Block, Lock, Post, Removal
from palaver.kit import clock
from palaver.standards.bounds import REMOVALS_COUNT_FOR
from palaver.standards.models import Appeal, Case, Consequence, Prolongation


class Side(NamedTuple):
    """Who speaks, by their part in it, and their words."""

    who: str
    words: str


class Brief(NamedTuple):
    """`what` is the thing in a sentence, `place` where it is ("" anywhere); `posts` are those it followed from, the oldest
    first. `question` is answered with yes by who would let the decision stand, or would give what is asked for."""

    what: str
    place: str
    posts: tuple[Post, ...]
    sides: tuple[Side, Side]
    question: str
    yes: str
    no: str


def brief(case: Case) -> Brief | None:
    """The brief of a case, or None where a post (or a name, or an account under review) is judged."""
    if case.kind == Case.Kind.LONG:
        asked = Prolongation.objects.select_related("suspension").filter(case=case).first()
        return None if asked is None else _longer(asked)
    if case.kind != Case.Kind.APPEAL or case.post_id is not None:
        return None
    contested = (
        Appeal.objects.select_related("suspension", "block__forum", "lock__thread__forum").filter(case=case).first()
    )
    if contested is None:
        return None
    if contested.suspension is not None:
        return _suspension(contested, contested.suspension)
    if contested.block is not None:
        return _block(contested, contested.block)
    return None if contested.lock is None else _lock(contested, contested.lock)


def _longer(asked: Prolongation) -> Brief:
    suspension = asked.suspension
    return Brief(
        _(
            "A member is suspended until %(until)s, for this: “%(because)s” An operator asks that it last until %(longer)s."
        )
        % {"until": _day(suspension.until), "because": suspension.because, "longer": _day(asked.until)},
        "",
        _posts_before(suspension),
        (
            Side(_("The operator"), asked.because),
            Side(_("The member"), asked.answer or _("They have not answered.")),
        ),
        _("Should this suspension last longer?"),
        _("Yes: as long as is asked for"),
        _("No: as it is"),
    )


def _suspension(contested: Appeal, suspension: Suspension) -> Brief:
    decided = {
        Suspension.Office.JURY: _("The rule that followed from verdicts"),
        Suspension.Office.OPERATOR: _("The operator"),
        Suspension.Office.WATCH: _("The watch"),
    }
    return Brief(
        _("A member is suspended from %(since)s until %(until)s.")
        % {"since": _day(suspension.since), "until": _day(suspension.until)},
        "",
        _posts_before(suspension) if suspension.office == Suspension.Office.JURY else (),
        _sides(contested, decided[Suspension.Office(suspension.office)]),
        _("Should this suspension stand?"),
        _("Yes: it stands"),
        _("No: it ends"),
    )


def _block(contested: Appeal, block: Block) -> Brief:
    return Brief(
        _("A member is kept from writing in a forum until %(until)s.") % {"until": _day(block.until)},
        _("In %(forum)s") % {"forum": block.forum.name},
        (),
        _sides(contested, _("The host")),
        _("Should this block stand?"),
        _("Yes: it stands"),
        _("No: it ends"),
    )


def _lock(contested: Appeal, lock: Lock) -> Brief:
    office = _("The operator") if lock.office == Lock.Office.OPERATOR else _("The host")
    last = Post.objects.filter(thread=lock.thread, standing=Post.Standing.SHOWN).order_by("-place")[:5]
    return Brief(
        _("A thread takes no reply since %(since)s. Its last posts:") % {"since": _day(lock.at)},
        _("In %(forum)s, thread “%(subject)s”") % {"forum": lock.thread.forum.name, "subject": lock.thread.subject},
        tuple(reversed(last.select_related("body"))),
        _sides(contested, office),
        _("Should this lock stand?"),
        _("Yes: it stands"),
        _("No: the thread takes replies again"),
    )


def _sides(contested: Appeal, decided: str) -> tuple[Side, Side]:
    return Side(_("Who appeals"), contested.words), Side(decided, contested.other_side)


def _posts_before(suspension: Suspension) -> tuple[Post, ...]:
    """The removed posts that a rule counted for a suspension."""
    counted = Consequence.objects.filter(suspension=suspension).values_list("removals", flat=True).first()
    removals = Removal.objects.filter(post__author_id=suspension.member_id, ended_at=None, case_number__isnull=False)
    if counted is not None:
        removals = removals.filter(pk__in=counted)
    else:
        removals = removals.filter(at__gt=suspension.since - REMOVALS_COUNT_FOR, at__lte=suspension.since)
    return tuple(one.post for one in removals.select_related("post__body").order_by("at"))


def _day(instant: datetime) -> str:
    return instant.astimezone(clock.UTC).strftime("%Y-%m-%d %H:%M UTC")
