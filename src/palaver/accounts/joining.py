"""Becoming a member, and being made an operator."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from palaver.accounts.events import MemberJoined
from palaver.accounts.models import Member, Rename
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text import names


def check_name(name: str, *, but: Member | None = None) -> tuple[str, str]:
    """A name fit for a member and its key, or Refusal: characters, look-alikes of members and of former names."""
    cleaned = names.clean(name)
    key = names.name_key(cleaned)
    taken = Member.objects.filter(name_key=key)
    former = Rename.objects.filter(old_key=key)
    if but is not None:
        taken, former = taken.exclude(pk=but.pk), former.exclude(member=but)
    if taken.exists() or former.exists():
        raise Refusal(
            _("There is a member of that name, or of one that looks just like it. Choose another."), field="name"
        )
    return cleaned, key


def join(*, name: str, email: str = "", password: str) -> Member:
    """Make a member with an account. Raises Refusal with the field that is wrong."""
    name, key = check_name(name)
    member = Member(name=name, name_key=key, email=email.strip().lower(), joined_at=clock.now(), claimed_at=clock.now())
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), field="password") from error
    member.password = make_password(password)
    return admit(member)


def admit(member: Member) -> Member:
    """Save a new member whose name has been checked, in one transaction with what follows from it."""
    try:
        with transaction.atomic():
            member.save(force_insert=True)
            events.publish(MemberJoined(member.pk))
    except IntegrityError as error:
        raise Refusal(_("That name or e-mail address belongs to a member already."), field="name") from error
    return member
