"""One entry of the record: what it says, how it is hashed, and how to check that."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from palaver.accounts.reads import Viewer
from palaver.kit import clock
from palaver.record import chain
from palaver.record.models import Entry, Head
from palaver.standards import proving
from palaver.web import contexts, moments
from palaver.web.doors import everyone
from palaver.web.freshness import cacheable
from palaver.web.record.pages import lines, verified
from palaver.web.shell import answer, readable, shell


@dataclass(frozen=True, slots=True)
class EntryPage:
    """`record/entry.html`. `said` are the payload's fields as names and JSON values, empty where it is not shown; `why_not`
    says why. `header` is the very text that is hashed, `body` the payload's."""

    line: contexts.RecordEntry
    number: int
    exact: str
    office: str
    act: str
    subject: str
    previous: str
    previous_hash: str
    hash: str
    payload_hash: str
    salt: str
    body: str
    header: str
    said: tuple[tuple[str, str], ...]
    why_not: str
    verified: str
    sound: bool | None
    origin: str
    alike: contexts.Link
    case: contexts.Link | None
    pager: contexts.Pager


@everyone
def entry(request: HttpRequest, sequence: int) -> HttpResponse:
    """One entry by its number."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    head = Head.objects.filter(id=1).first()
    # Beyond what a database's integer holds there is no entry to look for.
    found = None
    if head is not None and 0 < sequence <= head.sequence:
        found = Entry.objects.select_related("payload").filter(sequence=sequence).first()
    if found is None or head is None:
        raise Http404
    shown = proving.shown([found], readable=readable(viewer))[0]
    sentence, sound = verified(head, where, now)
    page = EntryPage(
        line=lines([found], viewer, where, now)[0],
        number=sequence,
        exact=shown["at"],
        office=found.office,
        act=found.act,
        subject=found.subject,
        previous=f"/record/{sequence - 1}" if sequence > 1 else "",
        previous_hash=found.previous_hash,
        hash=found.hash,
        payload_hash=found.payload_hash,
        salt=shown["salt"] or "",
        body=shown["body"] or "",
        header=chain.canonical(
            [
                sequence,
                found.previous_hash,
                shown["at"],
                found.office,
                found.act,
                found.subject,
                found.payload_hash,
            ]
        ),
        said=tuple((name, _value(value)) for name, value in json.loads(shown["body"] or "{}").items()),
        why_not=_why_not(shown["state"]),
        verified=sentence,
        sound=sound,
        origin=settings.PALAVER_ORIGIN,
        alike=contexts.Link(
            _("All entries about %(subject)s") % {"subject": found.subject}, f"/record?subject={found.subject}"
        ),
        case=_case(found),
        pager=contexts.Pager(
            earlier=contexts.Link(_("Entry %(n)s") % {"n": sequence - 1}, f"/record/{sequence - 1}")
            if sequence > 1
            else None,
            later=contexts.Link(_("Entry %(n)s") % {"n": sequence + 1}, f"/record/{sequence + 1}")
            if sequence < head.sequence
            else None,
        ),
    )
    frame = shell(
        request,
        _("Entry %(n)s of the record") % {"n": sequence},
        trail=(contexts.Link(_("The record"), "/record"),),
        canonical=f"/record/{sequence}",
        robots="noindex, follow",
    )
    return cacheable(answer("record/entry.html", frame, page), ["record", "places", "names", "juries"])


def _value(value: object) -> str:
    """A payload's value as people read it: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else chain.canonical(value)


def _why_not(state: str) -> str:
    if state == "emptied":
        return _("Its text has been emptied by a redaction, which is an entry of its own. Its hash still holds.")
    if state == "withheld":
        return _(
            "It concerns a forum that you may not read, or a text that nobody is to read any more. Its hash still holds."
        )
    return ""


def _case(found: Entry) -> contexts.Link | None:
    """The proof of the case that an entry ends."""
    if found.act != "case.verdict":
        return None
    number = found.subject.partition(":")[2]
    return contexts.Link(_("The proof of case %(n)s") % {"n": number}, f"/juries/{number}.json")
