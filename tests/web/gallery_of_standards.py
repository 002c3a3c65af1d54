"""The pages of consequences and accountability for the gallery: an appeal, a warning letter, reasons, figures, a year's report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from palaver.web import charts
from palaver.web.charts import Part, Series
from palaver.web.contexts import Empty, Link, Moment, Shell
from palaver.web.standards.contexts import (
    AppealPage,
    AppealRow,
    AppealsPage,
    Contestable,
    FiguresPage,
    ReasonsPage,
    RemovedPost,
    ReportPage,
    ReportTable,
    WarningPage,
)

MONTHS = ("Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct")
PLACE = Link(
    "A subject that goes on for as long as subjects may, about the weir, the sluice and the heron – #4211", "/p/1"
)


def minutes(value: float) -> str:
    return f"{value:g} min"


CHARTS = (
    charts.lines(
        "time",
        "Time to the verdict",
        MONTHS,
        [
            Series("Half of the cases within", (4, 5, 6, 4, 3, None, 5, 6, 4, 4, 3, 4)),
            Series("Nine in ten within", (14, 15, 26, 14, 13, None, 15, 12, 14, 11, 10, 9)),
        ],
        sentence="From the alert to the jury’s verdict.",
        head="Month",
        said=minutes,
    ),
    charts.share_bar("agreement", "How far jurors agree", [Part("Of one mind", 81), Part("Close", 19)]),
    charts.bars(
        "removals",
        "Removals by standard",
        [Part("No personal attacks", 31), Part("A standard whose title is as long as the charter lets it be, and then some more", 4)],
        mark=Part("last year", 20),
    ),
)  # fmt: skip


def pages(shell: Shell, guest: Shell, at: Callable[..., Moment]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    mine = replace(shell, trail=(Link("Ana", "/me/"),), csrf_token="t0k3n")
    contest = Contestable("A post of yours was removed under “No personal attacks”", PLACE, at("Sun 15:47"), Link("Appeal", "/me/appeals/removal/1"), "")  # fmt: skip
    yield (
        "appeals",
        "standards/appeals.html",
        {
            "shell": replace(mine, title="My appeals"),
            "page": AppealsPage(
                (
                    contest,
                    contest._replace(appeal=None, because="One appeal at a time: another one of yours is being judged."),
                ),
                (
                    AppealRow("Against a suspension", at("3 Oct"), "being judged", "open", "I gave them away.", ()),
                    AppealRow("Against the removal of a post", at("Sep 2025"), "upheld", "lost", "I meant the bread.", (Link("Case 799", "/juries/799"), Link("Reasons", "/juries/799/reasons"))),
                ),
                "Your last appeal was lost. The next can be made from Wed 4 Nov 2026, 15:59 on.",
                Empty("There is nothing to contest."),
            ),
        },
    )  # fmt: skip
    form = AppealPage(
        "Appeal against the removal of a post",
        (
            ("About", PLACE),
            ("Standard", "No personal attacks (charter 4)"),
            ("Appeal possible until", "Wed 4 Nov 2026"),
        ),
        "It is about the person from the first word to the last.\n\nالسطر الثاني",
        ("A fresh jury decides, larger than the first.", "Its decision is final."),
        "/me/appeals/removal/1",
        "",
        4000,
        {"words": "Say why you ask for another look."},
        "",
        "Appeal",
        "Write to the jurors, who do not know you. They are not told your name; do not write it.",
    )
    yield "appeal", "standards/appeal.html", {"shell": replace(mine, title="Appeal"), "page": form}
    yield (
        "warning",
        "standards/warning.html",
        {
            "shell": replace(mine, title="A warning"),
            "page": WarningPage(
                at("Sun 15:47"),
                "Verdicts of the members have removed 3 of your posts within 90 days.",
                (
                    RemovedPost(PLACE, "Removed on 2026-10-01 under “No spam” (charter 4), 6 of 7.", Link("Case 812", "/juries/812"), Link("Appeal, until 2026-10-15", "/me/appeals/removal/1"), False),
                    RemovedPost(PLACE, "Restored on appeal. It counts no more.", Link("Case 799", "/juries/799"), None, True),
                ),
                ("A second removal within 24 hours means that you cannot write for a day.",),
                ((Link("Chidi", "/m/Chidi"), "host of Editorials"), (Link("The operators", "/contact"), "the contact page")),
                False,
            ),
        },
    )  # fmt: skip
    yield (
        "reasons",
        "standards/reasons.html",
        {
            "shell": replace(guest, title="Statement of reasons, case 812", trail=(Link("Juries", "/juries/"),)),
            "page": ReasonsPage(
                "Statement of reasons, case 812",
                at("Sun 15:47"),
                (("decision", "What was decided", ("Post 4 was removed.",)), ("redress", "What can be done", ("http://example.org/" + "a" * 90,))),
                Link("Case 812", "/juries/812"),
                "/juries/812/reasons.txt",
                Link("Appeal against this decision", "/me/appeals/removal/1"),
            ),
        },
    )  # fmt: skip
    yield (
        "figures",
        "standards/figures.html",
        {
            "shell": replace(guest, title="The judging in figures"),
            "page": FiguresPage(
                "These are the last twelve months.",
                CHARTS,
                (("Cases decided", "212"), ("Members who judged", "at least 140")),
                (Link("2026", "/standards/report/2026"), Link("2025", "/standards/report/2025")),
                None,
            ),
        },
    )
    yield (
        "report",
        "standards/report.html",
        {
            "shell": replace(guest, title="Transparency report 2026"),
            "page": ReportPage(
                "Transparency report 2026",
                "What was asked, decided and contested here in this year.",
                "/standards/report/2026.csv",
                (
                    ReportTable("cases", "Cases", "Opened and decided within the year.", ("Kind", "Opened", "Decided", "Removed or overturned", "By one person"), (("On an alert", ("1,212", "1,208", "431", "0")),)),
                    ReportTable("acts", "Acts of operators", "", ("Act", "Number"), ()),
                ),
                (Link("2025", "/standards/report/2025"),),
            ),
        },
    )  # fmt: skip
