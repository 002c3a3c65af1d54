"""Cases in public: the list of decided ones with its feed, one case with verdict, reasons and proof, and the form of whoever
decides alone. While a case is open its page says that it is, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from markupsafe import Markup

from palaver.accounts.reads import Viewer
from palaver.forums import reads as forum_reads
from palaver.forums.models import Post
from palaver.forums.rendering import post_address
from palaver.kit import clock, pagination
from palaver.kit.decisions import Refusal
from palaver.standards import bounds, briefing, charter, deciding
from palaver.standards.models import Alert, Case, Round, Seat, Seed, Standard, Verdict
from palaver.standards.permissions import may_appeal_removal, may_decide_alone
from palaver.web import charts, contexts, feeds, moments
from palaver.web.doors import everyone, member, members, the_member
from palaver.web.feeds import Entry, Feed
from palaver.web.freshness import cacheable
from palaver.web.juries import masking, seats, showing
from palaver.web.juries.contexts import CasePage, CaseRow, JuriesPage, LonePage, OpenCasePage, Proof, Said, SeatShown
from palaver.web.shell import answer, community, forum_link, places, readable, shell
from palaver.web.standards.sight import may_see
from palaver.web.threads import folding

A_PAGE = 30
FED = 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Outcome = Verdict.Outcome
WORDS = ["juries", "charter", "folds", "places"]


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _titles(verdicts: list[Verdict]) -> dict[tuple[int, str], str]:
    rows = Standard.objects.filter(charter_id__in={one.case.charter for one in verdicts})
    return {(row.charter_id, row.key): row.title for row in rows}


def _kind(case: Case) -> str:
    """What sort of case it is, where it is not the usual one."""
    match case.kind:
        case Case.Kind.APPEAL:
            return _("appeal against case %(number)s") % {"number": case.of_id} if case.of_id else _("appeal")
        case Case.Kind.WATCH:
            return _("review of the watch")
        case Case.Kind.LONG:
            return _("longer suspension")
    return ""


def row(verdict: Verdict, title: str, viewer: Viewer | None, forum_ids: frozenset[int]) -> CaseRow:
    """A decided case as a list shows it; where it was only to those who read there."""
    case = verdict.case
    where = moments.zone(viewer.time_zone if viewer else "")
    forum = places().forums.get(case.post.forum_id) if case.post is not None else None
    return CaseRow(
        number=case.pk,
        href=f"/juries/{case.pk}",
        outcome=showing.outcome_words(verdict.outcome),
        removed=verdict.outcome == Outcome.REMOVED,
        standard=title,
        charter=case.charter,
        tally=showing.tally(verdict),
        judges=showing.judges_words(case),
        at=moments.moment(verdict.at, where),
        forum=forum_link(forum) if forum is not None and forum.id in forum_ids else None,
        kind=_kind(case),
    )


@everyone
def juries(request: HttpRequest) -> HttpResponse:
    """Decided cases, newest first; `?standard=` leaves those under one."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    now = clock.now()
    known = {one.key: one.title for one in charter.in_force().standards if not one.for_hosts}
    key = request.GET.get("standard", "")
    key = key if key in known else ""
    found = Verdict.objects.select_related("case__post").order_by("-at", "-case_id")
    if key:
        found = found.filter(case__standard=key)
    before = pagination.decode(request.GET.get("before"), (int, int))
    start = isinstance(before[0], int) and 0 < before[0] < 2**60 and isinstance(before[1], int) if before else False
    if before and start:
        at = _EPOCH + timedelta(microseconds=int(before[0]))  # type: ignore[arg-type]
        found = found.filter(Q(at__lt=at) | Q(at=at, case_id__lt=min(int(before[1]), 2**62)))  # type: ignore[arg-type]
    listed = list(found[: A_PAGE + 1])
    extra = f"standard={key}&" if key else ""
    later = None
    if len(listed) > A_PAGE:
        listed = listed[:A_PAGE]
        cursor = pagination.encode([_micros(listed[-1].at), listed[-1].case_id])
        later = contexts.Link(_("Older"), f"/juries/?{extra}before={cursor}")
    earlier = contexts.Link(_("Newest"), f"/juries/?{extra}".rstrip("?&")) if start else None
    titles, may = _titles(listed), readable(viewer)
    page = JuriesPage(
        rows=tuple(row(one, titles.get((one.case.charter, one.case.standard), ""), viewer, may) for one in listed),
        chart=_by_standard(now, known) if not start else None,
        open_cases=Case.objects.filter(stage__in=[Case.Stage.WAITING, Case.Stage.SITTING]).count(),
        sizes=showing.sizes(),
        standards=(
            (_("All"), "/juries/", not key),
            *((title, f"/juries/?standard={one}", one == key) for one, title in known.items()),
        ),
        pager=contexts.Pager(earlier=earlier, later=later),
        empty=contexts.Empty(
            _("No case has been decided yet. May it stay so for a while."), contexts.Link(_("The charter"), "/charter")
        ),
    )
    frame = shell(
        request,
        _("Juries"),
        canonical="/juries/",
        description=_("What the members have decided, and how anybody can check the draw."),
        robots="noindex, follow" if start or key else "",
        feed="/juries",
    )
    return cacheable(answer("juries/juries.html", frame, page), WORDS)


def _by_standard(now: datetime, known: dict[str, str]) -> charts.Chart | None:
    """How often each standard was judged in a year, and how often something was removed."""
    counted = {
        one["case__standard"]: one
        for one in Verdict.objects.filter(at__gt=now - timedelta(days=365), case__kind=Case.Kind.ALERT)
        .values("case__standard")
        .annotate(n=Count("case_id"), removed=Count("case_id", filter=Q(outcome=Outcome.REMOVED)))
    }
    parts = [
        charts.Part(title, counted[key]["n"], _said_of(counted[key]["n"], counted[key]["removed"]))
        for key, title in known.items()
        if key in counted
    ]
    if not parts:
        return None
    return charts.bars(
        "by-standard",
        _("Judged in the last twelve months"),
        parts,
        columns=(_("Standard"), _("Cases")),
    )


def _said_of(judged: int, removed: int) -> str:
    return _("%(n)s, %(removed)s removed") % {"n": judged, "removed": removed}


@everyone
def feed(request: HttpRequest, kind: str) -> HttpResponse:
    """Decided cases as a feed: the outcome in a sentence each, never a word of what was judged."""
    found = list(Verdict.objects.select_related("case__post").order_by("-at", "-case_id")[:FED])
    titles = _titles(found)
    us = community()
    entries = []
    for verdict in found:
        case = verdict.case
        sentence = explained(case, verdict, titles.get((case.charter, case.standard), ""))
        entries.append(
            Entry(
                id=f"/juries/{case.pk}",
                href=f"/juries/{case.pk}",
                title=title(case, verdict),
                html=str(Markup("<p>{}</p>").format(sentence)),
                published=verdict.at,
                updated=verdict.at,
                author=showing.judges_words(case),
                author_href="",
                category=titles.get((case.charter, case.standard), ""),
            )
        )
    about = Feed(
        f"{_('Juries')} – {us.name}",
        "/juries/",
        "/juries",
        _("What the members have decided, newest first."),
        get_language() or "en",
        us.name,
    )
    return feeds.respond(request, kind, about, entries, words=["juries", "places"])


def title(case: Case, verdict: Verdict) -> str:
    """'Case 812: removed'."""
    return _("Case %(number)s: %(outcome)s") % {
        "number": case.pk,
        "outcome": showing.outcome_words(verdict.outcome),
    }


def explained(case: Case, verdict: Verdict, standard: str) -> str:
    """The verdict in a sentence."""
    n, votes = verdict.for_removal, verdict.votes
    said = {"n": n, "all": votes, "standard": standard or _("any standard"), "kept": votes - n}
    if case.kind == Case.Kind.WATCH:
        return (
            _("The jury let the watch’s suspension of a newcomer stand.")
            if verdict.outcome == Outcome.UPHELD
            else _("The jury ended the watch’s suspension of a newcomer, and the posts are shown again.")
        )
    if case.kind == Case.Kind.LONG:
        return (
            _("The jury found that a suspension should last longer.")
            if verdict.outcome == Outcome.UPHELD
            else _("The jury found that a suspension should not last longer.")
        )
    if verdict.by_id is not None:
        return {
            Outcome.REMOVED: _("It breaks “%(standard)s” and was removed."),
            Outcome.OVERTURNED: _("The earlier decision was overturned: it breaks no standard."),
            Outcome.UPHELD: _("The earlier decision stands."),
        }.get(Outcome(verdict.outcome), _("It does not break “%(standard)s” and stays.")) % said
    match verdict.outcome:
        case Outcome.REMOVED:
            words = _("%(n)s of %(all)s jurors found that it breaks “%(standard)s”, so it was removed.")
        case Outcome.CORRECTED:
            words = _("What broke “%(standard)s” is gone: its author corrected it, so nothing is held against them.")
        case Outcome.OVERTURNED:
            words = _(
                "%(kept)s of %(all)s jurors found that it breaks no standard, so the earlier decision is overturned."
            )
        case Outcome.UPHELD:
            words = _("%(n)s of %(all)s jurors found that it breaks a standard, so the earlier decision stands.")
        case _:
            if verdict.empty_seats and not votes:
                words = _("Nobody could be found to judge it in time, so it stays.")
            elif verdict.empty_seats:
                words = _(
                    "%(n)s of %(all)s jurors found that it breaks “%(standard)s”; too few for a removal, so it stays."
                )
            else:
                words = _("%(kept)s of %(all)s jurors found that it does not break “%(standard)s”, so it stays.")
                if n > votes - n:
                    words = _(
                        "%(n)s of %(all)s jurors found that it breaks “%(standard)s”. More are needed, so it stays."
                    )
    return words % said


def _load(case_id: int) -> Case:
    rows = Case.objects.select_related("post__thread", "post__forum", "post__body", "author", "of")
    found = rows.filter(pk=case_id).first() if case_id < 2**63 else None
    if found is None:
        raise Http404
    return found


@everyone
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case. Its post, its reasons and where it was stand on it for those who read that forum."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    found = _load(case_id)
    words = [f"case:{found.pk}", *WORDS, "record"]
    verdict = Verdict.objects.filter(case=found).select_related("by", "removal__post").first()
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    way = (contexts.Link(_("Juries"), "/juries/"),)
    if verdict is None:
        open_page = OpenCasePage(found.pk, moments.moment(found.opened_at, where, now), _stage(found), found.is_open)
        heading = _("Case %(number)s") % {"number": found.pk}
        frame = shell(request, heading, trail=way, robots="noindex")
        return cacheable(answer("juries/open.html", frame, open_page), words)
    own = viewer is not None and viewer.id == found.author_id
    may = may_see(found, viewer)
    rules = showing.rules(found)
    standard = rules[0].title if found.standard and rules else ""
    page = CasePage(
        number=found.pk,
        title=title(found, verdict),
        outcome=showing.outcome_words(verdict.outcome),
        removed=verdict.outcome == Outcome.REMOVED,
        explained=explained(found, verdict, standard),
        standard=standard,
        rules=rules if found.standard else (),
        chart=_votes_chart(found, verdict),
        tally=_tally_words(found, verdict),
        reasons=_reasons(found, verdict) if may else (),
        opened=moments.moment(found.opened_at, where, now),
        decided=moments.moment(verdict.at, where, now),
        took=took(verdict.at - found.opened_at),
        judges=showing.judges_words(found, verdict.by.name if verdict.by else ""),
        why_alone=showing.why_alone(found),
        proof=_proof(found, verdict) if found.judges == Case.Judges.JURY else None,
        earlier=contexts.Link(_("The earlier case %(number)s") % {"number": found.of_id}, f"/juries/{found.of_id}")
        if found.of_id
        else None,
        later=tuple(
            contexts.Link(_("Appealed in case %(number)s") % {"number": number}, f"/juries/{number}")
            for number in Case.objects.filter(of=found, stage=Case.Stage.DECIDED).values_list("pk", flat=True)
        ),
        kind=_kind(found),
        own=_own(found, verdict, viewer) if own else "",
        appeal=_appeal(found, verdict, request) if own else None,
        links=(contexts.Link(_("Statement of reasons"), f"/juries/{found.pk}/reasons"),) if may else (),
        **_thing(found, where, now, may=may)._asdict(),
    )
    frame = shell(
        request, page.title, trail=way, canonical=f"/juries/{found.pk}", description=page.explained if may else ""
    )
    return cacheable(answer("juries/case.html", frame, page), words)


def _stage(found: Case) -> str:
    if not found.is_open:
        return _("This case was called off before a verdict, and nothing follows from it.")
    if found.judges == Case.Judges.HOST:
        return _("A host who has nothing to do with it decides, for want of enough members for a jury.")
    if found.judges == Case.Judges.OPERATOR:
        return _("An operator decides, for want of enough members for a jury and of a host who is free.")
    return _("A jury of members is being drawn, or sits on it now.")


class Thing(NamedTuple):
    """What a case was about, as its page shows it."""

    place: contexts.Link | None = None
    forum: contexts.Link | None = None
    about: str = ""
    fold: Markup = Markup("")
    body: Markup = Markup("")
    subject: str = ""


def _thing(found: Case, where: tzinfo, now: datetime, *, may: bool) -> Thing:
    """What was judged, as the page may show it: a post that stands, the fold of one that does not, or what else it was."""
    nothing = Thing()
    post = found.post
    if post is None:
        alert = showing.alert_of(found)
        if alert is not None and alert.about == Alert.About.NAME:
            return nothing._replace(about=_("A member’s name."))
        if alert is not None and alert.about == Alert.About.ABOUT:
            return nothing._replace(about=_("What a member says about themself on their page."))
        return nothing._replace(about=_("What a member may do here, not a single post."))
    if not may:
        return nothing._replace(about=_("It was written in a forum that has its own readers, so its words stay there."))
    here = nothing._replace(
        place=contexts.Link(f"#{post.number} · {post.thread.subject}", post_address(post.thread_id, post.number)),
        forum=forum_link(places().forums[post.forum_id]),
    )
    if post.standing == Post.Standing.SHOWN:
        subject = "" if post.is_original else post.subject
        return here._replace(body=Markup(post.body.html), subject=subject)
    if post.standing == Post.Standing.WITHDRAWN:
        return here._replace(fold=Markup("{}").format(_("Its author has withdrawn it since.")))
    fold = forum_reads.folds([post.pk]).get(post.pk)
    if fold is None:
        return here._replace(fold=Markup("{}").format(_("It is not shown any more.")))
    return here._replace(fold=folding.line(fold, where, now))


def _reasons(found: Case, verdict: Verdict) -> tuple[Said, ...]:
    if verdict.by is not None:
        return (Said(verdict.by.name, verdict.because),)
    return showing.reasons(found)


def _votes_chart(found: Case, verdict: Verdict) -> charts.Chart | None:
    if not verdict.votes:
        return None
    if found.kind in {Case.Kind.WATCH, Case.Kind.LONG}:
        labels = (_("Clearly yes"), _("Yes, a close call"), _("No, a close call"), _("Clearly not"))
    else:
        labels = (
            _("Clearly breaks it"),
            _("Breaks it, a close call"),
            _("Does not, a close call"),
            _("Clearly does not"),
        )
    counts = (verdict.clearly_breaks, verdict.breaks, verdict.keeps, verdict.clearly_keeps)
    parts = [charts.Part(label, count) for label, count in zip(labels, counts, strict=True)]
    return charts.bars("tally", _("How the jury voted"), parts, columns=(_("Vote"), _("Jurors")), whole=found.seats)


def _tally_words(found: Case, verdict: Verdict) -> str:
    """How many votes it took, and how many there were; nothing where one decided alone."""
    if found.judges != Case.Judges.JURY:
        return ""
    seats = ngettext("%(n)s seat", "%(n)s seats", found.seats) % {"n": found.seats}
    if found.kind == Case.Kind.APPEAL:
        said = _("%(seats)s, %(needed)s votes needed to overturn.") % {"seats": seats, "needed": found.needed}
    elif found.kind == Case.Kind.ALERT:
        said = _("%(seats)s, %(needed)s votes needed to remove.") % {"seats": seats, "needed": found.needed}
    else:
        said = _("%(seats)s, %(needed)s votes needed.") % {"seats": seats, "needed": found.needed}
    if verdict.empty_seats:
        empty = ngettext("%(n)s seat stayed empty.", "%(n)s seats stayed empty.", verdict.empty_seats)
        said = f"{said} {empty % {'n': verdict.empty_seats}}"
    elif verdict.votes < found.seats:
        said = f"{said} {_('It ended as soon as the outcome could not change any more.')}"
    return said


def _proof(found: Case, verdict: Verdict) -> Proof:
    """The draw in words and values: nothing in it tells who was asked, or when."""
    seed = Seed.objects.filter(day=found.seed_day).first() if found.seed_day else None
    voted = Seat.objects.filter(case=found, state=Seat.State.VOTED).order_by("drawn__ticket")
    entries = [("opened", found.opened_entry, _("opened")), ("decided", verdict.entry, _("decided"))]
    if seed is not None:
        entries.append(("committed", seed.commitment_entry, _("seed committed to")))
        if seed.published_entry is not None:
            entries.append(("published", seed.published_entry, _("seed published")))
    published = seed is not None and bool(seed.seed)
    return Proof(
        pool=found.pool_size,
        seats=found.seats,
        needed=found.needed,
        offers=Seat.objects.filter(case=found).count(),
        rounds=Round.objects.filter(case=found).count(),
        day=date_format(found.seed_day) if found.seed_day else "",
        commitment=seed.commitment if seed else "",
        seed=seed.seed if seed else "",
        seed_said=_(
            "The seed of that day is published, so anybody can compute the tickets again and see whether the lowest were asked."
        )
        if published
        else _(
            "The seed of that day is secret until two days have passed and no case on it is open; its checksum has been on "
            "the record from before the alert. When it is out, anybody can compute the tickets again."
        ),
        jurors=tuple(SeatShown(*pair) for pair in voted.values_list("drawn__pseudonym", "drawn__ticket")),
        entries=tuple(
            contexts.Link(label, f"/record?at={number}#e{number}")
            for _name, number, label in entries
            if number is not None
        ),
        json_href=f"/juries/{found.pk}.json",
        command=f"palaver verify {found.pk} --url {settings.PALAVER_ORIGIN}",
    )


def _own(found: Case, verdict: Verdict, viewer: Viewer | None) -> str:
    """What its author reads above the case."""
    if verdict.outcome == Outcome.REMOVED and found.post_id is not None:
        until = moments.moment(
            verdict.at + bounds.APPEALED_WITHIN, moments.zone(viewer.time_zone if viewer else "")
        ).exact
        return _(
            "This was yours. You can appeal until %(until)s: a fresh, larger jury looks at it with your words beside the "
            "first verdict. An appeal that is won costs you nothing."
        ) % {"until": until}
    if verdict.outcome in {Outcome.STAYS, Outcome.CORRECTED}:
        return _("This was yours. Nothing is held against you.")
    return _("This was about you.")


def _appeal(found: Case, verdict: Verdict, request: HttpRequest) -> contexts.Link | None:
    """Where its author appeals, while that is open to them."""
    by = member(request)
    if verdict.removal is None or by is None or not may_appeal_removal(by, verdict.removal):
        return None
    return contexts.Link(_("Appeal"), f"/me/appeals/removal/{verdict.removal.pk}")


def took(span: timedelta) -> str:
    """A length of time in one unit."""
    minutes = max(int(span.total_seconds() // 60), 1)
    if minutes < 90:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _question(found: Case) -> dict[str, str]:
    """What whoever decides alone is asked, and the two answers."""
    rules = showing.rules(found)
    asked = {"question": seats.question(found, rules[0].title if found.standard and rules else "")}
    brief = briefing.brief(found)
    if brief is not None:
        return asked | {"yes": brief.yes, "no": brief.no}
    if found.kind == Case.Kind.WATCH:
        return asked | {"yes": _("Yes: it stands"), "no": _("No: it ends")}
    if found.kind == Case.Kind.APPEAL:
        return asked | {"yes": _("Yes: the decision stands"), "no": _("No: show it again")}
    return asked | {"yes": _("Yes: remove it"), "no": _("No: let it stand")}


@require_http_methods(["GET", "HEAD", "POST"])
@members
def decide(request: HttpRequest, case_id: int) -> HttpResponse:
    """The form of the host or operator who decides a case for which too few members could be drawn."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    by, found = the_member(request), _load(case_id)
    if found.stage == Case.Stage.DECIDED:
        return redirect(f"/juries/{found.pk}")
    may_decide_alone(by, found).or_refuse()
    problems: dict[str, str] = {}
    removes = request.POST.get("removes", "")
    if request.method == "POST":
        try:
            if removes not in {"yes", "no"}:
                raise Refusal(_("Choose one of the two."), field="removes")
            deciding.decide_alone(found, by=by, removes=removes == "yes", because=request.POST.get("because", ""))
            messages.success(request, _("Decided. Your name and your reason stand on the case and on the record."))
            return redirect(f"/juries/{found.pk}")
        except Refusal as refusal:
            problems = {refusal.field: refusal.because}
    mask = masking.of(found.author)
    before = showing.matter(found, mask)
    page = LonePage(
        action=f"/juries/{found.pk}/decide",
        case=found.pk,
        why_alone=showing.why_alone(found),
        place=before.place,
        judged=before.judged,
        answered=before.answered,
        rules=showing.rules(found),
        why=before.why,
        why_from=before.why_from,
        sides=before.sides,
        precedents=showing.precedents(found, mask, readable(viewer)),
        longest=bounds.LONGEST_REASON,
        **_question(found),
        removes=removes,
        because=request.POST.get("because", ""),
        errors=problems,
    )
    way = (contexts.Link(_("Juries"), "/juries/"),)
    frame = shell(request, _("Your decision"), trail=way, token=True, robots="noindex")
    return answer("juries/lone.html", frame, page, status=422 if problems else 200)
