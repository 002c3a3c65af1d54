"""The cast: the same people and places in every test, made through the real verbs when a test first names them.

Ana and Bram are members, Chidi hosts the lounge, Dara, Emil and Femi are jurors to be, Goran and Hana parties, Ines a
mediator, Jonas an intruder, Kaya an outsider; Odile operates the installation. A test takes the fixture `cast`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings

from palaver.accounts import joining, operating, suspending
from palaver.accounts.models import Member, Session
from palaver.accounts.reads import Viewer, viewer
from palaver.forums import placing, posting
from palaver.forums.models import Admission, Category, Forum, Post, PostBody, SourceText, Thread
from palaver.forums.rendering import render_post
from palaver.front.changing import settle_leftovers, shared
from palaver.kit import clock
from palaver.web.threads import fragments

PASSWORD = "under the tree"
MORNING = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Cast:
    """People and places by name. Everything is made once a test, in the order in which it is asked for."""

    def member(self, name: str) -> Member:
        """A further member, for crowds."""
        # Argon2 takes a tenth of a second on purpose; that is what its own test is about.
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            return joining.join(name=name, password=PASSWORD)

    @cached_property
    def ana(self) -> Member:
        return self.member("Ana")

    @cached_property
    def bram(self) -> Member:
        return self.member("Bram")

    @cached_property
    def chidi(self) -> Member:
        """Host of the lounge."""
        chidi = self.member("Chidi")
        placing.appoint_host(self.lounge, member=chidi, by=self.odile)
        return chidi

    @cached_property
    def dara(self) -> Member:
        return self.member("Dara")

    @cached_property
    def emil(self) -> Member:
        return self.member("Emil")

    @cached_property
    def femi(self) -> Member:
        return self.member("Femi")

    @cached_property
    def goran(self) -> Member:
        return self.member("Goran")

    @cached_property
    def hana(self) -> Member:
        return self.member("Hana")

    @cached_property
    def ines(self) -> Member:
        return self.member("Ines")

    @cached_property
    def jonas(self) -> Member:
        """The intruder: suspended for ten days."""
        jonas = self.member("Jonas")
        suspending.suspend(jonas, by=self.odile, until=clock.now() + timedelta(days=10), because="He sold lamps.")
        return jonas

    @cached_property
    def kaya(self) -> Member:
        """The outsider: a member who belongs to no audience."""
        return self.member("Kaya")

    @cached_property
    def odile(self) -> Member:
        """The operator."""
        return operating.make_operator(self.member("Odile"), by=None)

    @cached_property
    def life(self) -> Category:
        return placing.open_category(name="Life", mark="culture", place=1, by=self.odile)

    @cached_property
    def lounge(self) -> Forum:
        """Open to all; Chidi hosts it."""
        return placing.open_forum(category=self.life, name="The lounge", by=self.odile, is_main=True)

    @cached_property
    def kitchen(self) -> Forum:
        return placing.open_forum(category=self.life, name="Kitchen", by=self.odile)

    @cached_property
    def den(self) -> Forum:
        """Read by its own audience: Ana and Bram."""
        den = placing.open_forum(category=self.life, name="The den", by=self.odile, who_reads="admitted")
        placing.admit(den, member=self.ana, by=self.odile)
        placing.admit(den, member=self.bram, by=self.odile)
        return den

    def retire(self, forum: Forum) -> Forum:
        return placing.change_forum(forum, by=self.odile, retired_at=clock.now())

    def thread(
        self,
        subject: str = "What did you bake?",
        *,
        by: Member | None = None,
        forum: Forum | None = None,
        text: str = "Mine was rye.",
    ) -> Thread:
        """A thread, Ana's in the lounge unless told."""
        return posting.start_thread(forum=forum or self.lounge, author=by or self.ana, subject=subject, text=text)

    def reply(self, thread: Thread, *, by: Member | None = None, text: str = "Oat.", **more: Any) -> Post:
        """A reply, Bram's unless told."""
        return posting.reply(thread=thread, author=by or self.bram, text=text, **more)


def original(thread: Thread) -> Post:
    """A thread's original post."""
    return Post.objects.select_related("forum", "thread__forum").get(thread=thread, place=0)


def fresh(thing: Any) -> Any:
    """The row as it stands now."""
    return type(thing)._default_manager.get(pk=thing.pk)


def dismissed(forum: Forum, member: Member) -> None:
    """The member belongs to the forum's audience no longer. No verb does that yet, so the row goes by hand."""
    with transaction.atomic():
        Admission.objects.filter(forum=forum, member=member).delete()


def imported(post: Post, text: str, kind: str) -> Post:
    """Make a post one that came from an old forum: its source is of another kind. Only the importer can write such rows."""
    rendered = render_post(text, kind)
    with transaction.atomic():
        SourceText.objects.filter(post=post).update(kind=kind, text=text)
        PostBody.objects.filter(post=post).update(html=rendered.html)
    return post


def signed_in(member: Member) -> Client:
    """A browser in which a member is signed in."""
    client = Client(headers={"sec-fetch-site": "same-origin"})
    with transaction.atomic():
        client.force_login(member)
    return client


def seen_by(member: Member) -> Viewer:
    """The member as pages know them: by a session of their own."""
    session = Session.objects.filter(member=member).first()
    key = session.key if session else str(signed_in(member).cookies["palaver_session"].value)
    found = viewer(key)
    assert found is not None
    return found


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """The clock held at an instant; an alias that reads well beside the cast."""
    with clock.stopped_at(instant):
        yield


def founded_at(instant: datetime) -> Cast:
    """A community that its operator has founded at an instant: one without an operator shows nothing but its set-up page."""
    made = Cast()
    with at(instant):
        assert made.odile
    return made


@pytest.fixture
def cast(db: None) -> Cast:
    """People and places, made as they are named, in a community of today."""
    return founded_at(clock.now())


@pytest.fixture(autouse=True)
def nothing_kept_from_the_test_before(request: pytest.FixtureRequest) -> Iterator[None]:
    """What processes keep between requests belongs to rows that the end of a test takes back."""
    yield
    if request.node.get_closest_marker("database"):
        settle_leftovers()
        shared().renew()
        fragments.store.cache_clear()
