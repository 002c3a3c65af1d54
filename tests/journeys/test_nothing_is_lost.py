"""Locks, refusals and slips: the page says what is wrong and keeps what was written."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.people import open_thread, reply, sign_in
from tests.journeys.running import Serving

Person = Callable[..., BrowserContext]
BECAUSE = "Everything has been said, twice, and the last time with capitals."


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_host_locks_with_a_reason_and_a_late_reply_keeps_its_text(
    serving: Serving, person: Person, scripts: bool
) -> None:
    subject = (
        "Sandbags: the list, the van, the telephone tree"
        if scripts
        else "To whoever cleared the leaves from the school steps"
    )
    late = person(java_script_enabled=scripts).new_page()
    sign_in(late, serving.address, "Bram")
    open_thread(late, serving.address, subject)
    host = person(java_script_enabled=scripts).new_page()
    sign_in(host, serving.address, "Chidi")
    open_thread(host, serving.address, subject)
    host.get_by_role("link", name="Lock the thread").click()
    host.get_by_label("Why").fill(BECAUSE)
    host.get_by_role("button", name="Lock it").click()
    expect(host.locator(".flash")).to_contain_text("The thread is locked.")
    expect(host.locator("article.opening .locked")).to_have_text(f"Locked by Chidi: {BECAUSE}")
    expect(host.locator(".posts")).to_contain_text(BECAUSE)
    assert host.locator("form#reply").count() == 0

    late.locator("form#reply").get_by_label("What you want to say").fill("But I had found the van keys!")
    late.locator("form#reply").get_by_role("button", name="Reply").click()
    expect(late.get_by_role("alert")).to_contain_text("locked")
    expect(late.get_by_label("What you want to say")).to_have_value("But I had found the van keys!")

    guest = person().new_page()
    guest.goto(f"{serving.address}/record")
    line = guest.locator("main .list li", has_text=subject).first
    expect(line).to_contain_text("Chidi host locked the thread")
    expect(line).to_contain_text(BECAUSE)
    open_thread(guest, serving.address, subject)
    expect(guest.locator(".row, article.opening .locked").first).to_contain_text(BECAUSE)

    host.get_by_role("link", name="Unlock the thread").click()
    host.get_by_role("button", name="Open it again").click()
    late.locator("main").get_by_role("button", name="Reply", exact=True).click()
    expect(late.locator("article.post", has_text="But I had found the van keys!")).to_be_visible()


def test_a_member_who_is_no_host_is_not_offered_the_lock_and_is_refused(serving: Serving, person: Person) -> None:
    page = person().new_page()
    sign_in(page, serving.address, "Bram")
    open_thread(page, serving.address, "How the hospital stop was won back: a draft, please correct it")
    assert page.get_by_role("link", name="Lock the thread").count() == 0
    number = page.locator("[data-thread]").get_attribute("data-thread")
    answer = page.goto(f"{serving.address}/t/{number}/lock")
    assert answer is not None and answer.status == 403
    expect(page.locator("h1")).to_have_text("This is not open to you")


def test_a_form_sent_twice_makes_one_post(serving: Serving, person: Person) -> None:
    context = person()
    page = context.new_page()
    sign_in(page, serving.address, "Bram")
    open_thread(page, serving.address, "Does anybody else hear the hum?")
    form = page.locator("form#reply")
    fields = {"once": form.locator("[name=once]").input_value(), "body": "Only in the key of G.", "subject": ""}
    where = serving.address + (form.get_attribute("action") or "")
    for _ in range(3):
        answer = context.request.post(where, form=fields, headers={"Origin": serving.address})
        assert answer.ok
    page.reload()
    expect(page.locator("article.post", has_text="Only in the key of G.")).to_have_count(1)


def test_a_form_from_elsewhere_is_refused_and_the_text_given_back(serving: Serving, person: Person) -> None:
    context = person()
    page = context.new_page()
    sign_in(page, serving.address, "Bram")
    open_thread(page, serving.address, "Does anybody else hear the hum?")
    where = serving.address + (page.locator("form#reply").get_attribute("action") or "")
    answer = context.request.post(
        where, form={"body": "Sent from another house <b>"}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status == 403
    text = answer.text()
    assert "This form is out of date" in text and "Sent from another house &lt;b&gt;" in text
    page.reload()
    assert page.locator("article.post", has_text="Sent from another house").count() == 0


def test_slips_of_the_pen_are_told_beside_the_field(serving: Serving, person: Person) -> None:
    page = person(java_script_enabled=False).new_page()
    sign_in(page, serving.address, "Bram")
    page.goto(f"{serving.address}/f/general-discussion/start")
    page.get_by_label("Subject").evaluate(
        "field => { field.removeAttribute('maxlength'); field.form.noValidate = true }"
    )
    page.get_by_label("Subject").fill("very long " * 60)
    page.get_by_label("What you want to say").fill("A text that must survive.")
    page.get_by_role("button", name="Start the thread").click()
    expect(page.locator("#subject-error")).to_be_visible()
    expect(page.get_by_label("What you want to say")).to_have_value("A text that must survive.")
    page.get_by_label("Subject").evaluate("field => { field.form.noValidate = true }")
    page.get_by_label("Subject").fill("A fitting subject")
    page.get_by_label("What you want to say").fill("   ")
    page.get_by_role("button", name="Start the thread").click()
    expect(page.locator("#body-error")).to_be_visible()
    expect(page.get_by_label("Subject")).to_have_value("A fitting subject")
    page.get_by_label("What you want to say").fill("Now it stands.")
    page.get_by_role("button", name="Start the thread").click()
    expect(page.locator("h1")).to_have_text("A fitting subject")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_reply_after_the_session_has_ended_is_given_back(serving: Serving, person: Person, scripts: bool) -> None:
    context = person(java_script_enabled=scripts)
    page = context.new_page()
    sign_in(page, serving.address, "Bram")
    open_thread(page, serving.address, "Does anybody else hear the hum?")
    context.clear_cookies()
    page.locator("form#reply").get_by_label("What you want to say").fill("An hour of typing.")
    page.locator("form#reply").get_by_role("button", name="Reply").click()
    expect(page.locator("h1")).to_have_text("Sign in first")
    expect(page.locator("#kept")).to_have_value("An hour of typing.")


def test_a_suspended_member_reads_and_recommends_but_does_not_write(serving: Serving, person: Person) -> None:
    page = person().new_page()
    sign_in(page, serving.address, "Jonas")
    open_thread(page, serving.address, "The weather in three words")
    expect(page.locator(".locked.reply-form")).to_contain_text("Your account is suspended until")
    assert page.locator("form#reply").count() == 0
    page.locator("#p1").get_by_role("button", name="Recommend").click()
    expect(page.locator("#p1").get_by_role("button", name="Recommended")).to_be_visible()


def test_an_author_withdraws_and_a_line_stays(serving: Serving, person: Person) -> None:
    page = person().new_page()
    sign_in(page, serving.address, "Emil")
    open_thread(page, serving.address, "The weather in three words")
    written = reply(page, "I should not have said this.")
    page.locator(f"#{written}").get_by_role("link", name=re.compile("^Withdraw")).click()
    page.get_by_label("Why").fill("It was unkind.")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.locator(f"#{written} .gone")).to_have_text("Withdrawn by its author: It was unkind.")
    expect(page.locator("main")).not_to_contain_text("I should not have said this.")


def test_too_large_a_body_is_told_in_words(serving: Serving) -> None:
    request = urllib.request.Request(
        f"{serving.address}/t/1/replies",
        data=urllib.parse.urlencode({"body": "x" * (3 * 1024 * 1024)}).encode(),
        headers={"Origin": serving.address},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    assert refused.value.code == 413
    assert "That is more than fits" in refused.value.read().decode()
