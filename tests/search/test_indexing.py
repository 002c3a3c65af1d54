"""The index follows the posts within their transaction, and doctor sees when it does not."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client

from palaver.forums import posting, withdrawing
from palaver.forums.models import Post
from palaver.kit import due
from palaver.search import building, indexing
from palaver.search.finding import find
from palaver.search.models import Building, Document
from palaver.search.models.document import key_of
from palaver.search.sight import sight_of_guests
from tests.cast import Cast, fresh, original


def ids(text: str) -> list[int]:
    return [post.post_id for post in find(text, sight_of_guests()).posts]


def test_an_edited_post_is_found_by_its_new_words_only(cast: Cast) -> None:
    post = original(cast.thread(text="barley"))
    posting.edit(post, by=cast.ana, text="buckwheat")
    assert ids("barley") == []
    assert ids("buckwheat") == [post.pk]


def test_a_renamed_thread_is_found_by_its_new_subject(cast: Cast) -> None:
    post = original(cast.thread("Old name"))
    posting.edit(post, by=cast.ana, text="x", subject="Fresh title")
    assert ids("in:subject old") == []
    assert ids("in:subject title") == [post.pk]


def test_a_withdrawn_post_leaves_the_index(cast: Cast) -> None:
    thread = cast.thread()
    post = cast.reply(thread, text="barley")
    assert ids("barley") == [post.pk]
    withdrawing.withdraw(post, by=cast.bram)
    assert ids("barley") == []
    assert not Document.objects.filter(post=post).exists()


def test_a_verb_that_fails_leaves_nothing_in_the_index(cast: Cast) -> None:
    thread = cast.thread()
    with pytest.raises(RuntimeError), transaction.atomic():
        cast.reply(thread, text="barley")
        raise RuntimeError
    assert ids("barley") == []
    assert list(building.drift(texts=True)) == []


def test_the_index_may_not_be_written_outside_a_transaction(transactional_db: None) -> None:
    with pytest.raises(RuntimeError):
        indexing.add_many([1])


def test_two_posts_with_one_key_both_find_a_place(cast: Cast) -> None:
    thread = cast.thread(text="barley")
    first = original(thread)
    second = cast.reply(thread, text="barley too")
    # As an archive without dates may bring them: the same second, and ids a multiple of a million apart.
    with transaction.atomic():
        Document.objects.filter(post=second).delete()
        Document.objects.filter(post=first).update(key=key_of(second.created_at, second.pk))
        indexing.add(second.pk)
    keys = list(Document.objects.values_list("key", flat=True))
    assert len(set(keys)) == 2
    assert sorted(ids("barley")) == [first.pk, second.pk]


def test_doctor_tells_what_is_missing_surplus_or_stale(cast: Cast) -> None:
    thread = cast.thread(text="one")
    two, three = cast.reply(thread, text="two"), cast.reply(thread, text="three")
    assert list(building.drift(texts=True)) == []
    with transaction.atomic():
        Document.objects.filter(post=original(thread)).delete()
        Document.objects.filter(post=two).update(body=" other")
        Post.objects.filter(pk=three.pk).update(standing=Post.Standing.REMOVED)
    told = " ".join(building.drift(texts=True))
    assert "1 shown posts are not in the index" in told
    assert "1 posts are in the index that are not shown" in told
    assert "1 posts are in the index with other words" in told
    with transaction.atomic():
        building.begin()
    list(building.run())
    assert list(building.drift(texts=True)) == []
    assert ids("two") == [two.pk]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite keeps its words apart from the documents")
def test_doctor_tells_when_words_and_documents_differ_and_they_are_mended(cast: Cast) -> None:
    cast.thread(text="barley")
    assert building.words_agree()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_index(search_index) VALUES ('delete-all')")
    assert not building.words_agree()
    assert ids("barley") == []
    building.mend_words()
    assert building.words_agree()
    assert len(ids("barley")) == 1


def test_posts_that_stood_before_are_indexed_chunk_by_chunk_and_the_page_says_so(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "CHUNK", 3)
    thread = cast.thread(text="barley")
    posts = [original(thread), *(cast.reply(thread, text="barley") for _ in range(7))]
    with transaction.atomic():
        Document.objects.all().delete()
        building.begin()
    assert "0 % done" in str(client.get("/search?q=barley").content)
    building.register()
    building.build({})
    # The newest come first, and what is written meanwhile is in at once.
    assert ids("barley") == [post.pk for post in reversed(posts[-3:])]
    new = cast.reply(thread, text="barley")
    assert ids("barley")[0] == new.pk
    # On PostgreSQL ids go on from the tests before, so three posts may be less than one percent of them.
    share = building.share()
    assert share is not None and share < 100
    while building.share() is not None:
        building.build({})
    assert len(ids("barley")) == 9
    assert list(building.drift(texts=True)) == []
    assert not Building.objects.exists()
    assert "% done" not in str(client.get("/search?q=barley").content)


def test_a_chunk_that_fails_is_done_again_as_a_whole(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = cast.thread(text="barley")
    cast.reply(thread, text="barley")
    with transaction.atomic():
        Document.objects.all().delete()
        building.begin()
    store = indexing._store

    def fail(rows: list[indexing.Row]) -> int:
        store(rows)
        raise RuntimeError

    monkeypatch.setattr(indexing, "_store", fail)
    with pytest.raises(RuntimeError):
        building.chunk()
    monkeypatch.setattr(indexing, "_store", store)
    assert ids("barley") == []
    assert building.chunk()
    assert len(ids("barley")) == 2


def test_the_wish_to_build_is_one_due_row(cast: Cast) -> None:
    with transaction.atomic():
        building.begin()
        building.begin()
    rows = due.queueing._rows().filter(kind=building.KIND)
    assert rows.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_edit_that_races_with_a_withdrawal_and_the_building_leaves_no_drift() -> None:
    cast = Cast()
    thread = cast.thread(text="begin")
    posts = [cast.reply(thread, by=cast.ana, text=f"barley {number}") for number in range(6)]
    ana = cast.ana
    failures: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    def edits() -> None:
        for number in range(4):
            for post in posts[:3]:
                posting.edit(fresh(post), by=ana, text=f"buckwheat {number}")

    def withdraws() -> None:
        for post in posts[3:]:
            withdrawing.withdraw(post, by=ana)

    def builds() -> None:
        for _ in range(4):
            with transaction.atomic():
                building.begin()
            list(building.run())

    threads = [threading.Thread(target=run, args=(act,)) for act in (edits, withdraws, builds)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert failures == []
    assert list(building.drift(texts=True)) == []
    assert ids("barley") == []
    assert len(ids("buckwheat")) == 3
