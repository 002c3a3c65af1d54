"""Claiming: whoever wrote in an imported community takes their account, by a link that an operator has given them.

The link is signed, runs for a week and works once. It holds a fingerprint of the account's (unusable) password, which
changes with every new link, so that only the last one opens.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from palaver.accounts.events import ClaimLinkMade, MemberClaimed
from palaver.accounts.models import Application, Member
from palaver.accounts.permissions import may_operate
from palaver.kit import clock, events
from palaver.kit.decisions import YES, Decision, Refusal, no

SALT = "palaver.claim"
LASTS = timedelta(days=7)


def may_be_claimed(member: Member) -> Decision:
    """Unclaimed, and not somebody who waits to be let in."""
    if member.claimed_at is not None or member.left_at is not None:
        return no(_("%(name)s has an account already.") % {"name": member.name})
    if Application.objects.filter(member=member).exists():
        return no(_("%(name)s has asked to join; decide that instead.") % {"name": member.name})
    return YES


def make_link(member: Member, *, by: Member) -> str:
    """The token of a new claim link; earlier ones open nothing any more. Raises NotAllowed, Refusal. It is on the record."""
    may_operate(by).or_refuse()
    with transaction.atomic():
        member = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        decision = may_be_claimed(member)
        if not decision:
            raise Refusal(decision.because)
        member.password = make_password(None)
        member.save(update_fields=["password"])
        until = int((clock.now() + LASTS).timestamp())
        events.publish(ClaimLinkMade(member.pk, by.pk))
    return signing.dumps([member.pk, until, _fingerprint(member)], salt=SALT)


def claimed_by(token: str) -> Member | None:
    """The member whose account a token opens now, or None: forged, old, used, or replaced by a newer one."""
    try:
        pk, until, fingerprint = signing.loads(token, salt=SALT)
        member = Member.objects.filter(pk=int(pk)).first()
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if member is None or clock.now().timestamp() >= until or fingerprint != _fingerprint(member):
        return None
    return member if may_be_claimed(member) else None


def claim(token: str, *, password: str, email: str = "") -> Member:
    """Take the account: from now on it signs in with this password. Raises Refusal with the field."""
    with transaction.atomic():
        found = claimed_by(token)
        if found is not None:
            Member.objects.select_for_update(no_key=True).get(pk=found.pk)
            found = claimed_by(token)  # Once more under the lock: of several at the same instant the first has it.
        if found is None:
            raise Refusal(_("This link does not open anything (any more). Ask the operators for a new one."))
        try:
            validate_password(password, found)
        except ValidationError as error:
            raise Refusal(" ".join(error.messages), field="password") from error
        found.password = make_password(password)
        found.email = _address(email) or found.email
        found.claimed_at = clock.now()
        try:
            with transaction.atomic():
                found.save(update_fields=["password", "email", "claimed_at"])
        except IntegrityError as error:
            raise Refusal(_("That e-mail address belongs to a member already."), field="email") from error
        events.publish(MemberClaimed(found.pk))
    return found


def _address(email: str) -> str:
    email = email.strip().lower()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise Refusal(_("This does not look like an e-mail address."), field="email") from error
    return email


def _fingerprint(member: Member) -> str:
    return salted_hmac(SALT, f"{member.pk}:{member.password}").hexdigest()[:24]
