"""Error pages: in words, without a database."""

from __future__ import annotations

import pytest

from palaver.web import mishaps


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 421, 429, 500, 503])
def test_an_error_page_says_what_happened_why_and_what_now(status: int) -> None:
    html = mishaps.render(status, community="Millbrook & Co", kept="<b>kept", request_id="r-1")
    for words in mishaps.words(status):
        assert words.replace("'", "&#39;") in html
    assert "Millbrook &amp; Co" in html and "&lt;b&gt;kept" in html and "r-1" in html
    assert f'<p class="mishap-status">{status}</p>' in html


def test_each_status_has_words_of_its_own() -> None:
    statuses = [400, 403, 404, 405, 410, 413, 421, 429, 500, 503]
    assert len({mishaps.words(status) for status in statuses}) == len(statuses)


def test_a_reason_given_replaces_the_general_one() -> None:
    html = mishaps.render(403, community="Millbrook", because="Only hosts may lock a thread.")
    assert "Only hosts may lock a thread." in html and mishaps.words(403)[1] not in html
