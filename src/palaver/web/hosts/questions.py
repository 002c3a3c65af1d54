"""Whether a host's lock should stand: any member asks once, the forum's other hosts vote."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palaver.accounts.reads import Viewer
from palaver.forums import questioning
from palaver.forums.models import Lock, LockQuestion, Thread
from palaver.forums.permissions import may_question, may_read
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.web import contexts, moments
from palaver.web.doors import members, the_member
from palaver.web.hosts.contexts import QuestionPage
from palaver.web.shell import answer, places, shell, trail


@require_http_methods(["GET", "POST"])
@members
def question(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The thread's newest lock, what was asked about it, and the form to ask."""
    by = the_member(request)
    thread = get_object_or_404(Thread.objects.select_related("forum"), pk=thread_id)
    if not may_read(by, thread.forum):
        raise Http404
    lock = Lock.objects.filter(thread=thread).select_related("by", "thread__forum").order_by("-at", "-pk").first()
    if lock is None:
        raise Http404
    here = f"/t/{thread.pk}/lock/question"
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            row = questioning.question(lock, by=by, because=request.POST.get("because", ""))
            said = (
                _("The other hosts vote now; you are told what they decide.")
                if row.ballot_id is not None
                else _("There is no other host who could vote, so the operators have been asked.")
            )
            messages.success(request, said)
            return redirect(here)
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            problems = {refusal.field: refusal.because}
    asked = LockQuestion.objects.select_related("by", "ballot").filter(lock=lock).first()
    allowed = may_question(by, lock)
    page = QuestionPage(
        thread=contexts.Link(thread.subject, f"/t/{thread.pk}/{thread.slug}"),
        lock_line=_lock_line(lock),
        why_not="" if allowed or asked is not None else allowed.because,
        action=here,
        reason=request.POST.get("because", ""),
        errors=problems,
        asked="" if asked is None else _state(request, asked),
        question="" if asked is None else asked.because,
        ballot=contexts.Link(_("The hosts’ ballot"), f"/ballots/{asked.ballot_id}")
        if asked is not None and asked.ballot_id is not None
        else None,
    )
    place = places().forums[thread.forum_id]
    title = _("Should the thread be open?")
    frame = shell(request, title, trail=trail(forum=place), forum_id=place.id, token=True, robots="noindex")
    return answer("hosts/question.html", frame, page, status=422 if problems else 200)


def _lock_line(lock: Lock) -> str:
    who = lock.by.name if lock.by is not None else ""
    if who and lock.office in {Lock.Office.HOST, Lock.Office.OPERATOR}:
        return _("Locked by %(who)s: %(because)s") % {"who": who, "because": lock.because}
    return _("Locked: %(because)s") % {"because": lock.because}


def _state(request: HttpRequest, asked: LockQuestion) -> str:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone), clock.now()
    named = {"who": asked.by.name, "when": moments.moment(asked.at, where, now).exact}
    if asked.ballot is None:
        return (
            _("%(who)s has asked on %(when)s. There was no other host who could vote, so the operators were asked.")
            % named
        )
    if asked.answered_at is None:
        named["until"] = moments.moment(asked.ballot.closes_at, where, now).exact
        return _("%(who)s has asked on %(when)s, and the other hosts vote until %(until)s.") % named
    if asked.ended_lock:
        return _("%(who)s has asked on %(when)s, and the hosts have opened the thread again.") % named
    return _("%(who)s has asked on %(when)s, and the hosts let the lock stand. A lock is questioned once.") % named
