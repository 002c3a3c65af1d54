"""Error pages: in words, without a database."""

from __future__ import annotations

import jinja2
import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from markupsafe import escape

from palaver.web import errors


def asked(status: int, **form: str) -> HttpRequest:
    request = RequestFactory().post("/somewhere", form)
    request.META["palaver.request_id"] = "r-1"
    return request


@pytest.mark.parametrize("status", sorted(errors.WORDS))
def test_an_error_page_says_what_happened_why_and_what_now(status: int, settings: object) -> None:
    settings.PALAVER_NAME = "Millbrook & Co"  # type: ignore[attr-defined]
    answer = errors.page(asked(status, body="<b>kept"), status)
    html = answer.content.decode()
    assert answer.status_code == status
    for words in errors.WORDS[status]:
        assert escape(str(words)) in html
    assert "Millbrook &amp; Co" in html and "&lt;b&gt;kept" in html
    assert ("r-1" in html) == (status >= 500)
    assert f'<p class="mishap-status">{status}</p>' in html


def test_each_status_has_words_of_its_own() -> None:
    assert len({tuple(map(str, words)) for words in errors.WORDS.values()}) == len(errors.WORDS)


def test_an_error_page_compiles_its_templates_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scrapers ask for what is not there all day long; compiling costs fifty times what drawing does."""
    errors.sentence_page(404)
    compiled: list[object] = []
    monkeypatch.setattr(jinja2.Environment, "compile", lambda *args, **more: compiled.append(args))
    assert errors.sentence_page(404)
    assert compiled == []


def test_a_page_for_the_front_needs_no_request() -> None:
    assert "Shorten it" in errors.sentence_page(413).decode()


def test_a_signed_in_member_is_not_told_to_sign_in(rf: RequestFactory) -> None:
    from palaver.accounts.reads import Viewer
    from palaver.kit import clock

    request = rf.get("/nowhere")
    assert ">Sign in</a>" in errors.page(request, 404).content.decode()
    request.viewer = Viewer(  # type: ignore[attr-defined]
        1, "Ana", False, "", "", "dark", "flat", "none", True, clock.now(), None, "key"
    )
    html = errors.page(request, 404).content.decode()
    assert ">Sign in</a>" not in html and "<bdi>Ana</bdi>" in html and 'data-theme="dark"' in html
