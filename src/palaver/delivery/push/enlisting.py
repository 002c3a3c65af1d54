"""Taking down where a browser can be reached."""

from __future__ import annotations

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.utils.translation import gettext as _

from palaver.delivery import guard
from palaver.delivery.models import Endpoint
from palaver.kit.decisions import Refusal

LONGEST_URL = 1000


def enlist(*, url: str, public_key: str, secret: str) -> Endpoint:
    """Keep an endpoint, or give its row its newer keys. Must be called inside a transaction by who knows its member.

    Raises Refusal for what no browser gives. Where the name leads is asked when something is sent: it may change.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An endpoint was enlisted outside a transaction.")
    strange = Refusal(_("That is not what a browser says of itself. Try again from the browser that is to tell you."))
    try:
        guard.look(url)
        point, shared = decode(public_key), decode(secret)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, binascii.Error):
        raise strange from None
    if len(url) > LONGEST_URL or len(point) != 65 or len(shared) != 16:
        raise strange
    endpoint, made = Endpoint.objects.get_or_create(
        url=url, defaults={"public_key": _encode(point), "secret": _encode(shared)}
    )
    if not made:
        endpoint.public_key, endpoint.secret = _encode(point), _encode(shared)
        endpoint.save(update_fields=["public_key", "secret"])
    return endpoint


def decode(text: str) -> bytes:
    """Bytes of base64url with or without padding. Raises binascii.Error, ValueError."""
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
