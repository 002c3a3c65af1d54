from __future__ import annotations

import pytest

from palaver.kit.text import cleaning
from palaver.kit.text.rendering import KINDS, Kind, render
from tests.kit.text.normal import faults
from tests.kit.text.shared import payloads


@pytest.mark.parametrize("kind", KINDS)
def test_no_payload_leaves_anything_that_could_run(kind: Kind) -> None:
    for payload in payloads():
        for source in (
            payload,
            f"[a]({payload})",
            f'[url="{payload}"]x[/url] [img]{payload}[/img]',
            f"[quote={payload}]\nq\n[/quote]",
        ):
            made = render(source, kind)
            assert not faults(made.html), (source, made.html)


def test_the_judge_finds_faults_when_nothing_is_cleaned() -> None:
    found = sum(bool(faults(payload)) for payload in payloads())
    assert found > 800, f"only {found} of the {len(payloads())} payloads are noticed at all"


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="java&#10;script:alert(1)">x</a>',
        '<p style="x">x</p>',
        '<p id="x">x</p>',
        '<img src="https://e.org/x.png">',
        '<p onclick="x">x</p>',
        "<!-- x -->",
        '<a href="https://e.org">x</a>',
    ],
)
def test_the_judge_knows_each_kind_of_fault(html: str) -> None:
    assert faults(html)


def test_only_our_classes_pass() -> None:
    assert cleaning.clean('<p class="btn">a</p><pre class="code btn">b</pre>') == '<p>a</p><pre class="code">b</pre>'


def test_an_imported_page_cannot_dress_up_as_ours() -> None:
    made = render(
        '<blockquote class="quote"><cite class="by">Ana, #1</cite>never said</blockquote>'
        '<a id="fn-p-1" href="#fn-p-1">x</a>',
        "html",
    )
    assert made.quotes == () and "class" not in made.html and "id=" not in made.html


def test_ampersands_and_entities_come_through_unchanged() -> None:
    for written, seen in (
        ("a & b", "a &amp; b"),
        ("&amp;lt;", "&amp;lt;"),
        ("&lt;b&gt;", "&lt;b&gt;"),
        ("&#38;lt;", "&amp;lt;"),
        ("&nosuch;", "&amp;nosuch;"),
        ("&eacute;", "é"),
        ("\ue026lt;", "\ufffdlt;"),
        ('<a href="/?a=1&b=2">x</a>', '<a href="/?a=1&amp;b=2">x</a>'),
        ('<a href="javascript&colon;x">x</a>', "<a>x</a>"),
        ('<a href="javascript&#58;x">x</a>', "<a>x</a>"),
    ):
        assert cleaning.clean(written) == seen


def test_deep_nesting_is_shown_as_typed_from_a_depth_on() -> None:
    made = cleaning.shallow("<div>" * 150 + "x" + "</div>" * 150)
    assert made.count("<div>") == cleaning.DEPTH == made.count("</div>")
    assert made.count("&lt;div>") == 50 == made.count("&lt;/div>")
    assert cleaning.shallow("<b><i></b></i>" * 50) == "<b><i></b></i>" * 50
