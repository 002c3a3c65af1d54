"""Two watchers suspend an intruder, he answers in one click, and three members decide within the day."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.journeys.people import sign_in
from tests.journeys.rows import settle
from tests.journeys.running import Serving

Person = Callable[..., BrowserContext]
Look = Callable[..., None]
Picture = Callable[..., Path]

# Everybody but Quinn, who came yesterday, has written enough to judge; Rhona and Teodora are on the watch.
RAID = """
from palaver.forums import posting
from palaver.standards import seeds
from palaver.standards.models import WatchTerm
seeds.commit_due()
with transaction.atomic():
    Member.objects.exclude(name__in=["Quinn", "Jonas", "Kaya"]).update(post_count=60)
    for name in ("Rhona", "Teodora"):
        WatchTerm.objects.create(member=member(name), since=clock.now(), until=clock.now() + timedelta(days=90))
thread = Thread.objects.filter(forum__slug="the-lounge", locks=None).order_by("-post_count")[0]
posting.reply(thread=thread, author=member("Quinn"), text="Cheap lamps! Ask me for the price list of the best lamps.")
tell["thread"] = thread.pk
"""
# Everybody in the pool is here; the sessions of those on whom the lot falls are told, so that they can be asked over HTTP.
JURY = """
from palaver.accounts.sessions import SessionStore
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.conf import settings
from palaver.standards import convening
from palaver.standards.models import Case, PoolMember, Seat
case = Case.objects.filter(kind="watch").latest("pk")
convening.saw_all(list(PoolMember.objects.filter(case=case).values_list("member_id", flat=True)))
convening.sit(case.pk)
tell["seats"], tell["judges"] = [], case.judges
for seat in Seat.objects.filter(case=case, state="offered").select_related("drawn__member"):
    juror, store = seat.drawn.member, SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(juror.pk), settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = juror.get_session_auth_hash()
    store.create()
    tell["seats"].append([seat.pk, store.session_key])
tell["cookie"] = settings.SESSION_COOKIE_NAME
"""


def test_an_intruder_is_stopped_answers_and_is_judged_by_three(
    serving: Serving, person: Person, accessible: Look, picture: Picture
) -> None:
    address, told = serving.address, settle(serving.home, RAID)
    rhona = person().new_page()
    sign_in(rhona, address, "Rhona")
    rhona.goto(f"{address}/watch/")
    rhona.get_by_role("link", name="To the newcomers’ desk").click()
    accessible(rhona)
    picture(rhona, "desk", full=True)
    rhona.locator("#posts li", has_text="Cheap lamps!").first.get_by_role("link", name="Suspend the account").click()
    rhona.get_by_label("Why").fill("Sells lamps.")
    rhona.get_by_role("button", name="Propose it").click()
    expect(rhona.locator(".flash").first).to_contain_text("it is done when one of them agrees")
    mine = rhona.locator("#waiting li", has_text="Sells lamps.")
    expect(mine.get_by_role("button", name="Drop it")).to_be_visible()
    expect(mine.get_by_role("button", name="I agree")).to_have_count(0)

    teodora = person().new_page()
    sign_in(teodora, address, "Teodora")
    teodora.goto(f"{address}/notices/")
    teodora.get_by_role("link", name="A second watcher is wanted: suspend Quinn?").first.click()
    teodora.locator("#waiting li", has_text="Sells lamps.").get_by_role("button", name="I agree – do it").click()
    expect(teodora.locator(".flash").first).to_contain_text("Agreed, and done.")

    # Quinn has no scripts. The text is gone from the thread; the notice leads to the one click.
    quinn = person(java_script_enabled=False).new_page()
    sign_in(quinn, address, "Quinn")
    quinn.goto(f"{address}/t/{told['thread']}")
    assert "Cheap lamps!" not in quinn.content()
    quinn.goto(f"{address}/notices/")
    quinn.get_by_role("link", name="The watch has suspended your account").click()
    expect(quinn.locator("main")).to_contain_text("Sells lamps.")
    picture(quinn, "answer", full=True)
    quinn.get_by_role("button", name="This is a mistake. I would like to stay.").click()
    expect(quinn.locator("main")).to_contain_text("I am a person, and I would like to stay.")

    # Three jurors, over HTTP; Quinn's name is not in what they are given.
    jury = settle(serving.home, JURY)
    assert jury["judges"] == "jury" and len(jury["seats"]) == 3
    for seat, key in jury["seats"][:2]:
        juror = person()
        juror.add_cookies([{"name": jury["cookie"], "value": key, "url": address}])
        paper = f"{address}/juries/seat/{seat}"
        same = {"Sec-Fetch-Site": "same-origin"}
        taken = juror.request.post(paper, form={"act": "accept"}, headers=same)
        assert taken.ok and "Sells lamps." in taken.text() and "Quinn" not in taken.text()
        assert "I am a person" in taken.text()
        form = {"act": "vote", "choice": "4", "reason": "Once is no raid."}
        assert juror.request.post(paper, form=form, headers=same).ok

    quinn.goto(f"{address}/t/{told['thread']}")
    assert "Cheap lamps!" in quinn.content()
    quinn.goto(f"{address}/notices/")
    expect(quinn.locator("main")).to_contain_text("you are not suspended any more")
    rhona.goto(f"{address}/watch/")
    expect(rhona.locator("#acts")).to_contain_text("Three members ended it.")
    accessible(rhona)
    picture(rhona, "watch", full=True)
