"""What project gives the front: everything the front may not know by itself arrives in one `Front`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from palaver.front.addresses import Network
from palaver.front.exchange import Reply, Request

if TYPE_CHECKING:
    from palaver.front.door import Running

Lane = Literal["pages", "slow"]

#: Answers one stream on the loop thread; it owns the reply until it ends it.
StreamHandler = Callable[[Request, Reply, "Running"], None]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A plain page for one refusal. `body` is complete HTML (or text) in UTF-8."""

    body: bytes
    content_type: bytes = b"text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Front:
    """One installation's front. Only `load` and `home_run` have no default.

    load        called once, in the supervisor before it forks: returns Django's `WSGIHandler` (or its like with
                `get_response`) and may warm whatever the workers should share. Must leave no connection open.
    home_run    the folder `home()/run`: words, sockets, process ids.
    classify    (method, path) → lane. `path` is the decoded path.
    hosts       names we answer to, in lower case, with port where one is in the address; empty: any.
    queries     path → the query parameters a guest's cached page may have, in their fixed order; None: never cached.
    variant     (Accept-Language, Cookie) → what else tells two guests' pages apart: language and theme.
    private_cookies  cookies whose presence makes a reader no guest of the page cache; the first is the session's.
    body_cap    (method, path) → bytes a request body may have.
    sentences   status → page, for 400, 408, 413, 414, 421, 431, 500, 503.
    """

    load: Callable[[], Any]
    home_run: Path
    classify: Callable[[str, str], Lane] = lambda method, path: "pages"
    hosts: frozenset[str] = frozenset()
    trusted_proxies: tuple[Network, ...] = ()
    queries: Callable[[str], tuple[str, ...] | None] = lambda path: None
    variant: Callable[[str, str], str] = lambda language, cookies: ""
    private_cookies: tuple[str, ...] = ("sessionid", "messages")
    body_cap: Callable[[str, str], int] = lambda method, path: 1024 * 1024
    headers: Sequence[tuple[str, str]] = ()
    sentences: Mapping[int, Sentence] = field(default_factory=dict)
    static: Sequence[tuple[str, bytes]] = ()
    static_folders: Sequence[tuple[str, Path]] = ()
    streams: Mapping[str, StreamHandler] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    on_worker_start: Sequence[Callable[[Running], None]] = ()
    on_worker_stop: Sequence[Callable[[Running], None]] = ()
    loggable: Callable[[str], str] = lambda path: path
    log_hits: bool = False
    pages_queue: int = 128
    slow_queue: int = 24
    cache_bytes: int = 24 * 1024 * 1024
    drain_seconds: float = 4.0
