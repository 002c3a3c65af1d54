"""Writing without scripts and what the scripts ask: preview, drafts, quotes, completion, what came meanwhile, corrections."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.cast import MORNING, Cast, at, founded_at, fresh, imported, original, signed_in

from palaver.forums import correcting, drafting, placing, posting, quoting, withdrawing
from palaver.forums.models import Admission, Correction, Draft, Post, Thread
from palaver.web.threads import drafts as draft_pages

pytestmark = pytest.mark.django_db(transaction=True)


def page(answer: Any) -> str:
    return str(answer.content.decode())


def field(answer: Any, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}" value="([^"]*)"', page(answer))
    assert found is not None, f"There is no field {name}."
    return found[1]


def text(answer: Any) -> str:
    found = re.search(r'<textarea[^>]* name="body"[^>]*>\n(.*?)</textarea>', page(answer), re.DOTALL)
    assert found is not None
    return found[1]


LATER = MORNING + timedelta(days=30)


# Drafts.


def test_a_form_is_opened_with_the_draft_and_the_sent_form_ends_it(cast: Cast) -> None:
    thread = cast.thread()
    address = f"/t/{thread.pk}/replies"
    first = signed_in(cast.bram)
    kept = first.post(address, {"body": "Oat, I th", "draft": "", "keep": "1", "once": "k" * 12})
    assert "Kept as a draft" in page(kept) and text(kept) == "Oat, I th"
    elsewhere = signed_in(cast.bram)
    opened = elsewhere.get(address)
    assert "Your draft from" in page(opened) and text(opened) == "Oat, I th"
    token = field(opened, "draft")
    assert token == f"reply:{thread.pk}@1"
    sent = elsewhere.post(address, {"body": "Oat, I think.", "draft": token, "once": field(opened, "once")})
    assert sent.status_code == 302 and not Draft.objects.exists()


def test_the_words_of_two_windows_are_both_kept_and_both_listed(cast: Cast) -> None:
    address = f"/f/{cast.lounge.slug}/start"
    ana = signed_in(cast.ana)
    token = field(ana.post(address, {"body": "Rye", "subject": "Bread", "keep": "1"}), "draft")
    ana.post(address, {"body": "Rye and oat", "subject": "Bread", "draft": token, "keep": "1"})
    late = ana.post(address, {"body": "Wheat", "subject": "Bread", "draft": token, "keep": "1"})
    assert "Another window has kept a newer draft" in page(late)
    assert field(late, "draft") == f"start:{cast.lounge.pk}+2@1"
    listed = page(ana.get("/account/drafts"))
    assert "Rye and oat" in listed and "Wheat" in listed
    assert "1 more draft for this place" in page(ana.get(address))
    older = Draft.objects.get(text="Rye and oat")
    assert text(ana.get(f"{address}?draft={older.pk}")) == "Rye and oat"


def test_drafts_are_seen_by_nobody_else_and_discarded_by_their_writer(cast: Cast) -> None:
    cast.ana, cast.bram  # noqa: B018
    drafting.keep(drafting.starting(cast.lounge), by=cast.ana, text="Secret rye")
    draft = Draft.objects.get()
    bram, ana = signed_in(cast.bram), signed_in(cast.ana)
    for address in ("/account/drafts", f"/f/{cast.lounge.slug}/start", f"/f/{cast.lounge.slug}/start?draft={draft.pk}"):
        assert "Secret rye" not in page(bram.get(address))
    assert bram.get(f"/drafts?place=start:{cast.lounge.pk}").json() == {"draft": ""}
    assert bram.post(f"/drafts/{draft.pk}/discard").status_code == 404
    gone = ana.post(f"/drafts/{draft.pk}/discard", {"stay": "1"})
    assert gone.headers["Location"] == f"/f/{cast.lounge.slug}/start" and not Draft.objects.exists()


def test_every_place_has_its_form_and_its_words(cast: Cast) -> None:
    thread = cast.thread()
    reply = cast.reply(thread)
    places = [
        drafting.starting(cast.lounge),
        drafting.replying(thread),
        drafting.answering(original(thread)),
        drafting.editing(reply),
    ]
    bram = signed_in(cast.bram)
    for where in places:
        drafting.keep(where, by=cast.bram, text=f"Words for {where.key}")
    listed = page(bram.get("/account/drafts"))
    for draft in drafting.of_member(cast.bram):
        assert draft.text in listed
        assert text(bram.get(draft_pages.address(draft))) == draft.text
    assert "A new thread in The lounge" in listed and "A change to your post #1" in listed


def test_a_draft_of_an_earlier_version_does_not_undo_the_later_one_unasked(cast: Cast) -> None:
    with at(MORNING):
        post = original(cast.thread())
        drafting.keep(drafting.editing(post), by=cast.ana, text="Mine was wheat.")
    with at(LATER):
        posting.edit(post, by=cast.ana, text="Mine was spelt.")
        ana = signed_in(cast.ana)
        opened = ana.get(f"/p/{post.pk}/edit")
        assert text(opened) == "Mine was spelt." and "before the last version" in page(opened)
        assert text(ana.get(f"/p/{post.pk}/edit?draft={Draft.objects.get().pk}")) == "Mine was wheat."


def test_a_draft_in_a_place_that_is_closed_by_now_stays_with_its_writer(cast: Cast) -> None:
    drafting.keep(drafting.starting(cast.den), by=cast.bram, text="My words for the den")
    bram = signed_in(cast.bram)
    assert "The den" in page(bram.get("/account/drafts"))
    with transaction.atomic():
        Admission.objects.filter(member=cast.bram).delete()
    listed = page(bram.get("/account/drafts"))
    assert "My words for the den" in listed and "A new thread in The den" not in listed


def test_a_draft_that_cannot_be_kept_says_why(cast: Cast) -> None:
    ana = signed_in(cast.ana)
    long = ana.post("/drafts", {"place": f"start:{cast.lounge.pk}", "body": "a" * 100_001})
    assert long.status_code == 422 and "Shorten it by 1" in long.json()["sentence"]
    assert ana.post("/drafts", {"place": "start:99999", "body": "a"}).status_code == 403


# Preview and rules.


def test_the_preview_is_the_posts_own_html_and_tells_what_the_rules_say(cast: Cast) -> None:
    placing.change_forum(cast.lounge, by=cast.odile, quoted_paragraphs=1)
    thread = cast.thread()
    body = "**Oat**, @Ana, #0\n\n> one\n>\n> two"
    told = signed_in(cast.bram).post("/preview", {"place": f"reply:{thread.pk}", "body": body}).json()
    assert "<strong>Oat</strong>" in told["html"] and 'href="/m/Ana"' in told["html"]
    assert f'href="/t/{thread.pk}/post/0"' in told["html"]
    assert told["longest"] == 2 and [name for name, _ in told["said"]] == ["body"]
    sent = signed_in(cast.bram).post(f"/t/{thread.pk}/replies", {"body": body})
    assert sent.status_code == 422 and told["said"][0][1] in page(sent) and "&gt; two" in text(sent)
    plain = signed_in(cast.bram).post(f"/t/{thread.pk}/replies", {"body": body, "preview": "1"})
    assert plain.status_code == 200 and told["said"][0][1] in page(plain) and "<strong>Oat</strong>" in page(plain)


def test_a_preview_too_long_is_answered_with_a_sentence(cast: Cast) -> None:
    told = signed_in(cast.ana).post("/preview", {"place": f"start:{cast.lounge.pk}", "body": "a" * 100_001})
    assert told.status_code == 422 and "Shorten it by 1" in told.json()["said"][0][1]


def test_the_form_says_the_rules_before_anything_is_written(cast: Cast) -> None:
    placing.change_forum(cast.lounge, by=cast.odile, posts_to_start=3, originals_only=True, quoted_paragraphs=2)
    form = page(signed_in(cast.ana).get(f"/f/{cast.lounge.slug}/start"))
    assert "you have written 0" in form and "at most 2 paragraphs" in form and "begin with words of your own" in form


def test_a_newcomer_reads_the_limits_on_every_form(db: None) -> None:
    cast = founded_at(MORNING)
    with at(MORNING):
        thread = cast.thread()
    with at(LATER):
        dara = signed_in(cast.dara)
        assert "You are new here: you can send 5 more posts" in page(dara.get(f"/t/{thread.pk}/replies"))
        assert "In your first days here" in page(dara.get(f"/t/{thread.pk}/{thread.slug}"))
        assert "first days" not in page(signed_in(cast.odile).get(f"/t/{thread.pk}/{thread.slug}"))
        many = "https://a.example https://b.example https://c.example"
        refused = dara.post(f"/t/{thread.pk}/replies", {"body": many})
        assert refused.status_code == 422 and "at most 2 links" in page(refused) and many in text(refused)


# Quoting.


def test_the_quote_link_opens_the_form_with_the_post_quoted(cast: Cast) -> None:
    thread = cast.thread(text="Mine was **rye**.\n\n[quote=Bram, #9]\nold\n[/quote]\n\nAnd more.")
    post = original(thread)
    bram = signed_in(cast.bram)
    assert f'href="/p/{post.pk}/reply?quote"' in page(bram.get(f"/t/{thread.pk}/{thread.slug}"))
    assert "?quote" not in page(Client().get(f"/t/{thread.pk}/{thread.slug}"))
    body = text(bram.get(f"/p/{post.pk}/reply?quote"))
    assert body == "[quote=Ana, #0]\nMine was **rye**.\n\nAnd more.\n[/quote]\n\n"
    drafting.keep(drafting.answering(post), by=cast.bram, text="Begun.")
    assert text(bram.get(f"/p/{post.pk}/reply?quote")).startswith("Begun.\n\n[quote=Ana, #0]")


def test_a_withdrawn_post_is_not_quoted(cast: Cast) -> None:
    reply = cast.reply(cast.thread(), text="Secret oat.")
    withdrawing.withdraw(reply, by=cast.bram)
    assert "Secret" not in page(signed_in(cast.ana).get(f"/p/{reply.pk}/reply?quote"))


def test_a_long_or_tricky_post_is_quoted_within_bounds(cast: Cast) -> None:
    thread = cast.thread()
    assert len(quoting.quoted("word " * 5_000, "Ana", 1)) < quoting.LONGEST + 100
    tricky = quoting.quoted("a [/quote] b [QUOTE=x] c", "Ana", 1)
    assert tricky.lower().count("[quote") == 1 and tricky.count("[/quote]") == 1
    quoting.quoted("[quote=a]" * 20_000, "Ana", 1)
    old = cast.reply(thread)
    imported(old, "[b]Oat[/b]", "bbcode")
    assert "**Oat**" in quoting.quotation(fresh(old))


# Meanwhile.


def test_replies_that_came_meanwhile_are_shown_once_before_sending(cast: Cast) -> None:
    thread = cast.thread()
    bram = signed_in(cast.bram)
    form = bram.get(f"/t/{thread.pk}/replies")
    sent = {"body": "Oat.", "once": field(form, "once"), "seen": field(form, "seen")}
    assert sent["seen"] == "0"
    cast.reply(thread, by=cast.dara, text="Spelt was mine.")
    asked = bram.post(f"/t/{thread.pk}/replies", sent)
    assert asked.status_code == 200 and "Spelt was mine." in page(asked) and text(asked) == "Oat."
    assert field(asked, "seen") == "1" and not Post.objects.filter(author=cast.bram).exists()
    cast.reply(thread, by=cast.dara, text="And oat.")
    done = bram.post(f"/t/{thread.pk}/replies", {**sent, "seen": "1", "shown": field(asked, "shown")})
    assert done.status_code == 302 and Post.objects.filter(author=cast.bram).count() == 1


def test_ones_own_reply_and_a_form_sent_twice_ask_nothing(cast: Cast) -> None:
    thread = cast.thread()
    bram = signed_in(cast.bram)
    sent = {"body": "Oat.", "once": "k" * 12, "seen": "0"}
    assert bram.post(f"/t/{thread.pk}/replies", sent).status_code == 302
    cast.reply(thread, by=cast.dara)
    assert bram.post(f"/t/{thread.pk}/replies", sent).status_code == 302
    assert Post.objects.filter(author=cast.bram).count() == 1


# Completion.


def found(client: Client, place: str, typed: str) -> list[str]:
    answer = client.get("/completion", {"place": place, "q": typed})
    return [one[0].strip() for one in answer.json()["found"]]


def test_names_are_completed_those_of_the_thread_first(cast: Cast) -> None:
    thread = cast.thread()
    for name in ("Dana Lee", "Dag", "Ådne"):
        cast.member(name)
    cast.reply(thread, by=cast.dara)
    bram, where = signed_in(cast.bram), f"reply:{thread.pk}"
    assert found(bram, where, "@da") == ["@Dara", "@Dag", "@Dana_Lee"]
    assert found(bram, where, "@dana_l") == ["@Dana_Lee"]
    assert found(bram, where, "@") == ["@Dara", "@Ana"]
    assert found(bram, where, "@br") == [] and found(bram, where, "x") == []


def test_posts_are_completed_by_number_and_threads_by_words_one_may_read(cast: Cast) -> None:
    thread = cast.thread("Bread of [the] day")
    cast.thread("Bread in the den", forum=cast.den)
    for n in range(12):
        cast.reply(thread, text=f"Oat {n}.")
    bram, kaya, where = signed_in(cast.bram), signed_in(cast.kaya), f"reply:{thread.pk}"
    assert found(bram, where, "#1") == ["#1", "#12", "#11", "#10"]
    assert found(bram, where, "#0") == ["#0"] and found(bram, where, "#999999999") == []
    link = f"[Bread of \\[the\\] day](/t/{thread.pk}/{thread.slug})"
    assert found(kaya, where, "#bread") == [link]
    assert len(found(bram, where, "#bread")) == 2


# Corrections.


def test_a_correction_stands_on_top_of_the_post_in_lists_and_in_the_history(cast: Cast) -> None:
    thread = cast.thread()
    post = original(thread)
    guest, ana = Client(), signed_in(cast.ana)
    line = "Spelt, not <rye>."
    assert "Corrected" not in page(guest.get(f"/t/{thread.pk}/{thread.slug}"))
    assert ana.post(f"/p/{post.pk}/correction", {"line": line}).status_code == 302
    shown = '<b>Corrected:</b> <span dir="auto">Spelt, not &lt;rye&gt;.</span>'
    assert shown in page(guest.get(f"/t/{thread.pk}/{thread.slug}"))
    assert shown in page(guest.get(f"/t/{thread.pk}/{thread.slug}?view=tree"))
    assert "Corrected: Spelt, not &lt;rye&gt;." in page(guest.get("/latest"))
    ana.post(f"/p/{post.pk}/correction", {"end": "1"})
    assert "Corrected" not in page(guest.get(f"/t/{thread.pk}/{thread.slug}"))
    assert "Corrected" not in page(guest.get("/latest"))
    assert "Spelt, not" in page(guest.get(f"/p/{post.pk}/history")) and Correction.objects.count() == 1


def test_a_line_that_is_too_long_comes_back_with_a_sentence(cast: Cast) -> None:
    post = original(cast.thread())
    answer = signed_in(cast.ana).post(f"/p/{post.pk}/correction", {"line": "x" * 301})
    assert answer.status_code == 422 and "300 fit" in page(answer) and "x" * 301 in page(answer)


def test_a_withdrawn_threads_line_leaves_the_lists(cast: Cast) -> None:
    thread = cast.thread()
    correcting.correct(original(thread), by=cast.ana, line="Spelt.")
    assert "Corrected: Spelt." in page(Client().get("/latest"))
    withdrawing.withdraw(original(thread), by=cast.ana)
    assert "Spelt." not in page(Client().get("/latest")) + page(Client().get(f"/t/{thread.pk}/{thread.slug}"))


# Bad input.


@pytest.mark.parametrize(
    "body",
    [
        "[quote=a]\n" * 500 + "deep" + "\n[/quote]" * 500,
        "> " * 500 + "deep",
        "[" * 32_768,
        "[details=x]\n" * 500 + "deep",
        "\u202egnitirw\u202c " * 2_000,
        " ".join(f"@m{n}" for n in range(10_000)),
        "|" * 5_000 + "\n" + "|-" * 2_500,
    ],
    ids=[
        "quotes 500 deep",
        "marks 500 deep",
        "32 KB of [",
        "spoilers 500 deep",
        "overrides",
        "10,000 names",
        "wide table",
    ],
)
def test_a_monstrous_text_is_previewed_and_posted_and_loses_nothing(cast: Cast, body: str) -> None:
    thread = cast.thread()
    bram = signed_in(cast.bram)
    assert bram.post("/preview", {"place": f"reply:{thread.pk}", "body": body}).status_code == 200
    assert bram.post("/drafts", {"place": f"reply:{thread.pk}", "body": body}).status_code == 200
    assert bram.post(f"/t/{thread.pk}/replies", {"body": body, "once": "k" * 12}).status_code == 302
    reply = Post.objects.get(author=cast.bram)
    assert reply.sources.get().text == body
    assert bram.get(f"/t/{thread.pk}/{thread.slug}").status_code == 200
    assert Thread.objects.count() == 1
