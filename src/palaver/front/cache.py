"""The page cache for guests: bodies kept under the words they were rendered from, one cache per worker.

A body is stored only if nothing it shows changed or was about to change while it was rendered, and is served only
while that is still so (see `words`). Two ways to know:

- The key was rendered before: the words it named then are read before rendering and again after.
- It is new, or names a word that was not read before: the table's version, which every pending and settle renews, must
  be the same before and after, and no word it names may be pending.

Entries are evicted by S3-FIFO, counted in bytes: pages seen once (a crawler's walk through the archive) pass through a
small queue and do not push out those that are read again.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

from palaver.front import compression
from palaver.front.exchange import Answer, Headers, Request
from palaver.front.words import Words

Key = tuple[bytes, bytes, bytes, bytes]

_OVERHEAD = 1200
_OURS = frozenset({b"etag", b"content-encoding", b"vary", b"cache-control", b"set-cookie", b"content-length"})
VARY = b"cookie, accept-language, accept-encoding"
KEPT_STATUSES = frozenset({200, 301, 308, 404, 410})


class Entry:
    """One page as it was rendered, in the encodings asked for so far, and the words it stands on."""

    __slots__ = (
        "_answers",
        "_headers",
        "_plain",
        "_status",
        "_tag",
        "_unchanged",
        "dead",
        "fresh_until",
        "hits",
        "key",
        "main",
        "size",
        "slots",
        "values",
        "zstd",
    )

    def __init__(
        self,
        key: Key,
        status: int,
        headers: Headers,
        body: bytes,
        slots: tuple[int, ...],
        values: tuple[int, ...],
        fresh_until: datetime | None,
    ) -> None:
        self.key = key
        self.slots = slots
        self.values = values
        self.fresh_until = fresh_until.timestamp() if fresh_until is not None else float("inf")
        self.hits = 0
        self.dead = False
        self.main = False
        self._status = status
        self._tag = b'"' + blake2b(body, digest_size=12).hexdigest().encode()
        self._headers = [pair for pair in headers if pair[0] not in _OURS]
        self._headers += [(b"cache-control", b"private, no-cache"), (b"vary", VARY)]
        kind = next((value for name, value in headers if name == b"content-type"), b"")
        self._plain: bytes | None = None
        if len(body) >= compression.SMALLEST and compression.worthwhile(kind):
            self.zstd = compression.pack(body, "zstd", "kept")
        else:
            self.zstd = b""
            self._plain = body
        self._answers: dict[str, Answer] = {}
        self._unchanged: dict[str, Answer] = {}
        self.size = _OVERHEAD + len(self.zstd or body) + sum(len(a) + len(b) for a, b in self._headers)

    def answer(self, request: Request) -> tuple[Answer, int]:
        """The answer to one reader, and by how many bytes the entry grew for it."""
        headers = request.headers
        accept = headers.get(b"accept-encoding")
        encoding = compression.choose(accept) if accept and self._plain is None else ""
        told = headers.get(b"if-none-match")
        if told is not None and self._status == 200 and (self._tag in told or told == b"*"):
            return self._not_changed(encoding, told), 0
        answer = self._answers.get(encoding)
        if answer is not None:
            return answer, 0
        return self._make(encoding)

    def _make(self, encoding: compression.Encoding) -> tuple[Answer, int]:
        tag = self._tag + (b"-" + encoding.encode() if encoding else b"") + b'"'
        headers = [*self._headers, (b"etag", tag)]
        grown = 0
        if encoding:
            headers.append((b"content-encoding", encoding.encode()))
        if encoding == "zstd":
            body = self.zstd
        else:
            plain = self._plain if self._plain is not None else compression.unpack(self.zstd)
            body = compression.pack(plain, encoding, "kept")
            grown = len(body) if self._plain is None else 0
        answer = Answer(self._status, headers, body)
        if encoding or self._plain is not None:  # readers who take no encoding are rare: nothing is kept for them
            self._answers[encoding] = answer
            self.size += grown
        else:
            grown = 0
        return answer, grown

    def _not_changed(self, encoding: str, told: bytes) -> Answer:
        answer = self._unchanged.get(encoding)
        if answer is None:
            tag = self._tag + (b"-" + encoding.encode() if encoding else b"") + b'"'
            headers = [pair for pair in self._headers if pair[0] != b"content-type"]
            answer = self._unchanged[encoding] = Answer(304, [*headers, (b"etag", tag)])
        return answer


class Seen:
    """What was read from the table before a rendering began. Made and used on the lane's thread."""

    __slots__ = ("_known", "_version", "_words")

    def __init__(self, words: Words, slots: Iterable[int]) -> None:
        self._words = words
        # The version first: whatever moves from here on shows.
        self._version = words.version()
        slots = tuple(slots)
        self._known = dict(zip(slots, words.at(slots), strict=True))

    def after(self, names: Iterable[str]) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
        """Places of the words a page stands on, and their values if it may be stored, else None."""
        words = self._words
        slots = words.slots(names)
        values = words.at(slots)
        known = self._known
        strange = False
        for slot, value in zip(slots, values, strict=True):
            if value & 1:
                return slots, None
            before = known.get(slot)
            if before is None:
                strange = True
            elif before != value:
                return slots, None
        if strange and words.version() != self._version:
            return slots, None
        return slots, values


class Cache:
    """Entries by key, up to a number of bytes. Used on the loop thread only."""

    def __init__(self, words: Words, capacity: int) -> None:
        self.words = words
        self.capacity = capacity
        self.size = 0
        self.hits = self.misses = self.stored = 0
        self._entries: dict[Key, Entry] = {}
        self._small: deque[Entry] = deque()
        self._main: deque[Entry] = deque()
        self._small_size = 0
        self._ghosts: OrderedDict[Key, None] = OrderedDict()
        self._names: OrderedDict[Key, tuple[int, ...]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key) -> Entry | None:
        """The entry, if it is fresh at this instant."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if not self.words.still(entry.slots, entry.values) or time.time() >= entry.fresh_until:
            self._drop(entry)
            return None
        if entry.hits < 3:
            entry.hits += 1
        return entry

    def answer(self, entry: Entry, request: Request) -> Answer:
        """An entry's answer; what it grows by is counted."""
        answer, grown = entry.answer(request)
        if grown and not entry.dead and self._entries.get(entry.key) is entry:
            self.size += grown
            if not entry.main:
                self._small_size += grown
            self._shrink()
        return answer

    def names(self, key: Key) -> tuple[int, ...]:
        """The places of the words this key stood on when it was last rendered."""
        return self._names.get(key, ())

    def remember(self, key: Key, slots: tuple[int, ...]) -> None:
        """What a key stands on, for its next rendering."""
        self._names[key] = slots
        self._names.move_to_end(key)
        if len(self._names) > 8192:
            self._names.popitem(last=False)

    def store(self, entry: Entry) -> None:
        """Keep an entry whose values `Seen.after` has granted."""
        if entry.size > self.capacity // 8:
            return
        old = self._entries.get(entry.key)
        if old is not None:
            entry.hits = old.hits
            self._drop(old)
        self._entries[entry.key] = entry
        self.size += entry.size
        self.stored += 1
        if entry.key in self._ghosts or entry.hits:
            self._ghosts.pop(entry.key, None)
            entry.main = True
            self._main.append(entry)
        else:
            self._small.append(entry)
            self._small_size += entry.size
        self._shrink()

    def clear(self) -> None:
        for entry in list(self._entries.values()):
            self._drop(entry)

    def _drop(self, entry: Entry) -> None:
        if not entry.dead:
            entry.dead = True
            del self._entries[entry.key]
            self.size -= entry.size
            if not entry.main:
                self._small_size -= entry.size
            # Queues let go of dead entries as they come up; a queue of mostly dead ones is swept here.
            for queue in (self._small, self._main):
                if len(queue) > 64 + 2 * len(self._entries):
                    living = [item for item in queue if not item.dead]
                    queue.clear()
                    queue.extend(living)
            entry._answers = {}
            entry.zstd = entry.zstd[:0] if entry._plain is None else b""

    def _shrink(self) -> None:
        while self.size > self.capacity:
            if self._small and (self._small_size > self.capacity // 10 or not self._main):
                entry = self._small.popleft()
                if entry.dead:
                    continue
                if entry.hits > 1:
                    entry.main = True
                    entry.hits = 0
                    self._small_size -= entry.size
                    self._main.append(entry)
                    continue
                self._drop(entry)
                self._ghosts[entry.key] = None
                if len(self._ghosts) > 4096:
                    self._ghosts.popitem(last=False)
            elif self._main:
                entry = self._main.popleft()
                if entry.dead:
                    continue
                if entry.hits:
                    entry.hits -= 1
                    self._main.append(entry)
                    continue
                self._drop(entry)
            else:
                return
