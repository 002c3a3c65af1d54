"""Founding: an empty installation becomes a community, with its first operator and its first forums, in one transaction.

It stands with the forums because they are the highest of the nouns it makes; accounts and the community lie below.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts import joining, operating
from palaver.accounts.models import Member
from palaver.community import settling
from palaver.community.models import Community
from palaver.forums import placing
from palaver.forums.beginnings import Beginning, beginning
from palaver.forums.models import Forum
from palaver.kit import clock
from palaver.kit.decisions import Refusal


class FoundedAlready(Refusal):
    """Somebody has set this installation up before."""

    status = 410


def is_founded() -> bool:
    """Whether there is a community here: it was set up, or has an operator, or has a forum (an import brings some)."""
    return (
        Community.objects.filter(pk=1, set_up_at__isnull=False).exists()
        or Member.objects.filter(is_operator=True).exists()
        or Forum.objects.exists()
    )


def found(
    *,
    name: str,
    sentence: str,
    sign_up: str,
    question: str = "",
    operator: str,
    email: str = "",
    password: str,
    begin_with: str,
    forums: Collection[str],
) -> Member:
    """Make the community, its first operator (returned) and those of the beginning's forums whose keys are named.

    Nobody is asked for permission, because nobody is there yet: it can be done once. Raises FoundedAlready, and Refusal
    with the field: `name`, `sentence`, `sign_up`, `question`, `operator`, `email`, `password` or `begin_with`. Nothing of it
    stands unless all of it does; the acts are entries on the record.
    """
    chosen = beginning(begin_with)
    if chosen is None:
        raise Refusal(_("Choose what to begin with."), field="begin_with")
    with transaction.atomic():
        # The row is the lock under which two founders at the same instant become one.
        Community.objects.get_or_create(pk=1)
        Community.objects.select_for_update(no_key=True).get(pk=1)
        if is_founded():
            raise FoundedAlready(_("This installation has been set up already. Sign in as its operator."))
        settling.write(
            by_id=None, name=name, sentence=sentence, sign_up=sign_up, question=question, set_up_at=clock.now()
        )
        with _fields(name="operator"):
            founder = joining.join(name=operator, email=_address(email), password=password)
        founder = operating.make_operator(founder, by=None)
        _place(chosen, forums, founder)
    return founder


def _place(chosen: Beginning, forums: Collection[str], founder: Member) -> None:
    place = 0
    for number, plan in enumerate(chosen.categories):
        wanted = [forum for forum in plan.forums if forum.key in forums]
        if not wanted:
            continue
        category = placing.open_category(name=str(plan.name), mark=plan.mark, place=number, by=founder)
        for forum in wanted:
            placing.open_forum(
                category=category,
                name=str(forum.name),
                by=founder,
                description=str(forum.description),
                purpose=str(forum.purpose),
                is_main=forum.main,
                place=place,
            )
            place += 1


def _address(email: str) -> str:
    email = email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise Refusal(_("This does not look like an e-mail address."), field="email") from error
    return email


@contextmanager
def _fields(**called: str) -> Iterator[None]:
    """Refusals of a lower verb name their field as this act calls it."""
    try:
        yield
    except Refusal as refusal:
        refusal.field = called.get(refusal.field, refusal.field)
        raise
