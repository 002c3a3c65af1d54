"""The warning letter: which posts were removed and why, what comes next, when it lapses, and whom to ask.

There are no letters between members yet, so it is a page of the member's own, and a mail where there is an address.
"""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.community.reads import about, mail_from
from palaver.forums.models import Office, Removal
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.standards.bounds import APPEALED_WITHIN, REMOVALS_COUNT_FOR
from palaver.standards.models import Appeal, Consequence

WIDTH = 72


class RemovedPost(NamedTuple):
    """One of the posts: where it stood, under which standard it was removed by whom, and until when that counts.

    `appeal_until` is None where no appeal is possible any more.
    """

    post_id: int
    subject: str
    number: int
    standard: str
    charter: int
    case_id: int
    for_removal: int
    votes: int
    at: datetime
    counts_until: datetime
    restored: bool
    removal_id: int
    appeal_until: datetime | None


class Asked(NamedTuple):
    """Somebody to ask: a name and the path where they are found."""

    name: str
    href: str
    what: str


class Letter(NamedTuple):
    """What a warning letter says. `coming` are sentences in the language spoken now."""

    consequence_id: int
    at: datetime
    undone: bool
    posts: tuple[RemovedPost, ...]
    coming: tuple[str, ...]
    asked: tuple[Asked, ...]


def address(consequence_id: int) -> str:
    """The path of a letter's page."""
    return f"/me/warnings/{consequence_id}"


def letter(consequence: Consequence) -> Letter:
    """The letter of a warning, as things stand now, in the language spoken now."""
    removals = list(
        Removal.objects.filter(pk__in=consequence.removals).select_related("post__thread", "post__forum").order_by("at")
    )
    contested = set(
        Appeal.objects.filter(of_case_id__in=[one.case_number for one in removals]).values_list("of_case_id", flat=True)
    )
    posts = tuple(_post(one, contested) for one in removals)
    forums = {one.post.forum_id for one in removals}
    return Letter(
        consequence.pk,
        consequence.at,
        consequence.undone_at is not None,
        posts,
        _coming(posts, consequence.member),
        _asked(forums),
    )


def mail(consequence: Consequence, address_to: str) -> EmailMessage:
    """The letter as a mail, in the member's language. It leaves when `send` is called, as a row of the jobs process."""
    member = consequence.member
    with translation.override(member.language or settings.LANGUAGE_CODE):
        written = letter(consequence)
        named = {"name": member.name, "community": about().name}
        subject = _("%(community)s: a warning, and how things stand") % named
        lines = [_("Hello %(name)s,") % named, ""]
        lines += _wrapped(opening(len([one for one in written.posts if not one.restored])))
        lines.append("")
        for one in written.posts:
            lines += _wrapped(said_of(one), indent="  ")
            lines += [f"    {settings.PALAVER_ORIGIN}/juries/{one.case_id}", ""]
        lines += [_("What comes next"), ""]
        for sentence in written.coming:
            lines += [*_wrapped(sentence), ""]
        lines += [_("Whom to ask"), ""]
        lines += [f"  {one.name} ({one.what}): {settings.PALAVER_ORIGIN}{one.href}" for one in written.asked]
        lines += ["", _("The letter on the site, with the way to appeal:")]
        lines.append(f"{settings.PALAVER_ORIGIN}{address(consequence.pk)}")
        return EmailMessage(" ".join(subject.split()), "\n".join(lines) + "\n", mail_from(), [address_to])


def opening(count: int) -> str:
    """The letter's first sentence."""
    return _(
        "Verdicts of the members have removed %(count)s of your posts within 90 days. Nobody wants to lose you. So that you"
        " know where you stand, here is the whole of it."
    ) % {"count": count}


def said_of(post: RemovedPost) -> str:
    """One removed post in a sentence, for a mail: which it was, and what became of it."""
    which = _("“%(subject)s”, post %(number)s.") % {"subject": post.subject, "number": post.number}
    return f"{which} {became_of(post)}"


def became_of(post: RemovedPost) -> str:
    """Under which standard a post was removed, by how many, and until when that counts."""
    if post.restored:
        return _("Restored on appeal. It counts no more.")
    words = {
        "standard": post.standard,
        "charter": post.charter,
        "for": post.for_removal,
        "votes": post.votes,
        "day": post.at.strftime("%Y-%m-%d"),
        "until": post.counts_until.strftime("%Y-%m-%d"),
    }
    if not post.votes:
        return _("Removed on %(day)s under “%(standard)s” (charter %(charter)s). It counts until %(until)s.") % words
    said = _(
        "Removed on %(day)s under “%(standard)s” (charter %(charter)s), %(for)s of %(votes)s. It counts until %(until)s."
    )
    return said % words


def _post(one: Removal, contested: set[int]) -> RemovedPost:
    until = one.at + APPEALED_WITHIN
    open_to_appeal = one.ended_at is None and one.case_number not in contested and until > clock.now()
    return RemovedPost(
        one.post_id,
        one.post.thread.subject,
        one.post.number,
        one.standard,
        one.charter or 0,
        one.case_number or 0,
        one.for_removal,
        one.votes,
        one.at,
        one.at + REMOVALS_COUNT_FOR,
        one.ended_at is not None,
        one.pk,
        until if open_to_appeal else None,
    )


def _coming(posts: tuple[RemovedPost, ...], member: Member) -> tuple[str, ...]:
    counted = [one for one in posts if not one.restored and one.counts_until > clock.now()]
    said = [
        _("A second removal within 24 hours means that you cannot write for a day."),
        _(
            "Five removals within 90 days, or three that are more than 5 %% of what you have written, mean that you cannot"
            " write, judge or hold an office until the oldest of them is 90 days old, at most 30 days. You have written"
            " %(posts)s posts."
        )
        % {"posts": member.post_count},
        _("You could still read, recommend, alert and appeal. All of it ends by itself."),
    ]
    if counted:
        said.append(
            _("After %(day)s the oldest of these removals counts no more.")
            % {"day": min(one.counts_until for one in counted).strftime("%Y-%m-%d")}
        )
    return tuple(said)


def _asked(forum_ids: set[int]) -> tuple[Asked, ...]:
    sitting = Office.objects.sitting().filter(forum_id__in=forum_ids).select_related("member", "forum")
    hosts = [
        Asked(one.member.name, member_address(one.member.name), _("host of %(forum)s") % {"forum": one.forum.name})
        for one in sitting.order_by("forum__name", "member__name")[:6]
    ]
    return (*hosts, Asked(_("The operators"), "/contact", _("the contact page")))


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False)
