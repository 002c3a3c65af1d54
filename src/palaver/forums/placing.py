"""Making and changing places: categories and forums, their audiences and hosts. Acts of operators, on the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_operate
from palaver.forums.events import AdmissionEnded, HostLeft, HostSeated, PlacesChanged
from palaver.forums.models import Admission, Category, Forum, Office
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text import rendering, slugs
from palaver.kit.text.letters import storable
from palaver.record.entering import enter

LONGEST_NAME = 80
LONGEST_TEXT = 10_000

CHANGEABLE = frozenset(
    {
        "category",
        "name",
        "description",
        "purpose",
        "rules",
        "is_main",
        "place",
        "host_seats",
        "quoted_paragraphs",
        "posts_to_start",
        "originals_only",
        "is_safe_haven",
        "who_reads",
        "who_starts",
        "who_replies",
        "language",
        "retired_at",
    }
)


def open_category(*, name: str, mark: str, place: int, by: Member) -> Category:
    """Make a group of forums. Raises NotAllowed, or Refusal when the name is taken."""
    may_operate(by).or_refuse()
    name = name.strip()
    if not name:
        raise Refusal(_("A category needs a name."), field="name")
    _check_length(name)
    with transaction.atomic():
        if Category.objects.filter(name=name).exists():
            raise Refusal(_("There is a category of that name already."), field="name")
        category = Category.objects.create(name=name, slug=_free_slug(Category, name), mark=mark, place=place)
        events.publish(PlacesChanged(None))
        enter(
            "category.open", office="operator", subject=f"category:{category.pk}", payload={"by": by.pk, "name": name}
        )
    return category


def change_category(category: Category, *, by: Member, **fields: Any) -> Category:
    """Change a category's `name`, `mark` or `place`. Raises NotAllowed, Refusal with the field. Its address stays."""
    may_operate(by).or_refuse()
    unknown = set(fields) - {"name", "mark", "place"}
    if unknown:
        raise ValueError(f"A category has no changeable field {', '.join(sorted(unknown))}.")
    if "name" in fields:
        fields["name"] = _line(fields["name"])
        if not fields["name"]:
            raise Refusal(_("A category needs a name."), field="name")
        _check_length(fields["name"])
    if fields.get("mark", "main") not in Category.Mark.values:
        raise Refusal(_("Choose one of the offered values."), field="mark")
    _check_number(fields, "place", 32767)
    with transaction.atomic():
        category = Category.objects.select_for_update(no_key=True).get(pk=category.pk)
        changed = {name: value for name, value in fields.items() if getattr(category, name) != value}
        if not changed:
            return category
        if "name" in changed and Category.objects.filter(name=changed["name"]).exclude(pk=category.pk).exists():
            raise Refusal(_("There is a category of that name already."), field="name")
        for name, value in changed.items():
            setattr(category, name, value)
        category.save()
        events.publish(PlacesChanged(None))
        said = {name: str(value) for name, value in changed.items()}
        enter(
            "category.change",
            office="operator",
            subject=f"category:{category.pk}",
            payload={"by": by.pk, "fields": said},
        )
    return category


def remove_category(category: Category, *, by: Member) -> None:
    """Remove a category in which no forum stands any more. Raises NotAllowed, Refusal."""
    may_operate(by).or_refuse()
    with transaction.atomic():
        category = Category.objects.select_for_update().get(pk=category.pk)
        if category.forums.exists():
            raise Refusal(_("Forums stand in this category, retired ones too. Move them to another one first."))
        key, name = category.pk, category.name
        category.delete()
        events.publish(PlacesChanged(None))
        enter("category.remove", office="operator", subject=f"category:{key}", payload={"by": by.pk, "name": name})


def open_forum(*, category: Category, name: str, by: Member, slug: str = "", **fields: Any) -> Forum:
    """Make a forum. `fields` are those of CHANGEABLE. Raises NotAllowed, Refusal."""
    may_operate(by).or_refuse()
    name = name.strip()
    if not name:
        raise Refusal(_("A forum needs a name."), field="name")
    _check_length(name)
    _known(fields)
    fields = _checked(fields)
    with transaction.atomic():
        forum = Forum(
            category=category, name=name, slug=_free_slug(Forum, slug or name), created_at=clock.now(), **fields
        )
        _render(forum)
        forum.save()
        events.publish(PlacesChanged(forum.pk))
        enter("forum.open", office="operator", subject=f"forum:{forum.pk}", payload={"by": by.pk, "name": name})
    return forum


def change_forum(forum: Forum, *, by: Member, **fields: Any) -> Forum:
    """Change what a forum says of itself, its place or its gates. The record names the fields changed."""
    may_operate(by).or_refuse()
    _known(fields)
    fields = _checked(fields)
    with transaction.atomic():
        forum = Forum.objects.select_for_update(of=("self",), no_key=True).get(pk=forum.pk)
        changed = {name: value for name, value in fields.items() if getattr(forum, name) != value}
        if not changed:
            return forum
        for name, value in changed.items():
            setattr(forum, name, value)
        _render(forum)
        forum.save()
        events.publish(PlacesChanged(forum.pk))
        said = {name: str(value) for name, value in changed.items()}
        enter("forum.change", office="operator", subject=f"forum:{forum.pk}", payload={"by": by.pk, "fields": said})
    return forum


def admit(forum: Forum, *, member: Member, by: Member) -> Admission:
    """Add a member to a forum's named audience."""
    may_operate(by).or_refuse()
    with transaction.atomic():
        admission, made = Admission.objects.get_or_create(forum=forum, member=member, defaults={"since": clock.now()})
        if made:
            events.publish(PlacesChanged(forum.pk))
            enter(
                "forum.admit",
                office="operator",
                subject=f"forum:{forum.pk}",
                payload={"by": by.pk, "member": member.pk},
            )
    return admission


def dismiss(forum: Forum, *, member: Member, by: Member) -> None:
    """Take a member out of a forum's named audience; they may no longer read it from this instant on."""
    may_operate(by).or_refuse()
    with transaction.atomic():
        ended, _rows = Admission.objects.filter(forum=forum, member=member).delete()
        if ended:
            events.publish(AdmissionEnded(forum.pk, member.pk))
            enter(
                "forum.dismiss",
                office="operator",
                subject=f"forum:{forum.pk}",
                payload={"by": by.pk, "member": member.pk},
            )


def end_office(office: Office, *, by: Member) -> Office:
    """End a host's term before its time. Raises NotAllowed, Refusal."""
    may_operate(by).or_refuse()
    with transaction.atomic():
        office = Office.objects.select_for_update(of=("self",), no_key=True).get(pk=office.pk)
        if office.ended_at is not None:
            raise Refusal(_("This term has ended already."))
        office.ended_at = clock.now()
        office.save(update_fields=["ended_at"])
        events.publish(PlacesChanged(office.forum_id))
        events.publish(HostLeft(office.member_id, office.forum_id, office.pk, "operator"))
        enter(
            "forum.host_end",
            office="operator",
            subject=f"forum:{office.forum_id}",
            payload={"by": by.pk, "member": office.member_id},
        )
    return office


def appoint_host(forum: Forum, *, member: Member, by: Member, until: datetime | None = None) -> Office:
    """Give a member a host's seat. Raises Refusal when the seats are full or the member sits already."""
    may_operate(by).or_refuse()
    with transaction.atomic():
        sitting = Office.objects.sitting().filter(forum=forum)
        if sitting.filter(member=member).exists():
            raise Refusal(_("%(name)s is a host of this forum already.") % {"name": member.name})
        if sitting.count() >= forum.host_seats:
            raise Refusal(_("All hosts' seats of this forum are taken."))
        office = Office.objects.create(forum=forum, member=member, since=clock.now(), until=until, appointed_by=by)
        events.publish(PlacesChanged(forum.pk))
        events.publish(HostSeated(member.pk, forum.pk, office.pk, office.how))
        enter("forum.host", office="operator", subject=f"forum:{forum.pk}", payload={"by": by.pk, "member": member.pk})
    return office


def _check_length(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise Refusal(_("A name has %(longest)s characters at most.") % {"longest": LONGEST_NAME}, field="name")


def _line(text: str) -> str:
    return " ".join(storable(text).split())


def _check_number(fields: dict[str, Any], name: str, most: int) -> None:
    value = fields.get(name)
    if value is not None and not 0 <= value <= most:
        raise Refusal(_("Write a whole number from 0 to %(most)s.") % {"most": most}, field=name)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as they are kept. Raises Refusal for what the page or the database could not take."""
    fields = dict(fields)
    for name in ("name", "description"):
        if name in fields:
            fields[name] = _line(fields[name])
    if "name" in fields:
        if not fields["name"]:
            raise Refusal(_("A forum needs a name."), field="name")
        _check_length(fields["name"])
    for name, longest in (("description", 200), ("purpose", LONGEST_TEXT), ("rules", LONGEST_TEXT)):
        fields |= {name: storable(fields[name])} if name in fields else {}
        if len(fields.get(name, "")) > longest:
            raise Refusal(
                _("This has %(length)s characters; %(longest)s fit. Shorten it.")
                % {"length": len(fields[name]), "longest": longest},
                field=name,
            )
    for name in ("who_reads", "who_starts", "who_replies"):
        if fields.get(name, Forum.Gate.MEMBERS) not in Forum.Gate.values or (
            name != "who_reads" and fields.get(name) == Forum.Gate.EVERYONE
        ):
            raise Refusal(_("Choose one of the offered values."), field=name)
    for name, most in (("place", 32767), ("host_seats", 20), ("quoted_paragraphs", 100), ("posts_to_start", 100_000)):
        _check_number(fields, name, most)
    return fields


def _known(fields: dict[str, Any]) -> None:
    unknown = set(fields) - CHANGEABLE
    if unknown:
        raise ValueError(f"A forum has no changeable field {', '.join(sorted(unknown))}.")


def _render(forum: Forum) -> None:
    forum.purpose_html = rendering.render(forum.purpose, "markdown").html if forum.purpose else ""
    forum.rules_html = rendering.render(forum.rules, "markdown").html if forum.rules else ""


def _free_slug(model: type[Category] | type[Forum], name: str) -> str:
    wanted = slugs.slug(name)
    slug, n = wanted, 2
    while model._default_manager.filter(slug=slug).exists():
        slug, n = f"{wanted}-{n}", n + 1
    return slug
