"""Millbrook's texts: enough of them, sound in every reference, and showing every feature at first look."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from palaver.demo.reading_content import CONTENT, Community, ContentError, PostText, ThreadText, duration, load
from palaver.kit.text import names, render, subjects


@pytest.fixture(scope="module")
def millbrook() -> Community:
    return load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the texts that a test may spoil."""
    folder = tmp_path / "content"
    shutil.copytree(CONTENT, folder)
    return folder


def posts(community: Community) -> list[PostText]:
    return [post for thread in community.threads for post in thread.posts]


def bodies(community: Community) -> list[str]:
    """Every text a reader can meet in a post, earlier versions included."""
    return [text for post in posts(community) for text in (post.body, post.edited.body if post.edited else "") if text]


def spoil(folder: Path, name: str, before: str, after: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{name} no longer contains {before!r}"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def faults(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load(folder)
    return caught.value.faults


# What is there


def test_millbrook_has_its_forums_threads_and_members(millbrook: Community) -> None:
    assert len(millbrook.forums) >= 12
    assert len(millbrook.threads) >= 64
    assert len(millbrook.members) >= 22
    assert millbrook.post_count >= 600


def test_the_categories_and_main_forums_stand_as_on_a_community_page(millbrook: Community) -> None:
    assert [category.name for category in millbrook.categories] == [
        "Issue Forums",
        "Culture Forums",
        "Alliance Forums",
        "Region Forums",
        "Support Forums",
    ]
    assert [forum.name for forum in millbrook.forums if forum.main] == [
        "Latest Breaking News",
        "Editorials & Other Articles",
        "General Discussion",
        "The Lounge",
    ]


def test_a_retired_forum_is_read_only_and_every_other_has_threads_and_a_host(millbrook: Community) -> None:
    retired = [forum for forum in millbrook.forums if forum.retired]
    assert retired and all(forum.starts == forum.replies == "nobody" for forum in retired)
    spoken_in = {thread.forum for thread in millbrook.threads}
    for forum in millbrook.forums:
        assert forum.slug in spoken_in
        assert forum.retired or forum.hosts
        assert len(forum.purpose.split(". ")) >= 2, f"{forum.slug} has a purpose of less than two sentences"


def test_the_cast_of_the_tests_lives_in_millbrook(millbrook: Community) -> None:
    names = {member.name for member in millbrook.members}
    cast = {"Ana", "Bram", "Chidi", "Dara", "Emil", "Femi", "Goran", "Hana", "Ines", "Jonas", "Kaya", "Odile"}
    assert cast <= names


def test_members_are_of_different_kinds(millbrook: Community) -> None:
    spoken = {name: 0 for name in (member.name for member in millbrook.members)}
    for post in posts(millbrook):
        spoken[post.author] += 1
    assert 0 in spoken.values(), "somebody who only reads"
    assert 1 in spoken.values(), "somebody with a single post"
    assert [member.name for member in millbrook.members if member.operator] == ["Odile"]
    suspended = [member for member in millbrook.members if member.suspension]
    assert [member.name for member in suspended] == ["Jonas"]
    assert suspended[0].suspension is not None and suspended[0].suspension.ends_in > timedelta()
    assert any(re.search(r"[\u0600-\u06ff]", member.name) for member in millbrook.members), (
        "a name written from the right"
    )


def test_a_suspended_member_has_not_spoken_since(millbrook: Community) -> None:
    begun = {member.name: member.suspension.ago for member in millbrook.members if member.suspension}
    assert begun
    assert all(post.ago > begun[post.author] for post in posts(millbrook) if post.author in begun)


def test_there_are_deep_long_and_unanswered_threads(millbrook: Community) -> None:
    replies = sorted((len(thread.posts) - 1 for thread in millbrook.threads), reverse=True)
    assert replies[0] >= 100
    assert replies[1] >= 60
    assert 0 in replies
    longest = max(millbrook.threads, key=lambda thread: len(thread.posts))
    assert longest.depth >= 12


def test_acts_of_every_kind_occur(millbrook: Community) -> None:
    every = posts(millbrook)
    assert sum(1 for thread in millbrook.threads if thread.lock) >= 2
    assert any(thread.pin for thread in millbrook.threads)
    assert sum(1 for post in every if post.edited) >= 4
    assert sum(1 for post in every if post.withdrawn) >= 3
    assert sum(1 for post in every if post.answers is not None and post.subject) >= 150
    assert sum(1 for post in every if len(post.recommended_by) >= 5) >= 20
    assert {alert.papers[-1].choice.endswith("keeps") for alert in millbrook.alerts} == {True, False}


def test_the_last_days_are_dense_and_the_past_is_long(millbrook: Community) -> None:
    ages = [post.ago for post in posts(millbrook)]
    assert max(ages) > timedelta(days=330)
    assert sum(1 for age in ages if age < timedelta(days=2)) >= 120
    assert min(ages) < timedelta(hours=1)


def test_ana_finds_something_new_and_somewhere_nothing(millbrook: Community) -> None:
    marks = {mark.forum: mark.ago for mark in millbrook.marks if mark.member == "Ana"}
    new = {
        slug: sum(
            1
            for thread in millbrook.threads
            if thread.forum == slug
            for post in thread.posts
            if post.ago < ago and post.author != "Ana"
        )
        for slug, ago in marks.items()
    }
    main = {forum.slug for forum in millbrook.forums if forum.main}
    assert all(new[slug] > 0 for slug in main)
    assert 0 in new.values()


# How it is written

FORMATS = {
    "a table": r"^\|.+\|\n\|[ :|-]+\|$",
    "a task list, both states": r"(?s)^- \[x\] .+^- \[ \] ",
    "a numbered list": r"^1\. ",
    "a bullet list": r"^- \w",
    "a footnote": r"(?s)\[\^(\w+)\].+^\[\^\1\]: ",
    "a spoiler": r"(?s)^\[details=[^\]\n]+\]\n.+\n\[/details\]$",
    "fenced code": r"(?s)^```sh\n.+^```$",
    "a fenced text": r"(?s)^```text\n.+^```$",
    "a quote with its place": r"(?s)\[quote=[^,\]]+, #\d+\].+\[/quote\]",
    "an excerpt": r"(?s)^> .+^‹snip›$",
    "an invented source": r"\[[^\]]+\]\(https://[a-z]+(?:-[a-z]+)*\.example\.org/\S+\)",
    "a block quotation": r"^> \S",
    "a mention": r"(?<!\w)@[A-ZÞŁ]\w+",
    "a mention written from the right": r"@ليلى",
    "a reference to a post": r"(?<![\w\[,])#\d+\b(?!\])",
    "an emoji shortcode": r"(?<!\w):[a-z_]{3,}:",
    "strikethrough": r"~~[^~]+~~",
    "emphasis": r"(?<!\*)\*[^*\n ][^*\n]*\*(?!\*)",
    "strong emphasis": r"\*\*[^*\n]+\*\*",
    "inline code": r"(?<!`)`[^`\n]+`(?!`)",
    "a very long word": r"(?<![\w/.-])[^\W\d_]{80,}",
    "a very long address": r"https://[a-z.]+example\.org/\S{120,}",
    "French": r"« .+ »",
    "Arabic": r"[\u0600-\u06ff]{3,}",
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_kind_of_formatting_occurs(millbrook: Community, kind: str) -> None:
    pattern = re.compile(FORMATS[kind], re.MULTILINE)
    assert any(pattern.search(body) for body in bodies(millbrook)), f"nobody in Millbrook writes {kind}"


def test_quotes_repeat_what_was_said(millbrook: Community) -> None:
    quoted = 0
    for thread in millbrook.threads:
        by_number = {post.number: post for post in thread.posts}
        for post in thread.posts:
            for author, number, words in re.findall(r"(?s)\[quote=([^,\]]+), #(\d+)\](.+?)\[/quote\]", post.body):
                source = by_number[int(number)]
                assert source.author == author
                assert words.strip() in source.body, f"{thread.slug} #{post.number} misquotes #{number}"
                quoted += 1
    assert quoted >= 5


def test_references_lead_to_a_post_of_the_thread(millbrook: Community) -> None:
    found = 0
    for thread in millbrook.threads:
        numbers = {post.number for post in thread.posts}
        for post in thread.posts:
            for number in re.findall(r"(?<![\w\[,/#&]) ?#(\d+)\b(?!\])", re.sub(r"\[quote=[^\]]+\]", "", post.body)):
                assert int(number) in numbers, f"{thread.slug} #{post.number} points at #{number}"
                found += 1
    assert found >= 4


def test_mentions_name_members_and_names_and_subjects_are_ones_the_product_takes(millbrook: Community) -> None:
    members = {names.name_key(member.name) for member in millbrook.members}
    assert len(members) == len(millbrook.members), "two names look alike"
    for member in millbrook.members:
        assert names.clean(member.name) == member.name
    mentioned = [name for body in bodies(millbrook) for name in render(body, "markdown").mentions]
    assert len(mentioned) >= 5
    assert {names.name_key(name) for name in mentioned} <= members
    for post in posts(millbrook):
        assert not post.subject or subjects.clean(post.subject) == post.subject


def test_addresses_lead_nowhere_real(millbrook: Community) -> None:
    hosts = [host for body in bodies(millbrook) for host in re.findall(r"https?://([^/\s)]+)", body)]
    assert hosts
    assert all(host.endswith(".example.org") for host in hosts)


def test_nobody_says_the_same_thing_twice(millbrook: Community) -> None:
    said: dict[str, str] = {}
    for thread in millbrook.threads:
        for post in thread.posts:
            if len(post.body.split()) < 5:
                continue
            here = f"{thread.slug} #{post.number}"
            assert post.body not in said, f"{here} repeats {said[post.body]}"
            said[post.body] = here


FORBIDDEN = r"\b(users?|topics?|comments?|commented|moderat\w+|upvot\w+|lorem|ipsum|favourites?|trackers?|admins?)\b"


def test_the_words_of_the_house_are_kept(millbrook: Community) -> None:
    about_the_house = [
        text for forum in millbrook.forums for text in (forum.name, forum.line, forum.purpose, forum.rules)
    ] + [category.line for category in millbrook.categories]
    about_the_house += [millbrook.sentence, *bodies(millbrook)]
    about_the_house += [text for member in millbrook.members for text in (member.about, member.signature)]
    for text in about_the_house:
        found = re.search(FORBIDDEN, text, re.IGNORECASE)
        assert not found, f"{found and found[0]!r} in: {text[:80]}"


def test_a_recommendation_is_never_called_a_like(millbrook: Community) -> None:
    speaking_of_the_forum = [
        post.body
        for thread in millbrook.threads
        if thread.forum == "questions-about-this-forum"
        for post in thread.posts
    ]
    assert speaking_of_the_forum
    for body in speaking_of_the_forum:
        assert not re.search(r"\b(likes|liked|a like)\b", body, re.IGNORECASE)


# What the reader refuses

HEDGE = "threads/general-discussion/02-the-hedge-between-17-and-18.toml"
HUM = "threads/the-lounge/07-does-anybody-else-hear-the-hum.toml"


def test_the_untouched_copy_is_sound(copy: Path) -> None:
    assert load(copy) == load()


@pytest.mark.parametrize(
    ("name", "before", "after", "expected"),
    [
        (HEDGE, 'author = "Goran"', 'author = "Goren"', "names 'Goren', who is no member"),
        (HEDGE, "to = 0", "to = 99", "answers post 99, which is not there before it"),
        (HEDGE, "id = 2\n", "id = 1\n", "numbers rise"),
        (HUM, 'ago = "27m"', 'ago = "soon"', "is not a time such as"),
        (HUM, 'ago = "27m"', 'ago = "42d"', "lies before Kaya joined"),
        (HUM, 'author = "Kaya"', 'writer = "Kaya"', "has 'writer', which means nothing here"),
        (HUM, "subject = ", "subject = 4 # ", "'subject' must be text, not 4"),
        (HUM, "body = '''", "body = ''", "cannot be read"),
        (HUM, "subject", 'recs = ["Kaya"]\nsubject', "is recommended by Kaya, its own author"),
        (HUM, "subject", 'recs = ["Ana", "Ana"]\nsubject', "is recommended twice"),
        ("community.toml", 'category = "culture-forums"', 'category = "culture"', "which does not exist"),
        ("community.toml", 'starts = "members"', 'starts = "friends"', "it may be everyone, members, nobody"),
        ("community.toml", 'since = "212d"', 'since = "900d"', "lies before Rhona joined"),
        ("members.toml", 'name = "Bram"', 'name = "Ana"', "is there twice"),
        ("reading.toml", 'forum = "the-lounge"', 'forum = "the-longue"', "which does not exist"),
    ],
)
def test_a_contradiction_is_told_with_its_file(copy: Path, name: str, before: str, after: str, expected: str) -> None:
    spoil(copy, name, before, after)
    told = faults(copy)
    assert any(fault.startswith(name) and expected in fault for fault in told), told


def test_a_reply_out_of_time_is_told(copy: Path) -> None:
    text = (copy / HEDGE).read_text(encoding="utf-8")
    spoilt, times = re.subn(r'(id = 5\n(?:.*\n)*?ago = )"[^"]+"', r'\1"1m"', text, count=1)
    assert times == 1
    (copy / HEDGE).write_text(spoilt, encoding="utf-8")
    assert faults(copy) == [f"{HEDGE}, reply 6: is not later than the post before it."]


def test_a_thread_in_a_forum_that_does_not_exist_is_told(copy: Path) -> None:
    (copy / "threads/the-lounge").rename(copy / "threads/the-longue")
    assert any("lies in the forum 'the-longue', which does not exist" in fault for fault in faults(copy))


def test_a_reply_from_after_the_lock_is_told(copy: Path) -> None:
    name = "threads/general-discussion/06-your-tap-water-and-what-they-are-not-telling-you.toml"
    spoil(copy, name, '[lock]\nago = "11d 5h"', '[lock]\nago = "12d 20h"')
    assert any("has a reply from after it was locked" in fault for fault in faults(copy))


def test_every_fault_is_told_at_once(copy: Path) -> None:
    spoil(copy, "members.toml", 'language = "en"', 'tongue = "en"')
    spoil(copy, HUM, "27m", "tomorrow")
    told = faults(copy)
    assert any(fault.startswith("members.toml") for fault in told)
    assert any(fault.startswith(HUM) for fault in told)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3d 4h 12m", timedelta(days=3, hours=4, minutes=12)),
        ("90d", timedelta(days=90)),
        ("2h", timedelta(hours=2)),
        ("1d 5m", timedelta(days=1, minutes=5)),
    ],
)
def test_a_time_is_read_as_written(text: str, expected: timedelta) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["", "d", "-3d", "3 days", "4h 3d", "1.5h"])
def test_anything_else_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time such as"):
        duration(text)


def test_depth_counts_the_longest_chain_of_answers() -> None:
    def post(number: int, answers: int | None) -> PostText:
        return PostText(number, answers, "Ana", timedelta(days=9 - number), "", "x")

    chain = (post(0, None), post(1, 0), post(2, 1), post(3, 0))
    assert ThreadText("f", "s", "S", chain, None, None).depth == 2
    assert ThreadText("f", "s", "S", chain[:1], None, None).depth == 0
