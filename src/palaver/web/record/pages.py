"""The public record, newest first."""

from __future__ import annotations

import json
from datetime import datetime, tzinfo
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.forums.models import Category, Forum, Thread
from palaver.forums.rendering import member_address
from palaver.kit import clock, pagination
from palaver.record.models import Entry, Head
from palaver.standards.models import Amendment
from palaver.web import contexts, moments
from palaver.web.doors import everyone
from palaver.web.freshness import cacheable
from palaver.web.shell import answer, places, readable, shell

SIZE = 50
_ACTS = {
    "thread.lock": lambda: _("locked the thread"),
    "thread.unlock": lambda: _("opened the thread again"),
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
    "appeal.open": lambda: _("appealed"),
    "member.ask_longer": lambda: _("asked a jury for a longer suspension of the member"),
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
    for forum in Forum.objects.filter(pk__in=ids.get("forum", set()) & may):
        links[f"forum:{forum.pk}"] = contexts.Link(forum.name, f"/f/{forum.slug}/")
    for category in Category.objects.filter(pk__in=ids.get("category", ())):
        links[f"category:{category.pk}"] = contexts.Link(category.name, f"/c/{category.slug}/")
    for member in Member.objects.filter(pk__in=ids.get("member", ())):
        links[f"member:{member.pk}"] = contexts.Link(member.name, member_address(member.name))
    for number, title in Amendment.objects.filter(pk__in=ids.get("amendment", ())).values_list("pk", "title"):
        links[f"amendment:{number}"] = contexts.Link(title, f"/charter/amendments/{number}")
    for number in ids.get("charter", ()):
        links[f"charter:{number}"] = contexts.Link(
            _("the charter, version %(n)s") % {"n": number}, f"/charter/{number}"
        )
    # A ballot's title may be a closed forum's: the link names its number alone, and its page asks who may see it.
    for number in ids.get("ballot", ()):
        links[f"ballot:{number}"] = contexts.Link(_("ballot %(n)s") % {"n": number}, f"/ballots/{number}")
    for sequence in ids.get("entry", ()):
        links[f"entry:{sequence}"] = contexts.Link(str(sequence), f"/record?at={sequence}#e{sequence}")
    return links


def _hidden(entry: Entry, viewer: Viewer | None) -> bool:
    """Whether the entry is about a forum or thread this reader may not read: then its words stay hidden, the line does not."""
    kind, _colon, number = entry.subject.partition(":")
    if not number.isdecimal():
        return False
    if kind == "forum":
        return int(number) in places().forums and int(number) not in readable(viewer)
    if kind == "thread":
        forum_id = Thread.objects.filter(pk=int(number)).values_list("forum_id", flat=True).first()
        return forum_id is not None and forum_id not in readable(viewer)
    return False


def act_in_words(act: str) -> str:
    """What was done, in words, without a name."""
    return _act(act, "")


def _act(act: str, member: str) -> str:
    """What was done, in words; an act without words here is shown as the record names it."""
    said = _ACTS.get(act)
    return act if said is None else said() % {"member": member or _("a member")}


def lines(entries: list[Entry], viewer: Viewer | None, where: tzinfo, now: datetime) -> list[contexts.RecordEntry]:
    """Entries as this reader may see them."""
    links = _subjects(entries, viewer)
    payloads: dict[int, dict[str, Any]] = {
        entry.sequence: json.loads(entry.payload.body) if entry.payload.body else {} for entry in entries
    }
    named = {p[part] for p in payloads.values() for part in ("by", "member") if isinstance(p.get(part), int)}
    names = dict(Member.objects.filter(pk__in=named).values_list("pk", "name"))
    offices = {
        "operator": _("operator"),
        "host": _("host"),
        "author": _("author"),
        "rule": _("rule"),
        "member": _("member"),
        "guest": _("by the contact page"),
    }
    nobody = {"guest": _("Somebody"), "rule": _("By rule")}
    shown: list[contexts.RecordEntry] = []
    for entry in entries:
        payload = payloads[entry.sequence]
        hidden = _hidden(entry, viewer)
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
    robots = "noindex, follow" if "at" in request.GET else ""
    return shell(request, _("The record"), canonical="/record", robots=robots, feed="/record")


@everyone
def record(request: HttpRequest) -> HttpResponse:
    """The entries, newest first, and the last verified head."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    head = Head.objects.filter(id=1).first()
    newest = head.sequence if head else 0
    start = min(pagination.asked(request.GET.get("at")), newest) if request.GET.get("at") else newest
    entries = list(
        Entry.objects.select_related("payload").filter(sequence__lte=start).order_by("-sequence")[: SIZE + 1]
    )
    more = entries[SIZE:]
    entries = entries[:SIZE]
    shown = lines(entries, viewer, where, now)
    verified, sound = _("Not verified yet on this machine."), None
    if head is not None and head.verified_at is not None:
        sound = True
        verified = _("Verified up to entry %(n)s, %(when)s. Head:") % {
            "n": head.verified_sequence,
            "when": moments.moment(head.verified_at, where, now).exact,
        }
    pager = contexts.Pager(
        earlier=contexts.Link(_("Newest"), "/record") if start < newest else None,
        later=contexts.Link(_("Older"), f"/record?at={more[0].sequence}") if more else None,
    )
    page = contexts.RecordPage(
        entries=tuple(shown),
        verified=verified,
        sound=sound,
        head=head.hash if head and head.sequence else "",
        pager=pager,
        empty=contexts.Empty(_("No act of authority has been done here yet.")),
    )
    response = answer("record/record.html", _frame(request), page)
    return cacheable(response, ["record", "places", "names"])
