"""Putting the application behind the front: what the front may not know by itself is said here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.http import HttpRequest, HttpResponseBase
from django.http.cookie import parse_cookie
from django.utils import translation
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from palaver.accounts import networks
from palaver.accounts.reads import viewer
from palaver.ballots import closing
from palaver.community import inquiring
from palaver.delivery.mail import sending
from palaver.delivery.push import sending as pushing
from palaver.forums import attaching, hosting
from palaver.forums.models import Forum
from palaver.forums.permissions import readable_forum_ids
from palaver.front import addresses, supervisor
from palaver.front.changing import bump, settle_leftovers
from palaver.front.given import Front, Lane, Sentence
from palaver.kit import clock, due, env
from palaver.kit.sqlite import checkpoint
from palaver.kit.steady import Steady, held
from palaver.live import streams, telling
from palaver.notices import digesting, seeing
from palaver.notices import jobs as jobs_of_notices
from palaver.reading import bookmarking
from palaver.record.verifying import verify
from palaver.search import building as search_building
from palaver.search import repeating
from palaver.standards import adopting, convening, holding, mustering, opening, pacing, prolonging, seeds, watching
from palaver.web import building, errors
from palaver.web.uploads import taking

log = logging.getLogger("palaver.jobs")

# No inline script or style anywhere; the stream and our own files are all a page may open.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
)

# What argon2 or a library may hold up goes to the slow lane, so that reading never waits for it.
_SLOW = ("/account/", "/set-up", "/join/", "/claim/", "/preview", "/uploads")
_QUICK = ("/account/preferences", "/account/sessions", "/account/drafts", "/account/files")
_QUERIES: dict[str, tuple[str, ...]] = {
    "/": ("before",),
    "/latest": ("before",),
    "/newest": ("before",),
    "/unanswered": ("before",),
    "/forums": (),
    "/record": ("at",),
    "/juries/": ("standard", "before"),
    "/record/entries.json": ("from",),
    "/record/heads.json": (),
    "/verify.py": (),
    "/terms": (),
    "/privacy": (),
    "/imprint": (),
}


class Handler(WSGIHandler):
    """Django's handler; when a request ends, what a rolled back transaction left pending is settled."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return super().get_response(request)
        finally:
            settle_leftovers()


def load() -> Handler:
    """Make the handler and warm what all workers share; leaves no connection open, since the workers are forked after it."""
    from django.urls import get_resolver

    handler = Handler()
    _ = get_resolver().url_patterns
    from palaver.web.shell import environment

    for name in ("threads/thread.html", "threads/list.html", "forums/forum.html", "forums/all.html", "parts/post.html"):
        environment().get_template(name)
    building.collect()
    connections.close_all()
    return handler


def classify(method: str, path: str) -> Lane:
    """Which lane a request runs in."""
    if path.startswith(_SLOW) and not path.startswith(_QUICK):
        return "slow"
    return "pages"


def body_cap(method: str, path: str) -> int:
    """How many bytes a request may bring: a picture or file with its form, elsewhere a long text."""
    return taking.BODY_CAP if path == "/uploads" else 1024 * 1024


def queries(path: str) -> tuple[str, ...] | None:
    """The query parameters of a guest's page that may be kept, in their fixed order; None for pages never kept."""
    known = _QUERIES.get(path)
    if known is not None:
        return known
    if path.endswith((".atom", ".json", ".txt", ".xml")) or path.startswith("/help/"):
        return ()
    if path.startswith("/juries/"):
        return ()
    if path == "/charter" or path.startswith("/charter/"):
        return ("before",) if path == "/charter/amendments/" else ()
    if path.startswith("/t/"):
        return ("view", "highlight", "page", "from")
    if path.startswith("/f/"):
        return () if path.endswith("/about") else ("order", "before")
    if path.startswith(("/c/", "/m/")):
        return ("before",) if path.startswith("/m/") else ()
    return None


@lru_cache(maxsize=1024)
def variant(language: str, cookies: str) -> str:
    """What else tells two guests' pages apart: the language they are shown and the theme they chose."""
    jar = parse_cookie(cookies)
    theme = jar.get("palaver_theme", "auto")
    chosen = jar.get(settings.LANGUAGE_COOKIE_NAME, "")
    spoken = settings.LANGUAGE_CODE
    for wanted in ([chosen] if chosen else []) + [name for name, _ in parse_accept_lang_header(language)]:
        try:
            spoken = get_supported_language_variant(wanted)
            break
        except LookupError:
            continue
    return f"{spoken}/{theme if theme in {'auto', 'light', 'dark', 'contrast'} else 'auto'}"


def may_hear(session_key: str, topics: tuple[str, ...]) -> Collection[str]:
    """Which topics this browser may hear: threads and forums its member may read, and its own member's."""
    asking = viewer(session_key) if session_key else None
    ids = {
        kind: {
            int(t.partition(":")[2])
            for t in topics
            if t.startswith(f"{kind}:") and t.partition(":")[2].isdecimal() and len(t) < 25
        }
        for kind in ("thread", "forum")
    }
    may = readable_forum_ids(asking.id if asking else None, is_operator=bool(asking and asking.is_operator))
    allowed = {f"forum:{number}" for number in ids["forum"] & may}
    if ids["thread"]:
        from palaver.forums.models import Thread

        found = Thread.objects.filter(pk__in=list(ids["thread"])[:100], forum_id__in=may).values_list("pk", flat=True)
        allowed.update(f"thread:{number}" for number in found)
    if asking is not None:
        # Heard by every stream of a member, asked for or not: a suspension or a sign-out reaches the stream by it.
        allowed.add(f"member:{asking.id}")
    return allowed


def ready() -> bool:
    """Whether the database answers. Runs in a lane."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Forum is not None


class Presence:
    """Members with a page open are here as much as those who load one: each worker says so of its streams, twice a minute."""

    EVERY = 30.0

    def __init__(self, broadcaster: streams.Broadcaster) -> None:
        self._broadcaster = broadcaster

    def start(self, running: Any) -> None:
        running.loop.call_later(self.EVERY, self._tick, running)

    def _tick(self, running: Any) -> None:
        running.loop.call_later(self.EVERY, self._tick, running)
        here = self._broadcaster.members()
        if here:
            # What fails is tried again at the next turn; nobody waits for it.
            running.in_lane(lambda: convening.saw_all(here)).add_done_callback(
                lambda done: done.cancelled() or done.exception()
            )


def front() -> Front:
    """The front of this installation."""
    broadcaster = streams.Broadcaster(may_hear, cookie=settings.SESSION_COOKIE_NAME)
    built = building.collect()
    translation.activate(settings.LANGUAGE_CODE)
    sentences = {status: Sentence(errors.sentence_page(status)) for status in (400, 408, 413, 414, 421, 431, 500, 503)}
    return Front(
        load=load,
        home_run=env.home() / "run",
        classify=classify,
        body_cap=body_cap,
        hosts=frozenset() if "*" in settings.ALLOWED_HOSTS else _hosts(),
        trusted_proxies=addresses.networks(settings.PALAVER_TRUSTED_PROXIES),
        queries=queries,
        variant=variant,
        private_cookies=(settings.SESSION_COOKIE_NAME, "messages"),
        headers=HEADERS,
        sentences=sentences,
        static=[(f"/static/{name}", content) for name, content in built.files.items()],
        streams={"/live": broadcaster.open},
        ready=ready,
        on_worker_start=[broadcaster.start, Presence(broadcaster).start],
        on_worker_stop=[broadcaster.stop],
    )


def _hosts() -> frozenset[str]:
    """The names we answer to. Behind a proxy the port is the origin's; on loopback any port may be asked for."""
    from urllib.parse import urlsplit

    return frozenset({urlsplit(settings.PALAVER_ORIGIN).netloc, *settings.ALLOWED_HOSTS})


def jobs(stop: threading.Event) -> None:
    """The jobs process: due rows, and what comes round by the clock."""
    if settings.PALAVER_MAIL_URL:
        sending.enqueue_waiting(since=clock.ago(days=1))
    sending.register()
    pushing.register()
    jobs_of_notices.register()
    if connection.vendor == "sqlite":
        due.every("checkpoint", 5, checkpoint.passive)
        due.every("optimize", 3600, checkpoint.optimize)
    due.every("forget mail", 86400, lambda: sending.forget(clock.ago(days=30)))
    due.every("write digests", 60, digesting.enqueue_due)
    due.every("forget pushes", 86400, lambda: pushing.forget(clock.ago(days=30)))
    due.every("forget notices", 86400, lambda: seeing.forget(clock.ago(days=365)))
    due.every("forget live events", 3600, telling.prune)
    due.every("forget inquiries", 86400, inquiring.forget)
    due.every("forget sessions", 3600, _forget_sessions)
    due.every("forget pictures", 6 * 3600, attaching.tidy)
    due.every("settle words", 5, settle_leftovers)
    due.every("remind of bookmarks", 20, bookmarking.remind_due)
    steady = Steady()
    due.every("close ballots", 5, held(closing.close_due, steady))
    due.every("confirm the charter", 600, held(adopting.confirm_due, steady))
    search_building.register()
    due.every("look again for saved searches", repeating.EVERY, repeating.look_again)
    due.every("settle hosts' seats", 600, hosting.sweep)
    due.every("muster the watch", 900, mustering.muster)
    due.every("end the watch's reviews", 60, watching.lapse_due)
    due.every("verify the record", 3600, _verify_record)
    due.every("sit juries", 5, _sit)
    due.every("commit to seeds", 3600, seeds.commit_due)
    due.every("publish seeds", 600, seeds.publish_due)
    due.every("forget networks", 86400, networks.forget)
    threading.Thread(target=_wake_at_the_end, args=(stop,), daemon=True).start()
    due.run_forever(stop)


def _wake_at_the_end(stop: threading.Event) -> None:
    stop.wait()
    due.wake()


def _forget_sessions() -> None:
    from palaver.accounts.sessions import SessionStore

    SessionStore.clear_expired()


def _sit() -> None:
    """Juries and holds, as far as they can go now; what runs is moved first if the machine's clock was set."""
    pacing.keep()
    holding.lapse_due()
    convening.sit_due()
    opening.start_waiting()
    prolonging.open_due()


def _verify_record() -> None:
    """Recompute the record, so that its page says up to where it was found whole. A fault is logged for the operators."""
    found = verify()
    bump(["record"])
    for fault in found.faults:
        log.error("The record is not whole: %s", fault)


def serve(host: str, port: int, *, workers: int = 0, origin: str = "") -> None:
    """Serve until told to stop. Raises supervisor.AlreadyRunning with a sentence."""
    count: Any = workers or settings.PALAVER_WORKERS or None
    supervisor.run(front(), host, port, count, jobs, origin=origin)
