"""Who we are now, in one statement; pages keep the answer until its cache word changes."""

from __future__ import annotations

from email.utils import formataddr, parseaddr
from typing import NamedTuple

from django.conf import settings

from palaver.community.models import Community


class About(NamedTuple):
    """The community as pages show it. `sign_up` is one of Community.SignUp's values."""

    name: str
    sentence: str
    sign_up: str
    question: str
    members_invite: bool
    contact: str
    is_set_up: bool


def about() -> About:
    """The row where it says something, else the settings."""
    row = Community.objects.filter(pk=1).first() or Community()
    default = settings.PALAVER_SIGN_UP
    return About(
        name=row.name or settings.PALAVER_NAME,
        sentence=row.sentence or settings.PALAVER_SENTENCE,
        sign_up=row.sign_up or (default if default in Community.SignUp.values else Community.SignUp.CLOSED.value),
        question=row.question,
        members_invite=row.members_invite,
        contact=row.contact,
        is_set_up=row.set_up_at is not None,
    )


def mail_from() -> str:
    """The sender of our mail: the community's present name before the address that the settings give."""
    if settings.PALAVER_MAIL_FROM:
        return settings.PALAVER_MAIL_FROM
    return formataddr((about().name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
