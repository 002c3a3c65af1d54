# ruff: noqa: E402 - Django is set up before what needs it is imported.
"""A second process that acts on a community with the product's own verbs, as an operator's shell or a command would.

It reads one JSON object a line (`{"do": name, …}`), acts, and answers with one line: `{"ok": …}` or `{"refused": sentence}`.
It is started by `tests.sweeps.community.Hands` with the environment of the application that serves the same home.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palaver.project.settings")

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.core.mail import EmailMessage
from django.db import transaction

from palaver.accounts import joining, operating, settling, suspending
from palaver.accounts.models import Member
from palaver.accounts.sessions import SessionStore
from palaver.delivery.models import Mail
from palaver.forums import attaching, correcting, locking, placing, posting, recommending, withdrawing
from palaver.forums.models import Attachment, Category, Forum, Post, PostBody, SourceText, Thread
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.reading import bookmarking

Answer = dict[str, Any]
_VERBS: dict[str, Callable[..., Any]] = {}


def verb(act: Callable[..., Any]) -> Callable[..., Any]:
    _VERBS[act.__name__] = act
    return act


def _member(name: str) -> Member:
    return Member.objects.get(name=name)


@verb
def join(name: str) -> Answer:
    """A member who never needs a password, and the key of a session of theirs."""
    cleaned, key = joining.check_name(name)
    now = clock.now()
    member = Member(name=cleaned, name_key=key, joined_at=now, claimed_at=now, password=make_password(None))
    joining.admit(member)
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.save()
    return {"id": member.pk, "name": member.name, "session": session.session_key}


@verb
def make_operator(name: str) -> None:
    operating.make_operator(_member(name), by=None)


@verb
def open_forum(name: str, by: str, host: str = "", **fields: Any) -> Answer:
    operator = _member(by)
    category = Category.objects.first() or placing.open_category(name="All", mark="house", place=1, by=operator)
    forum = placing.open_forum(category=category, name=name, by=operator, is_main=True, **fields)
    if host:
        placing.appoint_host(forum, member=_member(host), by=operator)
    return {"id": forum.pk, "slug": forum.slug, "name": forum.name}


@verb
def change_forum(forum: int, by: str, **fields: Any) -> None:
    placing.change_forum(Forum.objects.get(pk=forum), by=_member(by), **fields)


@verb
def start(forum: int, by: str, subject: str, text: str, kind: str = "markdown", key: str = "") -> Answer:
    thread = posting.start_thread(
        forum=Forum.objects.get(pk=forum), author=_member(by), subject=subject, text=text, kind=kind, submission_key=key
    )
    return {"id": thread.pk, "slug": thread.slug, "post": thread.posts.get(place=0).pk, "subject": thread.subject}


@verb
def reply(
    thread: int, by: str, text: str, subject: str = "", answers: int | None = None, kind: str = "markdown"
) -> int:
    post = posting.reply(
        thread=Thread.objects.select_related("forum").get(pk=thread),
        author=_member(by),
        text=text,
        subject=subject,
        answers=Post.objects.get(pk=answers) if answers else None,
        kind=kind,
    )
    return post.pk


@verb
def edit(post: int, by: str, text: str, subject: str | None = None, because: str = "") -> None:
    posting.edit(_post(post), by=_member(by), text=text, subject=subject, because=because)


@verb
def withdraw(post: int, by: str, because: str = "") -> None:
    withdrawing.withdraw(_post(post), by=_member(by), because=because)


@verb
def lock(thread: int, by: str, because: str) -> None:
    locking.lock(Thread.objects.get(pk=thread), by=_member(by), because=because)


@verb
def unlock(thread: int, by: str) -> None:
    locking.unlock(Thread.objects.get(pk=thread), by=_member(by))


@verb
def recommend(post: int, by: str) -> int:
    return recommending.recommend(_post(post), by=_member(by))


@verb
def take_back(post: int, by: str) -> int:
    return recommending.take_back(_post(post), by=_member(by))


@verb
def settle(member: int, **wishes: Any) -> str:
    return settling.settle(Member.objects.get(pk=member), **wishes).name


@verb
def suspend(member: int, by: str, because: str) -> int:
    until = clock.now() + timedelta(days=3)
    return suspending.suspend(Member.objects.get(pk=member), by=_member(by), until=until, because=because).pk


@verb
def end_suspension(member: int, by: str) -> None:
    running = Member.objects.get(pk=member).running_suspension()
    if running is None:
        raise Refusal("Not suspended.")
    suspending.end(running, by=_member(by))


@verb
def many(what: str, each: list[dict[str, Any]]) -> list[Any]:
    """One verb many times; each answer, or "refused"."""
    made: list[Any] = []
    for words in each:
        try:
            made.append(_VERBS[what](**words))
        except Refusal:
            made.append("refused")
    return made


@verb
def lock_and_open(thread: int, by: str, because: str) -> None:
    lock(thread, by, because)
    unlock(thread, by)


@verb
def write_and_withdraw(thread: int, by: str, because: str) -> int:
    post = reply(thread, by, "Withdrawn at once.")
    withdraw(post, by, because)
    return int(post)


@verb
def raw(thread: int, by: str, html: str) -> int:
    """A reply whose body has gone past the sanitiser: what a broken one would have let through."""
    post = reply(thread, by, "Put in its place.")
    with transaction.atomic():
        PostBody.objects.filter(post_id=post).update(html=html)
    return int(post)


@verb
def put_up_picture(by: str, data: str) -> int:
    """A picture (base64) of a member's; its id."""
    return attaching.put_up_picture(owner=_member(by), name="well.png", data=base64.b64decode(data)).pk


@verb
def show(thread: int, by: str, picture: int, caption: str) -> int:
    """A reply that shows a picture under a caption."""
    return reply(thread, by, attaching.markdown(Attachment.objects.get(pk=picture), caption))


@verb
def correct(post: int, by: str, line: str) -> None:
    correcting.correct(_post(post), by=_member(by), line=line)


@verb
def bookmark(post: int, by: str, note: str) -> None:
    bookmarking.keep(_post(post), by=_member(by), note=note)


@verb
def letter(subject: str, text: str) -> int:
    """A mail that waits at the desk."""
    EmailMessage(" ".join(subject.split()), text, to=["ana@example.org"]).send()
    newest = Mail.objects.order_by("-pk").first()
    assert newest is not None
    return newest.pk


@verb
def mails_with_markup() -> int:
    """How many mails hold anything but plain text."""
    return Mail.objects.exclude(html="").count()


@verb
def source(post: int) -> str:
    """A post's newest source text."""
    newest = SourceText.objects.filter(post_id=post).order_by("-version").first()
    assert newest is not None
    return newest.text


def _post(post: int) -> Post:
    return Post.objects.select_related("thread__forum", "forum").get(pk=post)


def main() -> None:
    from palaver.front.changing import settle_leftovers

    for line in sys.stdin:
        asked = json.loads(line)
        try:
            said: Answer = {"ok": _VERBS[asked.pop("do")](**asked)}
        except Refusal as refusal:
            said = {"refused": refusal.because}
        except Exception as problem:
            said = {"broken": f"{type(problem).__name__}: {problem}"}
        finally:
            settle_leftovers()
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
