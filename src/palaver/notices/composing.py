"""Notices as mail that reads right in any program: plain text at 72 columns, and the headers by which a thread is a thread.

Each post has one message id per receiver, made from ids alone, so a mail written again is the same mail. What it answers
is named by the ids those posts have for the same receiver, whether or not they were mailed (RFC 5322, 3.6.4).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from email.header import Header
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.community.reads import about
from palaver.forums import paths
from palaver.forums.models import Post, SourceText
from palaver.forums.rendering import post_address
from palaver.kit.text import converting
from palaver.notices import sentences, unsubscribing
from palaver.notices.models import Notice
from palaver.notices.unsubscribing import Stop

WIDTH = 72
LONGEST = 6000
"""Characters of a post in a mail; the rest is a click away."""
QUOTED_LINES = 3
MOST_REFERENCES = 12

_FENCE = re.compile(r"^\s{0,3}(```|~~~)")
_LEADER = re.compile(r"^(\s*(?:>\s?)*)((?:[-*+]|\d{1,9}[.)])\s+)?")


def letter(notice: Notice, member: Member, address: str) -> EmailMessage:
    """One notice as a mail to its member. The caller has asked the rights of this moment and speaks the member's language.

    `notice` comes with post, thread, forum and `by`.
    """
    stop = Stop(member.pk, notice.kind, notice.thread_id or 0, notice.thread.forum_id if notice.thread else 0)
    headers = _headers(stop)
    if notice.post is None or notice.thread is None:
        subject = notice.words or sentences.sentence(notice.kind, count=notice.count)
        headers["Message-ID"] = f"<notice-{notice.pk}.member-{member.pk}@{_host()}>"
        body = [*flow(subject), "", _absolute(notice.href or "/notices/")]
        return _message(subject, body, sentences.why(notice.kind), stop, address, headers, by="")
    post, thread = notice.post, notice.thread
    headers["List-Id"] = _list_id(thread.forum.pk, thread.forum.name)
    headers["List-Archive"] = f"<{settings.PALAVER_ORIGIN}/f/{thread.forum.slug}/>"
    headers["Precedence"] = "list"
    headers.update(_threading(post, notice, member))
    subject = thread.subject if post.place == 0 else _("Re: %(subject)s") % {"subject": thread.subject}
    by = notice.by.name if notice.by else ""
    body = [*flow(_opening(notice, by)), ""]
    if notice.kind != "recommendation":
        body += _context(post)
    body += [*_words_of(post), "", _absolute(post_address(thread.pk, post.number))]
    author = post.author.name if notice.kind != "recommendation" else by
    return _message(subject, body, sentences.why(notice.kind), stop, address, headers, by=author)


def message_id(post_id: int, member_id: int) -> str:
    """The message id of a post for one receiver."""
    return f"<post-{post_id}.member-{member_id}@{_host()}>"


def digest(member: Member, address: str, *, subject: str, lines: Iterable[str], why: str, mark: str) -> EmailMessage:
    """Many notices as one mail; `mark` tells one digest of a member from the next."""
    stop = Stop(member.pk, unsubscribing.DIGEST)
    headers = _headers(stop)
    headers["Message-ID"] = f"<digest-{mark}.member-{member.pk}@{_host()}>"
    headers["List-Id"] = _list_id(0, about().name)
    headers["Precedence"] = "bulk"
    return _message(subject, list(lines), why, stop, address, headers, by="")


def flow(text: str, *, width: int = WIDTH, prefix: str = "") -> list[str]:
    """Text wrapped line by line: quotes and lists keep their marks on each line, code and long addresses stay whole."""
    out: list[str] = []
    fenced = False
    for line in text.expandtabs(4).splitlines():
        if _FENCE.match(line):
            fenced = not fenced
            out.append(prefix + line)
            continue
        if fenced or line.startswith("    ") or len(line) + len(prefix) <= width:
            out.append((prefix + line).rstrip())
            continue
        found = _LEADER.match(line)
        quote, item = (found[1], found[2] or "") if found else ("", "")
        out += textwrap.wrap(
            line[len(quote) + len(item) :],
            width,
            initial_indent=prefix + quote + item,
            subsequent_indent=prefix + quote + " " * len(item),
            break_long_words=False,
            break_on_hyphens=False,
        )
    return out


def _opening(notice: Notice, by: str) -> str:
    """The first line: what happened, where."""
    assert notice.post is not None and notice.thread is not None
    what = sentences.sentence(notice.kind, by=by, count=notice.count, number=notice.number, words=notice.words)
    where = {"what": what, "subject": notice.thread.subject, "forum": notice.thread.forum.name, "n": notice.number}
    if notice.post.place == 0:
        return _("%(what)s in %(forum)s: “%(subject)s”") % where
    return _("%(what)s in “%(subject)s” (%(forum)s, #%(n)s):") % where


def _context(post: Post) -> list[str]:
    """The first lines of the post that is answered, so that the answer can be understood in the mail alone."""
    answered = post.answers
    if answered is None or answered.standing != Post.Standing.SHOWN:
        return []
    lines = [line for line in flow(_source(answered), width=WIDTH - 2) if line.strip() and not line.startswith(">")]
    if not lines:
        return []
    kept = lines[:QUOTED_LINES]
    if len(lines) > QUOTED_LINES:
        kept[-1] += " […]"
    said = _("%(who)s wrote in #%(n)s:") % {"who": answered.author.name, "n": answered.number}
    return [said, *(f"> {line}" for line in kept), ""]


def _words_of(post: Post) -> list[str]:
    text = _source(post)
    lines = ([post.subject, ""] if post.subject else []) + flow(text[:LONGEST])
    if len(text) > LONGEST:
        lines += ["", _("[…] It goes on where it was written:")]
    return lines


def _source(post: Post) -> str:
    """A post's newest text as Markdown, which is made to be read as it stands."""
    row = SourceText.objects.filter(post=post, version=post.version).first()
    if row is None:
        return post.opening
    made = row.text if row.kind == SourceText.Kind.PLAIN else converting.to_markdown(row.text, row.kind)  # type: ignore[arg-type]
    return made.strip()


def _threading(post: Post, notice: Notice, member: Member) -> dict[str, str]:
    """Message-ID, In-Reply-To and References. Recommendations and reminders are mails about a post, not the post."""
    own = message_id(post.pk, member.pk)
    above = _ancestors(post)
    if notice.kind in {"recommendation", "reminder"}:
        above.append(post.pk)
        own = f"<notice-{notice.pk}.member-{member.pk}@{_host()}>"
    headers = {"Message-ID": own}
    if above:
        known = [message_id(post_id, member.pk) for post_id in above]
        headers["In-Reply-To"] = known[-1]
        headers["References"] = " ".join([*known[:1], *known[1:][-MOST_REFERENCES:]])
    return headers


def _ancestors(post: Post) -> list[int]:
    """Ids of the posts above one in its thread, the original post first, by the path."""
    if post.place == 0:
        return []
    steps = range(paths.STEP, len(post.path), paths.STEP)
    above = Post.objects.filter(thread_id=post.thread_id, path__in=[post.path[:step] for step in steps]).order_by(
        "path"
    )
    first = Post.objects.filter(thread_id=post.thread_id, place=0).values_list("pk", flat=True)
    return list(dict.fromkeys([*first, *above.values_list("pk", flat=True)]))


def _headers(stop: Stop) -> dict[str, str]:
    return {
        "List-Unsubscribe": f"<{_absolute(_stop_href(stop))}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
    }


def _message(
    subject: str, body: list[str], why: str, stop: Stop, address: str, headers: dict[str, str], *, by: str
) -> EmailMessage:
    community = about().name
    foot = [
        "",
        "-- ",
        *flow(why),
        _("No more mail of this kind: %(href)s") % {"href": _absolute(_stop_href(stop))},
        _("All choices: %(href)s") % {"href": _absolute("/account/notices/")},
    ]
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    name = _("%(who)s (%(community)s)") % {"who": by, "community": community} if by else community
    return EmailMessage(
        " ".join(subject.split()),
        "\n".join([*body, *foot]) + "\n",
        formataddr((name, sender), charset="utf-8"),
        [address],
        headers=headers,
    )


def _list_id(forum_id: int, name: str) -> str:
    """A List-Id that outlives renaming: the number names the list, the name is only said (RFC 2919)."""
    said = name if name.isascii() else Header(name, "utf-8", maxlinelen=998).encode()
    said = said.replace('"', "").replace("\\", "").replace("<", "").replace(">", "")
    label = f"forum-{forum_id}" if forum_id else "digest"
    return f'"{said}" <{label}.{_host()}>' if name.isascii() else f"{said} <{label}.{_host()}>"


def _stop_href(stop: Stop) -> str:
    return f"/unsubscribe/{unsubscribing.token(stop)}"


def _absolute(path: str) -> str:
    return f"{settings.PALAVER_ORIGIN}{path}"


def _host() -> str:
    return urlsplit(settings.PALAVER_ORIGIN).hostname or "localhost"
