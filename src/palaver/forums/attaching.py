"""Pictures and files that members put up, and which posts show them.

Whoever may see one may show it in a post of their own, as they may quote words: a use counts from then on like any
other, so a picture shown again in an open forum can be seen by its readers. What an author cannot see themselves is not
made visible by writing its address.
"""

from __future__ import annotations

import errno
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palaver.accounts.models import Member
from palaver.forums.errors import NoRoom
from palaver.forums.models import Attachment, AttachmentUse, Draft, Post, SourceText
from palaver.forums.permissions import may_put_up, may_see_attachment, may_take_down
from palaver.kit import clock, env, pictures
from palaver.kit.decisions import Refusal
from palaver.kit.storing import Store

MEGABYTE = 1024 * 1024
FILE_BYTES = 10 * MEGABYTE
KEPT_UNUSED = timedelta(days=14)
MOST_IN_A_POST = 200
LONGEST_ALT = 500


class Allowance(NamedTuple):
    """How much a member may put up: pieces in 24 hours, bytes in all."""

    a_day: int
    bytes: int


NEWCOMERS = Allowance(6, 20 * MEGABYTE)
MEMBERS = Allowance(60, 500 * MEGABYTE)
NO_NEWCOMER_FROM = 3
"""Posts after which a member has the full allowance."""

# ending → what it is served as, and the first bytes it must have (see kit.pictures.kinds; "" is text, which has no zero byte).
FILES: dict[str, tuple[str, str]] = {
    "pdf": ("application/pdf", "pdf"),
    "txt": ("text/plain", ""),
    "md": ("text/markdown", ""),
    "csv": ("text/csv", ""),
    "ics": ("text/calendar", ""),
    "zip": ("application/zip", "zip"),
    "odt": ("application/vnd.oasis.opendocument.text", "zip"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", "zip"),
    "odp": ("application/vnd.oasis.opendocument.presentation", "zip"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "zip"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "zip"),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "zip"),
    "epub": ("application/epub+zip", "zip"),
}

_TOKEN = re.compile(r'(?:src|href)="/media/([0-9a-f]{24})/')
_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")


@lru_cache(maxsize=1)
def store() -> Store:
    """Where the bytes lie: `media/` in the home."""
    return Store(env.home() / "media")


def address(attachment: Attachment, *, small: bool = False) -> str:
    """Where a picture or file is fetched; `small` is the picture's copy for pages."""
    return f"/media/{attachment.token}/{'small/' if small else ''}{quote(attachment.name)}"


def markdown(attachment: Attachment, alt: str = "") -> str:
    """How it is written in a post. `alt` says in words what a picture shows."""
    words = " ".join(alt.split())[:LONGEST_ALT]
    if attachment.kind == Attachment.Kind.FILE:
        return f"[{_escaped(words or attachment.name)}]({address(attachment)})"
    return f"![{_escaped(words)}]({address(attachment)})"


def allowance(member: Member) -> Allowance:
    """What a member may put up; newcomers less, until they have written a few posts."""
    return NEWCOMERS if member.post_count < NO_NEWCOMER_FROM and not member.is_operator else MEMBERS


def put_up(*, owner: Member, name: str, data: bytes) -> Attachment:
    """Put up a picture or a file, whichever it is by its first bytes. Raises NotAllowed, NoRoom or Refusal."""
    if _is_file(name, data):
        return put_up_file(owner=owner, name=name, data=data)
    return put_up_picture(owner=owner, name=name, data=data)


def put_up_picture(*, owner: Member, name: str, data: bytes) -> Attachment:
    """Redraw a picture (see kit.pictures), keep it, and return its row. The same picture again returns the row there is.

    `name` is what the owner called it; only its readable part is kept. Raises NotAllowed, NoRoom, or Refusal with a
    sentence on what is wrong with the picture.
    """
    may_put_up(owner).or_refuse()
    _allowed_or_refuse(owner, 0)
    redrawn = pictures.redraw(data)
    picture, small = redrawn.picture, redrawn.small
    with store().holding():
        checksum = _keep(picture.data)
        small_checksum = _keep(small.data) if small is not None else ""
        return _row(
            owner,
            Attachment(
                kind=Attachment.Kind.PICTURE,
                name=f"{_stem(name) or 'picture'}.{picture.ending}",
                mime=picture.mime,
                size=len(picture.data),
                checksum=checksum,
                width=picture.width,
                height=picture.height,
                thumbnail_checksum=small_checksum,
                thumbnail_width=None if small is None else small.width,
                thumbnail_height=None if small is None else small.height,
            ),
        )


def put_up_file(*, owner: Member, name: str, data: bytes) -> Attachment:
    """Keep a file of a kind on the list as it is; it is only ever handed out for saving. Raises NotAllowed, NoRoom, Refusal."""
    may_put_up(owner).or_refuse()
    mime = _fit_file(name, data)
    _allowed_or_refuse(owner, len(data))
    ending = _ending(name)
    with store().holding():
        checksum = _keep(data)
        return _row(
            owner,
            Attachment(
                kind=Attachment.Kind.FILE,
                name=f"{_stem(name) or 'file'}.{ending}",
                mime=mime,
                size=len(data),
                checksum=checksum,
            ),
        )


def use(post: Post, html: str) -> None:
    """Note which pictures and files a post's present text shows. Called in the posting verb's transaction, `html` being
    the rendered text.

    What stood in the post before stays, even where its author has lost sight of it since; what is new must be something
    the author may see.
    """
    tokens = dict.fromkeys(_TOKEN.findall(html))
    if not tokens and post.version == 1:
        return
    standing = dict(AttachmentUse.objects.filter(post=post).values_list("attachment__token", "pk"))
    AttachmentUse.objects.filter(pk__in=[pk for token, pk in standing.items() if token not in tokens]).delete()
    wanted = [token for token in tokens if token not in standing][:MOST_IN_A_POST]
    if not wanted:
        return
    # Held until the commit, so that nothing is forgotten between this look and the use.
    rows = Attachment.objects.select_for_update(of=("self",), no_key=True).filter(token__in=wanted)
    AttachmentUse.objects.bulk_create(
        [AttachmentUse(attachment=row, post=post) for row in rows if may_see_attachment(post.author, row)]
    )


def take_down(attachment: Attachment, *, by: Member) -> None:
    """Remove one's own picture or file that no post shows. Raises NotAllowed."""
    with transaction.atomic():
        attachment = Attachment.objects.select_for_update(of=("self",), no_key=False).get(pk=attachment.pk)
        may_take_down(by, attachment).or_refuse()
        _remove([attachment])


def forget_unused(before: datetime) -> int:
    """Remove what was put up before an instant and stands in no post, no draft, and no post changed since. How many.

    A post's earlier text counts for a while, so that an edit can be taken back with its picture.
    """
    gone = 0
    candidates = Attachment.objects.filter(at__lt=before, uses=None).order_by("pk").values_list("pk", flat=True)
    for pk in list(candidates[:1000]):
        with transaction.atomic():
            row = Attachment.objects.select_for_update(of=("self",)).filter(pk=pk, uses=None).first()
            if row is None or _still_wanted(row, before):
                continue
            _remove([row])
            gone += 1
    return gone


def sweep() -> int:
    """Remove files that no row names: what a sudden end between file and row has left. How many."""
    gone = store().forget_halves()
    batch: list[str] = []
    for checksum in store().checksums():
        batch.append(checksum)
        if len(batch) == 500:
            gone += _remove_unnamed(batch)
            batch = []
    return gone + _remove_unnamed(batch)


def tidy() -> None:
    """What the jobs process does a few times a day."""
    forget_unused(clock.now() - KEPT_UNUSED)
    sweep()


def _still_wanted(row: Attachment, before: datetime) -> bool:
    written = f"/media/{row.token}/"
    if Draft.objects.filter(member_id=row.owner_id, text__contains=written).exists():
        return True
    changed = Post.objects.filter(author_id=row.owner_id, edited_at__gte=before).values("pk")
    return SourceText.objects.filter(post__in=changed, text__contains=written).exists()


def _remove(rows: Collection[Attachment]) -> None:
    """Rows first, files after the commit: a sudden end between the two leaves files for `sweep`."""
    checksums = {checksum for row in rows for checksum in (row.checksum, row.thumbnail_checksum) if checksum}
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    transaction.on_commit(lambda: _remove_unnamed(checksums) and None)


def _remove_unnamed(checksums: Iterable[str]) -> int:
    """Never within a transaction: who puts up a picture holds the store while waiting for the database."""
    wanted = list(checksums)
    if not wanted:
        return 0
    with store().sweeping():
        named: set[str] = set()
        for pair in Attachment.objects.filter(Q(checksum__in=wanted) | Q(thumbnail_checksum__in=wanted)).values_list(
            "checksum", "thumbnail_checksum"
        ):
            named.update(pair)
        unnamed = [checksum for checksum in wanted if checksum not in named]
        for checksum in unnamed:
            store().remove(checksum)
    return len(unnamed)


def _row(owner: Member, made: Attachment) -> Attachment:
    with transaction.atomic():
        owner = Member.objects.select_for_update(no_key=True).get(pk=owner.pk)
        may_put_up(owner).or_refuse()
        again = Attachment.objects.filter(owner=owner, checksum=made.checksum, kind=made.kind).first()
        if again is not None:
            return again
        _allowed_or_refuse(owner, made.size)
        made.owner, made.token, made.at = owner, secrets.token_hex(12), clock.now()
        made.save(force_insert=True)
    return made


def _allowed_or_refuse(owner: Member, size: int) -> None:
    most = allowance(owner)
    mine = Attachment.objects.filter(owner=owner)
    if mine.filter(at__gt=clock.now() - timedelta(days=1)).count() >= most.a_day:
        sentence = ngettext(
            "You have put up %(n)s picture or file within 24 hours; that is as many as you may for now. Try again later.",
            "You have put up %(n)s pictures and files within 24 hours; that is as many as you may for now. Try again later.",
            most.a_day,
        ) % {"n": most.a_day}
        if most is NEWCOMERS:
            sentence += " " + _("After your first posts it will be more.")
        raise Refusal(sentence, field="file")
    held = mine.aggregate(total=Sum("size"))["total"] or 0
    if held + size > most.bytes:
        sentence = _(
            "Your pictures and files have %(held)s of %(most)s MB; this one does not fit any more. Take down what no post "
            "shows, on your account's page of pictures and files."
        ) % {"held": f"{held / MEGABYTE:.1f}", "most": most.bytes // MEGABYTE}
        raise Refusal(sentence, field="file")


def _keep(data: bytes) -> str:
    try:
        return store().keep(data)
    except OSError as problem:
        if problem.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE}:
            raise
        raise NoRoom(
            _("There is no room to keep pictures and files just now. The operators have been told; your text is kept."),
            field="file",
        ) from problem


def _is_file(name: str, data: bytes) -> bool:
    kind = pictures.kind_of(data)
    return kind not in pictures.PICTURES and (_ending(name) in FILES or kind in {"pdf", "zip"})


def _fit_file(name: str, data: bytes) -> str:
    """What the file is served as. Raises Refusal."""
    ending, kind = _ending(name), pictures.kind_of(data)
    if not data:
        raise Refusal(_("This file is empty. Perhaps it was still being written; choose it once more."), field="file")
    if len(data) > FILE_BYTES:
        raise Refusal(
            _("This file has %(size)s MB; up to %(most)s MB are taken.")
            % {"size": f"{len(data) / MEGABYTE:.1f}", "most": FILE_BYTES // MEGABYTE},
            field="file",
        )
    if ending not in FILES:
        raise Refusal(
            _("Files of this kind are not taken. These are: %(endings)s.") % {"endings": ", ".join(sorted(FILES))},
            field="file",
        )
    mime, wanted = FILES[ending]
    if (kind != wanted) if wanted else b"\0" in data:
        raise Refusal(
            _("This file is called .%(ending)s, but it is something else inside. Save it anew as what it is called.")
            % {"ending": ending},
            field="file",
        )
    return mime


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _stem(name: str) -> str:
    """The readable part of a file's name: letters, digits, dashes, and nothing that could lead anywhere."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem = last.rpartition(".")[0] or last
    return _NOT_IN_A_NAME.sub("-", stem).strip("-._")[:60].strip("-._")


def _escaped(words: str) -> str:
    return re.sub(r"([\\\[\]`*_<>])", r"\\\1", words)
