"""Making and changing places: categories and forums, their audiences and hosts. Acts of operators, on the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_operate
from palaver.forums.events import PlacesChanged
from palaver.forums.models import Admission, Category, Forum, Office
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text import rendering, slugs
from palaver.record.entering import enter

LONGEST_NAME = 80

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


def open_forum(*, category: Category, name: str, by: Member, slug: str = "", **fields: Any) -> Forum:
    """Make a forum. `fields` are those of CHANGEABLE. Raises NotAllowed, Refusal."""
    may_operate(by).or_refuse()
    name = name.strip()
    if not name:
        raise Refusal(_("A forum needs a name."), field="name")
    _check_length(name)
    _known(fields)
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
        enter("forum.host", office="operator", subject=f"forum:{forum.pk}", payload={"by": by.pk, "member": member.pk})
    return office


def _check_length(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise Refusal(_("A name has %(longest)s characters at most.") % {"longest": LONGEST_NAME}, field="name")


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
