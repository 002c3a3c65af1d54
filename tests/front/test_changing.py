"""Each verb changes the cache words of what it changes, and of nothing else; a verb that fails leaves none in flight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from palaver.accounts import operating, settling, suspending
from palaver.forums import locking, placing, posting, recommending, withdrawing
from palaver.forums.models import Post, Thread
from palaver.front.changing import settle_leftovers, shared
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.reading import marking
from palaver.record.models import Entry
from palaver.record.redacting import redact
from tests.cast import Cast, original

pytestmark = pytest.mark.django_db(transaction=True)

Verb = Callable[[Cast, Thread, Post], object]
THREAD = {"thread", "forum", "front"}
VERBS: dict[str, tuple[Verb, set[str]]] = {
    "start": (lambda c, t, p: c.thread("Another"), {"forum", "front"}),
    "reply": (lambda c, t, p: c.reply(t), THREAD),
    "edit": (lambda c, t, p: posting.edit(p, by=c.bram, text="Oats."), THREAD),
    "edit nothing": (lambda c, t, p: posting.edit(p, by=c.bram, text="Oat."), set()),
    "withdraw": (lambda c, t, p: withdrawing.withdraw(p, by=c.bram), THREAD),
    "withdraw the original": (lambda c, t, p: withdrawing.withdraw(original(t), by=c.ana), THREAD),
    "recommend": (lambda c, t, p: recommending.recommend(p, by=c.ana), {"thread"}),
    "take back": (lambda c, t, p: recommending.take_back(original(t), by=c.bram), {"thread"}),
    "take back nothing": (lambda c, t, p: recommending.take_back(p, by=c.ana), set()),
    "lock": (lambda c, t, p: locking.lock(t, by=c.odile, because="So."), THREAD | {"record"}),
    "pin": (lambda c, t, p: locking.pin(t, by=c.odile, because="So."), THREAD | {"record"}),
    "open a forum": (lambda c, t, p: placing.open_forum(category=c.life, name="New", by=c.odile), {"places", "record"}),
    "change a forum": (lambda c, t, p: placing.change_forum(c.lounge, by=c.odile, name="Hall"), {"places", "record"}),
    "admit": (lambda c, t, p: placing.admit(c.lounge, member=c.ana, by=c.odile), {"places", "record"}),
    "rename": (lambda c, t, p: settling.settle(c.ana, name="Anka"), {"member", "names"}),
    "about": (lambda c, t, p: settling.settle(c.ana, about="I bake."), {"member"}),
    "theme": (lambda c, t, p: settling.settle(c.ana, theme="dark"), set()),
    "suspend": (
        lambda c, t, p: suspending.suspend(c.ana, by=c.odile, until=clock.now() + timedelta(days=1), because="So."),
        {"member", "record"},
    ),
    "make an operator": (lambda c, t, p: operating.make_operator(c.ana, by=c.odile), {"member", "record"}),
    "redact": (lambda c, t, p: redact(Entry.objects.get(sequence=1), by=c.odile, because="So."), {"record"}),
    "mark": (lambda c, t, p: marking.mark_forum(c.lounge, by=c.ana), set()),
    "read on": (lambda c, t, p: marking.read_up_to(t, by=c.ana, number=1), set()),
}


def words(cast: Cast, thread: Thread) -> dict[str, int]:
    """The value of each word that a page may stand on."""
    names = {
        "thread": f"thread:{thread.pk}",
        "forum": f"forum:{cast.lounge.pk}",
        "member": f"member:{cast.ana.pk}",
        **{name: name for name in ("front", "places", "names", "record")},
    }
    return dict(zip(names, shared().read(names.values()), strict=True))


@pytest.mark.parametrize(("verb", "changed"), VERBS.values(), ids=VERBS)
def test_a_verb_changes_the_words_of_what_it_changes(cast: Cast, verb: Verb, changed: set[str]) -> None:
    thread = cast.thread()
    reply = cast.reply(thread)
    recommending.recommend(original(thread), by=cast.bram)
    assert cast.odile
    before = words(cast, thread)
    verb(cast, thread, reply)
    after = words(cast, thread)
    assert {name for name in before if before[name] != after[name]} == changed
    assert not any(value & 1 for value in after.values()), "Nothing is in flight once the verb is done."


def test_while_the_verb_runs_its_words_are_in_flight(cast: Cast) -> None:
    thread = cast.thread()
    assert cast.bram
    with transaction.atomic():
        cast.reply(thread)
        running = words(cast, thread)
    assert {name for name, value in running.items() if value & 1} == THREAD
    assert not any(value & 1 for value in words(cast, thread).values())


def test_a_rolled_back_verb_leaves_no_word_in_flight_after_the_request(cast: Cast) -> None:
    thread = cast.thread()
    assert cast.bram
    before = words(cast, thread)
    with pytest.raises(Refusal, match="Never mind"), transaction.atomic():
        cast.reply(thread)
        raise Refusal("Never mind.")
    assert words(cast, thread)["thread"] & 1, "Until it is settled, pages of the thread are not kept."
    assert settle_leftovers() > 0
    after = words(cast, thread)
    assert not any(value & 1 for value in after.values())
    assert after["thread"] != before["thread"], "What was read meanwhile is not taken for good."
    assert Thread.objects.get(pk=thread.pk).post_count == 1


def test_what_follows_a_rolled_back_verb_is_settled_all_the_same(cast: Cast) -> None:
    thread = cast.thread()
    assert cast.bram
    with pytest.raises(Refusal), transaction.atomic():
        cast.reply(thread)
        raise Refusal("Never mind.")
    cast.reply(thread)
    settle_leftovers()
    assert not any(value & 1 for value in words(cast, thread).values())
