"""One batch of drafts becomes rows, in one transaction: people, threads, posts, texts, events, counters, and what
each old id became. Whatever happens, either all of a batch stands with every counter right, or nothing of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums import paths
from palaver.forums.models import Category, Forum, Lock, Pin, Post, PostBody, SourceText, Thread, ThreadEvent
from palaver.forums.posting import thread_slug
from palaver.forums.rendering import member_address
from palaver.kit import events
from palaver.kit.text import slugs, subjects
from palaver.kit.text.letters import storable
from palaver.transfer.drafts import Closing, EventDraft, PersonDraft, PlaceDraft, PostDraft, ThreadDraft
from palaver.transfer.events import ImportBatchStored
from palaver.transfer.models import Import, ImportedThing, LostReference, OldAddress
from palaver.transfer.naming import free_name
from palaver.transfer.preparing import Done
from palaver.transfer.reporting import Report
from palaver.transfer.storing import Table, take_ids

SUBJECT_LENGTH = 255
_ASKED = 400

_THREADS = Table(
    Thread, "id", "forum_id", "author_id", "subject", "slug", "created_at", "post_count", "last_number", "last_post_at",
    "last_author_id",
)  # fmt: skip
_POSTS = Table(
    Post, "id", "thread_id", "forum_id", "author_id", "number", "place", "answers_id", "answers_number", "path",
    "depth", "subject", "opening", "standing", "created_at", "edited_at", "unnamed_recs",
)  # fmt: skip
_BODIES = Table(PostBody, "post_id", "html", "renderer")
_TEXTS = Table(SourceText, "post_id", "version", "kind", "subject", "text", "written_at")
_EVENTS = Table(
    ThreadEvent, "id", "thread_id", "after_place", "number", "act", "by_id", "office", "because", "html", "at"
)
_LOCKS = Table(Lock, "thread_id", "by_id", "office", "because", "at")
_PINS = Table(Pin, "thread_id", "by_id", "because", "at")
_MEMBERS = Table(Member, "id", "name", "name_key", "password", "joined_at", "last_login")
_THINGS = Table(ImportedThing, "origin_id", "kind", "old_id", "new_id", "checksum")
_ADDRESSES = Table(OldAddress, "origin_id", "path", "target")
_LOST = Table(LostReference, "origin_id", "post_id", "reference")


@dataclass(slots=True)
class Known:
    """What a run remembers of the batches before. In a dry run the ids in it are made up and below zero."""

    members: dict[str, int] = field(default_factory=dict)
    forums: dict[str, int] = field(default_factory=dict)
    name_keys: set[str] = field(default_factory=set)
    threads: dict[str, str] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    lowest: int = 0


@dataclass(slots=True)
class Rendered:
    """A draft with its texts rendered: one for each post, then one for each event that has a text."""

    draft: ThreadDraft
    posts: Sequence[Done]
    events: Sequence[Done]


@dataclass(slots=True)
class _Standing:
    """A thread as it is while a batch adds to it."""

    id: int
    forum: int
    post_count: int
    last_number: int
    last_post_at: datetime | None
    last_author: int
    is_new: bool
    posts: dict[str, tuple[int, str, int, int]] = field(default_factory=dict)
    """old id → (id, path, place, number)"""
    event_numbers: frozenset[int] = frozenset()


class Settling:
    """One batch on its way into the tables. Made anew for every try; `known` and `report` change only when it has
    settled."""

    def __init__(
        self, origin: Import, known: Known, places: dict[str, PlaceDraft], into: str, report: Report, dry_run: bool
    ) -> None:
        self._origin, self._known, self._places, self._into = origin, known, places, into
        self._report, self._dry = report, dry_run
        self._lowest = known.lowest
        self._members: dict[str, int] = {}
        self._forums: dict[str, int] = {}
        self._keys: set[str] = set(known.name_keys) if dry_run else set()
        self._new_threads: dict[str, str] = {}
        self._paths: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._renamed: list[tuple[str, str]] = []
        self._first_seen: dict[int, datetime] = {}
        self._written: Counter[int] = Counter()
        self._in_forum: dict[int, Counter[str]] = defaultdict(Counter)
        self._forum_last: dict[int, datetime] = {}
        self._rows: dict[Table, list[Sequence[Any]]] = defaultdict(list)
        self._grown: dict[int, _Standing] = {}
        self._addresses: list[tuple[str, str]] = []

    def settle(self, batch: Sequence[Rendered]) -> None:
        """Store the batch, or only count what would be stored in a dry run."""
        if self._dry:
            self._lay(batch)
        else:
            with transaction.atomic():
                Import.objects.select_for_update().get(pk=self._origin.pk)
                self._lay(batch)
                self._write()
        self._remember()

    # What is there already.

    def _things(self, kind: str, old_ids: Iterable[str]) -> dict[str, tuple[int, str]]:
        found: dict[str, tuple[int, str]] = {}
        if self._origin.pk is None:
            return found
        for part in _parts(old_ids):
            rows = ImportedThing.objects.filter(origin=self._origin, kind=kind, old_id__in=part)
            found.update((old, (new, sum_)) for old, new, sum_ in rows.values_list("old_id", "new_id", "checksum"))
        return found

    def _ids(self, model: type[models.Model], number: int) -> list[int]:
        if not self._dry:
            return take_ids(model, number)
        self._lowest -= number
        return list(range(self._lowest, self._lowest + number))

    def _thing(self, kind: str, old_id: str, new_id: int, checksum: str = "") -> None:
        self._rows[_THINGS].append((self._origin.pk, kind, old_id, new_id, checksum))

    # From drafts to rows.

    def _lay(self, batch: Sequence[Rendered]) -> None:
        known_threads = self._things("thread", [one.draft.old_id for one in batch])
        known_posts = self._things("post", [post.old_id for one in batch for post in one.draft.posts])
        known_events = self._things("event", [event.old_id for one in batch for event in one.draft.events])
        todo: list[Rendered] = []
        for one in batch:
            sum_ = known_threads.get(one.draft.old_id, (0, self._known.threads.get(one.draft.old_id)))[1]
            if sum_ == one.draft.checksum or (self._dry and sum_ is not None):
                self._counts["known"] += 1
            else:
                todo.append(one)
        self._seat(todo, known_posts, known_events)
        standing = self._standing(todo, known_threads, known_posts)
        fresh = [one for one in todo if one.draft.old_id not in standing and self._has_new(one, known_posts)]
        for one, thread_id in zip(fresh, self._ids(Thread, len(fresh)), strict=True):
            standing[one.draft.old_id] = _Standing(thread_id, self._forum(one.draft.place), 0, 0, None, 0, True)
        posts = sum(post.old_id not in known_posts for one in todo for post in one.draft.posts)
        lines = sum(event.old_id not in known_events for one in todo for event in one.draft.events)
        self._skipped["thread_without_posts"] += sum(one.draft.old_id not in standing for one in todo)
        post_ids, event_ids = iter(self._ids(Post, posts)), iter(self._ids(ThreadEvent, lines))
        for one in todo:
            thread = standing.get(one.draft.old_id)
            if thread is not None:
                self._thread(one, thread, known_posts, known_events, post_ids, event_ids)

    @staticmethod
    def _has_new(one: Rendered, known_posts: dict[str, tuple[int, str]]) -> bool:
        return any(post.old_id not in known_posts for post in one.draft.posts)

    def _standing(
        self,
        todo: Sequence[Rendered],
        known_threads: dict[str, tuple[int, str]],
        known_posts: dict[str, tuple[int, str]],
    ) -> dict[str, _Standing]:
        """The threads of this batch that stand already: by their own old id, else by a post of them that does."""
        old_posts = {
            post.old_id: known_posts[post.old_id][0]
            for one in todo
            for post in one.draft.posts
            if post.old_id in known_posts
        }
        rows: dict[int, tuple[int, str, int, int, int]] = {}
        for part in _parts(old_posts.values()):
            found = Post.objects.filter(pk__in=part).values_list("pk", "thread_id", "path", "place", "number")
            rows.update((pk, (thread, pk_path, place, number, pk)) for pk, thread, pk_path, place, number in found)
        wanted: dict[str, int] = {}
        for one in todo:
            draft = one.draft
            if draft.old_id in known_threads:
                wanted[draft.old_id] = known_threads[draft.old_id][0]
                continue
            for post in draft.posts:
                if post.old_id in old_posts and old_posts[post.old_id] in rows:
                    wanted[draft.old_id] = rows[old_posts[post.old_id]][0]
                    break
        by_id: dict[int, _Standing] = {}
        for part in _parts(wanted.values()):
            threads = (
                Thread.objects.select_for_update(no_key=True).filter(pk__in=part)
                if not self._dry
                else Thread.objects.filter(pk__in=part)
            )
            for thread in threads:
                by_id[thread.pk] = _Standing(
                    thread.pk, thread.forum_id, thread.post_count, thread.last_number, thread.last_post_at,
                    thread.last_author_id, False,
                )  # fmt: skip
        standing = {old: by_id[new] for old, new in wanted.items() if new in by_id}
        for one in todo:
            state = standing.get(one.draft.old_id)
            if state is None:
                continue
            for post in one.draft.posts:
                row = rows.get(old_posts.get(post.old_id, 0))
                if row is not None and row[0] == state.id:
                    state.posts[post.old_id] = (row[4], row[1], row[2], row[3])
        return standing

    def _thread(
        self,
        one: Rendered,
        state: _Standing,
        known_posts: dict[str, tuple[int, str]],
        known_events: dict[str, tuple[int, str]],
        post_ids: Iterator[int],
        event_ids: Iterator[int],
    ) -> None:
        draft, before = one.draft, state.last_number
        subject = _subject(draft.subject)
        if len(subjects.visible(storable(draft.subject))) > SUBJECT_LENGTH:
            self._counts["subjects_cut"] += 1
        slug = thread_slug(subject)
        added, author, told = 0, 0, 0
        state.event_numbers = frozenset(event.number for event in draft.events)
        lines = iter(one.events)
        queue: list[PostDraft | EventDraft] = [*draft.posts, *draft.events]
        if draft.events:
            queue.sort(key=lambda item: item.number or 0)
        results = dict(zip((post.old_id for post in draft.posts), one.posts, strict=True))
        texts = {event.old_id: next(lines) for event in draft.events if event.text}
        for item in queue:
            if isinstance(item, EventDraft):
                if item.old_id not in known_events:
                    number = next(event_ids)
                    if state.is_new or item.number > before:
                        self._event(item, state, number, texts.get(item.old_id))
                        told += 1
                    else:
                        self._skipped["number_taken"] += 1
                continue
            if item.old_id in known_posts:
                continue
            post_id = next(post_ids)
            if not state.is_new and item.number is not None and item.number <= before:
                self._skipped["number_taken"] += 1
                continue
            who = self._post(item, state, post_id, results[item.old_id], subject)
            if not added:
                author = who
            added += 1
        if not state.is_new and (added or told):
            self._grown[state.id] = state
        if not state.is_new and not self._dry and draft.old_id in self._known.threads:
            things = ImportedThing.objects.filter(origin=self._origin, kind="thread", old_id=draft.old_id)
            things.update(checksum=draft.checksum)
            self._new_threads[draft.old_id] = draft.checksum
        if not added:
            return
        counted = self._in_forum[state.forum]
        counted["posts"] += added
        assert state.last_post_at is not None
        self._forum_last[state.forum] = max(self._forum_last.get(state.forum, state.last_post_at), state.last_post_at)
        if not state.is_new:
            return
        counted["threads"] += 1
        self._counts["threads"] += 1
        self._rows[_THREADS].append((
            state.id, state.forum, author, subject, slug, draft.created_at, state.post_count, state.last_number,
            state.last_post_at, state.last_author,
        ))  # fmt: skip
        self._thing("thread", draft.old_id, state.id, draft.checksum)
        self._new_threads[draft.old_id] = draft.checksum
        if draft.address:
            self._address(draft.address, f"/t/{state.id}/{slug}")
        if draft.lock is not None:
            self._counts["locks"] += 1
            self._rows[_LOCKS].append(
                (state.id, self._by(draft.lock), Lock.Office.IMPORT.value, draft.lock.because, draft.lock.at)
            )
        if draft.pin is not None:
            self._counts["pins"] += 1
            self._rows[_PINS].append((state.id, self._by(draft.pin), draft.pin.because, draft.pin.at))

    def _post(self, post: PostDraft, state: _Standing, post_id: int, done: Done, subject: str) -> int:
        if post.number is not None:
            number = post.number
        else:
            number = 0 if not state.post_count else state.last_number + 1
        place = state.post_count
        answered = state.posts.get(post.answers) if post.answers else None
        answers_number = post.answers_number if answered is None else answered[3]
        path = paths.below("" if answered is None or answered[2] == 0 else answered[1], number)
        author = self._member(post.author)
        own = _subject(post.subject) if post.subject else ""
        if own == subject or place == 0:
            own = ""
        standing = (Post.Standing.HELD if post.held else Post.Standing.SHOWN).value
        html, opening, version = done
        self._rows[_POSTS].append((
            post_id, state.id, state.forum, author, number, place, None if answered is None else answered[0],
            answers_number, path, paths.depth(path), own, opening, standing, post.created_at, post.edited_at,
            post.unnamed_recs,
        ))  # fmt: skip
        self._rows[_BODIES].append((post_id, html, version))
        self._rows[_TEXTS].append(
            (post_id, 1, str(post.kind), own, storable(post.text), post.edited_at or post.created_at)
        )
        self._thing("post", post.old_id, post_id)
        if post.lost_reference:
            self._rows[_LOST].append((self._origin.pk, post_id, storable(post.lost_reference)))
        state.posts[post.old_id] = (post_id, path, place, number)
        state.post_count += 1
        state.last_number = max(state.last_number, number)
        state.last_post_at = post.created_at if state.last_post_at is None else max(state.last_post_at, post.created_at)
        state.last_author = author
        self._written[author] += 1
        self._counts["posts"] += 1
        self._counts["recs"] += post.unnamed_recs
        self._counts["hidden"] += post.hidden
        to_event = answered is None and post.answers_number in state.event_numbers
        missing = answered is None and not to_event and (post.answers_number is not None or bool(post.lost_reference))
        self._counts["reply_links"] += answered is not None or missing or to_event
        self._counts["reply_links_missing"] += missing or bool(post.lost_reference)
        self._counts["reply_links_of_events"] += to_event
        return author

    def _event(self, event: EventDraft, state: _Standing, event_id: int, done: Done | None) -> None:
        by = None if event.by is None else self._member(event.by)
        self._rows[_EVENTS].append((
            event_id, state.id, state.post_count - 1, event.number, str(event.act), by, "", event.because[:500],
            "" if done is None else done[0], event.at,
        ))  # fmt: skip
        self._thing("event", event.old_id, event_id)
        state.last_number = max(state.last_number, event.number)
        self._counts["events"] += 1
        self._counts["recs"] += event.unnamed_recs
        self._counts["recs_of_events"] += event.unnamed_recs
        if event.answers_number is not None:
            self._counts["reply_links"] += 1
            self._counts["reply_links_of_events"] += 1

    # People and places.

    def _seat(
        self,
        todo: Sequence[Rendered],
        known_posts: dict[str, tuple[int, str]],
        known_events: dict[str, tuple[int, str]],
    ) -> None:
        """Find or make the members that this batch needs, in the order in which they appear."""
        people: dict[str, PersonDraft] = {}
        seen: dict[str, datetime] = {}
        for one in todo:
            draft = one.draft
            for post in draft.posts:
                if post.old_id not in known_posts:
                    people.setdefault(post.author.old_id, post.author)
                    seen[post.author.old_id] = min(seen.get(post.author.old_id, post.created_at), post.created_at)
            told = [(event.by, event.at) for event in draft.events if event.old_id not in known_events]
            told += [(closing.by, closing.at) for closing in (draft.lock, draft.pin) if closing is not None]
            for by, at in told:
                if by is not None:
                    people.setdefault(by.old_id, by)
                    seen[by.old_id] = min(seen.get(by.old_id, at), at)
        asked = [old for old in people if old not in self._known.members]
        self._members.update((old, new) for old, (new, _sum) in self._things("member", asked).items())
        missing = [person for old, person in people.items() if self._find(old) is None]
        for person, member_id in zip(missing, self._ids(Member, len(missing)), strict=True):
            name, key = free_name(storable(person.name), self._keys)
            if name != person.name:
                self._renamed.append((person.name, name))
            self._members[person.old_id] = member_id
            self._rows[_MEMBERS].append((member_id, name, key, make_password(None), seen[person.old_id], None))
            self._thing("member", person.old_id, member_id)
            self._counts["members"] += 1
            if person.address:
                self._address(person.address, member_address(name))
        fresh = {person.old_id for person in missing}
        self._first_seen = {self._member_id(old): at for old, at in seen.items() if old not in fresh}

    def _find(self, old_id: str) -> int | None:
        return self._members.get(old_id, self._known.members.get(old_id))

    def _member_id(self, old_id: str) -> int:
        found = self._find(old_id)
        assert found is not None
        return found

    def _member(self, person: PersonDraft) -> int:
        return self._member_id(person.old_id)

    def _by(self, closing: Closing) -> int | None:
        return None if closing.by is None else self._member(closing.by)

    def _forum(self, old_id: str) -> int:
        found = self._forums.get(old_id, self._known.forums.get(old_id))
        if found is None:
            things = self._things("category", [old_id])
            found = things[old_id][0] if old_id in things else self._open(self._places[old_id])
            self._forums[old_id] = found
        return found

    def _open(self, place: PlaceDraft) -> int:
        self._counts["forums"] += 1
        name, slug = storable(place.name)[:80], slugs.slug(place.name)
        if self._dry:
            forum_id = self._ids(Forum, 1)[0]
        else:
            category, _made = Category.objects.get_or_create(
                name=self._into[:80], defaults={"slug": _free_slug(Category, slugs.slug(self._into)), "place": 1000}
            )
            slug = _free_slug(Forum, slug)
            forum_id = Forum.objects.create(
                category=category, name=name, slug=slug, description=_("Brought in from the old forum."), place=1000
            ).pk
        self._thing("category", place.old_id, forum_id)
        for path in place.addresses:
            self._address(path, f"/f/{slug}/")
        return forum_id

    def _address(self, path: str, target: str) -> None:
        if len(path) > 250 or len(target) > 250:
            self._skipped["address_too_long"] += 1
        elif path in self._paths or path in self._known.paths:
            self._skipped["address_taken"] += 1
        else:
            self._paths.add(path)
            self._addresses.append((path, target))

    # Into the tables.

    def _write(self) -> None:
        taken: set[str] = set()
        for part in _parts(path for path, _target in self._addresses):
            taken.update(OldAddress.objects.filter(path__in=part).values_list("path", flat=True))
        self._skipped["address_taken"] += len(taken)
        self._rows[_ADDRESSES] = [
            (self._origin.pk, path, target) for path, target in self._addresses if path not in taken
        ]
        self._addresses = [pair for pair in self._addresses if pair[0] not in taken]
        for table in (_MEMBERS, _THREADS, _POSTS, _BODIES, _TEXTS, _EVENTS, _LOCKS, _PINS, _THINGS, _ADDRESSES, _LOST):
            table.insert(self._rows[table])
        for thread_id in sorted(self._grown):
            state = self._grown[thread_id]
            Thread.objects.filter(pk=thread_id).update(
                post_count=state.post_count, last_number=state.last_number, last_post_at=state.last_post_at,
                last_author_id=state.last_author,
            )  # fmt: skip
        self._count()
        if self._rows[_POSTS] or self._rows[_EVENTS]:
            events.publish(
                ImportBatchStored(
                    tuple(sorted(self._in_forum)),
                    tuple(sorted(self._grown)),
                    tuple(sorted(self._written)),
                    tuple(row[0] for row in self._rows[_POSTS]),
                )
            )

    def _count(self) -> None:
        """Counters last, the hottest row last of all, always in the order of ids so that nobody waits in a circle."""
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE accounts_member SET post_count = post_count + %s WHERE id = %s",
                [(number, member) for member, number in sorted(self._written.items())],
            )
            # Only the unclaimed: who has claimed an account joined when they did.
            adapt = connection.ops.adapt_datetimefield_value
            cursor.executemany(
                "UPDATE accounts_member SET joined_at = %s WHERE id = %s AND claimed_at IS NULL AND joined_at > %s",
                [(adapt(at), member, adapt(at)) for member, at in sorted(self._first_seen.items())],
            )
        for forum in sorted(self._in_forum):
            counted, last = self._in_forum[forum], self._forum_last[forum]
            Forum.objects.filter(pk=forum).update(
                thread_count=F("thread_count") + counted["threads"], post_count=F("post_count") + counted["posts"]
            )
            Forum.objects.filter(pk=forum).exclude(last_post_at__gte=last).update(last_post_at=last)

    def _remember(self) -> None:
        known, report = self._known, self._report
        known.members.update(self._members)
        known.forums.update(self._forums)
        known.threads.update(self._new_threads)
        known.lowest = self._lowest
        if self._dry:
            known.name_keys |= self._keys
            known.paths |= self._paths
        report.counts.update(self._counts)
        report.counts["redirects"] += len(self._addresses)
        report.skipped.update({reason: number for reason, number in self._skipped.items() if number})
        for old, new in self._renamed:
            report.renamed(old, new)


def _parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """So many at a time as one statement may ask for."""
    every = list(values)
    for start in range(0, len(every), _ASKED):
        yield every[start : start + _ASKED]


def _subject(text: str) -> str:
    shown = subjects.visible(storable(text)) or _("(no subject)")
    return shown if len(shown) <= SUBJECT_LENGTH else f"{shown[: SUBJECT_LENGTH - 1].rstrip()}…"


def _free_slug(model: type[Category] | type[Forum], wanted: str) -> str:
    slug, number = wanted, 2
    while model._default_manager.filter(slug=slug).exists():
        slug, number = f"{wanted[:50]}-{number}", number + 1
    return slug
