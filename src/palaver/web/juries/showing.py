"""From rows to what pages of judging show: standards with their examples, what is judged, earlier verdicts, sentences."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, cast

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from palaver.forums.models import Post, SourceText
from palaver.forums.rendering import render_post
from palaver.standards import bounds, briefing
from palaver.standards.models import Alert, Case, Proposal, Seat, Standard, Verdict
from palaver.web import contexts
from palaver.web.juries import masking
from palaver.web.juries.contexts import Masked, Precedent, Rule, Said

PRECEDENTS = 4
REASONS_SHOWN = 2
Outcome = Verdict.Outcome


def rule(row: Standard) -> Rule:
    """One standard to read beside a decision."""
    return Rule(
        row.key,
        row.title,
        row.rule,
        tuple(row.breaks.splitlines()),
        tuple(row.keeps.splitlines()),
        row.charter_id,
        row.for_hosts,
    )


def rules(case: Case) -> tuple[Rule, ...]:
    """The standards a case is judged by: its own, or all of its charter that juries apply."""
    rows = Standard.objects.filter(charter_id=case.charter).order_by("place")
    if case.standard:
        return tuple(rule(row) for row in rows.filter(key=case.standard))
    forum_id = None if case.post is None else case.post.forum_id
    return tuple(rule(row) for row in rows.filter(for_hosts=False) if row.forum_id in {None, forum_id})


def alert_of(case: Case) -> Alert | None:
    """The alert that a case, or the first case an appeal goes back to, was opened on."""
    seen: set[int] = set()
    of: Case | None = case
    while of is not None and of.pk not in seen:
        seen.add(of.pk)
        found = Alert.objects.filter(case=of).order_by("at", "pk").first()
        if found is not None:
            return found
        of = of.of
    return None


def case_link(number: int) -> contexts.Link:
    """A case by its number."""
    return contexts.Link(_("case %(number)s") % {"number": number}, f"/juries/{number}")


def choice_words(choice: int) -> str:
    """What a vote said, beside its reason."""
    return {
        Seat.Choice.CLEARLY_BREAKS: _("clearly breaks it"),
        Seat.Choice.BREAKS: _("breaks it, a close call"),
        Seat.Choice.KEEPS: _("does not break it, a close call"),
        Seat.Choice.CLEARLY_KEEPS: _("clearly does not break it"),
    }[Seat.Choice(choice)]


def outcome_words(outcome: str) -> str:
    """A verdict in a word."""
    return {
        Outcome.REMOVED: _("removed"),
        Outcome.STAYS: _("stays"),
        Outcome.CORRECTED: _("corrected by its author"),
        Outcome.UPHELD: _("upheld"),
        Outcome.OVERTURNED: _("overturned"),
    }[Outcome(outcome)]


def tally(verdict: Verdict) -> str:
    """'6 of 7', or nothing where nobody voted."""
    if not verdict.votes:
        return ""
    return _("%(n)s of %(all)s") % {"n": verdict.for_removal, "all": verdict.votes}


def reasons(case: Case) -> tuple[Said, ...]:
    """What jurors gave as reasons: by choice, then by letter, which tells nothing of who wrote them or when."""
    voted = Seat.objects.filter(case=case, state=Seat.State.VOTED).exclude(reason="")
    papers = sorted((choice or 0, reason) for choice, reason in voted.values_list("choice", "reason"))
    return tuple(Said(choice_words(choice), reason) for choice, reason in papers)


def precedents(case: Case, mask: masking.Mask, forum_ids: Collection[int]) -> tuple[Precedent, ...]:
    """Earlier verdicts of juries under the same standard, the newest first, as far as this juror may read their posts."""
    if not case.standard:
        return ()
    found = (
        Verdict.objects.filter(case__standard=case.standard, case__kind=Case.Kind.ALERT, case__judges=Case.Judges.JURY)
        .exclude(case=case)
        .exclude(case__post=case.post_id if case.post_id is not None else 0)
        .select_related("case__post")
        .order_by("-at")
    )
    return tuple(
        Precedent(
            case_link(verdict.case_id),
            outcome_words(verdict.outcome),
            verdict.outcome == Outcome.REMOVED,
            tally(verdict),
            tuple(Said(said.choice, mask.text(said.reason)) for said in reasons(verdict.case)[:REASONS_SHOWN]),
        )
        for verdict in found[: PRECEDENTS * 3]
        if verdict.case.post is None or verdict.case.post.forum_id in forum_ids
    )[:PRECEDENTS]


def words_of(post: Post, version: int, mask: masking.Mask) -> Markup:
    """A version of a post as it was shown, its author masked; the newest before it where that one is not kept."""
    source = SourceText.objects.filter(post=post, version__lte=version).order_by("-version").first()
    if source is None:
        return mask.html(post.body.html)
    return mask.html(render_post(source.text, source.kind, thread_id=post.thread_id).html)


class Matter(NamedTuple):
    """What lies before whoever judges: the thing itself, what it answers, where it stands, why it was brought up."""

    judged: Masked
    answered: Masked | None
    now: Masked | None
    place: str
    why: str
    why_from: str
    sides: tuple[tuple[str, str], ...]


def matter(case: Case, mask: masking.Mask) -> Matter:
    """Everything of a case that is read before deciding, without its author's name."""
    alert = alert_of(case)
    why, why_from = ("", "") if alert is None else (mask.text(alert.because), _why_from(alert))
    sides = _sides(case, mask)
    if case.kind == Case.Kind.WATCH:
        return _watched(case, mask, sides)
    brief = briefing.brief(case)
    if brief is not None:
        return _briefed(brief, mask)
    post = case.post
    if post is None:
        return Matter(_text(alert, mask), None, None, "", why, why_from, sides)
    version = post.version if alert is None else alert.version
    subject = post.thread.subject if post.is_original else post.subject
    place = _("In %(forum)s, thread “%(subject)s”") % {
        "forum": post.forum.name,
        "subject": mask.text(post.thread.subject),
    }
    now = None
    if alert is not None and post.version > alert.version and post.standing != Post.Standing.WITHDRAWN:
        now = Masked(_("The post as it stands now"), "", words_of(post, post.version, mask))
    return Matter(
        Masked(
            _("The post to be judged, as it was when it was alerted"),
            mask.text(subject),
            words_of(post, version, mask),
        ),
        _answered(post, mask),
        now,
        place,
        why,
        why_from,
        sides,
    )


def _why_from(alert: Alert) -> str:
    return _("Why it was alerted") if alert.by_id is not None else _("Why it was brought up")


def _text(alert: Alert | None, mask: masking.Mask) -> Masked:
    """A name or about text. A name that is judged has to be read, so it is not masked."""
    if alert is None:
        return Masked(_("What is to be judged"), "", Markup(""), text="")
    if alert.about == Alert.About.NAME:
        return Masked(_("A member’s name"), "", Markup(""), text=alert.text)
    return Masked(_("What a member says about themself"), "", Markup(""), text=mask.text(alert.text))


def _answered(post: Post, mask: masking.Mask) -> Masked | None:
    """The post that is answered, its own author named unless it is the one who is judged."""
    if post.is_original:
        return None
    answered = post.answers
    if answered is None and post.answers_number in {None, 0}:
        answered = Post.objects.filter(thread_id=post.thread_id, place=0).select_related("author", "body").first()
    if answered is None or answered.standing != Post.Standing.SHOWN:
        return Masked(_("It answers a post that is not shown any more."), "", Markup(""))
    by = "" if answered.author_id == post.author_id else answered.author.name
    number = answered.number
    label = (
        (_("It answers the original post, by") if answered.is_original else _("It answers #%(number)s, by"))
        if by
        else (
            _("It answers the original post, by the same author")
            if answered.is_original
            else _("It answers #%(number)s, by the same author")
        )
    )
    return Masked(label % {"number": number} if "%(" in label else label, "", mask.html(answered.body.html), by)


def _sides(case: Case, mask: masking.Mask) -> tuple[tuple[str, str], ...]:
    """Both sides of an appeal, side by side."""
    appeal = getattr(case, "appeal", None) if case.kind == Case.Kind.APPEAL else None
    if appeal is None:
        return ()
    first = mask.text(appeal.other_side)
    return ((_("Who appeals"), mask.text(appeal.words)), (_("Who decided first"), first))


def _watched(case: Case, mask: masking.Mask, sides: tuple[tuple[str, str], ...]) -> Matter:
    """A suspension by the watch: its reason, the account's answer, and the posts that were hidden with it."""
    proposal = Proposal.objects.filter(case=case).first()
    posts = Post.objects.filter(author_id=case.author_id).select_related("body").order_by("-created_at")[:5]
    body = Markup("<hr>").join(mask.html(post.body.html) for post in posts)
    if proposal is not None:
        sides = (
            (_("The watch"), mask.text(proposal.because)),
            (_("The account"), mask.text(proposal.answer) or _("It has not answered.")),
        )
    return Matter(Masked(_("What the account wrote, newest first"), "", body), None, None, "", "", "", sides)


def _briefed(brief: briefing.Brief, mask: masking.Mask) -> Matter:
    """What is contested where no single post is judged, with the posts it followed from."""
    body = Markup("<hr>").join(mask.html(post.body.html) for post in brief.posts)
    sides = tuple((side.who, mask.text(side.words)) for side in brief.sides)
    return Matter(Masked(brief.what, "", body), None, None, mask.text(brief.place), "", "", sides)


def why_alone(case: Case) -> str:
    """Why no jury judges a case; "" where one does."""
    if case.judges == Case.Judges.JURY:
        return ""
    said = ngettext(
        "Fewer than %(n)s member could be drawn for this case, too few for a jury.",
        "Fewer than %(n)s members could be drawn for this case, too few for a jury.",
        bounds.SMALLEST_POOL,
    ) % {"n": bounds.SMALLEST_POOL}
    if case.judges == Case.Judges.HOST:
        return f"{said} {_('So a host of the forum who has nothing to do with it decides, in the open.')}"
    return f"{said} {_('No host was free to judge it, so an operator decides, in the open.')}"


def judges_words(case: Case, by: str = "") -> str:
    """Who judged: a jury by its size, or who alone, by name."""
    if case.judges == Case.Judges.JURY:
        return ngettext("a jury of %(n)s member", "a jury of %(n)s members", case.seats) % {"n": case.seats}
    if case.judges == Case.Judges.HOST:
        return _("a host, %(name)s") % {"name": by} if by else _("a host")
    return _("an operator, %(name)s") % {"name": by} if by else _("an operator")


def sizes() -> tuple[str, ...]:
    """How large juries are, in sentences, from the table that the engine uses."""
    said, above = [], 0
    for size in bounds.JURY:
        if above:
            words = _("%(from)s to %(to)s can be drawn: %(seats)s seats, %(needed)s must agree to remove.")
        else:
            words = _("%(from)s or more can be drawn: %(seats)s seats, %(needed)s must agree to remove.")
        said.append(words % {"from": size.pool, "to": above - 1, "seats": size.seats, "needed": size.needed})
        above = size.pool
    said.append(
        _("Fewer than %(n)s: one host who is not concerned, else an operator. The case says so.") % {"n": above}
    )
    return tuple(said)


def others(case: Case, shown: Sequence[Rule]) -> tuple[tuple[str, str], ...]:
    """The other standards of a case's charter that a paper may name."""
    if case.kind != Case.Kind.ALERT or case.post_id is None:
        return ()
    here = {one.key for one in shown}
    rows = Standard.objects.filter(charter_id=case.charter, for_hosts=False).order_by("place")
    return tuple((row.key, row.title) for row in rows if row.key not in here and "post" in cast(list[str], row.kinds))
