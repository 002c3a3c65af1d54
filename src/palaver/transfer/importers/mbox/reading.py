"""Messages of mbox files as drafts. The files are read once from end to end; each message's bytes are spooled in a
nameless temporary file until its thread's turn comes, so memory holds a few hundred bytes a message.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from django.utils.translation import gettext as _

from palaver.forums import paths
from palaver.kit import clock
from palaver.transfer import archives
from palaver.transfer.drafts import PersonDraft, PlaceDraft, PostDraft, ThreadDraft
from palaver.transfer.errors import ArchiveRefused
from palaver.transfer.importers.mbox import decoding, joining, splitting
from palaver.transfer.importing import Survey, Watch
from palaver.transfer.reporting import Report

LONGEST_KEY = 200
SAMPLES = 200
PLACE = "list"
_PASSED_OVER = (".json", ".html", ".htm", ".pdf", ".png", ".jpg", ".xml", ".md")
_LIST_NAME = re.compile(r"^(?P<words>[^<]*)<(?P<id>[^>]+)>$")


class Mbox:
    """One list, from mbox files, folders or tars of them; `forum` is what the operator calls it."""

    engine = "mbox"

    def __init__(self, paths_: Sequence[Path], *, forum: str = "") -> None:
        self._paths = list(paths_)
        self._forum = forum.strip()
        self._threads: list[list[joining.Message]] = []
        self._messages: list[joining.Message] = []
        self._spool = tempfile.TemporaryFile(prefix="palaver-import-")  # noqa: SIM115 - goes with this object

    def survey(self, report: Report, watch: Watch) -> Survey:
        """Read every message, keep each once, and join them to threads."""
        watch.begin("Reading", None, "messages")
        sums: dict[str, bytes] = {}
        names: Counter[str] = Counter()
        latest = clock.now() + timedelta(days=2)
        before: datetime | None = None
        offset = files = 0
        for path in self._paths:
            for file in archives.files(path):
                if file.name.lower().endswith(_PASSED_OVER) or file.name.rsplit("/", 1)[-1].startswith("."):
                    report.skipped["no_mbox_file"] += 1
                    continue
                files += 1
                for raw in splitting.messages(file):
                    watch.advance(1)
                    report.counts["messages"] += 1
                    message = decoding.parse(raw.content)
                    sum_ = hashlib.sha256(raw.content.strip()).digest()
                    given = decoding.identifier(message)
                    report.counts["without_id"] += not given
                    key = _key(given) if given else f"content:{sum_.hex()[:32]}"
                    if key in sums:
                        report.counts["duplicates"] += 1
                        if sums[key] != sum_[:16]:
                            report.counts["duplicates_differing"] += 1
                        continue
                    sums[key] = sum_[:16]
                    date = decoding.instant(decoding.field(message, "Date"), latest)
                    if date is None:
                        report.counts["dates_mended"] += 1
                        second = raw.content[:200].split(b"\n", 1)[0]
                        date = decoding.separator_instant(raw.separator, second, latest) or before
                    before = date = date or datetime(1971, 1, 1, tzinfo=UTC)
                    address, name = decoding.author(message, raw.separator)
                    names[decoding.field(message, "List-Id")] += 1
                    self._spool.write(raw.content)
                    self._messages.append(
                        joining.Message(
                            key, len(self._messages), date, _person_key(address, name), name,
                            decoding.field(message, "Subject"), [_key(found) for found in decoding.references(message)],
                            decoding.wordy_reference(message), offset, len(raw.content),
                            f"{raw.file}, byte {raw.byte:,}",
                        )
                    )  # fmt: skip
                    offset += len(raw.content)
        if not self._messages:
            where = ", ".join(str(path) for path in self._paths)
            raise ArchiveRefused(where, "no message is in it." if files else "no mbox file is in it.")
        self._threads = joining.join(self._messages)
        forum = self._forum or _list_name(names) or _stem(self._paths[0])
        places = {PLACE: PlaceDraft(PLACE, forum)}
        samples = [("post", message.key, "") for message in self._messages[:SAMPLES]]
        return Survey(forum, _("Mailing lists"), len(self._threads), places, samples, fallback=not self._forum)

    def threads(self, report: Report) -> Iterator[ThreadDraft]:
        for thread in self._threads:
            root = thread[0]
            if len(thread) > paths.HIGHEST:
                raise ArchiveRefused(
                    root.where, f"this thread has {len(thread):,} messages, and at most {paths.HIGHEST:,} fit."
                )
            checksum = hashlib.sha256("\n".join(message.key for message in thread).encode()).hexdigest()[:32]
            yield ThreadDraft(
                root.key, PLACE, decoding.subject(root.subject), root.date,
                [self._post(message, report) for message in thread], checksum, root.where,
            )  # fmt: skip

    def _post(self, message: joining.Message, report: Report) -> PostDraft:
        self._spool.seek(message.offset)
        body = decoding.body(decoding.parse(self._spool.read(message.length)))
        report.counts["undecodable"] += body.undeclared
        report.counts["attachments"] += len(body.attachments)
        text = body.text
        for attachment in body.attachments:
            line = _("[not taken from the list's archive: %(attachment)s]") % {"attachment": attachment}
            text += f"<p>{escape(line)}</p>" if body.kind == "html" else f"\n\n{line}"
        answered = self._messages[message.answers] if message.answers >= 0 else None
        lost = message.wordy if answered is None else ""
        if message.references and (answered is None or message.references[0] != answered.key):
            lost = message.references[0]
        return PostDraft(
            old_id=message.key, author=PersonDraft(message.author, message.name), text=text, kind=body.kind,
            created_at=message.date, subject=decoding.subject(message.subject),
            answers=answered.key if answered else "", lost_reference=lost,
        )  # fmt: skip

    def shown(self, text: str, kind: str) -> str:
        """As it is: a mail refers to nothing of the place where it was archived."""
        return text


def _key(identifier: str) -> str:
    """A Message-ID as an old id; the very long ones by their hash. Half characters cannot be stored, so they are
    hashed too."""
    if len(identifier) <= LONGEST_KEY and identifier.isascii() and identifier.isprintable():
        return identifier
    return f"sha256:{hashlib.sha256(identifier.encode('utf-8', 'surrogateescape')).hexdigest()}"


def _person_key(address: str, name: str) -> str:
    """What tells an author from others: a hash, so that no address of anybody is kept. Whoever proves the address later
    is found by it."""
    told = f"address:{address}" if address else f"name:{name}"
    return "sha256:" + hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()


def _list_name(names: Counter[str]) -> str:
    for value, _number in names.most_common(2):
        if value:
            found = _LIST_NAME.match(value)
            return (found["words"].strip(' "') or found["id"].partition(".")[0]) if found else value[:80]
    return ""


def _stem(path: Path) -> str:
    name = path.resolve().name
    for ending in (".zst", ".xz", ".gz", ".bz2", ".tgz", ".txz", ".tar", ".mbox"):
        name = name.removesuffix(ending)
    return name.removeprefix("mbox-") or "mbox"
