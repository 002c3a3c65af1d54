"""A forum's posting rules, while writing and in the verb."""

from __future__ import annotations

from typing import Any

import pytest

from palaver.forums import placing, posting, rules
from palaver.forums.errors import RulesNotMet
from palaver.forums.models import Forum, Thread
from palaver.kit.text import excerpts
from palaver.kit.text.rendering import render
from tests.cast import Cast, original


class Village:
    """One post, number 3, is known here."""

    def prepare(self, names: object, numbers: object) -> None: ...

    def member_url(self, name: str) -> str | None:
        return "/m/Ana" if name == "Ana" else None

    def reference_url(self, number: int) -> str | None:
        return "/t/1/post/3" if number == 3 else None


def writing(text: str, *, starts: bool = True, author_posts: int = 0, **forum: Any) -> rules.Writing:
    return rules.Writing(Forum(**forum), render(text, "markdown", links=Village()), "", starts, author_posts)


def found(text: str, **more: Any) -> list[str]:
    return [one.rule for one in rules.findings(writing(text, **more))]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("My words.\n\nAnd more.", []),
        ("> one\n>\n> two", [2]),
        ("> one\n\n> two", [2]),
        ("> one\n\n‹snip›\n\n> two\n> still two\n\n‹snip›\n\n> three", [3]),
        ("> one\n\nI say.\n\n> two\n>\n> three", [1, 2]),
        ("[quote=A Paper]\none\n\ntwo\n\n- three\n- four\n[/quote]", [4]),
        ("[quote=Ana, #3]\none\n\ntwo\n\nthree\n[/quote]", []),
        ("[quote=Ana, #4]\nforged: there is no such post\n\ntwo\n[/quote]", [2]),
        ("> > deep\n> >\n> > deeper\n>\n> shallow", [3]),
        ("> ```\n> code\n>\n> more\n> ```", [1]),
        ("> a\n\n[quote=Ana, #3]\nx\n[/quote]\n\n> b", [1, 1]),
        ('My words say class="by" and <blockquote> <p>.', []),
    ],
)
def test_the_paragraphs_of_each_excerpt_are_counted(text: str, counted: list[int]) -> None:
    assert excerpts.paragraphs(render(text, "markdown", links=Village()).html) == counted


@pytest.mark.parametrize(
    ("text", "words", "first"),
    [
        ("One two three.", 3, True),
        ("https://example.org/a-long-name", 0, False),
        ("[words of a link](https://example.org) and two", 2, False),
        ("See https://example.org now", 2, True),
        ("> quoted\n\nmine", 1, False),
        ("", 0, False),
        ("@Ana said [here](/t/1/post/3) so", 4, True),
    ],
)
def test_own_words_are_those_beside_links_and_quotes(text: str, words: int, first: bool) -> None:
    assert excerpts.own_words(render(text, "markdown", links=Village()).html) == (words, first)


def test_links_lead_out_of_the_house() -> None:
    html = render('https://a.example [b](http://b.example) [c](/t/1) <a class="outside" @Ana', "markdown").html
    assert excerpts.links(html) == 2


def test_a_long_excerpt_is_found_and_a_limit_of_none_finds_nothing() -> None:
    text = "> 1\n>\n> 2\n>\n> 3"
    assert found(text, quoted_paragraphs=2) == ["quoted_paragraphs"]
    assert found(text, quoted_paragraphs=3) == [] and found(text, quoted_paragraphs=None) == []
    [one] = rules.findings(writing(text, quoted_paragraphs=2))
    assert one.field == "text" and "at most 2 paragraphs; one of yours has 3" in one.sentence


def test_a_bare_link_or_a_quote_is_no_original() -> None:
    own = "Here is what I think about the matter, and at some length."
    for text in (
        "https://example.org",
        f"https://example.org\n\n{own}",
        f"> quoted\n\n{own}",
        "Look: https://example.org",
    ):
        assert found(text, originals_only=True) == ["originals_only"], text
        assert found(text, originals_only=True, starts=False) == found(text) == []
    for text in (own, f"{own} https://example.org", "Short.", f"{own}\n\n> quoted"):
        assert found(text, originals_only=True) == [], text


def test_threads_are_started_by_those_who_have_written_enough() -> None:
    assert found("x", posts_to_start=3, author_posts=2) == ["posts_to_start"]
    assert found("x", posts_to_start=3, author_posts=3) == found("x", posts_to_start=3, starts=False) == []


def test_the_verbs_refuse_with_every_finding_and_keep_nothing(cast: Cast) -> None:
    forum = placing.change_forum(cast.lounge, by=cast.odile, originals_only=True, quoted_paragraphs=1, posts_to_start=1)
    text = "> 1\n>\n> 2\n\nhttps://example.org"
    with pytest.raises(RulesNotMet) as refused:
        cast.thread(forum=forum, text=text)
    assert [one[0] for one in refused.value.findings] == ["posts_to_start", "quoted_paragraphs", "originals_only"]
    assert not Thread.objects.exists()


def test_replies_and_edits_meet_the_rules_too(cast: Cast) -> None:
    thread = cast.thread()
    forum = placing.change_forum(cast.lounge, by=cast.odile, quoted_paragraphs=1)
    assert forum.quoted_paragraphs == 1
    with pytest.raises(RulesNotMet):
        cast.reply(thread, text="> 1\n>\n> 2")
    quoting = cast.reply(thread, text="[quote=Ana, #0]\n1\n\n2\n[/quote]\n\nFree.")
    with pytest.raises(RulesNotMet):
        posting.edit(quoting, by=cast.bram, text="> 1\n>\n> 2")


def test_an_edit_is_not_held_to_a_rule_that_the_post_never_met(cast: Cast) -> None:
    post = original(cast.thread(text="> 1\n>\n> 2\n\nTypoo."))
    placing.change_forum(cast.lounge, by=cast.odile, quoted_paragraphs=1, posts_to_start=9)
    posting.edit(post, by=cast.ana, text="> 1\n>\n> 2\n\nTypo.")


def test_the_rules_in_force_are_said_in_words() -> None:
    assert rules.in_words(Forum(quoted_paragraphs=None)) == []
    assert len(rules.in_words(Forum(quoted_paragraphs=2, originals_only=True, posts_to_start=5))) == 3
