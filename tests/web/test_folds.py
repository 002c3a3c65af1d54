"""A removed or held post, wherever it would have stood: its line is shown, its words and its author are not."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from re import sub
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast, fresh, original, signed_in

from palaver.forums.models import Hold, Post, Removal, Thread
from palaver.kit import clock, events
from palaver.live.models import LiveEvent
from palaver.standards.events import PostHeld, PostRestored, VerdictReached
from palaver.standards.models import Case, Verdict

pytestmark = pytest.mark.one_database

WORDS = "You heron-brained oaf"


def judged(post: Post, **more: Any) -> Removal:
    """The rows that a verdict leaves, and the event of it: how a jury comes to them is its own test."""
    values: dict[str, Any] = {
        "office": "jury", "case_number": 812, "standard": "No personal attacks", "charter": 4, "for_removal": 6, "votes": 7,
    }  # fmt: skip
    with transaction.atomic():
        removal = Removal.objects.create(post=post, **(values | more))
        Post.objects.filter(pk=post.pk).update(standing=Post.Standing.REMOVED)
        case = Case.objects.create(
            kind="alert", stage="decided", post=post, author=post.author, charter=1, seats=7, needed=5,
            ends_at=clock.now(), decided_at=clock.now(),
        )  # fmt: skip
        Verdict.objects.create(case=case, outcome="removed", removal=removal, entry=1)
        events.publish(VerdictReached(case.pk, "removed", post.author_id, post.pk, post.thread_id, post.forum_id))
    return removal


def held(post: Post, cast: Cast, **more: Any) -> Hold:
    values: dict[str, Any] = {
        "ground": "threat", "office": "watch", "by": cast.dara, "second": cast.emil, "because": "He named her street.",
        "until": clock.now() + timedelta(hours=24),
    }  # fmt: skip
    with transaction.atomic():
        hold = Hold.objects.create(post=post, **(values | more))
        Post.objects.filter(pk=post.pk).update(standing=Post.Standing.HELD)
        events.publish(PostHeld(post.pk, post.thread_id, post.forum_id, post.author_id, True))
    return hold


def text(html: str) -> str:
    return " ".join(unescape(sub(r"<[^>]+>", "", html)).split())


def read(thread: Thread, client: Client | None = None, more: str = "") -> str:
    answer = (client or Client()).get(f"/t/{thread.pk}/{fresh(thread).slug}{more}")
    assert answer.status_code == 200
    return answer.content.decode()


def article(html: str, post: Post) -> str:
    return html.split(f'data-post="{post.pk}"', 1)[1].split("</article>", 1)[0]


@pytest.fixture
def thread(cast: Cast) -> Thread:
    return cast.thread()


@pytest.fixture
def post(cast: Cast, thread: Thread) -> Post:
    return cast.reply(thread, by=cast.goran, text=f"{WORDS}, you.", subject="Oafish")


@pytest.mark.parametrize("more", ["", "?view=tree"])
def test_a_removed_post_folds_to_the_line_of_its_verdict(thread: Thread, post: Post, more: str) -> None:
    judged(post)
    page = read(thread, more=more)
    said = article(page, post)
    assert "Removed by a jury of members, 6 of 7, under No personal attacks (charter 4) – case 812." in text(said)
    assert '<a href="/juries/812">case 812</a>' in said
    assert "<em>No personal attacks</em>" in said


def test_neither_its_words_nor_its_author_stand_in_the_page(cast: Cast, thread: Thread, post: Post) -> None:
    judged(post)
    for page in (read(thread), read(thread, more="?view=tree"), read(thread, signed_in(cast.ana))):
        assert "heron-brained" not in page and "Oafish" not in page and "Goran" not in page
        assert "(removed)" in page, "the table says that there was one"


def test_its_author_is_led_to_what_can_be_done(cast: Cast, thread: Thread, post: Post) -> None:
    judged(post)
    assert 'href="/juries/812#appeal"' in article(read(thread, signed_in(cast.goran)), post)
    assert "#appeal" not in read(thread, signed_in(cast.ana))


def test_a_held_post_names_ground_and_office_and_when_it_ends(cast: Cast, thread: Thread, post: Post) -> None:
    hold = held(post, cast)
    said = article(read(thread), post)
    assert "Held back by two watchers on this ground: a threat to a person." in text(said)
    assert f"{hold.until:%Y-%m-%dT%H:%M}" in said
    page = read(thread)
    assert "heron-brained" not in page and "Goran" not in page and "Dara" not in page and "street" not in page


def test_a_hold_of_the_law_stands_until_an_operator_ends_it(cast: Cast, thread: Thread, post: Post) -> None:
    held(post, cast, ground="law", office="operator", by=cast.odile, second=None, until=None)
    assert "It stands until an operator ends it" in text(article(read(thread), post))


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"office": "host"}, "Removed by a host, for want of enough members for a jury, under No personal attacks"),
        ({"office": "operator"}, "Removed by an operator, for want of enough members for a jury, under"),
        ({"office": "operator", "case_number": None}, "Removed by an operator under No personal attacks (charter 4)."),
        ({"office": "watch", "case_number": 3}, "Removed by the watch together with its newcomer’s suspension"),
    ],
)
def test_whoever_decided_is_said_openly(thread: Thread, post: Post, how: dict[str, Any], says: str) -> None:
    judged(post, **how)
    assert says in text(article(read(thread), post))


def test_a_standards_title_is_only_text(thread: Thread, post: Post) -> None:
    judged(post, standard="<b>Fair</b> & 100%s")
    assert "&lt;b&gt;Fair&lt;/b&gt; &amp; 100%s" in article(read(thread), post)


def test_the_text_is_opened_on_its_own_page_where_the_standard_allows(cast: Cast, thread: Thread, post: Post) -> None:
    judged(post)
    assert f'href="/p/{post.pk}/removed" rel="nofollow"' in article(read(thread), post)
    page = Client().get(f"/p/{post.pk}/removed").content.decode()
    assert WORDS in page and "Oafish" in page
    assert 'content="noindex, nofollow"' in page and "Goran" not in page


def test_and_nowhere_where_it_does_not(cast: Cast, thread: Thread, post: Post) -> None:
    judged(post, is_openable=False)
    assert f"/p/{post.pk}/removed" not in read(thread)
    for client in (Client(), signed_in(cast.ana), signed_in(cast.odile)):
        answer = client.get(f"/p/{post.pk}/removed")
        assert answer.status_code == 403 and "heron-brained" not in answer.content.decode()


def test_a_post_that_stands_or_is_held_has_no_such_page(cast: Cast, thread: Thread, post: Post) -> None:
    assert Client().get(f"/p/{post.pk}/removed").status_code == 403
    held(post, cast)
    answer = Client().get(f"/p/{post.pk}/removed")
    assert answer.status_code == 403 and "heron-brained" not in answer.content.decode()


def test_lists_feeds_search_history_and_pages_of_members_do_not_hold_it(cast: Cast, thread: Thread, post: Post) -> None:
    opening = cast.thread("An oaf's thread", by=cast.goran, text=f"{WORDS}, all of you.")
    judged(post)
    judged(original(opening), case_number=813)
    ana = signed_in(cast.ana)
    for path in ("/latest", "/newest", "/f/the-lounge/", "/latest.atom", "/newest.json", "/m/Goran", "/m/Goran/feed.atom",
                 "/search?q=heron", f"/t/{thread.pk}/feed.atom", "/me/replies", f"/p/{post.pk}/history",
                 f"/t/{opening.pk}/{opening.slug}"):  # fmt: skip
        for client in (Client(), ana):
            assert "heron-brained" not in client.get(path).content.decode(), path


def test_a_list_says_that_the_original_post_is_gone_and_not_whose_it_was(cast: Cast) -> None:
    opening = cast.thread("An oaf's thread", by=cast.goran, text=WORDS)
    client = signed_in(cast.ana)
    assert "Goran" in client.get("/newest").content.decode()
    judged(original(opening))
    page = client.get("/newest").content.decode()
    assert "data-removed" in page and "(removed)" in page and "Goran" not in page


def test_a_subject_stays_with_what_can_be_opened_and_goes_with_what_cannot(cast: Cast) -> None:
    openable, private = (
        cast.thread("An oaf's thread", text=WORDS),
        cast.thread("Lives in Mill Lane 3", text="She does."),
    )
    judged(original(openable))
    removal = judged(original(private), is_openable=False)
    assert fresh(openable).subject == "An oaf's thread"
    assert (fresh(private).subject, fresh(private).slug) == ("(removed)", "removed")
    assert "Mill" not in read(private) + Client().get("/newest").content.decode()
    moved = Client().get(f"/t/{private.pk}/{private.slug}")
    assert moved.status_code == 301 and moved["Location"] == f"/t/{private.pk}/removed"
    with transaction.atomic():
        Removal.objects.filter(pk=removal.pk).update(ended_at=clock.now())
        Post.objects.filter(thread=private).update(standing=Post.Standing.SHOWN)
        events.publish(PostRestored(original(private).pk, private.pk, private.forum_id, private.author_id, removal.pk))
    assert (fresh(private).subject, fresh(private).slug) == (private.subject, private.slug)


def test_a_held_threads_subject_comes_back_with_it(cast: Cast) -> None:
    private = cast.thread("Lives in Mill Lane 3", text="She does.")
    hold = held(original(private), cast, ground="private")
    assert fresh(private).subject == "(removed)"
    with transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(ended_at=clock.now())
        Post.objects.filter(thread=private).update(standing=Post.Standing.SHOWN)
        events.publish(PostHeld(original(private).pk, private.pk, private.forum_id, private.author_id, False))
    assert fresh(private).subject == "Lives in Mill Lane 3"


def test_what_others_quoted_of_it_gives_way_to_a_line(cast: Cast, thread: Thread, post: Post) -> None:
    words = f"[quote=Goran, #{post.number}]\n{WORDS}, you.\n\n> And a fool.\n[/quote]\n\nPlease, Goran."
    quoting = cast.reply(thread, text=f"{words}\n\n[quote=Ana, #0]\nRye is best.\n[/quote]\n\nIt is.")
    assert "heron-brained" in article(read(thread), quoting)
    removal = judged(post)
    for page in (
        read(thread),
        read(thread, signed_in(cast.ana)),
        Client().get(f"/t/{thread.pk}/feed.atom").content.decode(),
    ):
        assert "heron-brained" not in page and "And a fool" not in page
        assert f"(What was quoted here, #{post.number}, is not shown any more.)" in unescape(page)
        assert "Please, Goran." in page and "It is." in page, "the quoting post itself stands"
    assert "Rye is best." in article(read(thread), quoting)
    with transaction.atomic():
        Removal.objects.filter(pk=removal.pk).update(ended_at=clock.now())
        Post.objects.filter(pk=post.pk).update(standing=Post.Standing.SHOWN)
        events.publish(PostRestored(post.pk, thread.pk, thread.forum_id, post.author_id, removal.pk))
    assert "heron-brained" in article(read(thread), quoting)


def test_open_pages_of_the_thread_are_told_to_fold_it(thread: Thread, post: Post) -> None:
    judged(post)
    told = LiveEvent.objects.get(topic=f"thread:{thread.pk}", kind="verdict")
    assert told.payload["post"] == post.pk and told.payload["outcome"] == "removed"


def test_and_to_fold_one_that_is_held(cast: Cast, thread: Thread, post: Post) -> None:
    held(post, cast)
    assert LiveEvent.objects.get(topic=f"thread:{thread.pk}", kind="fold").payload == {"post": post.pk}


@pytest.mark.django_db(transaction=True)
def test_a_page_asks_one_statement_more_and_only_where_a_post_is_folded(cast: Cast, thread: Thread, post: Post) -> None:
    kaya = signed_in(cast.kaya)

    def asked() -> int:
        read(thread, kaya)
        with CaptureQueriesContext(connection) as caught:
            read(thread, kaya)
        return len(caught.captured_queries) - 1  # `fresh` asks one here.

    before = asked()
    judged(post)
    assert asked() == before + 1
