"""The link at the foot of every mail: what it stops, signed, for whoever holds the mail (RFC 8058).

A token names the member, the kind ("digest" for the digest) and, for subscriptions, the thread and forum. It never
expires, because a mail may be opened years later, and it can only ever stop mail, never start any.
"""

from __future__ import annotations

from typing import NamedTuple

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums.models import Subscription
from palaver.kit.decisions import Refusal
from palaver.notices import choosing, kinds

SALT = "palaver.notices.unsubscribe"
DIGEST = "digest"


class Stop(NamedTuple):
    """What a link stops."""

    member_id: int
    kind: str
    thread_id: int = 0
    forum_id: int = 0


def token(stop: Stop) -> str:
    """The signed text of a link."""
    return signing.dumps(list(stop), salt=SALT)


def read(signed: str) -> Stop:
    """What a link stops. Raises Refusal for one that we did not sign or that was cut off."""
    try:
        stop = Stop(*signing.loads(signed, salt=SALT))
    except (signing.BadSignature, TypeError, ValueError):
        raise Refusal(
            _("This link is not whole. Copy all of it from the mail, or sign in and choose in your account.")
        ) from None
    if stop.kind != DIGEST and stop.kind not in kinds.BY_KEY:
        raise Refusal(_("This link stops a kind of mail that is not sent any more. There is nothing to do."))
    return stop


def stop(what: Stop) -> None:
    """Stop it; doing it twice changes nothing. A member who is gone gets no mail anyway."""
    member = Member.objects.filter(pk=what.member_id, left_at=None).first()
    if member is None:
        return
    with transaction.atomic():
        if what.kind == DIGEST:
            choosing.choose_rhythm(member, rhythm="none")
            return
        if what.kind == kinds.SUBSCRIPTION.key:
            mine = Subscription.objects.filter(member=member, by_mail=True)
            mine.filter(thread_id=what.thread_id).update(by_mail=False)
            mine.filter(forum_id=what.forum_id).update(by_mail=False)
        choosing.stop_mail(member, kind=what.kind)


def told(what: Stop) -> str:
    """What the page says it would stop."""
    if what.kind == DIGEST:
        return _("The digest of what you have not seen")
    return str(kinds.kind_of(what.kind).label)
