"""What operators settle about the community itself. People lie above this package, so the actor is told by its shape."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from palaver.community.events import CommunityChanged
from palaver.community.models import Community
from palaver.kit import clock, events
from palaver.kit.decisions import YES, Decision, Refusal, no
from palaver.kit.text.letters import storable

LONGEST = {"name": 60, "sentence": 200, "question": 300, "contact": 254}
_SETTLED = frozenset({*LONGEST, "sign_up", "members_invite", "set_up_at"})


class Somebody(Protocol):
    """Who acts, as this package needs to know them."""

    pk: Any
    is_operator: bool

    @property
    def is_active(self) -> bool: ...


def may_settle(actor: Somebody | None) -> Decision:
    """Operators settle what the community says of itself and how people join."""
    if actor is None or not actor.is_active or not actor.is_operator:
        return no(_("This page is for the operators of this installation."))
    return YES


def settle(*, by: Somebody, **wishes: Any) -> Community:
    """Change name, sentence, sign_up, question, members_invite or contact. Raises NotAllowed, Refusal with the field.

    `sign_up` is one of Community.SignUp's values. The record names what was changed.
    """
    may_settle(by).or_refuse()
    return write(by_id=by.pk, **wishes)


def write(*, by_id: int | None, **wishes: Any) -> Community:
    """The change itself, for `settle` and for founding, where nobody is an operator yet. Raises Refusal with the field."""
    unknown = set(wishes) - _SETTLED
    if unknown:
        raise ValueError(f"The community has no field {', '.join(sorted(unknown))}.")
    checked = {name: _checked(name, value) for name, value in wishes.items()}
    with transaction.atomic():
        Community.objects.get_or_create(pk=1)
        row = Community.objects.select_for_update(no_key=True).get(pk=1)
        changed = {name: value for name, value in checked.items() if getattr(row, name) != value}
        for name, value in changed.items():
            setattr(row, name, value)
        if row.sign_up == Community.SignUp.APPROVAL and not row.question:
            raise Refusal(_("Write the question that those who want to join are asked."), field="question")
        if changed:
            row.changed_at = clock.now()
            row.save()
            events.publish(CommunityChanged(by_id, tuple(sorted(changed))))
    return row


def _checked(name: str, value: Any) -> Any:
    if name == "members_invite":
        return bool(value)
    if name == "set_up_at":
        assert value is None or isinstance(value, datetime)
        return value
    text = " ".join(storable(str(value)).split())
    if name == "sign_up":
        if text not in Community.SignUp.values:
            raise Refusal(_("Choose one of the offered ways to join."), field=name)
        return text
    if len(text) > LONGEST[name]:
        raise Refusal(
            _("This has %(length)s characters; %(longest)s fit. Shorten it.")
            % {"length": len(text), "longest": LONGEST[name]},
            field=name,
        )
    if name == "name" and not text:
        raise Refusal(_("The community needs a name."), field=name)
    if name == "contact" and text:
        try:
            validate_email(text)
        except ValidationError as error:
            raise Refusal(_("This does not look like an e-mail address."), field=name) from error
    return text
