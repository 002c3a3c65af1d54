"""The yearly transparency report: what was asked, decided, contested and done by offices, counted from the rows.

It holds counts, times and rates, no personal data. The same figures are a page and a file of comma-separated values with
keys that do not change with the language. Years are those of UTC.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from palaver.accounts.models import Member, Suspension
from palaver.ballots.models import Ballot
from palaver.forums.models import Block, Hold, Lock, Post, Removal
from palaver.kit import clock
from palaver.record.models import Entry
from palaver.standards import measuring
from palaver.standards.measuring import Decided
from palaver.standards.models import Alert, Amendment, Appeal, Case, Charter, Consequence, Proposal, Standard, Verdict

Value = int | float | None


class Column(NamedTuple):
    key: str
    label: str


class Line(NamedTuple):
    """One row: its key, its name, and a value for each column (None: nothing to measure)."""

    key: str
    label: str
    values: tuple[Value, ...]


class Table(NamedTuple):
    key: str
    title: str
    sentence: str
    head: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


class Report(NamedTuple):
    """`until` is the end of the year, or now while it runs (`whole` is false then)."""

    year: int
    begin: datetime
    until: datetime
    whole: bool
    tables: tuple[Table, ...]


def years(now: datetime | None = None) -> range:
    """The years there can be a report of: from that of the first member to the present one."""
    now = now or clock.now()
    first = Member.objects.order_by("joined_at").values_list("joined_at", flat=True).first()
    return range(min(first.year if first else now.year, now.year), now.year + 1)


def report(year: int, now: datetime | None = None) -> Report | None:
    """The report of a year, in the language spoken now; None for a year that has not begun or lies before everything."""
    now = now or clock.now()
    if year not in years(now):
        return None
    begin, end = datetime(year, 1, 1, tzinfo=clock.UTC), datetime(year + 1, 1, 1, tzinfo=clock.UTC)
    until = min(end, now)
    span = _Span(begin, until)
    verdicts = measuring.decided_between(begin, until)
    tables = (
        _community(span),
        _alerts(span),
        _cases(span, verdicts),
        _standards(verdicts),
        _times(verdicts),
        _agreement(verdicts),
        _appeals(span),
        _holds(span),
        _consequences(span),
        _limits(span),
        _watch(span),
        _charter(span),
        _acts(span, "operator", _("Acts of operators"), _("As they stand on the record, by their name there.")),
    )
    return Report(year, begin, until, end <= now, tables)


def lines_of_csv(found: Report) -> Iterator[str]:
    """The report as CSV, a line at a time: section, item, measure, value. An empty value: nothing to measure."""
    yield _csv("section", "item", "measure", "value")
    yield _csv("report", "year", "from", found.begin.isoformat())
    yield _csv("report", "year", "until", found.until.isoformat())
    for table in found.tables:
        for line in table.lines:
            for column, value in zip(table.columns, line.values, strict=True):
                yield _csv(table.key, line.key, column.key, "" if value is None else _number(value))


def _number(value: int | float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.1f}"


def _csv(*cells: str) -> str:
    held = io.StringIO()
    csv.writer(held, lineterminator="\r\n").writerow([_tame(cell) for cell in cells])
    return held.getvalue()


def _tame(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: a standard's key is the members' own word."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


class _Span(NamedTuple):
    begin: datetime
    until: datetime

    def of(self, rows: QuerySet[Any], field: str = "at") -> QuerySet[Any]:
        return rows.filter(**{f"{field}__gte": self.begin, f"{field}__lt": self.until})


def _count(key: str = "number", label: str = "") -> Column:
    return Column(key, label or _("Number"))


def _simple(key: str, title: str, sentence: str, head: str, rows: Iterable[tuple[str, str, int]]) -> Table:
    """A table of one column of counts."""
    return Table(key, title, sentence, head, (_count(),), tuple(Line(one, label, (n,)) for one, label, n in rows))


def _community(span: _Span) -> Table:
    here = Member.objects.filter(claimed_at__lt=span.until).filter(Q(left_at=None) | Q(left_at__gte=span.until))
    posts = span.of(Post.objects.all(), "created_at")
    return _simple(
        "community",
        _("The community"),
        "",
        _("What"),
        (
            ("members", _("Members at the end"), here.count()),
            ("writers", _("Members who wrote"), posts.values("author_id").distinct().count()),
            ("posts", _("Posts written"), posts.count()),
        ),
    )


def _titles() -> dict[str, str]:
    """Standards' titles by key, as the newest version names them."""
    return dict(Standard.objects.order_by("charter_id").values_list("key", "title"))


def _alerts(span: _Span) -> Table:
    rows = span.of(Alert.objects.all()).values("standard")
    counted = rows.annotate(
        all=Count("pk"),
        members=Count("pk", filter=Q(by__isnull=False)),
        papers=Count("pk", filter=Q(by__isnull=True)),
        hosts=Count("pk", filter=Q(case__isnull=True, state__in=[Alert.State.HOSTS, Alert.State.ANSWERED])),
        dropped=Count("pk", filter=Q(state=Alert.State.DROPPED)),
    ).order_by("-all", "standard")
    titles = _titles()
    return Table(
        "alerts",
        _("Alerts"),
        _("By the standard they named. Who raised one is told nowhere."),
        _("Standard"),
        (
            Column("raised", _("Raised")),
            Column("by_members", _("By members")),
            Column("by_juries", _("By a jury’s paper")),
            Column("to_hosts", _("To the hosts")),
            Column("dropped", _("Dropped")),
        ),
        tuple(
            Line(
                one["standard"],
                titles.get(one["standard"], one["standard"]),
                (one["all"], one["members"], one["papers"], one["hosts"], one["dropped"]),
            )
            for one in counted
        ),
    )


def _kinds() -> dict[str, str]:
    return {
        Case.Kind.ALERT: _("On an alert"),
        Case.Kind.APPEAL: _("On an appeal"),
        Case.Kind.WATCH: _("On a suspension by the watch"),
        Case.Kind.LONG: _("On a longer suspension"),
    }


def _cases(span: _Span, verdicts: list[Decided]) -> Table:
    opened = Counter(span.of(Case.objects.all(), "opened_at").values_list("kind", flat=True))
    called_off = Counter(
        span.of(Case.objects.filter(stage=Case.Stage.CALLED_OFF), "opened_at").values_list("kind", flat=True)
    )
    lines = []
    for kind, label in _kinds().items():
        mine = [one for one in verdicts if one.kind == kind]
        outcomes = Counter(one.outcome for one in mine)
        changed = outcomes[Verdict.Outcome.REMOVED] + outcomes[Verdict.Outcome.OVERTURNED]
        alone = sum(not one.jury for one in mine)
        lines.append(
            Line(kind, label, (opened[kind], len(mine), changed, len(mine) - changed, alone, called_off[kind]))
        )
    return Table(
        "cases",
        _("Cases"),
        _("Opened and decided within the year; what was opened late in it may be decided in the next."),
        _("Kind"),
        (
            Column("opened", _("Opened")),
            Column("decided", _("Decided")),
            Column("changed", _("Removed or overturned")),
            Column("unchanged", _("Left or upheld")),
            Column("alone", _("By one person")),
            Column("called_off", _("Called off")),
        ),
        tuple(lines),
    )


def _standards(verdicts: list[Decided]) -> Table:
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in verdicts:
        if one.kind == Case.Kind.ALERT:
            counted[one.standard][one.outcome] += 1
    titles = _titles()
    return Table(
        "standards",
        _("Verdicts by standard"),
        _("On alerts."),
        _("Standard"),
        (
            Column("decided", _("Decided")),
            Column("removed", _("Removed")),
            Column("stays", _("Left")),
            Column("corrected", _("Corrected by the author")),
            Column("removed_percent", _("Removed, %%") % ()),
        ),
        tuple(
            Line(
                key,
                titles.get(key, key),
                (
                    by.total(),
                    by[Verdict.Outcome.REMOVED],
                    by[Verdict.Outcome.STAYS],
                    by[Verdict.Outcome.CORRECTED],
                    100 * by[Verdict.Outcome.REMOVED] / by.total(),
                ),
            )
            for key, by in sorted(counted.items(), key=lambda pair: (-pair[1].total(), pair[0]))
        ),
    )


def _times(verdicts: list[Decided]) -> Table:
    def line(key: str, label: str, wanted: Callable[[Decided], bool]) -> Line:
        minutes = [one.minutes for one in verdicts if wanted(one)]
        return Line(key, label, (len(minutes), measuring.median(minutes), measuring.nine_in_ten(minutes)))

    kinds = _kinds()
    return Table(
        "times",
        _("Time to the verdict"),
        _("From opening to verdict, in minutes, juries only; last, where one person decided."),
        _("Kind"),
        (
            Column("decided", _("Decided")),
            Column("median_minutes", _("Half within, min")),
            Column("p90_minutes", _("Nine in ten within, min")),
        ),
        (
            *(line(k, label, lambda one, k=k: one.jury and one.kind == k) for k, label in kinds.items()),  # type: ignore[misc]
            line("alone", _("By one person"), lambda one: not one.jury),
        ),
    )


def _agreement(verdicts: list[Decided]) -> Table:
    shares = [one.share for one in verdicts if one.jury and one.share is not None]
    mean = 100 * sum(shares) / len(shares) if shares else None
    return Table(
        "agreement",
        _("Agreement"),
        _("How far the jurors of a case agreed: the part of its votes that went to the greater side."),
        _("Juries"),
        (_count("cases", _("Cases")), Column("mean_percent", _("Mean, %%") % ())),
        (
            Line("all", _("All"), (len(shares), mean)),
            Line("unanimous", _("Of one mind"), (sum(one == 1 for one in shares), None)),
        ),
    )


def _appeals(span: _Span) -> Table:
    labels = {
        Appeal.Against.REMOVAL: _("Against a removal"),
        Appeal.Against.SUSPENSION: _("Against a suspension"),
        Appeal.Against.BLOCK: _("Against a block"),
        Appeal.Against.LOCK: _("Against a lock"),
    }
    made = Counter(span.of(Appeal.objects.all()).values_list("against", flat=True))
    decided = Counter(span.of(Appeal.objects.exclude(outcome=""), "decided_at").values_list("against", "outcome"))
    lines = []
    for against, label in labels.items():
        won, lost = decided[against, Appeal.Outcome.WON], decided[against, Appeal.Outcome.LOST]
        rate = 100 * won / (won + lost) if won + lost else None
        lines.append(Line(against, label, (made[against], won, lost, rate)))
    return Table(
        "appeals",
        _("Appeals"),
        "",
        _("Against what"),
        (
            Column("made", _("Made")),
            Column("won", _("Overturned")),
            Column("lost", _("Upheld")),
            Column("overturned_percent", _("Overturned, %%") % ()),
        ),
        tuple(lines),
    )


def _holds(span: _Span) -> Table:
    labels = {
        Hold.Ground.LAW: _("Law"),
        Hold.Ground.THREAT: _("A threat to a person"),
        Hold.Ground.PRIVATE: _("Private data"),
        Hold.Ground.SPAM: _("Spam by a newcomer"),
    }
    found = list(span.of(Hold.objects.all()).values_list("ground", "office", "at", "ended_at"))
    lines = []
    for ground, label in labels.items():
        mine = [(office, at, ended) for kind, office, at, ended in found if kind == ground]
        hours = [(ended - at).total_seconds() / 3600 for _office, at, ended in mine if ended is not None]
        by_watch = sum(office == Hold.Office.WATCH for office, _at, _ended in mine)
        lines.append(Line(ground, label, (len(mine), len(mine) - by_watch, by_watch, measuring.median(hours))))
    return Table(
        "holds",
        _("Holds"),
        _("Posts hidden before a jury had decided, by their ground."),
        _("Ground"),
        (
            Column("placed", _("Placed")),
            Column("by_operators", _("By operators")),
            Column("by_watch", _("By the watch")),
            Column("median_hours", _("Half ended within, h")),
        ),
        tuple(lines),
    )


def _consequences(span: _Span) -> Table:
    labels = {
        Consequence.Kind.NOTICE: _("Notice"),
        Consequence.Kind.WARNING: _("Warning letter"),
        Consequence.Kind.COOLDOWN: _("A day without writing"),
        Consequence.Kind.SUSPENSION: _("Suspension"),
    }
    fell = Counter(span.of(Consequence.objects.all()).values_list("kind", flat=True))
    undone = Counter(span.of(Consequence.objects.all(), "undone_at").values_list("kind", flat=True))
    return Table(
        "consequences",
        _("Consequences of removals"),
        "",
        _("Kind"),
        (Column("fell", _("Fell")), Column("undone", _("Undone on appeal"))),
        tuple(Line(kind, label, (fell[kind], undone[kind])) for kind, label in labels.items()),
    )


def _limits(span: _Span) -> Table:
    """What kept members from writing, and threads and posts from being seen or answered, by office."""
    offices = {
        "jury": _("By rule or jury"),
        "watch": _("By the watch"),
        "host": _("By hosts"),
        "operator": _("By operators"),
    }
    suspensions = Counter(span.of(Suspension.objects.all(), "since").values_list("office", flat=True))
    locks = Counter(span.of(Lock.objects.all()).values_list("office", flat=True))
    removals = Counter(span.of(Removal.objects.all()).values_list("office", flat=True))
    blocks = Counter({"host": span.of(Block.objects.all(), "since").count()})
    return Table(
        "limits",
        _("Limits, by the office that set them"),
        "",
        _("Office"),
        (
            Column("suspensions", _("Suspensions")),
            Column("blocks", _("Blocks")),
            Column("locks", _("Locks")),
            Column("removals", _("Removals")),
        ),
        tuple(
            Line(office, label, (suspensions[office], blocks[office], locks[office], removals[office]))
            for office, label in offices.items()
        ),
    )


def _watch(span: _Span) -> Table:
    labels = {
        Proposal.Act.SUSPEND: _("Suspend an account"),
        Proposal.Act.HOLD: _("Hold a post"),
        Proposal.Act.SLOW: _("Slow newcomers down"),
    }
    rows = {
        one["act"]: one
        for one in span.of(Proposal.objects.all())
        .values("act")
        .annotate(
            proposed=Count("pk"),
            done=Count("pk", filter=Q(done_at__isnull=False)),
            dropped=Count("pk", filter=Q(dropped_at__isnull=False)),
        )
    }
    return Table(
        "watch",
        _("Acts of the watch"),
        _("One watcher proposes, a second must agree; suspensions are reviewed by a jury."),
        _("Act"),
        (Column("proposed", _("Proposed")), Column("done", _("Done")), Column("dropped", _("Dropped"))),
        tuple(
            Line(act, label, tuple(rows.get(act, {}).get(name, 0) for name in ("proposed", "done", "dropped")))
            for act, label in labels.items()
        ),
    )


def _charter(span: _Span) -> Table:
    amendments = Counter(span.of(Amendment.objects.all(), "decided_at").values_list("state", flat=True))
    return _simple(
        "charter",
        _("The charter"),
        "",
        _("What"),
        (
            ("versions", _("Versions adopted"), span.of(Charter.objects.all(), "adopted_at").count()),
            ("proposed", _("Amendments proposed"), span.of(Amendment.objects.all(), "proposed_at").count()),
            ("adopted", _("Amendments adopted"), amendments[Amendment.State.ADOPTED]),
            ("rejected", _("Amendments rejected"), amendments[Amendment.State.REJECTED]),
            ("vetoed", _("Amendments vetoed for law"), amendments[Amendment.State.VETOED]),
            ("withdrawn", _("Amendments withdrawn"), amendments[Amendment.State.WITHDRAWN]),
            ("ballots", _("Ballots opened"), span.of(Ballot.objects.filter(on_record=True), "opened_at").count()),
        ),
    )


def _acts(span: _Span, office: str, title: str, sentence: str) -> Table:
    counted = Counter(span.of(Entry.objects.filter(office=office)).values_list("act", flat=True))
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return _simple(f"acts_{office}", title, sentence, _("Act"), ((act, act, number) for act, number in ordered))
