"""The pages of searching, as browsers without script see them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from palaver.search.models import SavedSearch
from tests.cast import Cast, signed_in


@pytest.fixture
def guest() -> Client:
    return Client()


def page(client: Client, query: str, **more: str) -> str:
    return client.get("/search", {"q": query, **more}).content.decode()


def test_what_was_found_is_marked_and_leads_to_its_post(cast: Cast, guest: Client) -> None:
    thread = cast.thread("Rye & <barley>", text="A *slow* oven <script>alert(1)</script> makes good rye.")
    cast.reply(thread, text="Wheat for me.")
    html = page(guest, "slow rye")
    assert f'href="/t/{thread.pk}/post/0"' in html
    assert "<mark>Rye</mark> &amp; &lt;barley&gt;" in html
    assert "<mark>slow</mark>" in html
    assert "<script>alert" not in html
    assert "Wheat" not in html


def test_signs_between_the_words_of_a_found_phrase_are_no_markup(cast: Cast, guest: Client) -> None:
    cast.thread("Rye <b> bread", text="`slow <i> oven`")
    html = page(guest, '"rye b bread" OR "slow i oven"')
    assert "<mark>Rye &lt;b&gt; bread</mark>" in html
    assert "<mark>slow &lt;i&gt; oven</mark>" in html


def test_what_cannot_be_understood_is_explained_and_kept_in_the_field(cast: Cast, guest: Client) -> None:
    cast.thread()
    html = page(guest, 'autor:Ana "rye')
    assert "Did you mean author:?" in html
    assert "opened and not closed" in html
    assert 'value="autor:Ana &#34;rye"' in html


def test_a_search_of_nothing_but_signs_is_refused_with_a_sentence(cast: Cast, guest: Client) -> None:
    answer = guest.get("/search", {"q": "!?*"})
    assert answer.status_code == 422
    assert "no letter or digit" in answer.content.decode()


def test_the_empty_page_asks_for_a_word_and_stores_nothing(cast: Cast, guest: Client) -> None:
    answer = guest.get("/search")
    assert answer.status_code == 200
    assert not hasattr(answer, "cache_words")


def test_the_filters_are_links_that_change_the_query(cast: Cast, guest: Client) -> None:
    cast.thread(text="rye rye")
    html = page(guest, "rye")
    assert "q=rye+is%3Aop" in html
    assert "q=rye&amp;order=best" in html
    assert re.search(r"q=rye\+after%3A\d{4}-\d\d-\d\d", html)
    assert "q=rye+author%3AAna" in html
    on = page(guest, "rye is:op")
    assert 'href="/search?q=rye" aria-current="true"' in on


def test_older_results_stand_on_the_next_page_and_each_once(cast: Cast, guest: Client) -> None:
    thread = cast.thread(text="barley")
    for number in range(30):
        cast.reply(thread, text=f"barley {number}")
    found: list[str] = []
    address = "/search?q=barley"
    for _page in range(3):
        html = guest.get(address).content.decode()
        found += re.findall(r'class="find-head"><a href="([^"]+)"', html)
        later = re.search(r'rel="next" href="([^"]+)"', html)
        if later is None:
            break
        address = later[1].replace("&amp;", "&")
    assert found == [f"/t/{thread.pk}/post/{number}" for number in range(30, -1, -1)]


def test_best_match_has_its_pages_too(cast: Cast, guest: Client) -> None:
    thread = cast.thread(subject="Barley", text="barley")
    for number in range(30):
        cast.reply(thread, text=f"barley {number} " + "and more " * number)
    first = re.findall(r'find-head"><a href="([^"]+)"', page(guest, "barley", order="best"))
    second = re.findall(r'find-head"><a href="([^"]+)"', page(guest, "barley", order="best", page="2"))
    assert first[0] == f"/t/{thread.pk}/post/0"
    assert len(first) == 25
    assert len({*first, *second}) == 31


@pytest.mark.parametrize("given", ["x" * 9000, "(" * 10_000, '"' * 10_000, "\x00\x00", "a\x00b", "\u202egnp.exe", "-" * 300, "OR OR OR", ": : :", "author:", "author:\"", "-a -b", "*", "a* OR", "before:0000", "after:9999-99-99", "in:thread:99999999999999999999", "in:thread:-1", "\ud800", "NEAR(a b)", "{subject} : a", "a AND NOT b OR", "'; DROP TABLE--", "%s %% %(x)s", "a" * 300, "😀", "👩‍👩‍👧", "ﷺ" * 40, "\u0301" * 200])  # fmt: skip
@pytest.mark.parametrize("order", ["", "best"])
def test_hostile_queries_get_a_page_with_a_sentence_or_results(cast: Cast, given: str, order: str) -> None:
    cast.thread(text="a b c")
    address = "/search?q=" + "".join(f"%{byte:02X}" for byte in given.encode("utf-8", "surrogatepass"))
    answer = Client().get(f"{address}&order={order}&before=%00&page=99999999999999999999")
    assert answer.status_code in (200, 422)
    html = answer.content.decode()
    assert 'data-kind="' in html or "find-head" in html or 'class="empty"' in html


def test_a_member_keeps_a_search_is_told_changes_it_and_lets_it_go(cast: Cast) -> None:
    cast.thread(text="rye")
    ana = signed_in(cast.ana)
    assert "Keep this search" in ana.get("/search?q=rye").content.decode()
    assert ana.post("/search/saved", {"q": "rye", "name": "Bread", "told": "1"}).status_code == 302
    one = SavedSearch.objects.get()
    assert (one.name, one.query, one.told) == ("Bread", "rye", True)
    html = ana.get("/search/saved").content.decode()
    assert "Bread" in html
    assert f"/search/saved/{one.token}.atom" in html
    token = one.token
    ana.post(f"/search/saved/{one.pk}", {"act": "renew"})
    assert SavedSearch.objects.get().token != token
    ana.post(f"/search/saved/{one.pk}", {"act": "change", "name": "Loaves"})
    one.refresh_from_db()
    assert (one.name, one.told) == ("Loaves", False)
    assert signed_in(cast.bram).post(f"/search/saved/{one.pk}", {"act": "let-go"}).status_code == 404
    ana.post(f"/search/saved/{one.pk}", {"act": "let-go"})
    assert not SavedSearch.objects.exists()


def test_a_search_that_cannot_be_read_is_not_kept(cast: Cast) -> None:
    answer = signed_in(cast.ana).post("/search/saved", {"q": "!!!"})
    assert answer.status_code == 422
    assert not SavedSearch.objects.exists()


def test_a_guest_is_not_offered_to_keep_a_search(cast: Cast, guest: Client) -> None:
    cast.thread(text="rye")
    assert "Keep this search" not in page(guest, "rye")
    assert guest.get("/search/saved").status_code == 302
