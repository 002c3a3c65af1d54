"""The desk's pages about categories and forums: make, change, move, retire; audiences and hosts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.forums import placing
from palaver.forums.models import Admission, Category, Forum, Office
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.kit.text import names
from palaver.web import contexts, moments
from palaver.web.doors import operators, the_member
from palaver.web.operators import acting
from palaver.web.operators import contexts as desk
from palaver.web.operators.acting import Tried, number

Given = Mapping[str, str]
AUDIENCE_SHOWN = 200


def _marks() -> tuple[tuple[str, str], ...]:
    told = {
        "main": _("a tree"),
        "issue": _("a question"),
        "culture": _("a book"),
        "alliance": _("hands"),
        "region": _("a hill"),
        "support": _("a ring"),
    }
    return tuple((value, told.get(value, value)) for value in Category.Mark.values)


def _gates(name: str) -> tuple[tuple[str, str], ...]:
    everyone = ((Forum.Gate.EVERYONE.value, _("everybody, guests too")),) if name == "who_reads" else ()
    return (
        *everyone,
        (Forum.Gate.MEMBERS.value, _("all members")),
        (Forum.Gate.ADMITTED.value, _("only members whom operators have admitted")),
    )


def _category(given: Given) -> Category:
    text = given.get("category", "")
    found = (
        Category.objects.filter(pk=int(text)).first() if text.isascii() and text.isdecimal() and len(text) < 9 else None
    )
    if found is None:
        raise Refusal(_("Choose a category."), field="category")
    return found


def _member(given: Given) -> Member:
    name = given.get("member", "").strip()
    found = Member.objects.filter(name_key=names.name_key(name)).first() if name and "\x00" not in name else None
    if found is None:
        raise Refusal(_("There is no member of that name."), field="member")
    return found


@require_http_methods(["GET", "POST"])
@operators
def forums(request: HttpRequest) -> HttpResponse:
    """All places in their order, and the forms for new ones."""

    def open_category(given: Given) -> str:
        placing.open_category(
            name=given.get("name", ""),
            mark=given.get("mark", Category.Mark.ISSUE),
            place=number(given, "place") or 0,
            by=the_member(request),
        )
        return _("The category stands.")

    def open_forum(given: Given) -> str:
        placing.open_forum(
            category=_category(given),
            name=given.get("name", ""),
            by=the_member(request),
            description=given.get("description", ""),
            purpose=given.get("purpose", ""),
        )
        return _("The forum stands. Open it in the list to set its gates, rules and hosts.")

    done, tried = acting.act(request, {"open_category": open_category, "open_forum": open_forum}, "/desk/forums")
    if done:
        return done
    categories = list(Category.objects.all())
    rows: list[tuple[desk.Cell, ...]] = []
    for category in categories:
        rows.append((contexts.Link(category.name, f"/desk/categories/{category.pk}"), _("category"), "", "", ""))
        rows += [
            (
                contexts.Link(f"– {forum.name}", f"/desk/forums/{forum.pk}"),
                _("retired") if forum.retired_at else _("main forum") if forum.is_main else _("forum"),
                dict(_gates("who_reads")).get(forum.who_reads, forum.who_reads),
                str(forum.thread_count),
                str(forum.post_count),
            )
            for forum in Forum.objects.filter(category=category).order_by("place", "id")
        ]
    field = tried.field
    options = tuple((str(category.pk), category.name) for category in categories)
    parts = (
        desk.Table(
            "places",
            _("As they stand"),
            (_("Name"), _("What"), _("Read by"), _("Threads"), _("Posts")),
            tuple(rows),
            _("There is no category yet; make the first one below."),
        ),
        tried.form(
            "open_forum",
            _("A new forum"),
            _("Open the forum"),
            field("open_forum", "name", _("Name"), required=True, maximum=placing.LONGEST_NAME),
            field("open_forum", "category", _("In the category"), "select", options=options),
            field("open_forum", "description", _("In one line"), maximum=200),
            field(
                "open_forum",
                "purpose",
                _("Statement of purpose"),
                "textarea",
                maximum=placing.LONGEST_TEXT,
                help=_("What belongs here, and what does not. Markdown."),
            ),
        )
        if categories
        else None,
        tried.form(
            "open_category",
            _("A new category"),
            _("Make the category"),
            field("open_category", "name", _("Name"), required=True, maximum=placing.LONGEST_NAME),
            field("open_category", "mark", _("Its mark"), "select", options=_marks()),
            field(
                "open_category", "place", _("Place in the order"), value=str(len(categories)), help=_("0 comes first.")
            ),
        ),
    )
    lede = _("Every change here is on the record at once.")
    return acting.room(request, "forums", _("Forums"), lede, *parts, tried=tried)


@require_http_methods(["GET", "POST"])
@operators
def category(request: HttpRequest, category_id: int) -> HttpResponse:
    """One category: its name, mark and place."""
    found = get_object_or_404(Category, pk=category_id)

    def change(given: Given) -> str:
        placing.change_category(
            found,
            by=the_member(request),
            name=given.get("name", ""),
            mark=given.get("mark", ""),
            place=number(given, "place"),
        )
        return _("Saved.")

    def remove(_given: Given) -> str:
        placing.remove_category(found, by=the_member(request))
        return _("The category is gone.")

    here = f"/desk/categories/{found.pk}"
    back = "/desk/forums" if request.POST.get("act") == "remove" else here
    done, tried = acting.act(request, {"change": change, "remove": remove}, back)
    if done:
        return done
    field = tried.field
    parts = (
        tried.form(
            "change",
            "",
            _("Save"),
            field("change", "name", _("Name"), value=found.name, required=True, maximum=placing.LONGEST_NAME),
            field("change", "mark", _("Its mark"), "select", value=found.mark, options=_marks()),
            field("change", "place", _("Place in the order"), value=str(found.place), help=_("0 comes first.")),
        ),
        tried.form(
            "remove",
            _("Remove it"),
            _("Remove the category"),
            sentence=_("Only when no forum stands in it."),
            folded=True,
            danger=True,
        ),
    )
    return acting.room(request, "forums", found.name, _("A category."), *parts, tried=tried)


@require_http_methods(["GET", "POST"])
@operators
def forum(request: HttpRequest, forum_id: int) -> HttpResponse:
    """One forum: what it says, its gates and rules, its hosts, its audience."""
    found = get_object_or_404(Forum.objects.select_related("category"), pk=forum_id)
    by = the_member(request)

    def change(given: Given) -> str:
        placing.change_forum(found, by=by, **_fields(given))
        return _("Saved. The record names what was changed.")

    def retire(_given: Given) -> str:
        placing.change_forum(found, by=by, retired_at=None if found.retired_at else clock.now())
        return (
            _("It is open again.") if found.retired_at else _("It is retired: everything can be read, nothing written.")
        )

    def appoint(given: Given) -> str:
        days = number(given, "days")
        until = clock.now() + timedelta(days=days) if days else None
        office = placing.appoint_host(found, member=_member(given), by=by, until=until)
        return _("%(name)s is a host of this forum.") % {"name": office.member.name}

    def end(given: Given) -> str:
        office = Office.objects.filter(pk=number(given, "office") or 0, forum=found).select_related("member").first()
        if office is None:
            raise Refusal(_("There is no such host."))
        placing.end_office(office, by=by)
        return _("The term of %(name)s has ended.") % {"name": office.member.name}

    def admit(given: Given) -> str:
        admission = placing.admit(found, member=_member(given), by=by)
        return _("%(name)s is admitted.") % {"name": admission.member.name}

    def dismiss(given: Given) -> str:
        member = _member(given)
        placing.dismiss(found, member=member, by=by)
        return _("%(name)s is no longer admitted.") % {"name": member.name}

    acts = {"change": change, "retire": retire, "appoint": appoint, "end": end, "admit": admit, "dismiss": dismiss}
    done, tried = acting.act(request, acts, f"/desk/forums/{found.pk}")
    if done:
        return done
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    parts = (
        desk.Facts(((_("Its page"), contexts.Link(f"/f/{found.slug}/", f"/f/{found.slug}/")),)),
        _form(found, tried),
        _hosts(found, viewer),
        _appointing(found, tried),
        *_audience(found, tried),
        _retiring(found, tried),
    )
    lede = _("Retired since %(day)s.") % {"day": found.retired_at.date()} if found.retired_at else found.description
    return acting.room(request, "forums", found.name, lede, *parts, tried=tried)


def _fields(given: Given) -> dict[str, Any]:
    """What the form says, as the verb takes it. Raises Refusal."""
    return {
        "name": given.get("name", ""),
        "category": _category(given),
        "description": given.get("description", ""),
        "purpose": given.get("purpose", "").replace("\r\n", "\n"),
        "rules": given.get("rules", "").replace("\r\n", "\n"),
        "who_reads": given.get("who_reads", ""),
        "who_starts": given.get("who_starts", ""),
        "who_replies": given.get("who_replies", ""),
        "quoted_paragraphs": number(given, "quoted_paragraphs", empty=None),
        "posts_to_start": number(given, "posts_to_start") or 0,
        "originals_only": "originals_only" in given,
        "is_safe_haven": "is_safe_haven" in given,
        "is_main": "is_main" in given,
        "place": number(given, "place") or 0,
        "host_seats": number(given, "host_seats") or 0,
    }


def _form(found: Forum, tried: Tried) -> desk.Form:
    def field(name: str, label: str, kind: str = "text", **more: Any) -> contexts.Field:
        held = getattr(found, name)
        value = "" if held is None else ("on" if held else "") if isinstance(held, bool) else str(held)
        return tried.field("change", name, label, kind, value=value, **more)

    return tried.form(
        "change",
        _("What it is"),
        _("Save"),
        field("name", _("Name"), required=True, maximum=placing.LONGEST_NAME, help=_("Its address stays as it is.")),
        tried.field(
            "change",
            "category",
            _("In the category"),
            "select",
            value=str(found.category_id),
            options=tuple((str(one.pk), one.name) for one in Category.objects.all()),
        ),
        field("description", _("In one line"), maximum=200),
        field(
            "purpose",
            _("Statement of purpose"),
            "textarea",
            maximum=placing.LONGEST_TEXT,
            help=_("What belongs here, and what does not. Markdown."),
        ),
        field("rules", _("Posting rules in words"), "textarea", maximum=placing.LONGEST_TEXT, help=_("Markdown.")),
        field("who_reads", _("Who reads"), "select", options=_gates("who_reads")),
        field("who_starts", _("Who starts threads"), "select", options=_gates("who_starts")),
        field("who_replies", _("Who replies"), "select", options=_gates("who_replies")),
        field(
            "quoted_paragraphs",
            _("Most paragraphs of one excerpt"),
            help=_("Longer excerpts of other people’s articles are refused while writing. Empty: no limit."),
        ),
        field("posts_to_start", _("Posts a member needs before starting a thread here")),
        field("originals_only", _("Threads begin with their author’s own words, not with a bare link"), "checkbox"),
        field("is_safe_haven", _("A safe haven: only subscribers of 30 days and more sit on juries here"), "checkbox"),
        field("is_main", _("A main forum: in the top line, and its threads on the front page"), "checkbox"),
        field("place", _("Place in the order"), help=_("0 comes first.")),
        field("host_seats", _("Seats for hosts")),
    )


def _hosts(found: Forum, viewer: Viewer) -> desk.Table:
    where, now = moments.zone(viewer.time_zone), clock.now()
    sitting = Office.objects.sitting().filter(forum=found).select_related("member").order_by("since")
    return desk.Table(
        "hosts",
        _("Hosts"),
        (_("Name"), _("Since"), _("Until"), ""),
        tuple(
            (
                contexts.Link(row.member.name, member_address(row.member.name)),
                moments.moment(row.since, where, now).exact,
                moments.moment(row.until, where, now).exact if row.until else _("open"),
                desk.Button(_("End the term"), "", (("act", "end"), ("office", str(row.pk))), row.member.name),
            )
            for row in sitting
        ),
        _("No seat is taken."),
    )


def _appointing(found: Forum, tried: Tried) -> desk.Form:
    return tried.form(
        "appoint",
        _("Appoint a host"),
        _("Appoint"),
        tried.field("appoint", "member", _("Member’s name"), required=True),
        tried.field("appoint", "days", _("For how many days"), value="90", help=_("0: until somebody ends it.")),
        folded=tried.act != "appoint",
    )


def _audience(found: Forum, tried: Tried) -> tuple[desk.Part, ...]:
    """The admitted, where some gate asks for them."""
    admitted = Admission.objects.filter(forum=found).select_related("member").order_by("member__name")
    gated = Forum.Gate.ADMITTED in {found.who_reads, found.who_starts, found.who_replies}
    if not gated and not admitted.exists():
        return ()
    return (
        desk.Table(
            "audience",
            _("Admitted members"),
            (_("Name"), ""),
            tuple(
                (
                    contexts.Link(row.member.name, member_address(row.member.name)),
                    desk.Button(_("Take out"), "", (("act", "dismiss"), ("member", row.member.name)), row.member.name),
                )
                for row in admitted[:AUDIENCE_SHOWN]
            ),
            _("Nobody is admitted yet."),
            sentence=_("They count where a gate says “admitted”."),
        ),
        tried.form(
            "admit",
            _("Admit a member"),
            _("Admit"),
            tried.field("admit", "member", _("Member’s name"), required=True),
        ),
    )


def _retiring(found: Forum, tried: Tried) -> desk.Form:
    if found.retired_at:
        return tried.form("retire", _("Open it again"), _("Open it again"), folded=True)
    return tried.form(
        "retire",
        _("Retire it"),
        _("Retire the forum"),
        sentence=_("It stays readable under its address, and nothing can be written there any more."),
        folded=True,
        danger=True,
    )
