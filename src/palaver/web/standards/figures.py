"""How the judging goes, in figures: the last twelve months as charts, each with its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palaver.standards import measuring, reporting
from palaver.standards.measuring import Measures
from palaver.web import charts
from palaver.web.charts import Chart, ChartTable, Part, Series
from palaver.web.contexts import Empty, Link
from palaver.web.doors import everyone
from palaver.web.freshness import cacheable
from palaver.web.shell import answer, shell
from palaver.web.standards.contexts import FiguresPage


@everyone
def figures(request: HttpRequest) -> HttpResponse:
    """Time to verdict, agreement, overturned appeals, removals by standard and month, and how many served."""
    found = measuring.measures()
    decided = sum(found.decided)
    page = FiguresPage(
        sentence=_(
            "How well the members judge is for the members to see. These are the last twelve months, counted from the cases"
            " themselves. No figure tells of any one juror."
        ),
        charts=_charts(found) if decided else (),
        facts=_facts(found) if decided else (),
        reports=tuple(Link(str(year), f"/standards/report/{year}") for year in reversed(reporting.years())),
        empty=None if decided else Empty(_("No case has been decided in the last twelve months.")),
    )
    frame = shell(request, _("The judging in figures"), canonical="/standards/", description=page.sentence)
    return cacheable(answer("standards/figures.html", frame, page), ["record", "charter"])


def minutes(value: float) -> str:
    """So many minutes as people say it."""
    whole = round(value)
    if whole < 1:
        return _("under 1 min")
    if whole < 120:
        return _("%(n)s min") % {"n": whole}
    if whole < 48 * 60:
        return _("%(n)s h") % {"n": f"{value / 60:.1f}".rstrip("0").rstrip(".")}
    return ngettext("%(n)s day", "%(n)s days", round(value / 1440)) % {
        "n": f"{value / 1440:.1f}".rstrip("0").rstrip(".")
    }


def percent(part: float) -> str:
    """A part of one as a whole per cent."""
    return _("%(n)s %%") % {"n": round(100 * part)}


def _month(first: date) -> str:
    return f"{str(MONTHS[first.month]).capitalize()} {first.year}"


def _charts(found: Measures) -> tuple[Chart, ...]:
    names = [_month(month) for month in found.months]
    short = [str(MONTHS_3[month.month]).capitalize()[:4] for month in found.months]
    return (
        charts.lines(
            "time",
            _("Time to the verdict"),
            names,
            [
                Series(_("Half of the cases within"), found.median),
                Series(_("Nine in ten within"), found.nine_in_ten),
            ],
            sentence=_("From the alert to the jury’s verdict."),
            head=_("Month"),
            short=short,
            said=minutes,
        ),
        charts.share_bar(
            "agreement",
            _("How far jurors agree"),
            [
                Part(_("Of one mind"), found.unanimous),
                Part(_("Three quarters or more on one side"), found.clear),
                Part(_("Closer"), found.close),
            ],
            sentence=_("Cases of juries, by the part of the votes that went to the greater side."),
            columns=(_("Agreement"), _("Cases")),
        ),
        _appeals(found, names),
        _removals(found, names),
        charts.share_bar(
            "service",
            _("Seats"),
            [
                Part(_("Taken and voted on"), found.seats_filled),
                Part(_("Declined, lapsed or no longer needed"), found.seats_offered - found.seats_filled),
            ],
            sentence=_("Seats that were offered to members in the cases decided."),
            columns=(_("Seats"), _("Number")),
        ),
    )


def _appeals(found: Measures, names: Sequence[str]) -> Chart:
    won, lost = sum(found.appeals_won), sum(found.appeals_lost)
    chart = charts.share_bar(
        "appeals",
        _("Appeals"),
        [Part(_("Overturned"), won), Part(_("Upheld"), lost)],
        sentence=_("Appeals decided, by what became of the first decision."),
    )
    rows = [
        (name, str(one), str(other))
        for name, one, other in zip(names, found.appeals_won, found.appeals_lost, strict=True)
    ]
    return replace(
        chart,
        table=ChartTable(
            (_("Month"), _("Overturned"), _("Upheld")), (*rows, (_("All twelve months"), str(won), str(lost)))
        ),
    )


def _removals(found: Measures, names: Sequence[str]) -> Chart:
    chart = charts.bars(
        "removals",
        _("Removals by standard"),
        [Part(title, sum(counts)) for title, counts in found.removals.items()],
        sentence=_("Posts that verdicts removed; those that an appeal restored later are among them."),
    )
    titles = tuple(found.removals)
    rows = tuple((name, *(str(found.removals[title][at]) for title in titles)) for at, name in enumerate(names))
    return replace(chart, table=ChartTable((_("Month"), *titles), rows))


def _facts(found: Measures) -> tuple[tuple[str, str], ...]:
    facts = [
        (_("Cases decided"), str(sum(found.decided))),
        (_("Decided by one person, for want of jurors"), str(found.alone)),
    ]
    if found.agreement is not None:
        facts.append((_("Mean part of the votes on the greater side"), percent(found.agreement)))
    if found.overturned is not None:
        facts.append((_("Appeals overturned"), percent(found.overturned)))
    served = _("fewer than %(n)s") % {"n": measuring.BOUND}
    if found.jurors_at_least:
        served = _("at least %(n)s") % {"n": found.jurors_at_least}
    facts.append((_("Members who judged"), served))
    return tuple(facts)
