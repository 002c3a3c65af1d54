"""The newcomers' desk: what stands out, and what waits for a second watcher."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.forums import newcomers as limits
from palaver.forums import slowing
from palaver.forums.models import Hold
from palaver.forums.models import Post as PostRow
from palaver.forums.permissions import may_read
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.standards import spotting, watching
from palaver.standards.models import Proposal
from palaver.standards.permissions import may_propose_to_watch, may_see_newcomers
from palaver.web import contexts, moments
from palaver.web.doors import members, the_member
from palaver.web.shell import answer, readable, shell
from palaver.web.threads import folding
from palaver.web.watch.contexts import Burst, Cluster, NewcomersPage, Post, ProposePage, Waiting
from palaver.web.watch.pages import person

Moment = Callable[[datetime], contexts.Moment]
POSTS = 100
CLUSTERS = 20
IN_CLUSTER = 20
Act = Proposal.Act


@require_http_methods(["GET", "HEAD", "POST"])
@members
def newcomers(request: HttpRequest) -> HttpResponse:
    """`/watch/newcomers`: for watchers; operators read it too."""
    by = the_member(request)
    may_see_newcomers(by).or_refuse()
    error, status = "", 200
    if request.method == "POST":
        asked = request.POST.get("proposal", "")
        known = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
        proposal = get_object_or_404(Proposal, pk=known)
        try:
            if request.POST.get("act") == "second":
                watching.second(proposal, by=by)
                messages.success(request, _("Agreed, and done. It stands on the record with both your names."))
            else:
                watching.drop(proposal, by=by)
                messages.success(request, _("The proposal is off the desk."))
            return redirect("/watch/newcomers")
        except Refusal as refusal:
            if refusal.status == 403 and not may_propose_to_watch(by):
                raise
            error, status = refusal.because, 422
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    moment: Moment = partial(moments.moment, where=moments.zone(viewer.time_zone), now=clock.now())
    proposes = bool(may_propose_to_watch(by))
    found = spotting.recent(readable(viewer))
    slow = limits.running_slow_mode()
    page = NewcomersPage(
        waiting=tuple(_waiting(one, by, moment) for one in watching.waiting()),
        texts=tuple(_cluster(one, moment, proposes) for one in spotting.same_text(found)[:CLUSTERS]),
        links=tuple(_cluster(one, moment, proposes) for one in spotting.same_link(found)[:CLUSTERS]),
        bursts=tuple(
            Burst(
                moment(one.hour).exact,
                ngettext("%(n)s member joined", "%(n)s members joined", one.joined) % {"n": one.joined},
                tuple(contexts.Link(name, member_address(name)) for name in one.names),
            )
            for one in spotting.bursts()
        ),
        posts=tuple(_post(one, moment, proposes) for one in found[:POSTS]),
        proposes=proposes,
        slow_href="/watch/propose?act=slow" if proposes and slow is None else "",
        slow=_("Newcomers are slowed down until %(until)s.") % {"until": moment(slow.until).exact} if slow else "",
        error=error,
    )
    frame = shell(request, _("Newcomers"), trail=_trail(), token=True, robots="noindex")
    return answer("watch/newcomers.html", frame, page, status=status)


def _trail() -> tuple[contexts.Link, ...]:
    return (contexts.Link(_("The watch"), "/watch/"),)


def _waiting(one: Proposal, by: Member, moment: Moment) -> Waiting:
    about = None
    if one.act == Act.SUSPEND and one.member is not None:
        what, about = _("Suspend this account and hide what it wrote"), person(one.member)
    elif one.act == Act.HOLD and one.post is not None:
        what = _("Hold this post back: %(ground)s") % {"ground": grounds()[one.ground]}
        about = contexts.Link(f"#{one.post.number} · {one.post.author.name}", f"/p/{one.post_id}")
    else:
        what = _("Let newcomers write one post in %(minutes)s minutes, for %(hours)s hours") % {
            "minutes": one.minutes,
            "hours": one.hours,
        }
    return Waiting(one.pk, what, about, one.because, person(one.by), moment(one.at), one.by_id == by.pk)


def grounds() -> dict[str, str]:
    """The grounds on which two watchers hold a post, in words."""
    return {
        Hold.Ground.THREAT: _("a threat to a person"),
        Hold.Ground.PRIVATE: _("private data"),
        Hold.Ground.SPAM: _("spam by a newcomer"),
    }


def _post(one: spotting.Spotted, moment: Moment, proposes: bool) -> Post:
    about = ngettext("here since %(since)s, %(n)s post", "here since %(since)s, %(n)s posts", one.author_posts) % {
        "since": moment(one.joined_at).label,
        "n": one.author_posts,
    }
    gone = one.standing != PostRow.Standing.SHOWN
    return Post(
        href=f"/p/{one.id}",
        subject=one.subject,
        number=one.number,
        author=contexts.Link(one.author, member_address(one.author)),
        about=about,
        words=folding.words(one.standing) if gone else one.opening,
        at=moment(one.at),
        first=one.is_first,
        gone=gone,
        hold_href=f"/watch/propose?act=hold&post={one.id}" if proposes and not gone else "",
        suspend_href=f"/watch/propose?act=suspend&member={one.author_id}" if proposes else "",
    )


def _cluster(one: spotting.Cluster, moment: Moment, proposes: bool) -> Cluster:
    posts = tuple(_post(post, moment, proposes) for post in one.posts[:IN_CLUSTER])
    return Cluster(one.what, posts, len(one.authors))


# Proposing ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@members
def propose(request: HttpRequest) -> HttpResponse:
    """`/watch/propose`: `act` with `member`, `post`, or neither."""
    by = the_member(request)
    may_propose_to_watch(by).or_refuse()
    given = request.POST if request.method == "POST" else request.GET
    act = given.get("act", "")
    member = Member.objects.filter(pk=_number(given.get("member", ""))).first() if act == Act.SUSPEND else None
    post = None
    if act == Act.HOLD:
        post = (
            PostRow.objects.select_related("author", "forum", "thread")
            .filter(pk=_number(given.get("post", "")))
            .first()
        )
        if post is not None and not may_read(by, post.forum):
            post = None
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = watching.propose(
                by=by,
                act=act,
                member=member,
                post=post,
                ground=given.get("ground", ""),
                minutes=_number(given.get("minutes", "")),
                hours=_number(given.get("hours", "")),
                because=given.get("because", ""),
            )
            messages.success(
                request,
                _("A second watcher had proposed it before, so it is done.")
                if made.done_at is not None
                else _("Proposed. The other watchers are told; it is done when one of them agrees."),
            )
            return redirect("/watch/newcomers")
        except Refusal as refusal:
            problems = {refusal.field: refusal.because}
    frame = shell(request, _("Propose to the watch"), trail=_trail(), token=True, robots="noindex")
    page = _form(act, member, post, given, problems)
    return answer("watch/propose.html", frame, page, status=422 if problems else 200)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _form(
    act: str, member: Member | None, post: PostRow | None, given: object, problems: dict[str, str]
) -> ProposePage:
    typed: Callable[[str], str] = getattr(given, "get")  # noqa: B009
    because = contexts.Field(
        "because",
        _("Why"),
        value=typed("because") or "",
        required=True,
        maximum=watching.LONGEST_REASON,
        help=_("The second watcher, the account and the jury read it, and it stands on the record."),
        error=problems.get("because", ""),
    )
    if act == Act.HOLD and post is not None:
        options = (("", _("Choose …")), *grounds().items())
        ground = contexts.Field(
            "ground",
            _("On which ground"),
            "select",
            value=typed("ground") or "",
            options=options,
            required=True,
            error=problems.get("ground", ""),
        )
        return ProposePage(
            _("Hold a post back"),
            _(
                "When a second watcher agrees, it is hidden at once and a jury sits on it. Without a verdict it is shown again after a day."
            ),
            contexts.Link(f"{post.thread.subject} – #{post.number}", f"/p/{post.pk}"),
            post.opening,
            (("act", act), ("post", str(post.pk))),
            (ground, because),
            _("Propose it"),
            problems,
        )
    if act == Act.SLOW:
        return ProposePage(
            _("Slow newcomers down"),
            _(
                "For a raid. When a second watcher agrees, everybody in their first days may write one post in so many minutes. It ends by itself."
            ),
            None,
            "",
            (("act", act),),
            (
                contexts.Field(
                    "minutes",
                    _("Minutes between two posts"),
                    value=typed("minutes") or "60",
                    required=True,
                    maximum=4,
                    error=problems.get("minutes", ""),
                ),
                contexts.Field(
                    "hours",
                    _("For how many hours"),
                    value=typed("hours") or "6",
                    required=True,
                    maximum=2,
                    help=_("%(most)s at most.") % {"most": slowing.LONGEST.days * 24},
                    error=problems.get("hours", ""),
                ),
                because,
            ),
            _("Propose it"),
            problems,
        )
    if act == Act.SUSPEND and member is not None:
        return ProposePage(
            _("Suspend a new account"),
            _(
                "When a second watcher agrees, the account cannot write for a day and what it wrote is hidden. It may answer, and three members decide within the day."
            ),
            person(member),
            "",
            (("act", act), ("member", str(member.pk))),
            (because,),
            _("Propose it"),
            problems,
        )
    return ProposePage(
        _("Propose to the watch"),
        _("What you wanted to propose something about is not here any more. Go back to the desk and choose it there."),
        contexts.Link(_("Newcomers"), "/watch/newcomers"),
        "",
        (),
        (),
        "",
        problems,
    )
