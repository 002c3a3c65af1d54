"""Django's session engine on our own model: `member` is a column, reads are one row, expiry slides at most once a minute."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction

from palaver.accounts.models import Session
from palaver.kit import clock, durability

FRESHENED_EVERY = timedelta(minutes=1)


class SessionStore(SessionBase):
    """What allauth and Django's sign-in write to. Anonymous sessions exist only while a form flow needs one."""

    def _row(self) -> Session | None:
        if not self.session_key:
            return None
        return Session.objects.filter(key=self.session_key, expires_at__gt=clock.now()).first()

    def load(self) -> dict[str, Any]:
        row = self._row()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row.data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(key=session_key).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        now = clock.now()
        member = data.get(SESSION_KEY)
        values = {
            "member_id": int(member) if member is not None else None,
            "data": self.encode(data),
            "seen_at": now,
            "expires_at": now + timedelta(seconds=settings.SESSION_COOKIE_AGE),
        }
        with durability.relaxed():
            if must_create:
                try:
                    with transaction.atomic():
                        Session.objects.create(key=self.session_key, **values)
                except IntegrityError as error:
                    raise CreateError from error
            elif not Session.objects.filter(key=self.session_key).update(**values):
                raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            with transaction.atomic():
                Session.objects.filter(key=key).delete()

    @classmethod
    def clear_expired(cls) -> None:
        with transaction.atomic():
            Session.objects.filter(expires_at__lte=clock.now()).delete()


def name_browser(key: str, browser: str) -> None:
    """Remember which browser a session is of, as its member will see it ("Firefox, Linux")."""
    with durability.relaxed():
        Session.objects.filter(key=key).update(browser=browser[:200])
