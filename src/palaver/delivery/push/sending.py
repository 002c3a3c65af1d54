"""Handing pushes to the services of the browsers' makers.

The moves of a push's state are those of a mail (`delivery.mail.sending`): waiting → sending → sent, back to waiting when an
attempt failed, failed when given up. An endpoint that is gone takes its pushes with it.
"""

from __future__ import annotations

import http.client
import json
import os
from datetime import datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from palaver.delivery import guard
from palaver.delivery.models import Endpoint, Push
from palaver.delivery.push import keys
from palaver.delivery.push.enlisting import decode
from palaver.kit import clock, due

KIND = "push"
LEASE = timedelta(minutes=2)
ATTEMPTS = 8
TIMEOUT = 15.0
GONE = frozenset({404, 410})


class Refused(Exception):
    """The service did not take it; `status` is its answer."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{status} {words}".strip())
        self.status = status


def enqueue(push: Push) -> None:
    """Have the jobs process send a push. Must be called inside a transaction."""
    due.enqueue(KIND, {"push": push.pk}, key=str(push.pk))


def send(push_id: int) -> bool:
    """Hand one push to its service. True when it has been taken, now or before; False when there is nothing to do.

    Opens a socket, so only the jobs process calls it, and never inside a transaction (RuntimeError). What fails for now is
    raised after it has been noted; what fails for ever raises `due.GiveUp`; a gone endpoint is removed.
    """
    if transaction.get_connection().in_atomic_block:
        raise RuntimeError("A push is sent outside transactions: nobody could write while the service thinks.")
    push = _begin(push_id)
    if push is None:
        return Push.objects.filter(pk=push_id, state=Push.State.SENT).exists()
    try:
        status, words = _post(push)
        if status in GONE:
            _remove(push.endpoint_id)
            return False
        if not 200 <= status < 300:
            raise Refused(status, words)
    except (OSError, http.client.HTTPException, Refused, guard.NotOutside) as error:
        _fail(push_id, error)
    _finish(push_id, push.endpoint_id)
    return True


def forget(before: datetime) -> int:
    """Remove the pushes that were written before an instant and wait no more. How many went."""
    with transaction.atomic():
        removed, _ = Push.objects.filter(state__in=[Push.State.SENT, Push.State.FAILED], created_at__lt=before).delete()
    return removed


def encrypt(endpoint: Endpoint, data: bytes) -> bytes:
    """The body of a push: aes128gcm under the browser's keys and a fresh one of ours (RFC 8291)."""
    # Only the jobs process sends; page workers need not carry the library.
    import http_ece
    from cryptography.hazmat.primitives.asymmetric import ec

    body: bytes = http_ece.encrypt(
        data,
        salt=os.urandom(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=decode(endpoint.public_key),
        auth_secret=decode(endpoint.secret),
        version="aes128gcm",
    )
    return body


def authorization(url: str) -> str:
    """Who we are, for one service and half a day (RFC 8292)."""
    from py_vapid import Vapid02

    parts = urlsplit(url)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((clock.now() + timedelta(hours=12)).timestamp()),
        "sub": settings.PALAVER_ORIGIN
        if settings.PALAVER_ORIGIN.startswith("https://")
        else f"mailto:palaver@{urlsplit(settings.PALAVER_ORIGIN).hostname}",
    }
    headers: dict[str, str] = Vapid02(keys.private_key()).sign(claims)
    return headers["Authorization"]


def encoded(payload: dict[str, Any]) -> bytes:
    """The bytes that are encrypted."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def handle(payload: dict[str, object]) -> None:
    """The handler of the kind `push`; wiring registers it by `register`."""
    push_id = payload["push"]
    assert isinstance(push_id, int)
    send(push_id)


def register() -> None:
    """Name the handler to `kit.due`. Called once, from wiring."""
    due.job(KIND, lease=LEASE, attempts=2 * ATTEMPTS)(handle)


def _post(push: Push) -> tuple[int, str]:
    url = push.endpoint.url
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(push.seconds_kept),
        "Urgency": "normal",
        "Authorization": authorization(url),
    }
    if push.topic:
        headers["Topic"] = push.topic
    body = encrypt(push.endpoint, encoded(push.payload))
    with guard.connected(url, timeout=TIMEOUT) as (connection, path):
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(300).decode("utf-8", "replace").strip()


def _begin(push_id: int) -> Push | None:
    """Stamp the attempt before the service hears of it, so that an end in the middle leaves its trace."""
    with transaction.atomic():
        push = (
            Push.objects.select_for_update(of=("self",), no_key=True)
            .select_related("endpoint")
            .filter(pk=push_id)
            .exclude(state__in=[Push.State.SENT, Push.State.FAILED])
            .first()
        )
        if push is None:
            return None
        push.may_have_gone_twice = push.may_have_gone_twice or push.state == Push.State.SENDING
        push.state, push.attempts, push.attempted_at = Push.State.SENDING, push.attempts + 1, clock.now()
        push.save(update_fields=["may_have_gone_twice", "state", "attempts", "attempted_at"])
    return push


def _finish(push_id: int, endpoint_id: int) -> None:
    now = clock.now()
    with transaction.atomic():
        Push.objects.filter(pk=push_id).update(state=Push.State.SENT, sent_at=now, last_words="")
        Endpoint.objects.filter(pk=endpoint_id).update(reached_at=now)


def _remove(endpoint_id: int) -> None:
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint_id).delete()


def _fail(push_id: int, error: Exception) -> NoReturn:
    """Note a failed attempt and raise it again, or raise GiveUp when no other will follow."""
    with transaction.atomic():
        push = Push.objects.select_for_update(no_key=True).filter(pk=push_id).first()
        if push is None:
            raise due.GiveUp("The browser was taken off the list meanwhile.") from error
        final = push.attempts >= ATTEMPTS or isinstance(error, guard.NotOutside) or _for_ever(error)
        push.last_words = f"{type(error).__name__}: {error}"[:500]
        push.state = Push.State.FAILED if final else Push.State.WAITING
        # A connection that broke off after the request was written may have been heard all the same.
        push.may_have_gone_twice = push.may_have_gone_twice or _unclear(error)
        push.save(update_fields=["last_words", "state", "may_have_gone_twice"])
    if final:
        raise due.GiveUp(push.last_words) from error
    raise error


def _for_ever(error: Exception) -> bool:
    """A refusal that will be the same tomorrow: anything but too many requests and the service's own troubles."""
    return isinstance(error, Refused) and 400 <= error.status < 500 and error.status not in {408, 429}


def _unclear(error: Exception) -> bool:
    return isinstance(error, TimeoutError | ConnectionResetError | http.client.HTTPException)
