"""The public record, newest first."""

from __future__ import annotations

import json
from datetime import datetime, tzinfo
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.forums.models import Category, Forum, Thread, ThreadStub
from palaver.forums.rendering import member_address
from palaver.kit import clock, pagination
from palaver.kit.text.letters import storable
from palaver.record.models import Entry, Head
from palaver.standards import proving
from palaver.standards.models import Amendment, Case
from palaver.web import contexts, moments
from palaver.web.doors import everyone
from palaver.web.freshness import cacheable
from palaver.web.shell import answer, readable, shell

SIZE = 50
_ACTS = {
    "thread.lock": lambda: _("locked the thread"),
    "thread.unlock": lambda: _("opened the thread again"),
    "thread.move": lambda: _("moved the thread to another forum"),
    "thread.split": lambda: _("split replies off the thread"),
    "thread.merge": lambda: _("merged another thread into the thread"),
    "lock.question": lambda: _("questioned the lock of the thread"),
    "forum.block": lambda: _("kept %(member)s from writing in the forum"),
    "forum.unblock": lambda: _("let %(member)s write in the forum again"),
    "host.seat": lambda: _("gave %(member)s a host’s seat in the forum"),
    "host.end": lambda: _("ended the term of %(member)s as host of the forum"),
    "watch.draw": lambda: _("drew watchers by lot"),
    "watch.end": lambda: _("ended a term on the watch of the member"),
    "watch.suspend": lambda: _("suspended a new account, by two watchers: the member"),
    "watch.restore": lambda: _("showed again what had been hidden of the member"),
    "watch.slow": lambda: _("slowed newcomers down, by two watchers"),
    "watch.slow_end": lambda: _("ended the slow mode of newcomers"),
    "member.suspend_on": lambda: _("let the suspension stand of the member"),
    "thread.pin": lambda: _("pinned the thread"),
    "thread.unpin": lambda: _("let go the pin of the thread"),
    "category.open": lambda: _("opened the category"),
    "forum.open": lambda: _("opened the forum"),
    "forum.change": lambda: _("changed the forum"),
    "forum.admit": lambda: _("admitted %(member)s to the forum"),
    "category.change": lambda: _("changed the category"),
    "category.remove": lambda: _("removed a category"),
    "forum.dismiss": lambda: _("took %(member)s out of the forum’s audience"),
    "forum.host_end": lambda: _("ended the term of %(member)s as host of the forum"),
    "community.change": lambda: _("changed what the community says of itself, or how people join"),
    "operator.end": lambda: _("ended the operator’s office of the member"),
    "application.admit": lambda: _("let in the member"),
    "application.refuse": lambda: _("refused somebody who asked to join"),
    "invitation.end": lambda: _("took back an invitation of the member"),
    "member.claim_link": lambda: _("made a link by which to claim the account of the member"),
    "forum.host": lambda: _("appointed %(member)s host of the forum"),
    "member.suspend": lambda: _("suspended the member"),
    "member.unsuspend": lambda: _("ended the suspension of the member"),
    "operator.make": lambda: _("made an operator of the member"),
    "import.run": lambda: _("imported a community"),
    "contact.received": lambda: _("wrote to the operators"),
    "contact.answered": lambda: _("answered an inquiry"),
    "case.open": lambda: _("opened case"),
    "case.verdict": lambda: _("reached the verdict in case"),
    "case.call_off": lambda: _("called off case"),
    "post.hold": lambda: _("held a post"),
    "post.release": lambda: _("released a post that was held"),
    "post.restore": lambda: _("restored a post"),
    "draw.commit": lambda: _("committed to a seed of the draw"),
    "draw.publish": lambda: _("published a seed of the draw"),
    "appeal.open": lambda: _("appealed"),
    "member.ask_longer": lambda: _("asked a jury for a longer suspension of the member"),
    "ballot.open": lambda: _("opened"),
    "ballot.close": lambda: _("counted"),
    "ballot.call_off": lambda: _("called off"),
    "charter.adopt": lambda: _("adopted"),
    "charter.confirm": lambda: _("confirmed, by the members’ ballot,"),
    "charter.reopen": lambda: _("reopened, by the members’ ballot,"),
    "charter.forum": lambda: _("settled where amendments are talked about:"),
    "amendment.propose": lambda: _("proposed the amendment"),
    "amendment.ballot": lambda: _("put to the ballot the amendment"),
    "amendment.veto": lambda: _("vetoed the amendment"),
    "amendment.withdraw": lambda: _("withdrew the amendment"),
    "record.redact": lambda: _("emptied the text of the entry"),
}


def _subjects(entries: list[Entry], viewer: Viewer | None) -> dict[str, contexts.Link]:
    """What the entries are about, as links; what this reader may not read stays a bare word."""
    ids: dict[str, set[int]] = {}
    for entry in entries:
        kind, _colon, number = entry.subject.partition(":")
        if number.isdecimal():
            ids.setdefault(kind, set()).add(int(number))
    links: dict[str, contexts.Link] = {}
    may = readable(viewer)
    for thread in Thread.objects.filter(pk__in=ids.get("thread", ()), forum_id__in=may):
        links[f"thread:{thread.pk}"] = contexts.Link(thread.subject, f"/t/{thread.pk}/{thread.slug}")
    merged = ThreadStub.objects.filter(was__in=ids.get("thread", ()), into__forum_id__in=may).select_related("into")
    for stub in merged:
        links[f"thread:{stub.was}"] = contexts.Link(stub.into.subject, f"/t/{stub.into_id}/{stub.into.slug}")
    for forum in Forum.objects.filter(pk__in=ids.get("forum", set()) & may):
        links[f"forum:{forum.pk}"] = contexts.Link(forum.name, f"/f/{forum.slug}/")
    for category in Category.objects.filter(pk__in=ids.get("category", ())):
        links[f"category:{category.pk}"] = contexts.Link(category.name, f"/c/{category.slug}/")
    for member in Member.objects.filter(pk__in=ids.get("member", ())):
        links[f"member:{member.pk}"] = contexts.Link(member.name, member_address(member.name))
    for key, title in Amendment.objects.filter(pk__in=ids.get("amendment", ())).values_list("pk", "title"):
        links[f"amendment:{key}"] = contexts.Link(title, f"/charter/amendments/{key}")
    for n in ids.get("charter", ()):
        links[f"charter:{n}"] = contexts.Link(_("the charter, version %(n)s") % {"n": n}, f"/charter/{n}")
    # A ballot's title may be a closed forum's: the link names its number alone, and its page asks who may see it.
    for n in ids.get("ballot", ()):
        links[f"ballot:{n}"] = contexts.Link(_("ballot %(n)s") % {"n": n}, f"/ballots/{n}")
    decided = Case.objects.filter(pk__in=ids.get("case", ()), stage=Case.Stage.DECIDED)
    for n in decided.values_list("pk", flat=True):
        links[f"case:{n}"] = contexts.Link(str(n), f"/juries/{n}")
    for sequence in ids.get("entry", ()):
        links[f"entry:{sequence}"] = contexts.Link(str(sequence), f"/record/{sequence}")
    return links


def act_in_words(act: str) -> str:
    """What was done, in words, without a name."""
    return _act(act, "")


def _act(act: str, member: str) -> str:
    """What was done, in words; an act without words here is shown as the record names it."""
    said = _ACTS.get(act)
    return act if said is None else said() % {"member": member or _("a member")}


def office_words() -> dict[str, str]:
    """In which capacity somebody acted, in words."""
    return {
        "operator": _("operator"),
        "host": _("host"),
        "author": _("author"),
        "rule": _("rule"),
        "member": _("member"),
        "guest": _("by the contact page"),
        "watch": _("watch"),
        "jury": _("jury"),
        "hosts": _("hosts’ ballot"),
    }


def lines(entries: list[Entry], viewer: Viewer | None, where: tzinfo, now: datetime) -> list[contexts.RecordEntry]:
    """Entries as this reader may see them."""
    links = _subjects(entries, viewer)
    # An entry about a forum or thread that this reader may not read keeps its words to itself; its line stays.
    closed = proving.withheld(entries, readable=readable(viewer))
    payloads: dict[int, dict[str, Any]] = {
        entry.sequence: json.loads(entry.payload.body) if entry.payload.body else {} for entry in entries
    }
    named = {p[part] for p in payloads.values() for part in ("by", "member") if isinstance(p.get(part), int)}
    names = dict(Member.objects.filter(pk__in=named).values_list("pk", "name"))
    offices = office_words()
    nobody = {"guest": _("Somebody"), "rule": _("By rule"), "jury": _("A jury of members"), "member": _("A member")}
    shown: list[contexts.RecordEntry] = []
    for entry in entries:
        payload = payloads[entry.sequence]
        hidden = entry.sequence in closed
        shown.append(
            contexts.RecordEntry(
                number=entry.sequence,
                at=moments.moment(entry.at, where, now),
                actor=names.get(payload.get("by") or 0) or nobody.get(entry.office, _("the console")),
                capacity=offices.get(entry.office, entry.office),
                act=_act(entry.act, names.get(payload.get("member") or 0, "")),
                subject=links.get(entry.subject),
                because="" if hidden else str(payload.get("because", "")),
                seal=entry.hash[:16],
                redacted=_("(its text has been emptied by a redaction)") if entry.payload.body is None else "",
            )
        )
    return shown


def _frame(request: HttpRequest) -> contexts.Shell:
    robots = "noindex, follow" if request.GET else ""
    return shell(request, _("The record"), canonical="/record", robots=robots, feed="/record")


class Sought(NamedTuple):
    """What of the record is asked for; an empty field asks for all."""

    act: str
    office: str
    subject: str

    def __bool__(self) -> bool:
        return any(self)

    def rows(self) -> QuerySet[Entry]:
        fields = {name: value for name, value in self._asdict().items() if value}
        return Entry.objects.filter(**fields)

    def href(self, **more: int) -> str:
        """The address of the list, without what is not asked for."""
        asked = {name: value for name, value in self._asdict().items() if value} | more
        return f"/record?{urlencode(asked)}" if asked else "/record"


def _sought(request: HttpRequest) -> Sought:
    return Sought(*(storable(request.GET.get(name, "")).strip()[:80] for name in Sought._fields))


def _filters(sought: Sought) -> tuple[contexts.Field, ...]:
    acts = Entry.objects.order_by("act").values_list("act", flat=True).distinct()
    member = _("a member")
    named = [(act, f"{said() % {'member': member}} ({act})" if (said := _ACTS.get(act)) else act) for act in acts]
    return (
        contexts.Field("act", _("Act"), "select", sought.act, options=(("", _("All acts")), *named)),
        contexts.Field(
            "office", _("Office"), "select", sought.office, options=(("", _("All offices")), *office_words().items())
        ),
        contexts.Field(
            "subject", _("About"), "text", sought.subject, help=_("Such as thread:12, case:3 or member:7."), maximum=80
        ),
    )


def verified(head: Head | None, where: tzinfo, now: datetime) -> tuple[str, bool | None]:
    """The sentence of the last verification on this machine, and its outcome."""
    if head is None or head.verified_at is None:
        return _("Not verified yet on this machine."), None
    return (
        _("Verified up to entry %(n)s, %(when)s.")
        % {"n": head.verified_sequence, "when": moments.moment(head.verified_at, where, now).exact},
        True,
    )


@everyone
def record(request: HttpRequest) -> HttpResponse:
    """The entries, newest first, all or those of an act, office or subject, and the last verified head."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    head = Head.objects.filter(id=1).first()
    newest = head.sequence if head else 0
    sought = _sought(request)
    start = min(pagination.asked(request.GET.get("at")), newest) if request.GET.get("at") else newest
    entries = list(
        sought.rows().select_related("payload").filter(sequence__lte=start).order_by("-sequence")[: SIZE + 1]
    )
    more = entries[SIZE:]
    entries = entries[:SIZE]
    said, sound = verified(head, where, now)
    pager = contexts.Pager(
        earlier=contexts.Link(_("Newest"), sought.href()) if start < newest else None,
        later=contexts.Link(_("Older"), sought.href(at=more[0].sequence)) if more else None,
    )
    nothing = _("No such entry stands on the record.") if sought else _("No act of authority has been done here yet.")
    page = contexts.RecordPage(
        entries=tuple(lines(entries, viewer, where, now)),
        verified=said,
        sound=sound,
        head=head.hash if head and head.sequence else "",
        pager=pager,
        empty=contexts.Empty(nothing, contexts.Link(_("The whole record"), "/record") if sought else None),
        filters=_filters(sought),
        sought=bool(sought),
    )
    response = answer("record/record.html", _frame(request), page)
    return cacheable(response, ["record", "places", "names"])
