"""Pages of appeals, warnings, reasons, figures and the desk: whole stories by plain forms, as without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import transaction
from django.test import Client
from tests.cast import Cast, at, fresh, signed_in
from tests.standards.court import BREAKS, KEEPS, Court, judge, offers, settled

from palaver.accounts.models import Suspension
from palaver.accounts.suspending import suspend
from palaver.forums.models import Hold, Post, Removal
from palaver.kit import clock
from palaver.record.models import Entry
from palaver.standards import appealing, convening, deciding
from palaver.standards.models import Appeal, Case, Consequence, Prolongation, Verdict

pytestmark = pytest.mark.one_database


def text(answer: object) -> str:
    page = unescape(answer.content.decode())  # type: ignore[attr-defined]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def removed(court: Court) -> Removal:
    case = court.case()
    deciding.decide_alone(case, by=court.cast.odile, removes=True, because="It is unkind.")
    return Removal.objects.get(case_number=case.pk)


def first_form(page: str) -> str:
    found = re.search(r'<form class="form[^"]*"[^>]* action="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_removed_post_comes_back_by_notice_form_jury_of_eleven_and_verdict(court: Court) -> None:
    court.crowd(75)
    now = clock.now()
    ana = signed_in(court.cast.ana)
    with at(now):
        judge(court.sitting(), *[BREAKS] * 5)
    # The notice leads to the case, the case to the form.
    told = ana.get("/notices/").content.decode()
    case = Verdict.objects.get().case
    assert "A post of yours was removed" in unescape(told)
    page = ana.get(f"/juries/{case.pk}").content.decode()
    link = re.search(r'href="(/me/appeals/removal/\d+)"', page)
    assert link is not None
    assert "/me/appeals/" not in signed_in(court.cast.bram).get(f"/juries/{case.pk}").content.decode()
    form = ana.get(link[1]).content.decode()
    assert ana.post(first_form(form), {"words": "I meant the bread."}).status_code == 302
    assert "being judged" in text(ana.get("/me/appeals"))
    # Twice sent is one appeal.
    again = ana.post(first_form(form), {"words": "I meant the bread."})
    assert again.status_code == 403
    assert "being judged already" in text(again)
    appeal = Appeal.objects.select_related("case").get()
    court.gather()
    convening.sit(appeal.case_id)
    seats = offers(appeal.case)
    assert len(seats) == 11
    for seat, choice in zip(seats, [*[KEEPS] * 5, *[BREAKS] * 5, KEEPS], strict=True):
        juror = signed_in(seat.drawn.member)
        assert juror.post(f"/juries/seat/{seat.pk}", {"act": "accept"}).status_code == 302
        paper = juror.get(f"/juries/seat/{seat.pk}").content.decode()
        assert "I meant the bread." in paper
        assert "Ana" not in paper
        sent = juror.post(
            f"/juries/seat/{seat.pk}", {"act": "vote", "choice": str(int(choice)), "reason": "As it stands."}
        )
        assert sent.status_code == 302
    assert fresh(court.post).standing == Post.Standing.SHOWN
    assert "Mine was rye." in Client().get(f"/t/{court.thread.pk}/{court.thread.slug}").content.decode()
    assert "overturned: it costs you nothing" in text(ana.get("/me/appeals"))
    said = text(Client().get(f"/juries/{appeal.case_id}/reasons"))
    assert "On appeal, the removal of the post was overturned." in said
    assert "Ana" not in said


def test_a_suspended_member_appeals_by_plain_forms(court: Court) -> None:
    suspend(court.cast.ana, by=court.cast.odile, until=clock.now() + timedelta(days=9), because="She sold lamps.")
    ana = signed_in(court.cast.ana)
    assert "She sold lamps. You can appeal" in text(ana.get("/notices/"))
    refused = ana.post(f"/t/{court.thread.pk}/replies", {"body": "Still."})
    assert refused.status_code == 422
    page = ana.get("/me/appeals").content.decode()
    link = re.search(r'href="(/me/appeals/suspension/\d+)"', page)
    assert link is not None
    form = ana.get(link[1])
    assert "She sold lamps." in text(form)
    empty = ana.post(link[1], {"words": "  "})
    assert empty.status_code == 422
    assert "Say why you ask" in text(empty)
    long = ana.post(link[1], {"words": "lamp " * 900})
    assert long.status_code == 422
    assert long.content.decode().count("lamp ") >= 899
    assert ana.post(link[1], {"words": "I gave them away."}).status_code == 302
    case = Case.objects.get(kind=Case.Kind.APPEAL)
    odile = signed_in(court.cast.odile)
    before = text(odile.get(f"/juries/{case.pk}/decide"))
    assert "Should this suspension stand?" in before
    assert "I gave them away." in before
    sent = odile.post(f"/juries/{case.pk}/decide", {"removes": "no", "because": "They were gifts."})
    assert sent.status_code == 302
    assert court.cast.ana.running_suspension() is None
    assert ana.post(f"/t/{court.thread.pk}/replies", {"body": "Thank you."}).status_code == 302


def test_another_members_appeal_is_not_found_and_guests_sign_in_first(court: Court) -> None:
    removal = removed(court)
    address = f"/me/appeals/removal/{removal.pk}"
    assert signed_in(court.cast.bram).get(address).status_code == 404
    assert signed_in(court.cast.odile).post(address, {"words": "For her."}).status_code == 404
    guest = Client(headers={"sec-fetch-site": "same-origin"})
    assert guest.get(address).status_code == 302
    assert guest.post(address, {"words": "For her."}).status_code == 403
    ana = signed_in(court.cast.ana)
    assert ana.get("/me/appeals/removal/999999").status_code == 404
    assert ana.get("/me/appeals/fence/1").status_code == 404
    assert ana.get(f"/me/appeals/removal/{2**80}").status_code == 404
    assert not Appeal.objects.exists()


def test_a_form_out_of_time_says_so_and_makes_nothing(court: Court) -> None:
    removal = removed(court)
    with transaction.atomic():
        Removal.objects.filter(pk=removal.pk).update(at=clock.now() - timedelta(days=15))
    ana = signed_in(court.cast.ana)
    page = ana.get(f"/me/appeals/removal/{removal.pk}")
    assert "An appeal is possible for 14 days" in text(page)
    assert "<textarea" not in page.content.decode()
    assert ana.post(f"/me/appeals/removal/{removal.pk}", {"words": "Late."}).status_code == 403
    assert not Appeal.objects.exists()


def test_a_warning_letter_is_for_its_reader_alone(court: Court) -> None:
    removal = removed(court)
    with transaction.atomic():
        letter = Consequence.objects.create(
            member=court.cast.ana,
            verdict_id=removal.case_number,
            kind=Consequence.Kind.WARNING,
            removals=[removal.pk],
        )
    page = text(signed_in(court.cast.ana).get(f"/me/warnings/{letter.pk}"))
    assert "No personal attacks" in page
    assert "Whom to ask" in page
    for other in (court.cast.bram, court.cast.odile):
        assert signed_in(other).get(f"/me/warnings/{letter.pk}").status_code == 404
    notice = Consequence.objects.get(kind=Consequence.Kind.NOTICE)
    assert signed_in(court.cast.ana).get(f"/me/warnings/{notice.pk}").status_code == 404


def test_reasons_of_a_closed_forum_are_read_by_its_readers_and_by_whom_they_concern(cast: Cast) -> None:
    thread = cast.thread(forum=cast.den, text="A secret loaf.")
    court = Court(cast)
    post = Post.objects.get(thread=thread, place=0)
    settled(cast.bram)
    case = court.case(post=post)
    open_page = Client().get(f"/juries/{case.pk}/reasons")
    assert open_page.status_code == 404
    deciding.decide_alone(case, by=cast.odile, removes=True, because="It is unkind.")
    address = f"/juries/{case.pk}/reasons"
    for reader, status in ((cast.ana, 200), (cast.bram, 200), (cast.odile, 200), (cast.kaya, 403)):
        assert signed_in(reader).get(address).status_code == status
        assert signed_in(reader).get(f"{address}.txt").status_code == status
    assert Client().get(address).status_code == 403
    assert Client().get(f"{address}.txt").status_code == 403


def test_figures_and_reports_are_there_from_the_first_day(cast: Cast) -> None:
    guest, year = Client(), clock.now().year
    assert "No case has been decided" in text(guest.get("/standards/"))
    assert f"Transparency report {year}" in text(guest.get(f"/standards/report/{year}"))
    assert guest.get("/standards/report/1999").status_code == 404
    assert guest.get(f"/standards/report/{year + 1}.csv").status_code == 404
    assert guest.get(f"/standards/report/{10**30}").status_code == 404
    values = guest.get(f"/standards/report/{year}.csv")
    assert values.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert values.content.startswith(b"section,item,measure,value\r\n")


def test_figures_are_drawn_with_a_table_beside_each_chart(court: Court) -> None:
    removed(court)
    page = Client().get("/standards/").content.decode()
    assert page.count('<svg class="chart-drawing"') == page.count('<details class="chart-table"') == 5
    assert "style=" not in page
    assert "Ana" not in page


def test_an_operator_holds_a_post_for_law_and_lets_it_go_on_the_record(court: Court) -> None:
    odile = signed_in(court.cast.odile)
    wrong = odile.post("/desk/standards", {"act": "hold", "post": "nowhere", "ground": "law", "because": "A court."})
    assert wrong.status_code == 422
    assert "No post is found" in text(wrong)
    assert "A court." in wrong.content.decode()
    given = {"act": "hold", "post": f"http://127.0.0.1/p/{court.post.pk}", "ground": "law"}
    assert odile.post("/desk/standards", given).status_code == 422
    assert odile.post("/desk/standards", {**given, "because": "A court has ordered it."}).status_code == 302
    held = Hold.objects.get()
    assert (held.ground, held.until, fresh(court.post).standing) == ("law", None, Post.Standing.HELD)
    assert "A court has ordered it." in text(odile.get("/desk/standards"))
    assert Entry.objects.filter(act="post.hold", office="operator").count() == 1
    release = {"act": "release", "hold": str(held.pk), "because": "The order was lifted."}
    assert odile.post("/desk/standards", release).status_code == 302
    assert fresh(court.post).standing == Post.Standing.SHOWN
    assert odile.post("/desk/standards", release).status_code == 422
    assert signed_in(court.cast.bram).post("/desk/standards", given).status_code == 403


def test_a_case_that_waits_for_an_operator_is_counted_and_leads_to_its_form(court: Court) -> None:
    case = court.case()
    page = signed_in(court.cast.odile).get("/desk/standards").content.decode()
    assert f"/juries/{case.pk}/decide" in page
    assert re.search(r'href="/desk/standards"[^>]*>Standards <span class="count">1<', page)


def test_a_longer_suspension_is_asked_at_the_desk_and_answered_by_the_member(court: Court) -> None:
    with transaction.atomic():
        running = Suspension.objects.create(
            member=court.cast.ana, office="jury", because="Five posts.", until=clock.now() + timedelta(days=30)
        )
    odile, ana = signed_in(court.cast.odile), signed_in(court.cast.ana)
    given = {"act": "longer", "suspension": str(running.pk), "days": "90", "because": "It is the third time."}
    assert odile.post("/desk/standards", {**given, "days": "ninety"}).status_code == 422
    assert odile.post("/desk/standards", given).status_code == 302
    asked = Prolongation.objects.get()
    assert "asks a jury" in text(ana.get("/notices/"))
    assert "It is the third time." in text(ana.get(f"/me/longer/{asked.pk}"))
    assert signed_in(court.cast.bram).get(f"/me/longer/{asked.pk}").status_code == 404
    assert ana.post(f"/me/longer/{asked.pk}", {"words": ""}).status_code == 422
    assert ana.post(f"/me/longer/{asked.pk}", {"words": "It was the second."}).status_code == 302
    asked = Prolongation.objects.get()
    assert asked.case is not None
    before = text(odile.get(f"/juries/{asked.case.pk}/decide"))
    assert "Should this suspension last longer?" in before
    assert "It was the second." in before
    assert "A jury is deciding already" in text(ana.get(f"/me/longer/{asked.pk}"))


def test_the_record_names_nobody_who_appeals_while_it_is_judged(court: Court) -> None:
    removal = removed(court)
    before = Entry.objects.count()
    appealing.appeal_removal(removal, by=court.cast.ana, words="I meant the bread.")
    acts = Entry.objects.filter(sequence__gt=before).select_related("payload").order_by("sequence")
    assert [one.act for one in acts] == ["case.open", "appeal.open"]
    assert all("I meant" not in str(one.payload.body) for one in acts)
    assert all(f'"by":{court.cast.ana.pk}' not in str(one.payload.body) for one in acts)
