"""A word that stands nowhere else in every private thing, and everything that anybody is answered, told or sent.

The community is the one of the permission matrix (`tests.web.test_permissions.Town`), and so are the addresses: every named
one is asked for by every reader, so that a new page is walked from the day it has a row there. A word may come to
those only whom the thing is for. The control is in the same walk: each word must be met by everybody it is for, or be
listed with the reason, so that a walk that has gone blind fails.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import get_resolver

from palaver.accounts import avoiding, joining
from palaver.accounts.models import Application, Invitation, Member
from palaver.accounts.models import Session as SignedInBrowser
from palaver.delivery.mail import sending as mailing
from palaver.delivery.models import Endpoint, Mail
from palaver.delivery.push import sending as pushing
from palaver.forums import (
    blocking,
    correcting,
    drafting,
    locking,
    merging,
    placing,
    polling,
    posting,
    splitting,
    subscribing,
    withdrawing,
)
from palaver.forums.models import Forum, Hold, Post, Removal, Thread
from palaver.kit import clock, due
from palaver.kit.due import handling
from palaver.live.models import LiveEvent
from palaver.notices import jobs
from palaver.notices.models import Device, Notice
from palaver.project.serving import may_hear
from palaver.reading import bookmarking, ignoring, trashing
from palaver.search import saving
from palaver.standards import alerting, appealing, deciding, lot, seeds
from palaver.standards.models import Alert, PoolMember, Proposal, Seat
from tests.architecture.test_addresses import addresses
from tests.web.test_permissions import ADDRESSES, FORMS, Town, lies_in_a_forum

pytestmark = pytest.mark.one_database

COMMON = "marmot"
"""Stands beside every word that search may find: who looks for it meets the others."""
READERS = ("guest", "Bram", "Chidi", "Hana", "Ana", "Odile")
INTRUDERS = ("guest", "Bram", "Chidi")
INSIDE = frozenset({"Ana", "Hana", "Odile"})
LET_IN = frozenset({"Kemal"})
"""Who is of the closed forum's audience too, and walks nowhere here."""
OWN = frozenset({"Ana"})
DESK = frozenset({"Odile"})
NOBODY: frozenset[str] = frozenset()

# The same pages in other shapes.
VARIANTS = {
    "forum": ("order=newest", "order=recommended&in=ever", "order=unanswered"),
    "thread": ("view=tree", "view=op", "highlight=followed", "highlight=5"),
    "recommended": ("in=ever", "in=day"),
}
# Addresses that hold a key and open with the rights of whom it was given to: only they are to have it, which is looked for.
BY_KEY = {"saved-search-feed": "Ana"}
# Words that nobody is shown, each with the reason; everything else must be met by whom it is for.
UNSEEN: dict[str, str] = {
    "the text of a withdrawn post": "it is for nobody",
    "the answer to the question of sign-up": "the desk shows it while sign-up is by approval",
    "the reason on a juror's paper before the verdict": "it is for nobody until there is one",
    "the note of an invitation": "the pages of invitations show it while sign-up is by invitation",
    "the answer to the watch": "the suspended account reads it, which is none of those who go round here, and its jury",
}


def word(what: str) -> str:
    """Letters that stand nowhere else, the same in every run."""
    digest = hashlib.sha256(what.encode()).hexdigest()[:12]
    return "quokka" + digest.translate(str.maketrans("0123456789", "ghijklmnop"))


@dataclass
class Secrets:
    """Every word that was planted: what it stands in and for whom it is."""

    known_to: dict[str, frozenset[str]] = field(default_factory=dict)
    may_know: dict[str, frozenset[str]] = field(default_factory=dict)
    what: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)

    def plant(self, what: str, known_to: frozenset[str], also: frozenset[str] = NOBODY) -> str:
        """A new word for a thing: those whom it is for must meet it, others (`also`) may."""
        made = word(what)
        assert made not in self.what, f"Planted twice: {what}"
        if known_to == INSIDE:
            also |= LET_IN
        self.what[made], self.known_to[made], self.may_know[made] = what, known_to, known_to | also
        return made

    def lock_up(self, what: str, key: str, known_to: frozenset[str], also: frozenset[str] = NOBODY) -> None:
        """A key that the product has made, which is a secret as it is."""
        self.keys.add(key)
        self.what[key], self.known_to[key], self.may_know[key] = what, known_to, known_to | also

    def text(self, what: str, known_to: frozenset[str]) -> str:
        return f"{COMMON} {self.plant(what, known_to)}"

    def met_in(self, text: str) -> set[str]:
        words = set(re.findall(r"quokka[a-p]{12}", text.lower())) & set(self.what)
        return words | {key for key in self.keys if key in text}

    def not_for(self, reader: str, text: str) -> list[str]:
        return sorted(self.what[one] for one in self.met_in(text) if reader not in self.may_know[one])


class Planted(Town):
    """The town of the matrix with a word in every private thing of Ana's and of the closed forum."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets = Secrets()
        self.member = {
            name: Member.objects.get(name=name) for name in ("Ana", "Bram", "Chidi", "Hana", "Jonas", "Odile")
        }
        # Ana's address is one of the words itself.
        self.mailbox = {f"{name.lower()}@example.org": name for name in ("Bram", "Chidi", "Hana")}
        self.mailbox[f"{self.secrets.plant('a mail address', OWN, DESK)}@example.org"] = "Ana"
        with transaction.atomic():
            for address, name in self.mailbox.items():
                Member.objects.filter(name=name).update(email=address)
        self._in_the_closed_forum()
        self._of_ana_alone()
        self._at_the_desk()
        self._contested()
        self._before_a_jury()
        # Everything that the jobs process tells and writes within the hour. No carrier answers, so mails stay as rows.
        with clock.stopped_at(clock.now() + timedelta(hours=1)):
            for _ in range(20):
                due.sweep()
        self._devices()

    def _in_the_closed_forum(self) -> None:
        secret, ana, bram, odile = self.secrets.text, self.member["Ana"], self.member["Bram"], self.member["Odile"]
        forum = Forum.objects.get(slug="closed")
        placing.change_forum(
            forum,
            by=odile,
            name=f"Closed {self.secrets.plant('the name of a closed forum', INSIDE)}",
            description=secret("its description", INSIDE),
            purpose=secret("its purpose", INSIDE),
            rules=secret("its rules", INSIDE),
        )
        forum.refresh_from_db()
        # Bram was admitted once, wished to be told of everything, and is admitted no more.
        placing.admit(forum, member=bram, by=odile)
        subscribing.subscribe(forum, by=bram, way=subscribing.Way.MAIL)
        subscribing.subscribe(forum, by=self.member["Hana"], way=subscribing.Way.MAIL)
        with transaction.atomic():
            forum.admissions.filter(member=bram).delete()
        thread = posting.start_thread(
            forum=forum,
            author=ana,
            subject=secret("a subject", INSIDE),
            text=f"@Bram @Hana {secret('an original post', INSIDE)}",
            poll=polling.Question(
                (secret("an option of a poll", INSIDE), "Neither"),
                secret("the question of a poll", INSIDE),
                is_secret=True,
            ),
        )
        receipt = polling.vote(thread.poll, by=ana, chosen=[0]).receipt
        self.secrets.lock_up("the receipt of a secret vote", receipt, NOBODY, OWN)
        first = Post.objects.get(thread=thread, place=0)
        reply = posting.reply(
            thread=thread,
            author=ana,
            answers=first,
            subject=secret("a reply's subject", INSIDE),
            text=secret("a version before", INSIDE),
        )
        posting.edit(
            reply, by=ana, text=f"@Bram {secret('a reply', INSIDE)}", because=secret("the reason of an edit", INSIDE)
        )
        correcting.correct(reply, by=ana, line=secret("a correction", INSIDE))
        gone = posting.reply(thread=thread, author=ana, text=secret("the text of a withdrawn post", NOBODY))
        withdrawing.withdraw(gone, by=ana, because=secret("the reason of a withdrawal", INSIDE))
        locking.pin(thread, by=odile, because=secret("the reason of a pin", INSIDE))
        other = posting.start_thread(forum=forum, author=ana, subject="Told", text="Told.")
        locking.lock(other, by=odile, because=secret("the reason of a lock", INSIDE))
        self._among_hosts(forum, thread)
        thread.refresh_from_db()
        # The address asked for must not hold the word itself: a slug that is wrong leads to the right one.
        self.ids["closed"].update(thread=thread.pk, thread_slug="x", post=reply.pk, number=reply.number)
        self.ids["closed"]["ballot"] = thread.poll.ballot_id
        self.further = [f"/t/{other.pk}/told", f"/p/{gone.pk}/history", f"/p/{first.pk}"]

    def _among_hosts(self, forum: Forum, thread: Thread) -> None:
        """What hosts do in the closed forum, what is brought before them, and what the watch talks about."""
        secret, odile, hana = self.secrets.text, self.member["Odile"], self.member["Hana"]
        apart = posting.reply(thread=thread, author=self.member["Ana"], text="Apart.")
        splitting.split(
            thread,
            numbers=[apart.number],
            subject=secret("the subject of a split-off thread", INSIDE),
            by=odile,
            because=secret("the reason of a split", INSIDE),
        )
        gone = posting.start_thread(forum=forum, author=self.member["Ana"], subject="Gone", text="Gone.")
        merging.merge(gone, into=thread, by=odile, because=secret("the reason of a merging", INSIDE))
        with transaction.atomic():
            kemal = Member.objects.create(name="Kemal", name_key="kemal", claimed_at=clock.now())
        placing.admit(forum, member=kemal, by=odile)
        alerting.alert(
            by=kemal,
            about="post",
            post=Post.objects.get(thread=thread, place=0),
            standard="off-topic",
            because=secret("an alert that lies with the hosts", DESK | {"Hana"}),
        )
        blocking.block(
            forum,
            member=kemal,
            by=hana,
            until=clock.now() + timedelta(days=3),
            because=secret("the reason of a block", INSIDE),
        )
        with transaction.atomic():
            Proposal.objects.filter(pk=self.more["proposal"]).update(because=secret("a proposal to the watch", DESK))
            Proposal.objects.filter(pk=self.more["watched"]).update(answer=secret("the answer to the watch", NOBODY))

    def _of_ana_alone(self) -> None:
        secret, ana = self.secrets.text, self.member["Ana"]
        for space, known in (("open", OWN), ("closed", OWN)):
            forum = Forum.objects.get(slug=space)
            thread = Thread.objects.select_related("forum").get(pk=self.ids[space]["thread"])
            post = Post.objects.select_related("forum", "thread__forum").get(pk=self.ids[space]["post"])
            for where in (
                drafting.starting(forum),
                drafting.replying(thread),
                drafting.answering(post),
                drafting.editing(post),
            ):
                kind = where.key.partition(":")[0]
                drafting.keep(
                    where,
                    by=ana,
                    subject=secret(f"the subject of a draft ({kind}, {space})", known) if kind == "start" else "",
                    text=secret(f"a draft ({kind}, {space})", known),
                )
            bookmarking.keep(
                post,
                by=ana,
                note=secret(f"the note of a bookmark ({space})", OWN),
                remind_at=clock.now() + timedelta(days=1),
            )
        saving.save(
            member=ana,
            query=secret("the query of a kept search", OWN),
            name=self.secrets.plant("the name of a kept search", OWN),
            told=True,
        )
        self.secrets.lock_up("the key of a kept search's feed", self.saved.token, OWN)
        self.secrets.lock_up("the key of a session", self.keys["Ana"], NOBODY, OWN)
        trashing.trash_keyword(self.secrets.plant("a keyword of the trash", OWN), by=ana)
        with transaction.atomic():
            SignedInBrowser.objects.filter(member=ana).update(browser=f"Browser {self.secrets.plant('a browser', OWN)}")

    def _before_a_jury(self) -> None:
        """Hana's alerts, Ana's seat and another juror's paper in a case that is open, and what nobody may read any more."""
        secret, ana, hana = self.secrets.text, self.member["Ana"], self.member["Hana"]
        with transaction.atomic():
            decided, waiting = Alert.objects.filter(by=hana).order_by("pk")
            why = secret("the reason of an alert that was decided", frozenset({"Hana"}))
            Alert.objects.filter(pk=decided.pk).update(because=why)
            why = secret("the reason of an alert that waits for an operator", frozenset({"Hana", "Odile"}))
            Alert.objects.filter(pk=waiting.pk).update(because=why)
            seat = Seat.objects.select_related("drawn", "case").get(drawn__member=ana)
            drawn = PoolMember.objects.create(
                case=seat.case, member=self.member["Bram"], pseudonym="3" * 64, ticket="4" * 64
            )
            self.secrets.lock_up("another juror's pseudonym", "3" * 64, frozenset({"Bram"}))
            Seat.objects.create(
                case=seat.case, drawn=drawn, round=1, state="voted", choice=1, answer_by=clock.now(),
                reason=secret("the reason on a juror's paper before the verdict", NOBODY),
            )  # fmt: skip
        self.secrets.lock_up("a juror's pseudonym", seat.drawn.pseudonym, OWN)
        key = lot.juror_key(seeds.secret(), ana.pk, *lot.quarter_of(clock.now().date()))
        self.secrets.lock_up("a juror's key", key.hex(), OWN)
        thread = Thread.objects.select_related("forum").get(pk=self.ids["open"]["thread"])
        for standing, what in ((Post.Standing.REMOVED, "removed for privacy"), (Post.Standing.HELD, "held back")):
            asked = posting.reply(thread=thread, author=hana, text="Where does she live?")
            post = posting.reply(
                thread=thread,
                author=ana,
                answers=asked,
                text=f"@Bram {secret(f'the text of a post that was {what}', OWN)}",
                subject=secret(f"the subject of a post that was {what}", OWN),
            )
            with transaction.atomic():
                Post.objects.filter(pk=post.pk).update(standing=standing)
                if standing == Post.Standing.REMOVED:
                    Removal.objects.create(post=post, office="jury", standard="Privacy", charter=1, is_openable=False)
                else:
                    Hold.objects.create(
                        post=post,
                        ground="law",
                        office="operator",
                        by=self.member["Odile"],
                        because="A court has ruled.",
                    )
            self.further += [f"/p/{post.pk}", f"/p/{post.pk}/removed", f"/p/{post.pk}/history", f"/p/{post.pk}/alert"]

    def _contested(self) -> None:
        """Ana's side in an appeal that is open, and a case of the closed forum with its reasons."""
        secret, ana, odile = self.secrets, self.member["Ana"], self.member["Odile"]
        words = secret.plant("the words of an appeal", OWN, DESK)
        appealing.appeal_removal(Removal.objects.get(pk=self.more["removal"]), by=ana, words=f"{COMMON} {words}")
        forum = Forum.objects.get(slug="closed")
        thread = posting.start_thread(
            forum=forum,
            author=ana,
            subject=secret.text("the subject of a case in a closed forum", INSIDE),
            text="Told.",
        )
        zoltan = joining.join(name="Zoltan", password="a heron on the weir")
        placing.admit(forum, member=zoltan, by=odile)
        alert = alerting.alert(
            by=zoltan,
            about="post",
            post=Post.objects.get(thread=thread, place=0),
            standard="threats",
            because=secret.text("the reason of an alert in a closed forum", NOBODY),
        )
        assert alert.case is not None
        lone = self.member["Hana"]
        deciding.decide_alone(alert.case, by=lone, removes=False, because=secret.text("the reason of a host", INSIDE))
        self.further += [f"/juries/{alert.case_id}/reasons", f"/juries/{alert.case_id}/reasons.txt"]

    def _devices(self) -> None:
        """After the jobs have run: nobody is to be reached at this address."""
        with transaction.atomic():
            endpoint = Endpoint.objects.create(url="https://push.example/ana", public_key="k", secret="s")
            Device.objects.create(
                member=self.member["Ana"], endpoint=endpoint, name=self.secrets.plant("a device", OWN)
            )

    def _at_the_desk(self) -> None:
        secret = self.secrets.text
        with transaction.atomic():
            inquiry = apps.get_model("community", "Inquiry").objects.get(pk=self.inquiry)
            inquiry.name, inquiry.subject, inquiry.text = (
                self.secrets.plant("the name in an inquiry", DESK),
                secret("the subject of an inquiry", DESK),
                secret("an inquiry", DESK),
            )
            inquiry.email = f"{self.secrets.plant('the address in an inquiry', DESK)}@example.org"
            inquiry.save()
            wendela = Member.objects.create(name="Wendela", name_key="wendela")
            Application.objects.create(
                member=wendela, question="Why?", answer=secret("the answer to the question of sign-up", DESK)
            )
            Invitation.objects.create(
                checksum="c" * 64,
                by=self.member["Ana"],
                note=self.secrets.plant("the note of an invitation", OWN | DESK),
                expires_at=clock.now() + timedelta(days=7),
            )
            Mail.objects.filter(pk=self.mail).update(
                subject=secret("the subject of a mail", DESK), text=secret("a mail", DESK)
            )

    def ask(self, reader: str, method: str, address: str, form: dict[str, str] | None = None) -> str:
        """Everything that one request answers, headers and redirects too; whatever it changed is undone."""
        with transaction.atomic():
            client = Client(REMOTE_ADDR=f"203.0.113.{READERS.index(reader) + 1}")
            if self.keys[reader]:
                client.cookies[settings.SESSION_COOKIE_NAME] = self.keys[reader]
            if method == "GET":
                answer: Any = client.get(address, follow=True)
            else:
                answer = client.post(address, form or {})
            transaction.set_rollback(True)
        body = answer.getvalue() if answer.streaming else answer.content
        told = f"{body.decode('utf-8', 'replace')} {answer.headers} {answer.cookies} {getattr(answer, 'redirect_chain', '')}"
        # Word by word: highlights and line breaks do not cut one in two.
        return told.replace("<mark>", "").replace("</mark>", "")

    def every_address(self) -> Iterator[tuple[str, str]]:
        """Each address of the map with the arguments of the matrix, in the open and in the closed forum, in all its shapes."""
        # A name without a row fails the matrix, so it is not forgotten here.
        known = [name for _route, name, _view in addresses(get_resolver().url_patterns) if name in ADDRESSES]
        for name in known:
            for space in ("open", "closed") if lies_in_a_forum(name) else ("",):
                address = self._fill(f"{name} {space}".strip())[0]
                yield name, address
                for variant in VARIANTS.get(name, ()):
                    yield name, f"{address}?{variant}"
        for address in self.further:
            yield "further", address
        if "search" in ADDRESSES:
            yield "search", f"/search?q={COMMON}"
            yield "search", f"/search?q={COMMON}&order=best"


@pytest.fixture
def planted(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Planted]:
    monkeypatch.setattr(handling, "_handlings", {})
    monkeypatch.setenv("PALAVER_HOME", str(tmp_path))
    # Mail is set up, but nobody listens there.
    settings.EMAIL_BACKEND, settings.PALAVER_MAIL_URL = (
        "palaver.delivery.mail.backend.RowBackend",
        "smtp://127.0.0.1:9?timeout=1",
    )
    for carrier in (mailing, pushing, jobs):
        carrier.register()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield Planted()


def test_no_page_shows_anybody_what_is_for_others(planted: Planted) -> None:
    leaks: list[str] = []
    met: dict[str, set[str]] = defaultdict(set)
    for name, address in planted.every_address():
        for reader in [BY_KEY[name]] if name in BY_KEY else READERS:
            told = planted.ask(reader, "GET", address)
            leaks += [f"{reader} meets {what} at {address}" for what in planted.secrets.not_for(reader, told)]
            met[reader] |= planted.secrets.met_in(told)
    assert not leaks, "\n".join(leaks)
    blind = [
        f"{reader} never meets {what}"
        for one, what in planted.secrets.what.items()
        if what not in UNSEEN
        for reader in planted.secrets.known_to[one]
        if one not in met[reader]
    ]
    assert not blind, "\n".join(blind)
    assert sorted(set(UNSEEN) - set(planted.secrets.what.values())) == []


def test_no_form_answers_an_intruder_with_what_is_for_others(planted: Planted) -> None:
    leaks: list[str] = []
    for name, address in planted.every_address():
        if name == "further" or name in BY_KEY or ("?" in address and name in {*VARIANTS, "search"}):
            continue
        for reader in INTRUDERS:
            told = planted.ask(reader, "POST", address, FORMS.get(name, {}))
            leaks += [f"{reader} is answered {what} by {address}" for what in planted.secrets.not_for(reader, told)]
    assert not leaks, "\n".join(leaks)


def test_no_notice_no_mail_and_no_stream_tells_anybody_what_is_for_others(planted: Planted) -> None:
    secrets, leaks, told = planted.secrets, [], defaultdict(set)
    names = {member.pk: member.name for member in Member.objects.all()}
    for notice in Notice.objects.select_related("post"):
        if notice.post is not None:
            # The words of a notice about a post are read from the post; so whoever has one must be let into it.
            assert names[notice.member_id] in INSIDE | LET_IN or notice.post.forum.slug != "closed", notice
        leaks += [
            f"a notice tells {names[notice.member_id]} {what}"
            for what in secrets.not_for(names[notice.member_id], str(vars(notice)))
        ]
        told["notices"].add(names[notice.member_id])
    for mail in Mail.objects.exclude(pk=planted.mail):
        reader = planted.mailbox[mail.to]
        leaks += [f"a mail to {reader} tells {what}" for what in secrets.not_for(reader, str(vars(mail)))]
        told["mails"].add(reader)
        told["words in mails"] |= secrets.met_in(str(vars(mail)))
    rows = list(LiveEvent.objects.all())
    topics = tuple({row.topic for row in rows})
    for reader in READERS:
        heard = set(may_hear(planted.keys[reader], topics))
        for row in rows:
            if row.topic in heard:
                leaks += [f"{row.topic} tells {reader} {what}" for what in secrets.not_for(reader, str(row.payload))]
                told[f"streams of {reader}"].add(row.topic)
    assert not leaks, "\n".join(leaks)
    # So there was something to be told, and it was looked at.
    assert "Hana" in told["notices"] and "Hana" in told["mails"] and told["words in mails"], dict(told)
    assert told["streams of Hana"] > {one for one in told["streams of Bram"] if not one.startswith("member:")}


def shown(planted: Planted, reader: str) -> dict[str, str]:
    """Every page as somebody sees it, without what differs at each look (keys of forms)."""
    pages = {}
    for name, address in planted.every_address():
        if name in BY_KEY:
            continue
        told = planted.ask(reader, "GET", address)
        pages[address] = re.sub(
            r"[\w-]{20,}|expires=[^;]*;|'Expires': '[^']*'|name=\"(once|stamp)\" value=\"[^\"]*\"", "", told
        )
    return pages


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The lines by which two looks at the same pages differ."""
    return [
        f"{address}: {line}"
        for address, text in before.items()
        if text != after[address]
        for line in difflib.unified_diff(text.splitlines(), after[address].splitlines(), lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]


@pytest.mark.long
def test_nobody_can_tell_that_they_are_ignored_avoided_or_put_away(planted: Planted) -> None:
    """Every page that Bram sees is the same before and after."""
    ana, bram = planted.member["Ana"], planted.member["Bram"]
    with clock.stopped_at(clock.now()):
        before = shown(planted, "Bram")
        again = differences(before, shown(planted, "Bram"))
        assert not again, "Two looks at the same pages differ, so this test can tell nothing:\n" + "\n".join(again)
        ignoring.ignore(bram, by=ana)
        avoiding.avoid(bram, by=ana)
        trashing.trash_forum(Forum.objects.get(slug="open"), by=ana)
        for thread in Thread.objects.filter(forum__slug="open"):
            trashing.trash_thread(thread, by=ana)
        after = shown(planted, "Bram")
    told = differences(before, after)
    assert not told, "\n".join(told)
