"""The pages of one's own reading, as a browser without scripts uses them: what is sent, what is then shown, and to whom."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.cast import MORNING, Cast, at, dismissed, fresh, original, seen_by, signed_in

from palaver.accounts import avoiding, settling
from palaver.accounts.models import Avoidance
from palaver.forums import subscribing
from palaver.forums.models import Post, Subscription, Thread
from palaver.forums.subscribing import Way
from palaver.kit import clock
from palaver.notices.models import Notice
from palaver.reading import bookmarking, following, ignoring, marking, reads, trashing
from palaver.reading.models import Bookmark, Follow, ForumMark, Ignore, ThreadMark, Trash

HOUR = timedelta(hours=1)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def address(thread: Thread) -> str:
    return f"/t/{thread.pk}/{thread.slug}"


def article(text: str, post: Post) -> str:
    found = re.search(rf'<article class="post" id="p{post.number}".*?</article>', text, re.DOTALL)
    assert found, f"No post {post.number} on the page."
    return found[0]


# Folded posts, bookmarks, highlights on a thread's page.


def test_an_ignored_members_posts_fold_to_one_line_for_who_ignores_alone(cast: Cast) -> None:
    thread = cast.thread()
    bad, good = cast.reply(thread, by=cast.goran, text="Lamps!"), cast.reply(thread, text="Oat.")
    hana, kaya = signed_in(cast.hana), signed_in(cast.kaya)
    before = page(hana, address(thread))
    assert "someone you ignore" not in before
    ignoring.ignore(cast.goran, by=cast.hana)
    for view in ("", "?view=tree"):
        text = page(hana, address(thread) + view)
        folded = article(text, bad)
        assert "<summary>Post of someone you ignore – show</summary>" in folded
        assert folded.index("<details") < folded.index("Lamps!") < folded.index("</details>")
        assert "<details" not in article(text, good)
        assert "(ignored)" in text
        for other in (page(kaya, address(thread) + view), page(Client(), address(thread) + view)):
            assert "someone you ignore" not in other and "(ignored)" not in other
    ignoring.stop_ignoring(cast.goran, by=cast.hana)
    assert page(hana, address(thread)).count("<details") == before.count("<details")


def test_an_ignored_members_original_post_folds_too(cast: Cast) -> None:
    thread = cast.thread(by=cast.goran, text="Lamps for all.")
    ignoring.ignore(cast.goran, by=cast.hana)
    text = page(signed_in(cast.hana), address(thread))
    assert text.index("Post of someone you ignore") < text.index("Lamps for all.", text.index("<article"))


def test_a_kept_post_says_so_to_its_keeper_alone(cast: Cast) -> None:
    thread = cast.thread()
    post = cast.reply(thread)
    kaya, dara = signed_in(cast.kaya), signed_in(cast.dara)
    assert "Bookmarked" not in article(page(kaya, address(thread)), post)
    assert kaya.post(f"/p/{post.pk}/bookmark", {"act": "keep"}).status_code == 302
    assert "Bookmarked" in article(page(kaya, address(thread)), post)
    assert "Bookmarked" not in article(page(dara, address(thread)), post)


def test_posts_by_people_i_follow_stand_out(cast: Cast) -> None:
    thread = cast.thread()
    theirs, others = cast.reply(thread, by=cast.bram), cast.reply(thread, by=cast.dara)
    following.follow(cast.bram, by=cast.kaya)
    marking.mark_forum(cast.lounge, by=cast.kaya)
    text = page(signed_in(cast.kaya), f"{address(thread)}?highlight=followed")
    assert "data-highlighted" in article(text, theirs)
    assert "data-highlighted" not in article(text, others)
    assert "by people I follow" not in page(Client(), address(thread))
    assert "data-highlighted" not in page(Client(), f"{address(thread)}?highlight=followed")


def test_the_view_and_highlight_a_member_saved_are_theirs_on_every_thread_and_an_address_overrules_them(
    cast: Cast,
) -> None:
    thread = cast.thread()
    cast.reply(thread)
    settling.settle(cast.kaya, thread_view="tree", highlight="5")
    kaya = signed_in(cast.kaya)
    assert 'data-view="tree"' in page(kaya, address(thread)) and "Highlight: 5 newest" in page(kaya, address(thread))
    linked = page(kaya, f"{address(thread)}?view=flat&highlight=author")
    assert 'data-view="flat"' in linked and "Highlight: by the original author" in linked
    assert 'data-view="tree"' in page(kaya, address(thread))


# Marks.


def test_a_mark_reaches_the_instant_of_the_page_and_no_further(cast: Cast) -> None:
    with at(MORNING):
        thread = cast.thread()
        kaya = signed_in(cast.kaya)
    for where, action in (("/f/the-lounge/", "/f/the-lounge/mark"), ("/latest", "/mark-all"), ("/forums", "/mark-all")):
        with at(MORNING + HOUR):
            form = re.search(rf'action="{action}".*?name="up_to" value="([^"]+)"', page(kaya, where), re.DOTALL)
            assert form, where
        with at(MORNING + 2 * HOUR):
            cast.reply(thread)
        with at(MORNING + 3 * HOUR):
            kaya.post(action, {"up_to": form[1]})
            assert ForumMark.objects.get(member=cast.kaya, forum=cast.lounge).marked_at == MORNING + HOUR
            assert reads.threads(reads.orders.LATEST, None, viewer=seen_by(cast.kaya))[0].new_count >= 1


@pytest.mark.parametrize(
    "up_to", ["", "yesterday", "2026-11-02", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00"]
)
def test_a_mark_with_a_strange_instant_is_a_mark_of_now_or_changes_nothing(cast: Cast, up_to: str) -> None:
    with at(MORNING):
        cast.thread()
        kaya = signed_in(cast.kaya)
    with at(MORNING + HOUR):
        assert kaya.post("/f/the-lounge/mark", {"up_to": up_to}).status_code == 302
        assert MORNING <= ForumMark.objects.get().marked_at <= MORNING + HOUR


def test_a_thread_is_marked_up_to_where_its_page_shows_it(cast: Cast) -> None:
    thread = cast.thread()
    for n in range(3):
        cast.reply(thread, text=f"Reply {n}.")
    kaya = signed_in(cast.kaya)
    text = page(kaya, address(thread))
    assert f'action="/t/{thread.pk}/mark"' in text and 'name="number" value="3"' in text
    cast.reply(thread, text="Late.")
    kaya.post(f"/t/{thread.pk}/mark", {"number": "3"})
    assert ThreadMark.objects.get().number == 3
    assert reads.unread({cast.lounge.pk}, seen_by(cast.kaya))[0].new_count == 1


def test_the_ticked_are_marked_read_up_to_what_the_list_showed(cast: Cast) -> None:
    kaya = signed_in(cast.kaya)
    one, two, three = (cast.thread(f"Thread {n}") for n in range(3))
    text = page(kaya, "/unread")
    ticks = re.findall(r'name="read" value="(\d+\.\d+)" form="ticked"', text)
    assert len(ticks) == 3 and 'id="ticked"' in text
    assert 'name="read"' not in page(kaya, "/latest")
    cast.reply(two, text="Late.")
    kaya.post("/marks", {"read": [f"{one.pk}.0", f"{two.pk}.0", "rubbish", "9.x", "99999999.1"], "next": "/unread"})
    assert {row.id: row.new_count for row in reads.unread({cast.lounge.pk}, seen_by(cast.kaya))} == {
        two.pk: 1,
        three.pk: 1,
    }
    kaya.post("/marks", {"read": [f"{three.pk}.0"], "act": "trash"})
    assert Trash.objects.get().thread_id == three.pk


def test_an_empty_batch_says_so(cast: Cast) -> None:
    answer = signed_in(cast.kaya).post("/marks", {}, follow=True)
    assert "Nothing was ticked" in answer.content.decode()


def test_a_batch_marks_nothing_where_one_may_not_read(cast: Cast) -> None:
    thread = cast.thread(forum=cast.den)
    signed_in(cast.kaya).post("/marks", {"read": f"{thread.pk}.0"})
    assert not ThreadMark.objects.exists()


# The trash.


def test_what_is_trashed_leaves_lists_index_and_navigation_and_comes_back(cast: Cast) -> None:
    thread, other = cast.thread("Lamps for sale"), cast.thread("Bread")
    kaya = signed_in(cast.kaya)
    assert "The lounge</a>" in page(kaya, "/latest")
    kaya.post(f"/t/{thread.pk}/trash")
    assert "Lamps for sale" not in page(kaya, "/latest") and "Bread" in page(kaya, "/latest")
    assert "Lamps for sale" in page(Client(), "/latest")
    assert "Take out of my trash" in page(kaya, address(thread))
    kaya.post("/f/the-lounge/trash")
    for where in ("/", "/latest", "/newest", "/forums", "/unanswered", "/unread"):
        assert "The lounge" not in page(kaya, where).replace("The lounge lies in your trash", ""), where
    assert "This forum lies in your trash" in page(kaya, "/f/the-lounge/") and "Bread" in page(kaya, "/f/the-lounge/")
    text = page(kaya, "/me/trash")
    assert "Lamps for sale" in text and "The lounge" in text
    for out in re.findall(r'name="out" value="(\d+)"', text):
        kaya.post("/me/trash", {"out": out})
    assert "Lamps for sale" in page(kaya, "/latest") and not fresh(cast.kaya).hides_things
    assert other


def test_a_keyword_goes_in_and_a_bad_one_is_kept_in_the_form(cast: Cast) -> None:
    cast.thread("Lamps for sale")
    kaya = signed_in(cast.kaya)
    kaya.post("/me/trash", {"keyword": "LAMPS"})
    assert "Lamps for sale" not in page(kaya, "/newest") and "LAMPS" in page(kaya, "/me/trash")
    answer = kaya.post("/me/trash", {"keyword": "!?&<b>" + "x" * 90})
    assert answer.status_code == 422
    assert "at most 80 characters" in answer.content.decode() and "!?&amp;&lt;b&gt;xxx" in answer.content.decode()


def test_nobody_takes_out_of_anothers_trash(cast: Cast) -> None:
    row = trashing.trash_keyword("lamps", by=cast.ana)
    assert signed_in(cast.kaya).post("/me/trash", {"out": str(row.pk)}).status_code == 404
    assert Trash.objects.exists()


# Bookmarks.


def test_a_bookmark_is_written_reminded_of_and_let_go(cast: Cast) -> None:
    with at(MORNING):
        post = original(cast.thread("The bridge"))
        kaya = signed_in(cast.kaya)
        kaya.post(f"/p/{post.pk}/bookmark", {"act": "save", "note": "Ask Bram.", "remind": "3"})
        kept = Bookmark.objects.get()
        assert kept.note == "Ask Bram." and kept.remind_at is not None
        assert timedelta(days=2) < kept.remind_at - MORNING < timedelta(days=4)
        text = page(kaya, "/me/bookmarks")
        assert "Ask Bram." in text and "The bridge" in text and "reminder" in text
        assert "As it is:" in page(kaya, f"/p/{post.pk}/bookmark")
        kaya.post(f"/p/{post.pk}/bookmark", {"act": "save", "note": "Ask her.", "remind": "keep"})
        assert fresh(kept).remind_at == kept.remind_at and fresh(kept).note == "Ask her."
    with at(MORNING + timedelta(days=5)):
        bookmarking.remind_due()
        assert [(n.member, n.kind, n.post_id) for n in Notice.objects.filter(kind="reminder")] == [
            (cast.kaya, "reminder", post.pk)
        ]
        kaya.post(f"/p/{post.pk}/bookmark", {"act": "let-go"})
        assert "You keep no post yet" in page(kaya, "/me/bookmarks")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"remind": "day", "day": ""}, "Choose the day"),
        ({"remind": "day", "day": "2026-13-40"}, "Choose the day"),
        ({"remind": "day", "day": "2001-01-01"}, "A reminder lies in the future"),
        ({"remind": "day", "day": "9999-12-31"}, "A reminder lies in the future"),
        ({"note": "x" * 501}, "at most 500 characters"),
    ],
    ids=["no day", "no such day", "past", "never", "a long note"],
)
def test_a_bookmark_that_cannot_be_says_why_and_keeps_what_was_written(
    cast: Cast, form: dict[str, str], said: str
) -> None:
    post = original(cast.thread())
    answer = signed_in(cast.kaya).post(f"/p/{post.pk}/bookmark", {"act": "save", "note": "Ask.", **form})
    text = answer.content.decode()
    assert answer.status_code == 422 and said in text and form.get("note", "Ask.") in text
    assert not Bookmark.objects.exists()


# Subscriptions.


def test_subscriptions_are_made_changed_together_and_ended(cast: Cast) -> None:
    thread = cast.thread()
    kaya = signed_in(cast.kaya)
    kaya.post("/f/the-lounge/subscription")
    kaya.post(f"/t/{thread.pk}/subscription", {"way": "digest", "push": "on"})
    forum_row, thread_row = Subscription.objects.get(forum=cast.lounge), Subscription.objects.get(thread=thread)
    assert (subscribing.way_of(forum_row), subscribing.way_of(thread_row)) == (Way.SITE, Way.DIGEST)
    assert "Subscribed" in page(kaya, "/f/the-lounge/") and "Subscribed – change" in page(kaya, address(thread))
    kaya.post("/me/subscriptions", {f"way-{forum_row.pk}": "mail", f"way-{thread_row.pk}": "end"})
    assert subscribing.way_of(fresh(forum_row)) == Way.MAIL
    assert not Subscription.objects.filter(pk=thread_row.pk).exists()
    kaya.post("/f/the-lounge/subscription", {"way": "nonsense"})
    assert subscribing.way_of(fresh(forum_row)) == Way.SITE


def test_anothers_subscription_is_not_changed_by_its_number(cast: Cast) -> None:
    row = subscribing.subscribe(cast.lounge, by=cast.ana)
    signed_in(cast.kaya).post("/me/subscriptions", {f"way-{row.pk}": "end", "way-x": "end", "way-²": "end"})
    assert Subscription.objects.filter(pk=row.pk).exists()


# People.


def test_people_are_followed_ignored_and_avoided_on_their_page_and_by_name(cast: Cast) -> None:
    assert cast.goran
    hana = signed_in(cast.hana)
    for act, model, where in (
        ("follow", Follow, "/me/following"),
        ("ignore", Ignore, "/me/ignored"),
        ("avoid", Avoidance, "/me/avoidance"),
    ):
        hana.post(f"/m/Goran/{act}")
        assert model._default_manager.count() == 1
        assert "Goran" in page(hana, where)
        hana.post(f"/m/Goran/{act}", {"act": "end"})
        assert model._default_manager.count() == 0
        assert hana.post(where, {"name": " goran "}).status_code == 302
        assert model._default_manager.count() == 1
        hana.post(f"/m/Goran/{act}", {"act": "end"})
        answer = hana.post(where, {"name": "Nobody at all"})
        assert answer.status_code == 422 and "no member of that name" in answer.content.decode()


def test_notices_of_a_followed_member_are_asked_for_on_the_list(cast: Cast) -> None:
    assert cast.goran
    hana = signed_in(cast.hana)
    hana.post("/m/Goran/follow")
    assert "Notice of each new thread" in page(hana, "/me/following")
    hana.post("/m/Goran/follow", {"told": "on"})
    assert Follow.objects.get().told and "No notices of new threads" in page(hana, "/me/following")


def test_what_is_ones_own_stands_on_nobody_elses_page(cast: Cast) -> None:
    """Whom Hana avoids, ignores and follows, what she keeps and trashes: not Goran, not Odile, no guest finds a trace."""
    thread = cast.thread("The bridge")
    cast.reply(thread, by=cast.goran)
    avoiding.avoid(cast.goran, by=cast.hana)
    ignoring.ignore(cast.goran, by=cast.hana)
    following.follow(cast.ana, by=cast.hana)
    bookmarking.keep(original(thread), by=cast.hana, note="kestrel-note")
    trashing.trash_keyword("kestrel word", by=cast.hana)
    subscribing.subscribe(thread, by=cast.hana, way=Way.MAIL)
    places = ["/", "/latest", "/forums", address(thread), "/m/Hana", "/m/Goran", "/m/Ana", "/record"]
    own = ["/me/", "/me/bookmarks", "/me/trash", "/me/avoidance", "/me/ignored", "/me/following", "/me/subscriptions"]
    for who in (cast.goran, cast.odile, cast.ana):
        client = signed_in(who)
        for where in (*places, *own):
            text = page(client, where)
            assert "kestrel" not in text, (who, where)
            if where in own:
                assert "Hana" not in text
        avoided = page(client, "/m/Goran") if who != cast.goran else page(client, "/m/Hana")
        assert "Take off my avoidance list" not in avoided and "Stop ignoring" not in avoided
    for where in places:
        assert "kestrel" not in page(Client(), where)
    assert "kestrel word" in page(signed_in(cast.hana), "/me/trash")


def test_what_one_may_not_read_any_more_is_listed_without_its_words(cast: Cast) -> None:
    thread = cast.thread("Secret heron", forum=cast.den)
    bram = signed_in(cast.bram)
    bookmarking.keep(original(thread), by=cast.bram)
    subscribing.subscribe(thread, by=cast.bram)
    subscribing.subscribe(cast.den, by=cast.bram)
    trashing.trash_thread(thread, by=cast.bram)
    cast.reply(thread, by=cast.bram, text="Heron words.")
    for where in ("/me/bookmarks", "/me/subscriptions", "/me/trash", "/me/posts"):
        assert "Secret heron" in page(bram, where), where
    dismissed(cast.den, cast.bram)
    for where in ("/me/bookmarks", "/me/subscriptions", "/me/trash", "/me/posts", "/me/threads"):
        text = page(bram, where)
        assert "eron" not in text and "The den" not in text, where
    bram.post(f"/p/{original(thread).pk}/bookmark", {"act": "let-go"})
    assert not Bookmark.objects.exists()


def test_own_lists_page_by_keyset_and_meet_every_row_once(cast: Cast) -> None:
    with at(MORNING):
        thread = cast.thread()
        kaya = signed_in(cast.kaya)
    for n in range(33):
        with at(MORNING + HOUR + timedelta(minutes=n // 3)):
            post = cast.reply(thread, by=cast.ana, text=f"Word{n:02}.")
            bookmarking.keep(post, by=cast.kaya)
    with at(clock.now()):
        first = page(kaya, "/me/bookmarks")
        further = re.search(r'rel="next" href="([^"]+)"', first)
        assert further
        both = first + page(kaya, further[1].replace("&amp;", "&"))
    assert sorted(set(re.findall(r"Word\d\d", both))) == [f"Word{n:02}" for n in range(33)]
    assert len(re.findall(r"<li><a href=\"/p/", both)) == 33
    for where in (
        "/me/bookmarks",
        "/me/posts",
        "/me/threads",
        "/me/replies",
        "/me/followed",
        "/me/trash",
        "/me/ignored",
    ):
        for cursor in ("x", "W10", "WzEsMV0", "WzkyMjMzNzIwMzY4NTQ3NzU4MDcsMV0"):
            page(kaya, f"{where}?before={cursor}")
