"""The yearly transparency report, as a page and as comma-separated values."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from palaver.standards import reporting
from palaver.standards.reporting import Report, Table, Value
from palaver.web.assembling import grouped
from palaver.web.contexts import Link
from palaver.web.doors import everyone
from palaver.web.freshness import cacheable
from palaver.web.record.pages import act_in_words
from palaver.web.shell import answer, shell
from palaver.web.standards.contexts import ReportPage, ReportTable


@everyone
def report(request: HttpRequest, year: int) -> HttpResponse:
    """One year in tables."""
    found = _found(year)
    sentence = _(
        "What was asked, decided and contested here in this year, and what offices did: counted from the same rows that the"
        " pages show, without a name."
    )
    if not found.whole:
        sentence += " " + _("The year is not over; these are the figures so far.")
    title = _("Transparency report %(year)s") % {"year": year}
    page = ReportPage(
        title=title,
        sentence=sentence,
        csv_href=f"/standards/report/{year}.csv",
        tables=tuple(_table(one, request.LANGUAGE_CODE) for one in found.tables),
        years=tuple(Link(str(one), f"/standards/report/{one}") for one in reversed(reporting.years()) if one != year),
    )
    trail = (Link(_("The judging in figures"), "/standards/"),)
    frame = shell(request, title, trail=trail, canonical=f"/standards/report/{year}", description=sentence)
    return cacheable(answer("standards/report.html", frame, page), ["record", "charter", "front"])


@everyone
def values(request: HttpRequest, year: int) -> HttpResponse:
    """The same as CSV: section, item, measure, value; keys do not change with the language."""
    response = HttpResponse("".join(reporting.lines_of_csv(_found(year))), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="transparency-{year}.csv"'
    return cacheable(response, ["record", "charter", "front"])


def _found(year: int) -> Report:
    found = reporting.report(year)
    if found is None:
        raise Http404
    return found


def _table(table: Table, language: str) -> ReportTable:
    labels = {line.key: act_in_words(line.key) for line in table.lines} if table.key.startswith("acts_") else {}
    return ReportTable(
        table.key,
        table.title,
        table.sentence,
        (table.head, *(column.label for column in table.columns)),
        tuple(
            (labels.get(line.key, line.label), tuple(_cell(value, language) for value in line.values))
            for line in table.lines
        ),
    )


def _cell(value: Value, language: str) -> str:
    if value is None:
        return "–"
    return grouped(language, value) if isinstance(value, int) else f"{value:.1f}"
