"""Bringing in an old community: read, render, store, batch by batch, and tell it once at the end.

A batch is one transaction together with what its old ids became, so a run that was killed is simply run again: it goes
on behind the last batch. Nothing that stands already is written a second time.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, cast

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from palaver.front import changing
from palaver.kit import clock, events
from palaver.kit.sqlite import checkpoint
from palaver.kit.text.rendering import Kind
from palaver.record.entering import enter
from palaver.transfer import checksums
from palaver.transfer.drafts import PlaceDraft, ThreadDraft
from palaver.transfer.errors import ArchiveRefused
from palaver.transfer.events import ImportFinished
from palaver.transfer.models import Import, ImportedThing
from palaver.transfer.preparing import Preparing, Promise, Work
from palaver.transfer.reporting import Report
from palaver.transfer.settling import Known, Rendered, Settling

BATCH = 1000
"""Posts in a batch: as many as are stored in about a tenth of a second, so that members who write do not wait long."""

AHEAD = 2
TRIES = 3

# The tables whose statistics are renewed at the end; on SQLite the library chooses by itself.
_GROWN = (
    "forums_thread", "forums_post", "forums_postbody", "forums_sourcetext", "forums_threadevent", "forums_forum",
    "accounts_member", "search_document", "transfer_importedthing", "transfer_oldaddress",
)  # fmt: skip


@dataclass(slots=True)
class Survey:
    """What an archive holds, before anything of it is stored. `total` counts threads, or is None when unknown.

    `source` tells this community from others of the same engine; `fallback` says that it was taken from a file's
    name, so that things already here decide first whose archive this is. `samples` are (kind, old id, checksum) to
    know it by."""

    source: str
    category: str
    total: int | None
    places: dict[str, PlaceDraft] = field(default_factory=dict)
    samples: list[tuple[str, str, str]] = field(default_factory=list)
    fallback: bool = False


class Importer(Protocol):
    """What knows one engine's archives. Everything that it finds wrong it raises as ArchiveRefused, with file and
    place."""

    engine: str

    def survey(self, report: Report, watch: Watch) -> Survey:
        """Look through the whole archive without storing; refuse what must not be read at all."""

    def threads(self, report: Report) -> Iterator[ThreadDraft]:
        """Every thread with its posts, always in the same order. Counts into `report` what never becomes a draft."""

    def shown(self, text: str, kind: str) -> str:
        """The text to be rendered: the source with what only worked at the old place mended."""


class Watch(Protocol):
    """Who is told how far a run has come."""

    def begin(self, what: str, total: int | None, unit: str) -> None: ...

    def advance(self, by: int) -> None: ...

    def end(self) -> None: ...


class Unwatched:
    """Nobody looks."""

    def begin(self, what: str, total: int | None, unit: str) -> None: ...

    def advance(self, by: int) -> None: ...

    def end(self) -> None: ...


def run(
    importer: Importer,
    *,
    into: str = "",
    dry_run: bool = False,
    checksum: bool = False,
    report: Report | None = None,
    watch: Watch | None = None,
    children: int | None = None,
) -> Report:
    """Import an archive into the category named `into`, and return what this run has added.

    `report` may be handed in, so that a caller still holds what was done when ArchiveRefused ends the run half-way: all
    batches before it stand whole. `children` is the number of rendering processes (None: one a core).
    """
    report = Report() if report is None else report
    watch = watch or Unwatched()
    report.engine, report.dry_run = importer.engine, dry_run
    try:
        survey = importer.survey(report, watch)
    finally:
        watch.end()
    origin = _origin(importer.engine, survey, dry_run)
    report.source = origin.source
    known = Known()
    if origin.pk is not None:
        known.threads = dict(
            ImportedThing.objects.filter(origin=origin, kind="thread").values_list("old_id", "checksum").iterator()
        )
    watch.begin("Checking" if dry_run else "Importing", survey.total, "threads")
    try:
        _all_batches(importer, origin, known, survey, into or survey.category, report, watch, dry_run, children)
    finally:
        watch.end()
    report.finished = True
    if not dry_run:
        _finish(origin, report)
    if checksum:
        report.checksum = checksums.of_imports()
    return report


def _origin(engine: str, survey: Survey, dry_run: bool) -> Import:
    """The row of this community: the one whose things the archive's first things are, else the one of its name."""
    source = survey.source[:200]
    found = Import.objects.filter(engine=engine, source=source).first()
    if found is None and survey.fallback:
        known: Counter[int] = Counter()
        for kind, old_id, sum_ in survey.samples:
            same = ImportedThing.objects.filter(origin__engine=engine, kind=kind, old_id=old_id)
            known.update((same.filter(checksum=sum_) if sum_ else same).values_list("origin_id", flat=True))
        for origin_id, number in known.most_common(1):
            # One equal thread is proof. A Message-ID is not: people write to two lists at once.
            if 2 * number > len(survey.samples) or any(sum_ for _kind, _old_id, sum_ in survey.samples):
                return Import.objects.get(pk=origin_id)
    if found is None:
        found = Import(engine=engine, source=source, begun_at=clock.now())
        if not dry_run:
            with transaction.atomic():
                found = Import.objects.get_or_create(engine=engine, source=source)[0]
    return found


@dataclass(slots=True)
class _Waiting:
    drafts: list[ThreadDraft]
    promise: Promise
    passed: int


def _all_batches(
    importer: Importer,
    origin: Import,
    known: Known,
    survey: Survey,
    into: str,
    report: Report,
    watch: Watch,
    dry_run: bool,
    children: int | None,
) -> None:
    own = str(settings.PALAVER_ORIGIN)
    waiting: deque[_Waiting] = deque()

    def store(one: _Waiting) -> None:
        batch = list(_rendered(one))
        for attempt in range(1, TRIES + 1):
            try:
                Settling(origin, known, survey.places, into, report, dry_run).settle(batch)
                break
            except IntegrityError:
                changing.settle_leftovers()
                # Somebody has just taken a name or an id that this batch had found free. It looks again.
                if attempt == TRIES:
                    raise
        watch.advance(one.passed)

    with Preparing(0 if dry_run else children) as preparing:
        failure: ArchiveRefused | None = None
        drafts = importer.threads(report)
        while failure is None:
            gathered: list[ThreadDraft] = []
            posts = passed = 0
            try:
                for draft in drafts:
                    passed += 1
                    if known.threads.get(draft.old_id) == draft.checksum:
                        report.counts["known"] += 1
                        if not gathered and passed >= BATCH:
                            break
                        continue
                    gathered.append(draft)
                    posts += len(draft.posts)
                    if posts >= BATCH:
                        break
            except ArchiveRefused as error:
                # What was whole before the fault is stored; then the fault is told.
                failure = error
            if not gathered and not passed and failure is None:
                break
            works = [] if dry_run else _works(importer, gathered, own)
            waiting.append(_Waiting(gathered, preparing.begin(works), passed))
            if len(waiting) > AHEAD:
                store(waiting.popleft())
        while waiting:
            store(waiting.popleft())
        if failure is not None:
            raise failure


def _works(importer: Importer, drafts: list[ThreadDraft], own: str) -> list[Work]:
    works = []
    for draft in drafts:
        for post in draft.posts:
            # A plain str: a child process has no models, whose choices a kind may be one of.
            kind = cast(Kind, str(post.kind))
            works.append(Work(importer.shown(post.text, kind), kind, own))
        works += [Work(importer.shown(event.text, "html"), "html", own) for event in draft.events if event.text]
    return works


def _rendered(one: _Waiting) -> Iterator[Rendered]:
    done = one.promise.wait()
    position = 0
    for draft in one.drafts:
        posts, lines = len(draft.posts), sum(bool(event.text) for event in draft.events)
        if not done:
            # A dry run renders nothing.
            yield Rendered(draft, [("", "", 0)] * posts, [("", "", 0)] * lines)
            continue
        yield Rendered(draft, done[position : position + posts], done[position + posts : position + posts + lines])
        position += posts + lines


def _finish(origin: Import, report: Report) -> None:
    """Tell it once: on the record, and to whoever keeps pages. A run that added nothing tells nothing."""
    with transaction.atomic():
        origin = Import.objects.select_for_update().get(pk=origin.pk)
        if not report.added() and origin.finished_at is not None:
            return
        origin.finished_at, origin.report = clock.now(), report.as_json()
        origin.save(update_fields=["finished_at", "report"])
        events.publish(ImportFinished(origin.pk))
        enter(
            "import.run", office="operator", subject=f"import:{origin.pk}",
            payload={"engine": origin.engine, "source": origin.source, "added": dict(report.counts)},
        )  # fmt: skip
    renew_statistics()


def renew_statistics() -> None:
    """Let the planner know that tables have grown."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(_GROWN)}")
    else:
        checkpoint.optimize()
