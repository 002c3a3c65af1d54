"""The pages of judging for the gallery: a banner, an alert form, a paper, cases with their proofs, as rich as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from palaver.web import charts
from palaver.web.contexts import Empty, Link, Moment, Pager, Shell, Summons
from palaver.web.juries.contexts import (
    AlertPage,
    AlertRow,
    AlertsPage,
    CasePage,
    CaseRow,
    JudgingPage,
    JuriesPage,
    LonePage,
    Masked,
    OfferPage,
    OpenCasePage,
    OwnPool,
    OwnSeat,
    PaperPage,
    Precedent,
    Proof,
    Rule,
    Said,
    SeatShown,
)

HEX = "9f2c41d07be5aa0347cc1f09e2d6583b9f2c41d07be5aa0347cc1f09e2d6583b"
ATTACK = Rule(
    "personal-attacks",
    "No personal attacks",
    "Argue with what somebody says, not with who they are. Insults, name-calling and mockery of a person break this rule.",
    ("“You are too stupid to read a map.”", "Calling a member a parasite."),
    ("“This argument does not hold, and here is why.”", "Saying that an official did a bad job, and what it was."),
    4,
)
SPAM = Rule("spam", "No spam", "Nobody is here to be sold something.", ("A link to a shop in every thread.",), (), 4)
TOPIC = Rule("off-topic", "Stay with the forum’s purpose", "Each forum has one; its hosts look.", (), (), 4, True)
BODY = Markup(
    "<p>Only a heron-brained oaf would think that the sluice opens by itself. ‹author› said so in June, and nobody "
    "listened. Go and <em>look</em> at it once, instead of writing here all day.</p>"
)
PRECEDENTS = (
    Precedent(Link("case 799", "/juries/799"), "removed", True, "6 of 7", (Said("clearly breaks", "It is about the person from the first word to the last."),)),
    Precedent(Link("case 764", "/juries/764"), "stays", False, "2 of 7", (Said("close, does not", "Sharp, but about the argument."),)),
)  # fmt: skip


def pages(shell: Shell, guest: Shell, at: Callable[..., Moment]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    frame = replace(shell, trail=(Link("Juries", "/juries/"),), csrf_token="t0k3n")
    soon = at("14:32")
    yield (
        "jury-alert",
        "juries/alert.html",
        {
            "shell": replace(frame, title="Raise an alert"),
            "page": AlertPage(
                "Raise an alert",
                "post",
                "/p/7/alert",
                "/p/7",
                Link("Goran", "/m/Goran"),
                BODY,
                rules=(ATTACK, SPAM, TOPIC),
                chosen="spam",
                errors={"because": "Say why: the jurors read it."},
            ),
        },
    )
    yield (
        "jury-alerts",
        "juries/alerts.html",
        {
            "shell": replace(frame, title="My alerts"),
            "page": AlertsPage(
                (
                    AlertRow(Link("A post in: Time for the river board", "/p/7"), "No personal attacks", at("Sun 15:47"), "A jury is being drawn.", Link("case 812", "/juries/812"), "", "It calls a member an oaf."),
                    AlertRow(Link("A post in: Bread", "/p/8"), "Stay with the forum’s purpose", at("1 Nov"), "The hosts have answered.", None, "It belongs here: bread is what the forum is for.", "Not about rye."),
                ),
                "A jury found nothing at all in your last alert, so you raise none until Mon 2 Nov 2026, 15:47.",
                Empty(""),
                Pager(),
            ),
        },
    )  # fmt: skip
    yield (
        "jury-offer",
        "juries/offer.html",
        {"shell": replace(frame, title="Will you judge?"), "page": OfferPage("/juries/seat/9", 812, 4, soon, 15)},
    )
    paper = PaperPage(
        "/juries/seat/9",
        812,
        "About 12 minutes left",
        soon,
        "In Editorials & Other Articles, thread “Time for the river board to meet us in person”",
        Masked("The post to be judged, as it was when it was alerted", "Herons", BODY),
        Masked("It answers #2 by", "", Markup("<p>The gate has opened on the agreed days every month.</p>"), "Ana"),
        (ATTACK,),
        "It calls a member an oaf instead of answering the point about the sluice.",
        "Why it was alerted",
        PRECEDENTS,
        ((1, "Clearly breaks it", "no doubt"), (2, "Breaks it", "a close call"), (3, "Does not", "a close call"), (4, "Clearly does not", "no doubt")),
        (("spam", "No spam"),),
        "Does this break “No personal attacks”?",
        now=Masked("The post as it stands now", "", Markup("<p>The sluice does not open by itself.</p>")),
        chosen=2,
        errors={"reason": "Say why it breaks the rule: the author reads it."},
    )  # fmt: skip
    yield (
        "jury-paper",
        "juries/paper.html",
        {"shell": replace(frame, title="Your paper", summons=Summons("/juries/seat/9", True, soon)), "page": paper},
    )
    yield (
        "jury-paper-appeal",
        "juries/paper.html",
        {
            "shell": replace(frame, title="Your paper"),
            "page": replace(
                paper,
                answered=None,
                why="",
                rules=(ATTACK, SPAM),
                question="Should this be restored?",
                sides=(("The author", "It was a joke between friends."), ("The first jury", "It was not read as one.")),
                errors={},
            ),
        },
    )
    yield (
        "jury-lone",
        "juries/lone.html",
        {
            "shell": replace(frame, title="Your decision"),
            "page": LonePage(
                "/juries/812/decide",
                812,
                "Only 5 members could be drawn for this case, and a jury takes 8. So one host who has nothing to do with it decides.",
                paper.place,
                paper.judged,
                paper.answered,
                (ATTACK,),
                paper.why,
                paper.why_from,
                PRECEDENTS,
                1000,
                "Does this break “No personal attacks”?",
                "Yes: remove it",
                "No: let it stand",
            ),
        },
    )
    chart = charts.bars(
        "by-standard",
        "Removed and left, by standard, in a year",
        [charts.Part("No personal attacks – removed", 31), charts.Part("No personal attacks – stays", 44), charts.Part("No spam – removed", 12)],
    )  # fmt: skip
    row = CaseRow(812, "/juries/812", "removed", True, "No personal attacks", 4, "6 of 7", "a jury", at("Sun 15:47"), Link("Editorials & Other Articles", "/f/editorials/"), "")  # fmt: skip
    rows = (
        row,
        row._replace(
            number=811,
            outcome="stays",
            removed=False,
            tally="1 of 7",
            kind="appeal against case 790",
            judges="a jury of 11",
        ),
        row._replace(number=808, tally="", judges="a host", forum=None),
    )
    yield (
        "juries",
        "juries/juries.html",
        {
            "shell": replace(guest, title="Juries", trail=()),
            "page": JuriesPage(
                rows,
                chart,
                2,
                ("60 or more can be drawn: 7 seats, 5 must agree to remove.", "20 to 59: 5 seats, 4 must agree."),
                (("All", "/juries/", True), ("No personal attacks", "/juries/?standard=personal-attacks", False)),
                Pager(later=Link("Older", "/juries/?before=9")),
                Empty(""),
            ),
        },
    )
    proof = Proof(
        214, 7, 5, 9, 2, "1 November 2026", HEX, "",
        "The seed of this day is published once two days have passed and no case on it is open. Until then nobody can recompute the tickets, and nobody could foresee them.",
        (SeatShown(HEX, HEX), SeatShown(HEX, HEX)),
        (Link("opened", "/record?at=3#e3"), Link("decided", "/record?at=9#e9")),
        "/juries/812.json",
        "palaver verify 812 --url https://millbrook.example",
    )  # fmt: skip
    case = CasePage(
        812,
        "Case 812: removed",
        "removed",
        True,
        "6 of 7 jurors found that this post breaks “No personal attacks”, so it was removed.",
        Link("#3 · Time for the river board to meet us in person", "/p/7"),
        Link("Editorials & Other Articles", "/f/editorials/"),
        "",
        Markup('Removed by a jury of members, 6 of 7, under <em>No personal attacks</em>. <a href="/p/7/removed">Read it all the same</a>'),
        Markup(""),
        "",
        (ATTACK,),
        "No personal attacks",
        charts.bars("tally", "How the jury voted", [charts.Part("Clearly breaks it", 4), charts.Part("Breaks it, a close call", 2), charts.Part("Does not, a close call", 1), charts.Part("Clearly does not", 0)], whole=7),
        "Five of seven votes were needed to remove it; six were given.",
        (Said("clearly breaks", "It is about the person from the first word to the last."), Said("close, does not", "Rude, but aimed at the argument about the sluice.")),
        at("Sun 15:47"),
        at("Sun 15:59"),
        "12 minutes",
        "a jury of 7 members",
        "",
        proof,
        None,
        (),
        "",
        own="This was your post. You can appeal until Sun 15 Nov 2026, 15:59: a fresh jury of 11 members looks at it with both sides’ words.",
        appeal=Link("Appeal", "/juries/812/appeal"),
        links=(Link("Statement of reasons", "/juries/812/reasons"),),
    )  # fmt: skip
    yield "jury-case", "juries/case.html", {"shell": replace(frame, title=case.title), "page": case}
    yield (
        "jury-case-stays",
        "juries/case.html",
        {
            "shell": replace(guest, title="Case 811: stays", trail=frame.trail),
            "page": replace(
                case,
                title="Case 811: stays",
                removed=False,
                fold=Markup(""),
                body=BODY,
                subject="Herons",
                own="",
                appeal=None,
                chart=None,
                judges="a host, Chidi",
                why_alone="Fewer than 8 members could be drawn, so one host who is not concerned decided. It can be appealed all the same.",
                proof=None,
                earlier=Link("Appeal against case 790", "/juries/790"),
            ),
        },
    )
    yield (
        "jury-open",
        "juries/open.html",
        {
            "shell": replace(frame, title="Case 815 is open"),
            "page": OpenCasePage(815, at("4 min ago"), "A jury of members is judging it now."),
        },
    )
    yield (
        "judging",
        "juries/judging.html",
        {
            "shell": replace(frame, title="My service as a juror", trail=(Link("Ana", "/me/"),)),
            "page": JudgingPage(
                True,
                "until Wed 4 Nov 2026, 15:59",
                80,
                "20 points less for each of your posts that a jury removed in 90 days; nothing adds to it.",
                12,
                (OwnSeat(Link("case 812", "/juries/812"), at("Sun 15:47"), "voted"), OwnSeat(Link("case 799", "/juries/799"), at("3 Oct"), "declined")),
                (OwnPool(Link("case 812", "/juries/812"), HEX, HEX),),
                (("4th quarter of 2026", HEX),),
            ),
        },
    )  # fmt: skip
    yield (
        "jury-summons",
        "juries/open.html",
        {
            "shell": replace(frame, title="Case 815 is open", summons=Summons("/juries/seat/9", False, soon)),
            "page": OpenCasePage(815, at("4 min ago"), "A jury of members is judging it now."),
        },
    )
