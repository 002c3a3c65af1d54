from __future__ import annotations

import html
import re

import pytest

from palaver.kit.text import cleaning, highlighting


def test_colours_are_variables_and_the_rules_small() -> None:
    rules = highlighting.css()
    assert len(rules) <= 2048 and rules.count("var(--code-") == 8


def test_every_coloured_class_has_a_rule_and_may_pass() -> None:
    code = "class A:\n    @d\n    def f(self): return len('s') + 1  # c\n"
    used = set(re.findall(r'<span class="(\w+)">', highlighting.highlight(code, "python")))
    used |= set(re.findall(r'<span class="(\w+)">', highlighting.highlight("-a\n+b\n", "diff")))
    assert used == set("cksnftid")
    assert used <= cleaning.CLASSES["span"]
    assert all(f".code .{name}{{" in highlighting.css() for name in used)


@pytest.mark.parametrize("language", sorted(highlighting.LANGUAGES))
def test_colouring_changes_no_character(language: str) -> None:
    code = "\n\n  <a b=\"c\"> & if (x) { y = 'z'; } # /* */ -- \\ \t\n\n"
    assert html.unescape(re.sub(r"<[^>]+>", "", highlighting.highlight(code, language))) == code


def test_code_above_the_cap_stays_plain() -> None:
    assert "<span" in highlighting.highlight("x = 1\n" * 100, "python")
    assert "<span" not in highlighting.highlight("x = 1\n" * 4000, "python")
