"""The pages of judging, from the alert to the case's page: what each shows to whom, and what it shows to nobody."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import at, fresh, signed_in
from tests.kit.pictures import making
from tests.standards.court import BREAKS, KEEPS, Court, fresh_case, hand_in, judge, juror, offers, settled, take

from palaver.accounts import settling
from palaver.forums import attaching, posting
from palaver.forums.models import Forum, Post
from palaver.kit import clock
from palaver.live.models import LiveEvent
from palaver.notices.models import Notice
from palaver.standards import alerting, convening, eligibility, holding, seating
from palaver.standards.models import Alert, AlerterPause, Case, Seat

pytestmark = pytest.mark.one_database


def get(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, f"{path} {answer.status_code}"
    return answer.content.decode()


def send(client: Client, path: str, status: int = 302, **form: object) -> str:
    answer = client.post(path, form)
    assert answer.status_code == status, f"{path} {answer.status_code}: {text(answer.content.decode())[:400]}"
    return answer.content.decode()


def text(html: str) -> str:
    return " ".join(
        unescape(
            re.sub(r"<(?:script|style|template).*?</(?:script|style|template)>|<[^>]+>", " ", html, flags=re.S)
        ).split()
    )


def main(html: str) -> str:
    return html.split("<main", 1)[1].split("</main>", 1)[0]


@pytest.fixture
def seat(court: Court) -> Seat:
    """One of three seats, taken, over a post of Goran's that Bram alerted."""
    court.crowd(10)
    case = court.sitting(post=a_post(court))
    return take(offers(case))[0]


def a_post(court: Court) -> Post:
    return court.cast.reply(
        court.thread,
        by=court.cast.goran,
        text="You oaf, @Goran says so. See /m/Goran – *Go*ran knows.",
        subject="By Goran",
    )


# The alert form ---------------------------------------------------------------------------------------------------


def test_every_post_of_another_has_a_link_to_alert_and_ones_own_has_none(court: Court) -> None:
    cast, reply = court.cast, court.cast.reply(court.thread, by=court.cast.goran)
    page = get(signed_in(cast.ana), f"/t/{court.thread.pk}/{court.thread.slug}")
    assert f'href="/p/{reply.pk}/alert"' in page and f'href="/p/{court.post.pk}/alert"' not in page
    page = get(signed_in(cast.goran), f"/t/{court.thread.pk}/{court.thread.slug}")
    assert f'href="/p/{reply.pk}/alert"' not in page and f'href="/p/{court.post.pk}/alert"' in page
    assert "/alert" not in get(Client(), f"/t/{court.thread.pk}/{court.thread.slug}")


def test_the_form_shows_the_post_the_standards_and_what_happens_next(court: Court) -> None:
    page = get(signed_in(court.cast.bram), f"/p/{court.post.pk}/alert")
    assert (
        "Mine was rye." in page and "No personal attacks" in page and 'name="standard" value="personal-attacks"' in page
    )
    assert "drawn by lot" in text(page) and "One alert a day on the same member" in text(page)
    assert text(page).count("Examples") > 3


def test_an_alert_opens_a_case_and_stands_among_my_alerts(court: Court) -> None:
    court.crowd(10)
    bram = signed_in(court.cast.bram)
    send(bram, f"/p/{court.post.pk}/alert", standard="personal-attacks", because="It is unkind.")
    alert = Alert.objects.get()
    assert alert.case is not None and alert.because == "It is unkind."
    mine = text(get(bram, "/me/alerts"))
    assert "No personal attacks" in mine and "It is unkind." in mine and "A jury is being drawn." in mine
    assert "It is unkind." not in get(signed_in(court.cast.ana), "/me/alerts")


@pytest.mark.parametrize(("form", "says"), [
    ({"standard": "", "because": "Unkind."}, "Choose the standard"),
    ({"standard": "personal-attacks", "because": "  "}, "Say why"),
    ({"standard": "personal-attacks", "because": "x" * 1001}, "1000 fit"),
])  # fmt: skip
def test_a_form_with_a_slip_is_shown_again_with_all_that_was_typed(
    court: Court, form: dict[str, str], says: str
) -> None:
    page = send(signed_in(court.cast.bram), f"/p/{court.post.pk}/alert", 422, **form)
    assert says in text(page) and form["because"].strip() in page
    assert Alert.objects.count() == 0


def test_who_may_not_alert_reads_why_and_finds_no_form(court: Court) -> None:
    cast = court.cast
    own = get(signed_in(cast.ana), f"/p/{court.post.pk}/alert", 403)
    assert "wrote yourself" in text(own) and "<textarea" not in main(own)
    court.alert(by=cast.kaya)
    again = cast.reply(court.thread, by=cast.ana)
    page = get(signed_in(cast.kaya), f"/p/{again.pk}/alert", 403)
    assert "One alert a day on one member is enough" in text(page) and "<textarea" not in main(page)
    typed = send(signed_in(cast.kaya), f"/p/{again.pk}/alert", 403, standard="spam", because="Lamps again.")
    assert "Lamps again." in typed, "what was typed is not lost"


def test_a_pause_is_said_on_my_alerts(court: Court) -> None:
    case = court.case()
    with transaction.atomic():
        AlerterPause.objects.create(member=court.cast.bram, case=case, until=clock.now() + timedelta(days=1))
    assert "you raise no alert until" in text(get(signed_in(court.cast.bram), "/me/alerts"))


def test_a_name_and_an_about_text_are_alerted_on_the_members_page(court: Court) -> None:
    cast = court.cast
    settling.settle(cast.goran, about="I sell lamps.")
    bram = signed_in(cast.bram)
    assert 'href="/m/Goran/alert"' in get(bram, "/m/Goran")
    page = get(bram, "/m/Goran/alert")
    assert "I sell lamps." in page and 'value="about"' in page
    send(bram, "/m/Goran/alert", about="about", standard="spam", because="Lamps.")
    assert Alert.objects.get().text == "I sell lamps."


# The summons ------------------------------------------------------------------------------------------------------


def test_a_seat_is_told_on_every_page_of_its_juror_and_on_nobody_elses(court: Court) -> None:
    court.crowd(10)
    case = court.sitting()
    seat = offers(case)[0]
    client = signed_in(juror(seat))
    for path in ("/latest", "/forums", f"/t/{court.thread.pk}/{court.thread.slug}", "/me/judging"):
        assert f'href="/juries/seat/{seat.pk}"' in get(client, path), path
    others = {juror(one).pk for one in offers(case)}
    free = next(member for member in court.jurors if member.pk not in others)
    for client in (Client(), signed_in(free), signed_in(court.cast.ana), signed_in(court.cast.bram)):
        page = get(client, "/latest")
        assert "data-summons" not in page and "/juries/seat/" not in page


@pytest.mark.django_db(transaction=True)
def test_it_costs_nobody_else_a_statement(court: Court) -> None:
    kaya = signed_in(court.cast.kaya)

    def asked() -> int:
        get(kaya, "/latest")
        with CaptureQueriesContext(connection) as caught:
            get(kaya, "/latest")
        return len(caught.captured_queries)

    before = asked()
    court.crowd(10)
    seat = offers(court.sitting())[0]
    assert asked() == before
    summoned = signed_in(juror(seat))
    get(summoned, "/latest")
    with CaptureQueriesContext(connection) as caught:
        assert "data-summons" in get(summoned, "/latest")
    assert len(caught.captured_queries) == before + 1


def test_an_offer_is_a_notice_and_a_push_and_is_taken_back_when_it_is_over(court: Court) -> None:
    court.crowd(10)
    seat = offers(court.sitting())[0]
    told = Notice.objects.get(member=juror(seat), kind="summons")
    assert told.href == f"/juries/seat/{seat.pk}" and told.seen_at is None
    assert LiveEvent.objects.filter(topic=f"member:{juror(seat).pk}", kind="summons").exists()
    seating.decline(seat, by=juror(seat))
    assert fresh(told).seen_at is not None


def test_an_offer_says_nothing_of_what_it_is_about(court: Court) -> None:
    court.crowd(10)
    seat = offers(court.sitting(post=a_post(court)))[0]
    page = get(signed_in(juror(seat)), f"/juries/seat/{seat.pk}")
    assert "Yes, show me the paper" in text(page) and "oaf" not in page and "personal" not in main(page)
    assert re.search(r"\b5 minutes left to answer", text(page))


def test_a_seat_is_found_by_its_juror_alone(court: Court, seat: Seat) -> None:
    for client in (signed_in(court.cast.ana), signed_in(court.cast.odile), signed_in(court.cast.bram)):
        get(client, f"/juries/seat/{seat.pk}", 404)
        send(client, f"/juries/seat/{seat.pk}", 404, act="accept")
    assert Client().get(f"/juries/seat/{seat.pk}").status_code == 302


def test_saying_yes_leads_to_the_paper_and_no_to_thanks(court: Court) -> None:
    court.crowd(10)
    first, second = offers(court.sitting())[:2]
    client = signed_in(juror(first))
    send(client, f"/juries/seat/{first.pk}", act="accept")
    assert "Your vote" in text(get(client, f"/juries/seat/{first.pk}"))
    client = signed_in(juror(second))
    send(client, f"/juries/seat/{second.pk}", act="decline")
    assert fresh(second).state == Seat.State.DECLINED
    assert "You said no" in text(get(client, f"/juries/seat/{second.pk}"))


# The paper --------------------------------------------------------------------------------------------------------


def test_the_paper_shows_all_that_is_needed_for_one_decision(court: Court, seat: Seat) -> None:
    page = get(signed_in(juror(seat)), f"/juries/seat/{seat.pk}")
    said = text(page)
    assert "Does this break “No personal attacks”?" in said
    for words in ("You oaf", "It is unkind.", "The lounge", "It answers the original post, by", "Breaks it:", "Does not:",
                  "15 minutes left", "I know who wrote this and cannot be fair", "Nobody has judged under this"):  # fmt: skip
        assert words in said, words
    assert page.count('name="choice"') == 4


def test_the_authors_name_is_nowhere_in_the_papers_source(court: Court, seat: Seat) -> None:
    page = get(signed_in(juror(seat)), f"/juries/seat/{seat.pk}")
    assert "goran" not in re.sub(r"</?em>", "", page).lower()
    assert "‹author›" in page
    assert "Ana" in main(page), "whom it answers is named"


def test_a_paper_is_handed_in_and_stays_as_it_was(court: Court, seat: Seat) -> None:
    client = signed_in(juror(seat))
    send(client, f"/juries/seat/{seat.pk}", act="vote", choice="1", reason="It names a person an oaf.")
    assert fresh(seat).choice == BREAKS and fresh(seat).reason == "It names a person an oaf."
    assert "Your paper is in" in text(get(client, f"/juries/seat/{seat.pk}"))
    again = send(client, f"/juries/seat/{seat.pk}", 422, act="vote", choice="4")
    assert "one is all that counts" in text(again) and fresh(seat).choice == BREAKS


@pytest.mark.parametrize(("form", "says"), [
    ({"choice": "1", "reason": ""}, "Say in a sentence why"),
    ({"choice": "9", "reason": "So."}, "Choose one of the four"),
    ({"reason": "So."}, "Choose one of the four"),
    ({"choice": "2", "reason": "y" * 1001}, "Shorten it"),
    ({"choice": "4", "reason": "", "other_standard": "no-such"}, "Choose another standard"),
])  # fmt: skip
def test_a_paper_with_a_slip_comes_back_with_all_that_was_written(
    court: Court, seat: Seat, form: dict[str, str], says: str
) -> None:
    page = send(signed_in(juror(seat)), f"/juries/seat/{seat.pk}", 422, act="vote", **form)
    assert says in text(page) and form["reason"] in page
    assert fresh(seat).state == Seat.State.TAKEN


def test_who_knows_the_author_is_replaced(court: Court, seat: Seat) -> None:
    send(signed_in(juror(seat)), f"/juries/seat/{seat.pk}", act="recuse")
    assert fresh(seat).state == Seat.State.RECUSED


def test_what_the_author_changed_since_is_asked_about(court: Court) -> None:
    court.crowd(10)
    post = a_post(court)
    case = court.sitting(post=post)
    posting.edit(post, by=court.cast.goran, text="The sluice is shut.")
    seat = take(offers(case))[0]
    page = get(signed_in(juror(seat)), f"/juries/seat/{seat.pk}")
    assert "You oaf" in page and "The sluice is shut." in page and 'name="is_gone"' in page
    send(signed_in(juror(seat)), f"/juries/seat/{seat.pk}", act="vote", choice="1", reason="It did.", is_gone="yes")
    assert fresh(seat).is_gone is True


def test_earlier_verdicts_under_the_standard_stand_beside_it_without_the_name(court: Court) -> None:
    court.crowd(24)
    first = court.sitting(post=court.cast.reply(court.thread, by=court.cast.hana, text="Fool."))
    for one in take(offers(first)):
        if fresh_case(first).is_open:
            hand_in(one, BREAKS, reason="As rude as Goran ever was.")
    with at(clock.now() + timedelta(days=2)):
        court.gather()
        settled(*court.jurors)
        case = court.sitting(post=a_post(court), by=court.cast.kaya)
        seat = take(offers(case))[0]
        page = get(signed_in(juror(seat)), f"/juries/seat/{seat.pk}")
    assert f'href="/juries/{first.pk}"' in page and "As rude as ‹author› ever was." in page


def test_a_picture_in_a_post_that_is_held_is_seen_by_those_who_judge_it_alone(court: Court) -> None:
    cast = court.cast
    court.crowd(10)
    picture = attaching.put_up(owner=cast.goran, name="weir.png", data=making.picture("PNG", (8, 8)))
    post = cast.reply(court.thread, by=cast.goran, text=f"Look: {attaching.markdown(picture)}")
    case = court.sitting(post=post)
    holding.hold(post, by=cast.odile, ground="threat", because="A face with a target on it.")
    seats = take(offers(case))
    seat, free = seats[0], next(one for one in court.jurors if one.pk not in {juror(each).pk for each in seats})
    address = attaching.address(picture)
    assert address in get(signed_in(juror(seat)), f"/juries/seat/{seat.pk}")
    assert signed_in(juror(seat)).get(address).status_code == 200
    for client in (Client(), signed_in(cast.ana), signed_in(free)):
        assert client.get(address).status_code == 404


# The case ---------------------------------------------------------------------------------------------------------


def removed(court: Court, size: int = 10, **more: object) -> Case:
    court.crowd(size)
    case = court.sitting(post=a_post(court), **more)
    judge(case, *[BREAKS] * 7)
    return fresh_case(case)


def test_an_open_case_says_that_it_is_open_and_nothing_else(court: Court) -> None:
    court.crowd(10)
    case = court.sitting(post=a_post(court))
    for client in (Client(), signed_in(court.cast.goran), signed_in(court.cast.bram)):
        page = get(client, f"/juries/{case.pk}")
        assert "is open" in text(page)
        for words in ("oaf", "Goran\u2019s", "personal attacks", "unkind", "The lounge</bdi></a> ·"):
            assert words not in main(page)
    assert f"/juries/{case.pk}" not in main(get(Client(), "/juries/"))
    get(Client(), "/juries/99999", 404)


def test_a_decided_case_shows_verdict_tally_reasons_and_the_proof(court: Court) -> None:
    case = removed(court)
    page = get(Client(), f"/juries/{case.pk}")
    said = text(page)
    assert f"Case {case.pk}: removed" in said
    assert "3 of 3 jurors found that it breaks “No personal attacks”, so it was removed." in said
    assert "Removed by a jury of members, 3 of 3" in said and "You oaf" not in said
    assert said.count("As the standard says.") == 3 and "3 seats, 3 votes needed to remove." in said
    assert "10 members could be drawn" in said or "members could be drawn" in said
    for seat in offers(case, "voted"):
        assert seat.drawn.pseudonym in page and seat.drawn.ticket in page
    assert f'href="/juries/{case.pk}.json"' in page and f"palaver verify {case.pk}" in said
    assert "secret until two days have passed" in said


def test_no_page_of_a_case_names_a_juror_the_alerter_or_the_author(court: Court) -> None:
    case = removed(court)
    names = {juror(seat).name for seat in offers(case, "voted")} | {"Bram", "Goran"}
    for path in (f"/juries/{case.pk}", "/juries/", "/juries.atom", "/juries.json"):
        page = get(Client(), path)
        assert [name for name in names if re.search(rf"\b{name}\b", page)] == [], path


def test_the_author_reads_what_can_be_done_and_others_do_not(court: Court) -> None:
    case = removed(court)
    assert "This was yours." in text(get(signed_in(court.cast.goran), f"/juries/{case.pk}"))
    assert "This was yours." not in text(get(signed_in(court.cast.ana), f"/juries/{case.pk}"))


def test_author_and_alerter_are_told_of_the_verdict_and_no_juror_is(court: Court) -> None:
    case = removed(court)
    told = {(notice.member.name, notice.kind): notice for notice in Notice.objects.filter(key=f"case:{case.pk}")}
    assert set(told) == {("Goran", "verdict"), ("Bram", "alert")}
    assert "A post of yours was removed, under “No personal attacks”" in told["Goran", "verdict"].words
    assert "Your alert was followed" in told["Bram", "alert"].words
    assert told["Goran", "verdict"].href == f"/juries/{case.pk}"


def test_a_case_that_ends_otherwise_says_how(court: Court) -> None:
    court.crowd(10)
    case = court.sitting(post=a_post(court))
    judge(case, KEEPS, BREAKS, BREAKS)
    page = get(Client(), f"/juries/{case.pk}")
    assert f"Case {case.pk}: stays" in text(page) and "You oaf" in page
    assert "so it stays" in text(page)


def test_decided_cases_are_a_list_and_a_feed(court: Court) -> None:
    case = removed(court)
    page = get(Client(), "/juries/")
    assert (
        f'href="/juries/{case.pk}"' in page
        and "3 of 3" in text(page)
        and "Judged in the last twelve months" in text(page)
    )
    assert f'href="/juries/{case.pk}"' not in main(get(Client(), "/juries/?standard=spam"))
    assert f'href="/juries/{case.pk}"' in main(get(Client(), "/juries/?standard=personal-attacks"))
    feed = get(Client(), "/juries.atom")
    assert f"Case {case.pk}: removed" in feed and "oaf" not in feed and "unkind" not in feed
    assert 'href="/juries.atom"' in page


def test_what_was_written_where_not_everybody_reads_stays_there(court: Court) -> None:
    cast = court.cast
    court.crowd(10)
    from palaver.forums import placing

    for member in court.jurors:
        placing.admit(cast.den, member=member, by=cast.odile)
    thread = cast.thread("Behind the door", forum=cast.den, by=cast.ana)
    post = posting.reply(thread=thread, author=cast.bram, text="You oaf.")
    with transaction.atomic():
        Forum.objects.filter(pk=cast.den.pk).update(is_safe_haven=False)
    case = alerting.alert(by=cast.ana, about="post", post=post, standard="personal-attacks", because="Unkind.").case
    assert case is not None
    court.gather()
    convening.sit(case.pk)
    judge(fresh_case(case), KEEPS, KEEPS, KEEPS)
    for client in (Client(), signed_in(cast.kaya)):
        page = get(client, f"/juries/{case.pk}") + get(client, "/juries/")
        assert (
            "oaf" not in page
            and "Behind the door" not in page
            and "The den" not in page
            and "standard says" not in page
        )
        assert "its own readers" in text(page)
    assert "You oaf." in get(signed_in(cast.ana), f"/juries/{case.pk}")


# Too few for a jury -----------------------------------------------------------------------------------------------


def test_where_too_few_can_be_drawn_a_host_is_asked_and_decides_in_the_open(court: Court) -> None:
    cast = court.cast
    assert cast.chidi
    case = court.case(post=a_post(court))
    assert case.judges == Case.Judges.HOST
    told = Notice.objects.get(member=cast.chidi, kind="judge")
    assert told.href == f"/juries/{case.pk}/decide"
    chidi = signed_in(cast.chidi)
    page = get(chidi, told.href)
    assert "Fewer than 8 members could be drawn" in text(page) and "You oaf" in page
    assert "goran" not in re.sub(r"</?em>", "", page).lower()
    slip = send(chidi, told.href, 422, removes="yes", because="")
    assert "Say why" in text(slip)
    send(chidi, told.href, removes="yes", because="It calls somebody an oaf.")
    public = text(get(Client(), f"/juries/{case.pk}"))
    assert "a host, Chidi" in public and "It calls somebody an oaf." in public and "too few for a jury" in public
    assert fresh(told).seen_at is not None
    assert chidi.get(told.href).status_code == 302


def test_nobody_else_decides_it(court: Court) -> None:
    assert court.cast.chidi
    case = court.case(post=a_post(court))
    for member in (court.cast.ana, court.cast.goran, court.cast.bram):
        get(signed_in(member), f"/juries/{case.pk}/decide", 403)
        send(signed_in(member), f"/juries/{case.pk}/decide", 403, removes="yes", because="So.")
    court.crowd(10)
    jury = court.sitting(by=court.cast.kaya)
    get(signed_in(court.cast.odile), f"/juries/{jury.pk}/decide", 403)


# Serving ----------------------------------------------------------------------------------------------------------


def test_a_member_says_whether_the_lot_may_fall_on_them(court: Court) -> None:
    ana = signed_in(court.cast.ana)
    assert 'value="yes" checked' in get(ana, "/me/judging")
    send(ana, "/me/judging", available="no")
    assert 'value="no" checked' in get(ana, "/me/judging")


def test_ones_own_seats_and_pseudonyms_are_shown_to_oneself_alone(court: Court) -> None:
    case = removed(court)
    seat = offers(case, "voted")[0]
    mine = get(signed_in(juror(seat)), "/me/judging")
    assert seat.drawn.pseudonym in mine and "you voted" in text(mine) and "Resting" in text(mine)
    other = next(member for member in court.jurors if member.pk != juror(seat).pk)
    assert seat.drawn.pseudonym not in get(signed_in(other), "/me/judging")


def test_a_member_page_says_own_removals_and_chance_but_never_who_served(court: Court) -> None:
    case = removed(court)
    page = text(get(Client(), "/m/Goran"))
    assert "Own removals 1 in 90 days" in page and f"{eligibility.chance(court.cast.goran.pk)} %" in page
    assert eligibility.chance(court.cast.goran.pk) == 80
    seat = offers(case, "voted")[0]
    page = text(get(Client(), f"/m/{juror(seat).name.replace(' ', '%20')}"))
    assert "100 %" in page and "case" not in page.lower()
