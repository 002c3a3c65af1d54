"""The forms with which hosts lock and pin, as they are sent: once, twice, and late."""

from __future__ import annotations

import pytest
from tests.cast import Cast, signed_in

from palaver.forums.models import Lock, Pin

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_lock_form_sent_twice_locks_once(cast: Cast) -> None:
    thread = cast.thread()
    odile = signed_in(cast.odile)
    form = {"reason": "Enough.", "once": "close"}
    assert odile.post(f"/t/{thread.pk}/lock", form).status_code == 302
    assert odile.post(f"/t/{thread.pk}/lock", form).status_code == 302
    assert [lock.ended_at for lock in Lock.objects.filter(thread=thread)] == [None]


def test_a_locked_thread_is_opened_by_the_form_that_says_so(cast: Cast) -> None:
    thread = cast.thread()
    odile = signed_in(cast.odile)
    odile.post(f"/t/{thread.pk}/lock", {"reason": "Enough.", "once": "close"})
    assert 'name="once" value="open"' in odile.get(f"/t/{thread.pk}/lock").content.decode()
    for _ in range(2):
        assert odile.post(f"/t/{thread.pk}/lock", {"once": "open"}).status_code == 302
    assert Lock.objects.get(thread=thread).ended_at is not None


def test_a_pin_form_sent_twice_pins_once(cast: Cast) -> None:
    thread = cast.thread()
    odile = signed_in(cast.odile)
    for _ in range(2):
        assert odile.post(f"/t/{thread.pk}/pin", {"reason": "Read this first.", "once": "pin"}).status_code == 302
    assert [pin.ended_at for pin in Pin.objects.filter(thread=thread)] == [None]
    odile.post(f"/t/{thread.pk}/pin", {"once": "let go"})
    assert Pin.objects.get(thread=thread).ended_at is not None
