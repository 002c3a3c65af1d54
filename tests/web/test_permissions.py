"""Every address × every role × reading and sending: one table. A route without a row fails, a status that differs fails.

Roles, in the order of the columns: a guest; Bram, a member; Chidi, host of the open forum; Jonas, who is suspended; Ana,
who wrote the posts and is admitted everywhere; Odile, the operator. Addresses that lie in a forum have two rows: in an open forum, and in one that only admitted members read.
What is sent is a fitting form, so that the answer tells the right and not a slip of the pen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from tests.architecture.test_addresses import addresses
from tests.kit.pictures import making

from palaver.accounts import joining, operating, suspending
from palaver.delivery.models import Mail
from palaver.forums import attaching, placing, posting
from palaver.forums.models import Forum
from palaver.kit import clock

ROLES = ("guest", "Bram", "Chidi", "Jonas", "Ana", "Odile")

# name of the address: (what is read, what is sent), one status a role; "closed" rows for the forum of the admitted.
EXPECTED: dict[str, tuple[str, str]] = {
    "home": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "latest": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "newest": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "recommended": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "unanswered": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "unread": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "forums": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "mark-all": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "category": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "forum open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "forum closed": ("403 403 403 403 200 200", "405 405 405 405 405 405"),
    "forum-about open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "forum-about closed": ("403 403 403 403 200 200", "405 405 405 405 405 405"),
    "forum-mark open": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "forum-mark closed": ("405 405 405 405 405 405", "403 403 403 403 302 302"),
    "thread-start open": ("302 200 200 403 200 200", "403 302 302 403 302 302"),
    "thread-start closed": ("302 403 403 403 200 200", "403 403 403 403 302 302"),
    "thread-bare open": ("301 301 301 301 301 301", "405 405 405 405 405 405"),
    "thread-bare closed": ("403 403 403 403 301 301", "405 405 405 405 405 405"),
    "thread-new open": ("302 302 302 302 302 302", "405 405 405 405 405 405"),
    "thread-new closed": ("403 403 403 403 302 302", "405 405 405 405 405 405"),
    "thread-replies open": ("302 200 200 403 200 200", "403 302 302 422 302 302"),
    "thread-replies closed": ("302 404 404 404 200 200", "403 404 404 404 302 302"),
    "thread-lock open": ("302 403 200 403 403 200", "403 403 302 403 403 302"),
    "thread-lock closed": ("302 404 404 404 403 200", "403 404 404 404 403 302"),
    "thread-pin open": ("302 403 200 403 403 200", "403 403 302 403 403 302"),
    "thread-pin closed": ("302 404 404 404 403 200", "403 404 404 404 403 302"),
    "post-numbered open": ("302 302 302 302 302 302", "405 405 405 405 405 405"),
    "post-numbered closed": ("403 403 403 403 302 302", "405 405 405 405 405 405"),
    "thread open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "thread closed": ("403 403 403 403 200 200", "405 405 405 405 405 405"),
    "post open": ("302 302 302 302 302 302", "405 405 405 405 405 405"),
    "post closed": ("403 403 403 403 302 302", "405 405 405 405 405 405"),
    "post-reply open": ("302 200 200 403 200 200", "403 302 302 422 302 302"),
    "post-reply closed": ("302 404 404 404 200 200", "403 404 404 404 302 302"),
    "post-edit open": ("302 403 403 403 200 403", "403 403 403 403 302 403"),
    "post-edit closed": ("302 404 404 404 200 403", "403 404 404 404 302 403"),
    "post-withdraw open": ("302 403 403 403 200 403", "403 403 403 403 302 403"),
    "post-withdraw closed": ("302 404 404 404 200 403", "403 404 404 404 302 403"),
    "post-history open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "post-history closed": ("403 403 403 403 200 200", "405 405 405 405 405 405"),
    "recommendation open": ("405 405 405 405 405 405", "403 302 302 302 403 302"),
    "recommendation closed": ("405 405 405 405 405 405", "403 404 404 404 403 302"),
    "recommendations open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "recommendations closed": ("403 403 403 403 200 200", "405 405 405 405 405 405"),
    "uploads": ("405 405 405 405 405 405", "403 422 422 422 422 422"),
    "media open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "media closed": ("404 404 404 404 200 200", "405 405 405 405 405 405"),
    "media-small open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "media-small closed": ("404 404 404 404 200 200", "405 405 405 405 405 405"),
    "files": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "file-take-down open": ("405 405 405 405 405 405", "403 404 404 404 403 404"),
    "file-take-down closed": ("405 405 405 405 405 405", "403 404 404 404 403 404"),
    "positions": ("405 405 405 405 405 405", "403 204 204 204 204 204"),
    "member": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "record": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "help-orders": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "theme": ("405 405 405 405 405 405", "302 302 302 302 302 302"),
    "language": ("405 405 405 405 405 405", "302 302 302 302 302 302"),
    "account": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "preferences": ("302 200 200 200 200 200", "403 302 302 302 302 302"),
    "sessions": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "sessions-end-others": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "session-end": ("405 405 405 405 405 405", "403 404 404 404 404 404"),
    "account_login": ("200 302 302 302 302 302", "200 302 302 302 302 302"),
    "account_logout": ("302 200 200 200 200 200", "302 302 302 302 302 302"),
    "account_inactive": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "account_signup": ("200 302 302 302 302 302", "200 302 302 302 302 302"),
    "account_reauthenticate": ("302 200 200 200 200 200", "302 200 200 200 200 200"),
    "account_email": ("302 200 200 200 200 200", "302 302 302 302 302 302"),
    "account_email_verification_sent": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "account_change_password": ("302 200 200 200 200 200", "302 200 200 200 200 200"),
    "account_set_password": ("302 302 302 302 302 302", "302 302 302 302 302 302"),
    "account_reset_password": ("200 200 200 200 200 200", "200 200 200 200 200 200"),
    "account_confirm_login_code": ("302 302 302 302 302 302", "302 302 302 302 302 302"),
    "account_confirm_email": ("200 200 200 200 200 200", "404 404 404 404 404 404"),
    "account_reset_password_from_key_done": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "account_reset_password_from_key": ("200 200 200 200 200 200", "200 200 200 200 200 200"),
    "account_reset_password_done": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "desk": ("302 403 403 403 403 200", "405 405 405 405 405 405"),
    "desk-mail": ("302 403 403 403 403 200", "405 405 405 405 405 405"),
    "desk-mail-again": ("405 405 405 405 405 405", "403 403 403 403 403 302"),
}


ADDRESSES: dict[str, str] = {
    "home": "",
    "latest": "latest",
    "newest": "newest",
    "recommended": "recommended",
    "unanswered": "unanswered",
    "unread": "unread",
    "forums": "forums",
    "mark-all": "mark-all",
    "category": "c/places/",
    "forum": "f/{forum}/",
    "forum-about": "f/{forum}/about",
    "forum-mark": "f/{forum}/mark",
    "thread-start": "f/{forum}/start",
    "thread-bare": "t/{thread}",
    "thread-new": "t/{thread}/new",
    "thread-replies": "t/{thread}/replies",
    "thread-lock": "t/{thread}/lock",
    "thread-pin": "t/{thread}/pin",
    "post-numbered": "t/{thread}/post/{number}",
    "thread": "t/{thread}/{thread_slug}",
    "post": "p/{post}",
    "post-reply": "p/{post}/reply",
    "post-edit": "p/{post}/edit",
    "post-withdraw": "p/{post}/withdraw",
    "post-history": "p/{post}/history",
    "recommendation": "p/{post}/recommendation",
    "recommendations": "p/{post}/recommendations",
    "uploads": "uploads",
    "media": "media/{media}",
    "media-small": "media/{media_small}",
    "files": "account/files",
    "file-take-down": "account/files/{file}/take-down",
    "positions": "positions",
    "member": "m/Ana",
    "record": "record",
    "help-orders": "help/orders",
    "theme": "theme",
    "language": "language",
    "account": "account/",
    "preferences": "account/preferences/",
    "sessions": "account/sessions/",
    "sessions-end-others": "account/sessions/end-others",
    "session-end": "account/sessions/nobodys-session/end",
    "account_login": "account/login/",
    "account_logout": "account/logout/",
    "account_inactive": "account/inactive/",
    "account_signup": "account/signup/",
    "account_reauthenticate": "account/reauthenticate/",
    "account_email": "account/email/",
    "account_email_verification_sent": "account/confirm-email/",
    "account_change_password": "account/password/change/",
    "account_set_password": "account/password/set/",
    "account_reset_password": "account/password/reset/",
    "account_confirm_login_code": "account/login/code/confirm/",
    "account_confirm_email": "account/confirm-email/no-such-key/",
    "account_reset_password_from_key_done": "account/password/reset/key/done/",
    "account_reset_password_from_key": "account/password/reset/key/1-no-such-key/",
    "account_reset_password_done": "account/password/reset/done/",
    "desk": "desk/",
    "desk-mail": "desk/mail/{mail}",
    "desk-mail-again": "desk/mail/{mail}/again",
}
FORMS: dict[str, dict[str, str]] = {
    "thread-start": {"subject": "Butter", "body": "Salted."},
    "thread-replies": {"body": "Neither."},
    "thread-lock": {"reason": "All is said."},
    "thread-pin": {"reason": "All should read it."},
    "post-reply": {"body": "Both."},
    "post-edit": {"body": "Or oats.", "subject": ""},
    "post-withdraw": {"reason": ""},
    "recommendation": {"act": "give"},
    "positions": {"1": "1"},
    "theme": {"theme": "dark"},
    "language": {"language": "en"},
    "preferences": {
        "name": "Ines",
        "about": "",
        "thread_view": "flat",
        "highlight": "new",
        "theme": "auto",
        "time_zone": "",
    },
}


class Town:
    """An open forum and a closed one, each with a thread and a reply by Ana; five readers."""

    def __init__(self) -> None:
        members = {name: joining.join(name=name, password="a heron on the weir") for name in ROLES[1:]}
        operator = operating.make_operator(members["Odile"], by=None)
        category = placing.open_category(name="Places", mark="main", place=1, by=operator)
        ana = members["Ana"]
        self.ids: dict[str, dict[str, Any]] = {}
        for name, fields in (("open", {}), ("closed", {"who_reads": Forum.Gate.ADMITTED})):
            forum = placing.open_forum(category=category, name=name.title(), by=operator, slug=name, **fields)
            placing.admit(forum, member=ana, by=operator)
            thread = posting.start_thread(
                forum=forum, author=ana, subject="Bread", text="Rye.", submission_key=f"{name}-one"
            )
            size = (8, 8) if name == "open" else (9, 9)
            picture = attaching.put_up(owner=ana, name="rye.png", data=making.picture("PNG", size))
            reply = posting.reply(
                thread=thread,
                author=ana,
                text=f"Or spelt: {attaching.markdown(picture)}",
                subject="",
                answers=None,
                submission_key=f"{name}-two",
            )
            self.ids[name] = {
                "forum": forum.slug,
                "thread": thread.pk,
                "thread_slug": thread.slug,
                "post": reply.pk,
                "number": 1,
                "media": attaching.address(picture).removeprefix("/media/"),
                "media_small": attaching.address(picture, small=True).removeprefix("/media/"),
                "file": picture.pk,
            }
        placing.appoint_host(Forum.objects.get(slug="open"), member=members["Chidi"], by=operator)
        suspending.suspend(members["Jonas"], by=operator, until=clock.now() + timedelta(days=3), because="Filters.")
        with transaction.atomic():
            self.mail = Mail.objects.create(to="ana@example.org", subject="Hello", text="Hello.").pk
        self.keys = {"guest": ""}
        for name in ROLES[1:]:
            client = Client()
            client.force_login(members[name])
            self.keys[name] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def answers(self, role: str, method: str, row: str) -> int:
        """The status of one request; whatever it changed is undone."""
        address, form = self._fill(row)
        with transaction.atomic():
            client = Client()
            if self.keys[role]:
                client.cookies[settings.SESSION_COOKIE_NAME] = self.keys[role]
            answer = client.get(address) if method == "GET" else client.post(address, form)
            transaction.set_rollback(True)
        return answer.status_code

    def _fill(self, row: str) -> tuple[str, dict[str, str]]:
        name, _space, place = row.partition(" ")
        ids = {**self.ids[place or "open"], "mail": self.mail}
        return f"/{ADDRESSES[name].format(**ids)}", FORMS.get(name, {})


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    yield Town()


def rows() -> list[str]:
    """The rows that the table must have: each named address of the site, twice where it lies in a forum."""
    wanted = []
    for _route, name, _view in addresses(get_resolver().url_patterns):
        if (
            "{" in ADDRESSES.get(name, "")
            and not name.startswith(("desk", "account", "session", "member"))
            and name != "category"
        ):
            wanted += [f"{name} open", f"{name} closed"]
        else:
            wanted.append(name)
    return wanted


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert sorted(EXPECTED) == sorted(rows())
    assert sorted(ADDRESSES) == sorted(name for _route, name, _view in addresses(get_resolver().url_patterns))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_answers_every_role_as_the_table_says(town: Town, method: str) -> None:
    column = 0 if method == "GET" else 1
    told = {row: " ".join(str(town.answers(role, method, row)) for role in ROLES) for row in EXPECTED}
    assert told == {row: pair[column] for row, pair in EXPECTED.items()}
