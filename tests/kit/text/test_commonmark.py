"""The examples of the CommonMark specification, but for the listed ones, each class with its reason."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from palaver.kit.text.rendering import render
from tests.kit.text.normal import normal
from tests.kit.text.shared import shared


def _span(written: str) -> set[int]:
    numbers: set[int] = set()
    for part in written.split():
        first, _, last = part.partition("-")
        numbers |= set(range(int(first), int(last or first) + 1))
    return numbers


EXCEPTIONS: dict[str, set[int]] = {
    "raw HTML is shown as typed, so that no word is lost": _span(
        "21 31 148-193 203 310-311 346 478-479 493 496 526 538 615-619 625 627-633 645-646"
    ),
    "a picture of another host or without /media/ is a link with its words": _span("477 519 522 533 574-591 593"),
    "code of a known language is coloured": _span("142-143"),
    "an empty address is no link": _span("202 487-489 569"),
    "fragments lead nowhere but to our own footnotes": _span("503"),
    "only http, https, mailto and ftp are linked": _span("502 598 600-601 603"),
    "bare addresses are linked": _span("604 610 613"),
}


def _examples() -> list[tuple[int, str, str]]:
    text = shared("corpora/commonmark-spec.txt").read_text(encoding="utf-8")
    found = re.findall(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", text, re.MULTILINE | re.DOTALL)
    return [(n, source.replace("→", "\t"), html.replace("→", "\t")) for n, (source, html) in enumerate(found, 1)]


def test_every_example_passes_but_the_listed_and_no_listed_one_passes() -> None:
    examples = _examples()
    listed = set().union(*EXCEPTIONS.values())
    bare = MarkdownIt("commonmark")
    raw = sum(normal(bare.render(source)) == normal(html) for _, source, html in examples)
    failed = {n for n, source, html in examples if normal(render(source, "markdown").html) != normal(html)}
    print(f"CommonMark: markdown-it {raw}/{len(examples)}, Palaver {len(examples) - len(failed)}/{len(examples)}")
    assert len(examples) > 600
    assert failed - listed == set(), "these should pass"
    assert listed - failed == set(), "these pass now: take them off the list"
    assert sum(len(numbers) for numbers in EXCEPTIONS.values()) == len(listed), "no example is excused twice"
