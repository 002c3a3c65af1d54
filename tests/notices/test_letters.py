"""Mail as a mail program gets it: real letters, taken by a mail server on this machine."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client

from palaver.accounts.models import Member
from palaver.delivery.models import Mail
from palaver.forums import placing, posting, recommending, withdrawing
from palaver.forums.models import Forum, Post, Subscription
from palaver.kit import clock
from palaver.kit.due.models import Due
from palaver.notices import choosing, composing, digesting, seeing, telling
from palaver.notices.kinds import Ways
from palaver.notices.models import Notice, Timetable
from palaver.reading.models import Ignore
from tests.cast import MORNING, Cast, at, fresh, original
from tests.notices.conftest import Postbox, reachable, work

pytestmark = pytest.mark.django_db(transaction=True)

LONG = (
    "Rye needs time. " * 12
    + "\n\n- a list whose first line is so long that it must be wrapped somewhere in a mail of seventy-two columns\n- short\n\n"
    + "```\nflour = 500  # a listing keeps its lines whole, however long they are, because code that is wrapped is broken code\n```\n"
)


def letters_to(box: Postbox, member: Member) -> list[EmailMessage]:
    return [letter for _sender, receivers, letter in box.letters if receivers == [member.email]]


def text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_thread_is_a_thread_in_a_mail_program(cast: Cast, carrier: Postbox) -> None:
    """Ana is mailed a mention in the original post, an answer to that, and an answer to the answer: one conversation."""
    ana = reachable(cast.ana)
    with transaction.atomic():
        Subscription.objects.create(member=ana, forum=cast.lounge, by_mail=True)
    thread = cast.thread("Grüße: what did you bake?", by=cast.bram, text="Mine was rye.\n\nAnd yours?")
    with transaction.atomic():
        Subscription.objects.create(member=ana, thread=thread, by_mail=True)
    first = original(thread)
    second = cast.reply(thread, by=cast.dara, answers=first, text=LONG)
    third = cast.reply(thread, by=cast.bram, answers=second, text="Oat, *always* oat.")
    work(minutes=2)
    letters = letters_to(carrier, ana)
    assert len(letters) == 3
    by_post = {str(letter["Message-ID"]): letter for letter in letters}
    ids = [composing.message_id(post.pk, ana.pk) for post in (first, second, third)]
    assert set(by_post) == set(ids)
    one, two, three = (by_post[name] for name in ids)
    assert (one["In-Reply-To"], one["References"]) == (None, None)
    assert (two["In-Reply-To"], two["References"]) == (ids[0], ids[0])
    assert (three["In-Reply-To"], three["References"]) == (ids[1], f"{ids[0]} {ids[1]}")
    assert [letter["Subject"] for letter in (one, two, three)] == [
        "Grüße: what did you bake?",
        "Re: Grüße: what did you bake?",
        "Re: Grüße: what did you bake?",
    ]
    for letter in letters:
        assert letter["List-Id"] == f'"The lounge" <forum-{cast.lounge.pk}.127.0.0.1>'
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter["Precedence"] == "list"
        assert letter["From"].addresses[0].addr_spec == "palaver@127.0.0.1"
        assert letter.get_content_type() == "text/plain"
    assert three["From"].addresses[0].display_name == "Bram (Palaver)"
    print(f"\n{two.as_string()}\n{'~' * 72}\n{text(two)}{'~' * 72}\n{text(three)}")


def test_a_letter_reads_right_as_plain_text(cast: Cast, carrier: Postbox) -> None:
    ana = reachable(cast.ana)
    thread = cast.thread("What did you bake?", by=ana, text="Mine was rye.\n\nAnd yours?")
    cast.reply(thread, by=cast.bram, answers=original(thread), text=LONG)
    work(minutes=2)
    (letter,) = letters_to(carrier, ana)
    body = text(letter)
    lines = body.splitlines()
    assert lines[0] == "Bram answered you in “What did you bake?” (The lounge, #1):"
    quoted = lines.index("Ana began the thread:")
    assert lines[quoted + 1 : quoted + 3] == ["> Mine was rye.", "> And yours?"]
    code = next(line for line in lines if line.startswith("flour"))
    assert code.endswith("broken code")
    assert all(len(line) <= 72 or line == code or "http://" in line for line in lines), lines
    item = next(n for n, line in enumerate(lines) if line.startswith("- a list"))
    assert lines[item + 1].startswith("  ")
    foot = lines.index("-- ")
    assert lines[foot + 1] == "You are told because a post of yours was answered."
    assert f"http://127.0.0.1:8000/t/{thread.pk}/post/1" in lines[:foot]


def test_the_link_in_the_header_stops_this_kind_with_one_click(cast: Cast, carrier: Postbox) -> None:
    ana = reachable(cast.ana)
    thread = cast.thread(by=ana)
    cast.reply(thread, by=cast.bram, answers=original(thread))
    work(minutes=2)
    (letter,) = letters_to(carrier, ana)
    link = str(letter["List-Unsubscribe"]).strip(" <>")
    assert link in text(letter)
    path = link.removeprefix("http://127.0.0.1:8000")
    answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    cast.reply(thread, by=cast.dara, answers=original(thread))
    work(minutes=2)
    assert len(letters_to(carrier, ana)) == 1
    assert fresh(ana).notice_count == 2


def test_what_was_seen_on_the_site_is_not_mailed(cast: Cast, carrier: Postbox) -> None:
    ana = reachable(cast.ana)
    thread = cast.thread(by=ana)
    cast.reply(thread, by=cast.bram, answers=original(thread))
    seeing.see_all(ana.pk)
    work(minutes=2)
    assert carrier.letters == []


def test_only_proved_addresses_are_written_to(cast: Cast, carrier: Postbox) -> None:
    ana = reachable(cast.ana)
    with transaction.atomic():
        proof = EmailAddress.objects.create(user=ana, email=ana.email, primary=True, verified=False)
    thread = cast.thread(by=ana)
    cast.reply(thread, by=cast.bram, answers=original(thread))
    work(minutes=2)
    assert carrier.letters == []
    with transaction.atomic():
        EmailAddress.objects.filter(pk=proof.pk).update(verified=True)
    cast.reply(thread, by=cast.bram, answers=original(thread))
    work(minutes=2)
    assert len(carrier.letters) == 1


def test_without_a_mail_server_nothing_is_kept_to_be_mailed(cast: Cast, postbox: Postbox, settings: Any) -> None:
    ana = reachable(cast.ana)
    choosing.choose_rhythm(ana, rhythm="daily")
    thread = cast.thread(by=ana)
    cast.reply(thread, by=cast.bram, answers=original(thread))
    assert Notice.objects.filter(in_digest=False).count() == 1
    assert not Due.objects.exists()
    settings.PALAVER_MAIL_URL = f"smtp://127.0.0.1:{postbox.port}"
    work(days=2)
    assert not Mail.objects.exists()


@pytest.mark.parametrize("change", ["closed", "withdrawn", "ignored", "muted", "left"])
def test_rights_and_wishes_are_asked_again_before_a_mail(cast: Cast, carrier: Postbox, change: str) -> None:
    ana = reachable(cast.ana)
    choosing.choose_rhythm(ana, rhythm="daily", hour=8)
    thread = cast.thread(by=ana, forum=cast.kitchen)
    reply = cast.reply(thread, by=cast.bram, answers=original(thread), text="The canary sings.")
    if change == "closed":
        placing.change_forum(Forum.objects.get(pk=cast.kitchen.pk), by=cast.odile, who_reads="admitted")
    elif change == "withdrawn":
        withdrawing.withdraw(reply, by=cast.bram)
    else:
        with transaction.atomic():
            if change == "ignored":
                Ignore.objects.create(member=ana, ignored=cast.bram)
            elif change == "muted":
                Subscription.objects.create(member=ana, thread=thread, muted=True)
            else:
                Member.objects.filter(pk=ana.pk).update(left_at=clock.now())
    work(minutes=2)
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        digesting.enqueue_due()
    work(days=2)
    assert not Mail.objects.exists()
    assert carrier.letters == []


def test_quiet_hours_hold_mail_back_until_they_end_also_when_the_clocks_change(cast: Cast, carrier: Postbox) -> None:
    """In Berlin the clocks go back on 25 October 2026 at 3:00, so that night's quiet hours last an hour longer."""
    ana = reachable(cast.ana)
    with transaction.atomic():
        Member.objects.filter(pk=ana.pk).update(time_zone="Europe/Berlin")
    choosing.choose_quiet_hours(fresh(ana), begin=time(22), end=time(7))
    with at(datetime(2026, 10, 24, 20, 30, tzinfo=UTC)):
        thread = cast.thread(by=ana)
        cast.reply(thread, by=cast.bram, answers=original(thread))
        work(minutes=5)
        work(hours=9)
        assert carrier.letters == []
        with at(datetime(2026, 10, 25, 5, 59, tzinfo=UTC)):
            work()
        assert carrier.letters == []
    with at(datetime(2026, 10, 25, 6, 1, tzinfo=UTC)):
        work()
    assert len(carrier.letters) == 1


def test_quiet_hours_that_begin_later_are_kept_too(cast: Cast, carrier: Postbox) -> None:
    ana = reachable(cast.ana)
    with at(MORNING):
        thread = cast.thread(by=ana)
        cast.reply(thread, by=cast.bram, answers=original(thread))
        choosing.choose_quiet_hours(ana, begin=time(8), end=time(10))
        work(minutes=5)
        assert carrier.letters == []
    with at(MORNING + timedelta(hours=1, minutes=1)):
        work()
    assert len(carrier.letters) == 1


def test_recommendations_are_gathered_for_an_hour(cast: Cast, carrier: Postbox) -> None:
    ana = reachable(cast.ana)
    choosing.choose(ana, ways={"recommendation": Ways(mail=True)})
    thread = cast.thread(by=ana)
    for member in (cast.bram, cast.dara, cast.emil):
        recommending.recommend(original(thread), by=member)
    work(minutes=30)
    assert carrier.letters == []
    work(minutes=61)
    (letter,) = letters_to(carrier, ana)
    assert text(letter).startswith("3 recommendations in The lounge: “What did you bake?”")
    assert letter["In-Reply-To"] == composing.message_id(original(thread).pk, ana.pk)


def test_a_subscription_may_add_mail_of_its_own(cast: Cast, carrier: Postbox) -> None:
    bram, dara = reachable(cast.bram), reachable(cast.dara)
    thread = cast.thread(by=cast.ana)
    with transaction.atomic():
        Subscription.objects.create(member=bram, thread=thread, by_mail=True)
        Subscription.objects.create(member=dara, thread=thread)
    cast.reply(thread, by=cast.emil)
    work(minutes=3)
    assert len(letters_to(carrier, bram)) == 1
    assert letters_to(carrier, dara) == []
    assert fresh(dara).notice_count == 1


def test_a_digest_reads_right_and_comes_once(cast: Cast, carrier: Postbox) -> None:
    with at(MORNING):
        ana = reachable(cast.ana)
        choosing.choose(ana, ways={key: Ways(digest=True) for key in ("reply", "mention", "thread", "recommendation")})
        choosing.choose_rhythm(ana, rhythm="daily", hour=12)
        assert Timetable.objects.get().next_digest_at == datetime(2026, 11, 2, 12, tzinfo=UTC)
        bread, butter = cast.thread("Bread", by=ana), cast.thread("Butter & salt", by=ana, forum=cast.kitchen)
        cast.reply(bread, by=cast.bram, answers=original(bread), text="Rye, of course. And more of it.")
        cast.reply(bread, by=cast.dara, text="Spelt.")
        cast.reply(butter, by=cast.bram, text="Salted.")
        for member in (cast.bram, cast.dara):
            recommending.recommend(original(butter), by=member)
        telling_of = cast.reply(butter, by=cast.emil, text="Seen before.")
        seeing.read_up_to(ana.pk, {})
        with transaction.atomic():
            Notice.objects.filter(member=ana, post=telling_of).update(seen_at=clock.now())
        from palaver.notices import counting

        with transaction.atomic():
            counting.recount([ana.pk])
    with at(datetime(2026, 11, 2, 11, 59, tzinfo=UTC)):
        assert digesting.enqueue_due() == 0
    with at(datetime(2026, 11, 2, 12, 0, 30, tzinfo=UTC)):
        assert digesting.enqueue_due() == 1
        assert digesting.enqueue_due() == 1
        work()
        assert digesting.enqueue_due() == 0
    (letter,) = letters_to(carrier, ana)
    assert letter["Subject"] == "Palaver: 4 things you have not seen"
    assert letter["Message-ID"] == f"<digest-202611021200.member-{ana.pk}@127.0.0.1>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Precedence"] == "bulk"
    body = text(letter)
    print("\n" + body)
    expected = [
        "KITCHEN",
        "=======",
        "",
        "Butter & salt",
        "-------------",
        "* #1 Bram wrote in your thread (2026-11-02 09:00)",
        "  Salted. …",
        f"  http://127.0.0.1:8000/t/{butter.pk}/post/1",
        "* 2 recommendations (2026-11-02 09:00)",
        f"  http://127.0.0.1:8000/t/{butter.pk}/post/0",
        "",
        "THE LOUNGE",
        "==========",
        "",
        "Bread",
        "-----",
        "* #1 Bram answered you (2026-11-02 09:00)",
        "  Rye, of course. And more of it. …",
        f"  http://127.0.0.1:8000/t/{bread.pk}/post/1",
        "* #2 Dara wrote in your thread (2026-11-02 09:00)",
        "  Spelt. …",
        f"  http://127.0.0.1:8000/t/{bread.pk}/post/2",
    ]
    assert body.splitlines()[: len(expected)] == expected
    assert "You get this digest every day because you chose so." in body
    assert Timetable.objects.get().next_digest_at == datetime(2026, 11, 3, 12, tzinfo=UTC)
    with at(datetime(2026, 11, 3, 12, 1, tzinfo=UTC)):
        digesting.enqueue_due()
        work()
    assert len(carrier.letters) == 1, "Nothing new, and yet a digest went."


def test_what_was_mailed_at_once_is_not_in_the_digest(cast: Cast, carrier: Postbox) -> None:
    ana = reachable(cast.ana)
    choosing.choose_rhythm(ana, rhythm="daily", hour=12)
    thread = cast.thread(by=ana)
    cast.reply(thread, by=cast.bram, answers=original(thread))
    assert Notice.objects.filter(in_digest=True).count() == 1
    work(minutes=2)
    assert Notice.objects.filter(in_digest=True).count() == 0
    with at(clock.now() + timedelta(days=1)):
        digesting.enqueue_due()
        work()
    assert len(carrier.letters) == 1


HOSTILE = "Ana\r\nBcc: jonas@example.org"


def test_hostile_words_stay_words(cast: Cast, carrier: Postbox) -> None:
    ana = reachable(cast.ana)
    forum = placing.open_forum(category=cast.life, name='Grüße "<x>" \\', by=cast.odile)
    thread = posting.start_thread(
        forum=forum, author=ana, subject='A "subject" <b>& more</b> =?utf-8?q?x?=', text="Rye."
    )
    posting.reply(
        thread=thread,
        author=cast.bram,
        answers=original(thread),
        text=".\n.\nFrom here on\n-- \nBcc: jonas@example.org\n<script>alert(1)</script>\n"
        + "x" * 2000
        + "\n"
        + "٣" * 500,
    )
    work(minutes=2)
    ((_sender, receivers, letter),) = carrier.letters
    assert receivers == [ana.email]
    assert letter["Bcc"] is None
    assert len(letter.get_all("Message-ID") or []) == 1
    assert f"forum-{forum.pk}." in str(letter["List-Id"])
    body = text(letter)
    for line in (".", "From here on", "Bcc: jonas@example.org", "<script>alert(1)</script>", "x" * 2000):
        assert line in body.splitlines(), line
    with transaction.atomic():
        telling.tell(ana.pk, "desk", words=HOSTILE, href="/desk/")
        Member.objects.filter(pk=ana.pk).update(is_operator=True)
    work(minutes=2)
    letter = carrier.letters[-1][2]
    assert letter["Subject"] == "Ana Bcc: jonas@example.org"
    assert letter["Bcc"] is None


def test_every_address_in_a_mail_is_of_this_house(cast: Cast, carrier: Postbox) -> None:
    ana = reachable(cast.ana)
    thread = cast.thread(by=ana)
    cast.reply(thread, by=cast.bram, answers=original(thread))
    work(minutes=2)
    links = re.findall(r"https?://[^\s>]+", carrier.letters[0][2].as_string())
    assert links and all(link.startswith("http://127.0.0.1:8000/") for link in links)
    assert Post.objects.exists()
