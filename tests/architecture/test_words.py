"""The words that people see are those of docs/vocabulary.md: one word for each thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from tests.architecture import house

# What stands for what. `like` and `report` have ordinary meanings as well, so only their forms as acts are named.
INSTEAD = {
    r"users?|usernames?|user names?|profiles?": "member, member's name, member's page",
    r"topics?": "thread, subject",
    r"comments?|commented|commenting": "post, reply",
    r"moderators?|mods?|moderated": "host",
    r"admins?|administrators?|superusers?": "operator",
    r"likes|liked|upvotes?|upvoted|downvotes?": "recommendation",
    r"ban|bans|banned|unban": "suspension, block",
    r"flags?|flagged": "alert",
    r"polic(?:y|ies)|guidelines?": "charter, standard",
    r"modlog|audit log": "record",
    r"favou?rites?": "bookmark",
    r"direct messages?|private messages?|DMs?": "letter",
    r"donors?|sponsors?": "supporter",
}
ALLOWED: dict[str, str] = {}  # the whole sentence → why it may say the word

FORBIDDEN = re.compile(
    "|".join(rf"(?P<w{number}>\b(?:{words})\b)" for number, words in enumerate(INSTEAD)), re.IGNORECASE
)
READ_ALOUD = {"title", "alt", "placeholder", "aria-label", "aria-description", "summary", "label"}


class Visible(HTMLParser):
    """Collects what a reader of a page sees or hears: its text, and the attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        self.said += [value for name, value in attrs if value and name in READ_ALOUD]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.said.append(" ".join(data.split()))


def visible(template: str) -> list[str]:
    """The words of a Jinja template itself, without what it fills in."""
    reader = Visible()
    reader.feed(re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", template, flags=re.DOTALL))
    reader.close()
    return reader.said


def sentences() -> Iterator[tuple[str, str]]:
    """Where and what: every translatable message, and every text that stands in a template as it is."""
    methods = [("**/migrations/**", "ignore"), ("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
    for file, line, message, _, _ in extract_from_dir(str(house.SOURCE), methods):  # type: ignore[arg-type]
        for text in message if isinstance(message, tuple) else (message,):
            if text:
                yield f"{file}:{line}", re.sub(r"%\(\w+\)[sd]|\{\w*\}", "…", text)
    for path in [*house.modules("**/*.html"), *house.modules("**/*.jinja")]:
        for text in visible(path.read_text()):
            yield str(path.relative_to(house.SOURCE)), text


def wrong(text: str) -> str:
    """What to say instead, or "" when the sentence is as it should be."""
    found = FORBIDDEN.search(text)
    if found is None or text in ALLOWED:
        return ""
    return f"{found.group()} → {list(INSTEAD.values())[int(str(found.lastgroup)[1:])]}"


def test_people_read_only_the_words_of_the_vocabulary() -> None:
    told = [f"{place}: {text!r}: {wrong(text)}" for place, text in sentences() if wrong(text)]
    assert told == []


def test_some_sentences_are_looked_at() -> None:
    assert sum(1 for _ in sentences()) > 20


@pytest.mark.parametrize(
    ("text", "found"), [("Add a comment", "comment"), ("Moderators only", "Moderators"), ("What I would like", "")]
)
def test_a_wrong_word_is_noticed(text: str, found: str) -> None:
    assert wrong(text).startswith(found)
    assert bool(wrong(text)) == bool(found)


def test_only_what_is_seen_or_heard_counts() -> None:
    page = '<a class="user" title="Your topics" href="{{ url }}">{# comment #}{% if user %}Members{% endif %}</a>'
    page += "<script>user</script>"
    assert visible(page) == ["Your topics", "Members"]


def test_every_allowed_sentence_is_still_said(tmp_path: Path) -> None:
    assert sorted(set(ALLOWED) - {text for _, text in sentences()}) == []
