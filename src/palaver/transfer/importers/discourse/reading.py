"""Topics of an archive as drafts.

post_type 1 is a post, 2 a moderator's coloured post (a note beside the posts here), 3 a small action, 4 a whisper among
staff, which is left out. Source: Discourse's own names of these numbers (Post.types, PostActionType.types).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from palaver.forums import paths
from palaver.forums.models import SourceText, ThreadEvent
from palaver.transfer import archives
from palaver.transfer.drafts import Closing, EventDraft, PersonDraft, PlaceDraft, PostDraft, ThreadDraft
from palaver.transfer.errors import ArchiveRefused
from palaver.transfer.importers.discourse.shape import Shape, parse
from palaver.transfer.importing import Survey, Watch
from palaver.transfer.reporting import Report

LARGEST_TOPIC = 64 * archives.MEBIBYTE
LIKE = 2
POST, NOTE, ACTION, WHISPER = 1, 2, 3, 4
MOST_POSTS = 1_000_000

_ACTS = {
    "closed.enabled": ThreadEvent.Act.LOCKED, "closed.disabled": ThreadEvent.Act.UNLOCKED,
    "autoclosed.enabled": ThreadEvent.Act.LOCKED, "autoclosed.disabled": ThreadEvent.Act.UNLOCKED,
    "archived.enabled": ThreadEvent.Act.ARCHIVED, "archived.disabled": ThreadEvent.Act.UNLOCKED,
    "pinned.enabled": ThreadEvent.Act.PINNED, "pinned.disabled": ThreadEvent.Act.UNPINNED,
    "pinned_globally.enabled": ThreadEvent.Act.PINNED, "pinned_globally.disabled": ThreadEvent.Act.UNPINNED,
    "visible.enabled": ThreadEvent.Act.LISTED, "visible.disabled": ThreadEvent.Act.UNLISTED,
    "split_topic": ThreadEvent.Act.SPLIT,
}  # fmt: skip

# Inside JSON a quote of an attribute is written \".
_PLACE_LINK = re.compile(rb'href=\\"(?:https?://[^/"\\]{1,200})?/c/((?:[a-z0-9_%-]{1,80}/){1,3})(\d{1,9})(?=[\\/?#])')
_TOPIC_LINK = re.compile(rb'href=\\"https?://([a-z0-9.-]{4,200}(?::\d{1,5})?)/t/[^/"\\]{1,200}/\d{1,9}', re.IGNORECASE)
_LOCAL = re.compile(r'(?P<before>\b(?:href|src)\s*=\s*")/(?!/|(?:t|u|c|p)/)')
_TEXTUAL = (".json",)


class Discourse:
    """An archive at `path`. `origin` is the address of the old forum where the operator names it (it is found in the
    links otherwise); `names` what its categories are called, by their numbers."""

    engine = "discourse"

    def __init__(self, path: Path, *, origin: str = "", names: dict[str, str] | None = None) -> None:
        self._path = path
        self._given = origin.rstrip("/")
        if origin and (urlsplit(origin).scheme not in {"http", "https"} or not urlsplit(origin).hostname):
            raise ArchiveRefused("--origin", f"{origin!r} is no address; it must look like https://forum.example.org.")
        self._base = self._given
        self._names = names or {}
        self._places: dict[str, PlaceDraft] = {}
        self._slugs: dict[str, str] = {}
        self._own = re.compile(
            rf'(?P<before>\bhref\s*=\s*")https?://{re.escape(urlsplit(self._given).netloc)}(?=/(?:t|u|c|p)/)',
            re.IGNORECASE,
        )

    # Before anything is stored.

    def survey(self, report: Report, watch: Watch) -> Survey:
        hosts: Counter[bytes] = Counter()
        slugs: dict[str, Counter[str]] = defaultdict(Counter)
        topics, samples = 0, list[tuple[str, str, str]]()
        watch.begin("Looking through", None, "files")
        for file in archives.files(self._path):
            watch.advance(1)
            if not _is_topic(file.name):
                report.skipped["no_topic_file"] += 1
                continue
            content = file.read(LARGEST_TOPIC)
            topics += 1
            hosts.update(_TOPIC_LINK.findall(content))
            for way, number in _PLACE_LINK.findall(content):
                slugs[number.decode()][way.decode().strip("/")] += 1
            if len(samples) < 3:
                topic = Shape(parse(content, file.name), file.name)
                samples.append(("thread", str(topic.number("id")), _checksum(topic)))
        if not topics:
            raise ArchiveRefused(str(self._path), "it holds no Discourse topic: no file in it ends with .json.")
        host = hosts.most_common(1)[0][0].decode().lower() if hosts else ""
        if not self._base and host:
            self._base = f"https://{host}"
        named = urlsplit(self._base).netloc.lower() if self._base else ""
        self._slugs = {number: found.most_common(1)[0][0] for number, found in slugs.items()}
        source = named or _stem(self._path)
        category = _("Imported: %(source)s") % {"source": source}
        return Survey(source, category[:80], topics, self._places, samples, fallback=True)

    def _place(self, old_id: str) -> None:
        """Name a category: as the operator says, else after the words in links to it, else by its number."""
        if old_id in self._places:
            return
        way = self._slugs.get(old_id, "")
        name = (
            self._names.get(old_id) or way.rsplit("/", 1)[-1].replace("-", " ").replace("_", " ").strip().capitalize()
        )
        addresses = [f"/c/{old_id}"]
        if way:
            addresses += [f"/c/{way}/{old_id}", f"/c/{way}"]
        self._places[old_id] = PlaceDraft(
            old_id, name or _("Old category %(number)s") % {"number": old_id}, tuple(dict.fromkeys(addresses))
        )

    # Topics.

    def threads(self, report: Report) -> Iterator[ThreadDraft]:
        seen: dict[int, str] = {}
        for file in archives.files(self._path):
            if not _is_topic(file.name):
                continue
            topic = Shape(parse(file.read(LARGEST_TOPIC), file.name), file.name)
            number, checksum = topic.number("id"), _checksum(topic)
            if number in seen:
                report.counts["duplicates"] += 1
                report.counts["duplicates_differing"] += seen[number] != checksum
                if seen[number] == checksum:
                    continue
            seen[number] = checksum
            draft = self._topic(topic, checksum, report)
            if draft is not None:
                yield draft

    def _topic(self, topic: Shape, checksum: str, report: Report) -> ThreadDraft | None:
        posts = topic.inner("post_stream").each("posts")
        title = topic.text("title")
        if reason := _left_out(topic):
            report.skipped[reason] += 1
            return None
        old_id = str(topic.number("id"))
        place = str(topic.number_or_none("category_id") or 0)
        self._place(place)
        draft = ThreadDraft(
            old_id, place, title, topic.instant("created_at"), [], checksum, topic.name, slug=topic.text("slug", "")
        )
        slug = draft.slug or "-"
        draft.address = f"/t/{slug}/{old_id}"
        numbers: dict[int, str] = {}
        every: set[int] = set()
        for post in sorted(posts, key=lambda post: post.number("post_number", largest=paths.HIGHEST)):
            number = post.number("post_number")
            if number in every:
                report.counts["duplicates"] += 1
                continue
            every.add(number)
            kind = post.number("post_type", least=1)
            if post.value.get("deleted_at") is not None or post.flag("user_deleted"):
                report.skipped["deleted_post"] += 1
            elif kind == POST:
                draft.posts.append(_post(post, number, numbers))
                numbers[number] = draft.posts[-1].old_id
            elif kind in (NOTE, ACTION):
                draft.events.append(_event(post, number, kind))
            else:
                report.skipped["whisper" if kind == WHISPER else "unknown_kind_of_post"] += 1
        _closings(topic, draft)
        return draft

    def shown(self, text: str, kind: str) -> str:
        """Links to threads, people and places of the old forum stay on this site, where they redirect; whatever else
        was local to it (uploads, above all) is looked for at its old address."""
        if self._given:
            text = self._own.sub(r"\g<before>", text)
        return _LOCAL.sub(rf"\g<before>{self._base}/", text) if self._base else text


def _is_topic(name: str) -> bool:
    return name.lower().endswith(_TEXTUAL) and not name.rsplit("/", 1)[-1].startswith(".")


def _stem(path: Path) -> str:
    name = path.resolve().name
    for ending in (".zst", ".xz", ".gz", ".bz2", ".tgz", ".txz", ".tar", ".json"):
        name = name.removesuffix(ending)
    return name or "discourse"


def _checksum(topic: Shape) -> str:
    """Of what an import takes over: views and likes of tomorrow make no other topic, a new post or text does."""
    stream = topic.inner("post_stream").each("posts")
    taken = [
        [topic.value.get(key) for key in ("id", "title", "closed", "archived", "pinned")],
        [[post.value.get(key) for key in ("id", "post_number", "cooked")] for post in stream],
    ]
    return hashlib.sha256(json.dumps(taken).encode()).hexdigest()[:32]


def _left_out(topic: Shape) -> str:
    """Why a topic is not taken: it was not for everybody to find at the old forum. "" when it is."""
    if topic.value.get("deleted_at") is not None:
        return "deleted_topic"
    if topic.text("archetype", "regular") != "regular":
        return "private_message"
    if topic.value.get("visible") is False:
        return "unlisted_topic"
    return ""


def _post(post: Shape, number: int, numbers: dict[int, str]) -> PostDraft:
    answers = post.number_or_none("reply_to_post_number")
    # The old forum's own sentence stands in place of a text that it had hidden; a text that is there is held back.
    hidden, replaced = post.flag("hidden"), post.flag("cooked_hidden")
    edited = post.number("version", least=1) > 1 if post.value.get("version") is not None else False
    return PostDraft(
        old_id=str(post.number("id")), author=_person(post), text=post.text("cooked"), kind=SourceText.Kind.HTML,
        created_at=post.instant("created_at"), number=number,
        edited_at=post.instant("updated_at") if edited else None,
        answers=numbers.get(answers, "") if answers is not None else "",
        answers_number=answers, unnamed_recs=_likes(post),
        hidden=hidden, held=hidden and not replaced,
    )  # fmt: skip


def _person(post: Shape) -> PersonDraft:
    name = post.text("username")
    address = f"/u/{name.lower()}" if name and "/" not in name else ""
    return PersonDraft(str(post.number("user_id", least=-LARGEST_ID, largest=LARGEST_ID)), name, address)


LARGEST_ID = 2**62


def _likes(post: Shape) -> int:
    if not isinstance(post.value.get("actions_summary"), list):
        return 0
    return sum(
        action.number("count")
        for action in post.each("actions_summary")
        if action.value.get("id") == LIKE and "count" in action.value
    )


def _event(post: Shape, number: int, kind: int) -> EventDraft:
    code = post.text("action_code", "")
    act = ThreadEvent.Act.NOTE if kind == NOTE else _ACTS.get(code, ThreadEvent.Act.NOTE)
    # A change that we have no word for keeps the old forum's.
    because = code if kind == ACTION and code not in _ACTS else ""
    return EventDraft(
        old_id=str(post.number("id")), number=number, act=act, at=post.instant("created_at"), by=_person(post),
        because=because, text=post.text("cooked"), answers_number=post.number_or_none("reply_to_post_number"),
        unnamed_recs=_likes(post),
    )  # fmt: skip


def _closings(topic: Shape, draft: ThreadDraft) -> None:
    """The lock and the pin that stand at the end, with who and when as the last event of that kind tells."""
    last = max((post.created_at for post in draft.posts), default=draft.created_at)

    def told(act: str) -> tuple[PersonDraft | None, object]:
        for event in reversed(draft.events):
            if event.act == act:
                return event.by, event.at
        return None, last

    def closing(act: str, because: str) -> Closing:
        by, at = told(act)
        return Closing(at, because, by)  # type: ignore[arg-type]

    if topic.flag("closed"):
        draft.lock = closing(ThreadEvent.Act.LOCKED, _("Closed in the old forum."))
    elif topic.flag("archived"):
        draft.lock = closing(ThreadEvent.Act.ARCHIVED, _("Archived in the old forum."))
    if topic.flag("pinned") or topic.flag("pinned_globally"):
        draft.pin = closing(ThreadEvent.Act.PINNED, _("Pinned in the old forum."))
