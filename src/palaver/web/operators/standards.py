"""The desk's page about the judging: what waits for an operator, holds, longer suspensions, amendments. All of it on the record."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from palaver.accounts.models import Member, Suspension
from palaver.accounts.reads import Viewer
from palaver.forums.models import Hold, Post
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.standards import bounds, holding, prolonging, waiting
from palaver.standards.models import Amendment, Case
from palaver.standards.permissions import may_ask_longer
from palaver.web import moments
from palaver.web.contexts import Field, Link
from palaver.web.doors import operators, the_member
from palaver.web.operators import acting
from palaver.web.operators import contexts as desk
from palaver.web.operators.acting import Tried, number

SHOWN = 50
_ADDRESS = re.compile(r"(?:/p/|^)(\d{1,18})(?:[/#?].*)?$")
_NUMBERED = re.compile(r"/t/(\d{1,18})/.*#p?(\d{1,9})$")


When = Callable[[datetime | None], str]


def grounds() -> tuple[tuple[str, str], ...]:
    """On which ground a post may be held, in words."""
    return (
        (Hold.Ground.LAW, _("law: it stays hidden until an operator lets it go")),
        (Hold.Ground.THREAT, _("a threat to a person: a jury sits at once")),
        (Hold.Ground.PRIVATE, _("private data: a jury sits at once")),
        (Hold.Ground.SPAM, _("spam by a newcomer: a jury sits at once")),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@operators
def standards(request: HttpRequest) -> HttpResponse:
    """Cases that wait, open holds, the form to hold and to release, longer suspensions, amendments that can be vetoed."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    by = the_member(request)

    def hold(given: Mapping[str, str]) -> str:
        held = holding.hold(
            _post(given.get("post", "")), by=by, ground=given.get("ground", ""), because=given.get("because", "")
        )
        if held.ground == Hold.Ground.LAW:
            return _("The post is hidden on the ground of law, and that stands on the record.")
        return _("The post is hidden, and a jury is being drawn.")

    def release(given: Mapping[str, str]) -> str:
        found = Hold.objects.filter(pk=number(given, "hold") or 0, ended_at=None).first()
        if found is None:
            raise Refusal(_("Choose a hold that is still open."), field="hold")
        holding.release(found, by=by, because=given.get("because", ""))
        return _("The post is shown again.")

    def longer(given: Mapping[str, str]) -> str:
        found = Suspension.objects.filter(pk=number(given, "suspension") or 0).first()
        if found is None:
            raise Refusal(_("Choose a suspension that is running."), field="suspension")
        prolonging.ask(found, by=by, days=number(given, "days") or 0, because=given.get("because", ""))
        return _("Asked. The member has a day to answer; then a jury decides.")

    done, tried = acting.act(request, {"hold": hold, "release": release, "longer": longer}, "/desk/standards")
    if done:
        return done
    where, now = moments.zone(viewer.time_zone), clock.now()

    def when(instant: datetime | None) -> str:
        return moments.moment(instant, where, now).exact if instant else "–"

    holds = list(
        Hold.objects.filter(ended_at=None).select_related("post__thread", "by", "second").order_by("at")[:SHOWN]
    )
    parts = (
        _cases(by, when),
        _holds(holds, when),
        _release(tried, holds),
        _hold(tried),
        *_longer(tried, by),
        _amendments(when),
    )
    lede = _(
        "Members judge; this desk holds what cannot wait, and decides where too few can be drawn. Every act here stands on the"
        " public record with its ground."
    )
    return acting.room(request, "standards", _("Standards"), lede, *parts, tried=tried)


def _post(address: str) -> Post:
    """The post of an address or number. Raises Refusal."""
    address = address.strip()
    found = None
    if match := _ADDRESS.search(address):
        found = Post.objects.filter(pk=int(match[1])).first()
    elif match := _NUMBERED.search(address):
        found = Post.objects.filter(thread_id=int(match[1]), number=int(match[2])).first()
    if found is None:
        raise Refusal(
            _("No post is found at this address. Copy the address of its number, such as /p/123."), field="post"
        )
    return found


def _cases(by: Member, when: When) -> desk.Table:
    rows = []
    for case in waiting.for_operator(by)[:SHOWN]:
        what = _CASES[Case.Kind(case.kind)]()
        rows.append(
            (
                Link(_("Case %(case)s") % {"case": case.pk}, f"/juries/{case.pk}/decide"),
                what,
                when(case.opened_at),
                when(case.ends_at),
            )
        )
    return desk.Table(
        "cases",
        _("Waiting for your decision"),
        (_("Case"), _("About"), _("Opened"), _("Ends undecided")),
        tuple(rows),
        _("No case waits for you."),
        _(
            "Too few members can be drawn for these, and no host is free to judge. The case’s page says that you decided alone."
        ),
    )


_CASES = {
    Case.Kind.ALERT: lambda: _("an alert"),
    Case.Kind.APPEAL: lambda: _("an appeal"),
    Case.Kind.WATCH: lambda: _("a suspension by the watch"),
    Case.Kind.LONG: lambda: _("a longer suspension"),
}


def _said_of(hold: Hold) -> str:
    words = dict(grounds())
    return words[hold.ground].partition(":")[0]


def _place(hold: Hold) -> str:
    return f"{hold.post.thread.subject} – #{hold.post.number}"


def _holds(holds: list[Hold], when: When) -> desk.Table:
    return desk.Table(
        "holds",
        _("Open holds"),
        (_("Post"), _("Ground"), _("By"), _("Since"), _("Until"), _("Because")),
        tuple(
            (
                Link(_place(one), f"/p/{one.post_id}"),
                _said_of(one),
                one.by.name if one.second is None else f"{one.by.name}, {one.second.name}",
                when(one.at),
                when(one.until) if one.until else _("until it is let go"),
                one.because,
            )
            for one in holds
        ),
        _("No post is held."),
    )


def _release(tried: Tried, holds: list[Hold]) -> desk.Form | None:
    if not holds:
        return None
    return tried.form(
        "release",
        _("Let a post be shown again"),
        _("Show it again"),
        tried.field(
            "release",
            "hold",
            _("Which"),
            "select",
            options=tuple((str(one.pk), f"{_place(one)} ({_said_of(one)})") for one in holds),
        ),
        _because(tried, "release"),
        folded=True,
    )


def _hold(tried: Tried) -> desk.Form:
    return tried.form(
        "hold",
        _("Hold a post"),
        _("Hide the post"),
        tried.field(
            "hold",
            "post",
            _("Address of the post"),
            required=True,
            maximum=500,
            help=_("Copy it from the post’s number or its time."),
        ),
        tried.field("hold", "ground", _("Ground"), "select", options=grounds()),
        _because(tried, "hold"),
        danger=True,
    )


def _because(tried: Tried, act: str) -> Field:
    return tried.field(
        act,
        "because",
        _("Why"),
        "textarea",
        required=True,
        maximum=holding.LONGEST_REASON,
        help=_("It stands on the public record. Name the law where there is one; do not repeat what must not be read."),
    )


def _longer(tried: Tried, by: Member) -> tuple[desk.Form, ...]:
    running = [
        one
        for one in Suspension.objects.running().filter(office=Suspension.Office.JURY).select_related("member")[:SHOWN]
        if may_ask_longer(by, one)
    ]
    if not running:
        return ()
    return (
        tried.form(
            "longer",
            _("Ask a jury for a longer suspension"),
            _("Ask the jury"),
            tried.field(
                "longer",
                "suspension",
                _("Whose"),
                "select",
                options=tuple(
                    (
                        str(one.pk),
                        _("%(name)s, until %(until)s")
                        % {"name": one.member.name, "until": one.until.strftime("%Y-%m-%d")},
                    )
                    for one in running
                ),
            ),
            tried.field(
                "longer",
                "days",
                _("Days from today"),
                required=True,
                maximum=3,
                help=_("At most %(days)s.") % {"days": bounds.LONGER_AT_MOST.days},
            ),
            tried.field(
                "longer",
                "because",
                _("Why"),
                "textarea",
                required=True,
                maximum=bounds.LONGEST_WORDS,
                help=_("The member reads it and has a day to answer; the jury reads both. It stands on the record."),
            ),
            sentence=_(
                "No rule suspends for more than thirty days. A jury as large as that of an appeal can, if an operator asks."
            ),
            folded=True,
        ),
    )


def _amendments(when: When) -> desk.Table:
    states = {
        Amendment.State.PROPOSED: _("talked about"),
        Amendment.State.VOTING: _("voted on"),
        Amendment.State.ADOPTED: _("adopted, not in force yet"),
    }
    return desk.Table(
        "amendments",
        _("Amendments of the charter"),
        (_("Amendment"), _("State"), _("Proposed")),
        tuple(
            (
                Link(one.title, f"/charter/amendments/{one.pk}"),
                states[Amendment.State(one.state)],
                when(one.proposed_at),
            )
            for one in waiting.vetoable()[:SHOWN]
        ),
        _("No amendment is on its way."),
        _("The members decide about them. An operator may veto one only for law; the form stands on its page."),
    )
