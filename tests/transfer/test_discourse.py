from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from palaver.accounts.joining import join
from palaver.accounts.models import Member
from palaver.forums.counting import drift
from palaver.forums.models import Forum, Lock, Pin, Post, SourceText, Thread, ThreadEvent
from palaver.record.models import Entry
from palaver.record.verifying import verify
from palaver.search import building
from palaver.transfer import checksums, importing
from palaver.transfer.errors import ArchiveRefused
from palaver.transfer.importers.discourse import Discourse
from palaver.transfer.models import Import, ImportedThing, OldAddress
from tests.transfer.making import discourse, folder, post, topic

pytestmark = pytest.mark.django_db(transaction=True)


def action(number: int, code: str, by: int = 3, **more: object) -> dict[str, object]:
    return post(number, by, "", post_type=3, action_code=code, **more)


def test_a_topic_becomes_a_thread_with_its_gaps_times_and_answers(tmp_path: Path) -> None:
    archive = folder(
        tmp_path / "a",
        topic(7, post(1), post(2, 2), post(5, 3, reply_to_post_number=2), post(6, 1, reply_to_post_number=4)),
    )
    report = discourse(archive)
    thread = Thread.objects.get()
    assert (thread.subject, thread.author.name, thread.post_count, thread.last_number) == ("The well", "Ana", 4, 6)
    posts = list(Post.objects.order_by("place"))
    assert [row.number for row in posts] == [1, 2, 5, 6]
    assert [row.place for row in posts] == [0, 1, 2, 3]
    assert posts[2].answers == posts[1] and posts[2].path == posts[1].path + "0005"
    assert posts[3].answers is None and posts[3].answers_number == 4, "the number of a missing post is kept"
    assert posts[0].created_at == datetime(2019, 5, 1, 10, 1, 7, 123456, tzinfo=UTC)
    assert (report.counts["reply_links"], report.counts["reply_links_missing"]) == (2, 1)
    assert list(drift()) == []
    assert list(building.drift(texts=True)) == []


def test_events_are_lines_between_the_posts_and_a_closed_topic_is_locked(tmp_path: Path) -> None:
    note = post(4, 3, "<p>Keep to <b>the well</b>.</p><script>alert(1)</script>", post_type=2)
    archive = folder(
        tmp_path / "a", topic(7, post(1), action(2, "pinned.enabled"), post(3, 2), note, action(5, "closed.enabled"),
                              closed=True, pinned=True),
    )  # fmt: skip
    report = discourse(archive)
    lines = list(ThreadEvent.objects.order_by("number").values_list("number", "after_place", "act"))
    assert lines == [(2, 0, "pinned"), (4, 1, "note"), (5, 1, "locked")]
    assert "<b>" in ThreadEvent.objects.get(number=4).html or "<strong>" in ThreadEvent.objects.get(number=4).html
    assert "script" not in ThreadEvent.objects.get(number=4).html
    lock = Lock.objects.get()
    assert (lock.by, lock.office) == (Member.objects.get(name="Chidi"), "import")
    assert Pin.objects.count() == 1
    assert Thread.objects.get().last_number == 5, "a new reply must not take the number of an old event"
    assert (report.counts["events"], report.counts["posts"]) == (3, 2)


def test_html_is_cleaned_for_show_and_kept_as_it_was(tmp_path: Path) -> None:
    text = '<p onclick="x()">Look</p><script>alert(1)</script><a href="/u/ana">Ana</a><img src="/uploads/well.png">'
    discourse(folder(tmp_path / "a", topic(7, post(1, text=text))), origin="https://old.example")
    body = Post.objects.get().body.html
    assert "script" not in body and "onclick" not in body
    assert 'href="/u/ana"' in body, "links to people lead here, where they redirect"
    assert "https://old.example/uploads/well.png" in body
    source = SourceText.objects.get()
    assert (source.kind, source.text) == ("html", text)


def test_people_are_unclaimed_and_never_taken_for_members_who_are_here(tmp_path: Path) -> None:
    join(name="Ana", password="under the old tree")
    report = discourse(folder(tmp_path / "a", topic(7, post(1), post(2, 1))))
    member = Post.objects.first().author  # type: ignore[union-attr]
    assert member.name == "Ana-2" and member.claimed_at is None and not member.has_usable_password()
    assert member.joined_at == datetime(2019, 5, 1, 10, 1, 7, 123456, tzinfo=UTC)
    assert member.post_count == 2
    assert report.name_samples == [("Ana", "Ana-2")]


def test_likes_are_a_number_without_names(tmp_path: Path) -> None:
    report = discourse(
        folder(tmp_path / "a", topic(7, post(1, actions_summary=[{"id": 2, "count": 3}, {"id": 4, "count": 9}])))
    )
    assert Post.objects.get().unnamed_recs == 3 and Post.objects.get().rec_count == 0
    assert report.counts["recs"] == 3


def test_what_was_not_for_everybody_is_left_out_with_its_reason(tmp_path: Path) -> None:
    report = discourse(
        folder(
            tmp_path / "a",
            topic(7, post(1), post(2, post_type=4), post(3, user_deleted=True)),
            topic(8, post(1), archetype="private_message"),
            topic(9, post(1), visible=False),
            topic(10, post(1), deleted_at="2020-01-01T00:00:00.000Z"),
        )
    )
    assert Thread.objects.count() == 1 and Post.objects.count() == 1
    assert dict(report.skipped) == {
        "whisper": 1, "deleted_post": 1, "private_message": 1, "unlisted_topic": 1, "deleted_topic": 1,
    }  # fmt: skip


def test_a_text_that_the_old_forum_hid_is_held_here_and_its_own_notice_is_shown(tmp_path: Path) -> None:
    discourse(
        folder(
            tmp_path / "a",
            topic(7, post(1), post(2, hidden=True, text="<p>Rude.</p>"),
                  post(3, hidden=True, cooked_hidden=True, text="<p>This was hidden.</p>")),
        )
    )  # fmt: skip
    standing = dict(Post.objects.values_list("number", "standing"))
    assert standing == {1: Post.Standing.SHOWN, 2: Post.Standing.HELD, 3: Post.Standing.SHOWN}


def test_a_second_run_adds_nothing_and_says_nothing(tmp_path: Path) -> None:
    archive = folder(tmp_path / "a", topic(7, post(1), post(2)), topic(8, post(1, 2)))
    discourse(archive)
    before, entries = checksums.of_imports(), Entry.objects.count()
    again = discourse(archive)
    assert not again.added() and again.counts["known"] == 2
    assert checksums.of_imports() == before
    assert Entry.objects.count() == entries == 1, "an import is announced once"
    assert verify()


def test_an_archive_that_has_been_renamed_is_known_again(tmp_path: Path) -> None:
    discourse(folder(tmp_path / "a", topic(7, post(1))))
    again = discourse(folder(tmp_path / "b", topic(7, post(1)), topic(8, post(1))))
    assert again.counts["threads"] == 1 and Import.objects.count() == 1


def test_a_thread_that_has_grown_gets_its_new_posts_and_none_twice(tmp_path: Path) -> None:
    discourse(folder(tmp_path / "a", topic(7, post(1), post(2, 2))), origin="https://old.example")
    grown = folder(tmp_path / "b", topic(7, post(1), post(2, 2), post(4, 3, reply_to_post_number=2)))
    report = discourse(grown, origin="https://old.example")
    assert report.counts["posts"] == 1 and report.counts["threads"] == 0
    assert [row.number for row in Post.objects.order_by("place")] == [1, 2, 4]
    assert Post.objects.get(number=4).answers == Post.objects.get(number=2)
    assert list(drift()) == []
    assert list(building.drift(texts=True)) == []
    assert discourse(grown, origin="https://old.example").counts["posts"] == 0


def test_a_dry_run_counts_the_same_and_writes_nothing(tmp_path: Path) -> None:
    archive = folder(
        tmp_path / "a",
        topic(7, post(1), action(2, "closed.enabled"), post(3, 2, reply_to_post_number=9), closed=True),
        topic(8, post(1, 2), category=5),
    )
    dry = discourse(archive, dry_run=True)
    for model in (Import, ImportedThing, Member, Forum, Thread, Post, OldAddress, Entry):
        assert not model._default_manager.exists(), model
    real = discourse(archive)
    assert {**dry.as_json(), "dry_run": False} == real.as_json()


def test_categories_are_named_by_the_operator_else_after_links_else_by_number(tmp_path: Path) -> None:
    link = '<a href="/c/village/green-things/5">there</a>'
    discourse(
        folder(
            tmp_path / "a", topic(7, post(1, text=link)), topic(8, post(1), category=5), topic(9, post(1), category=6)
        ),
        names={"6": "Long Talks"},
        into="The old village",
    )
    assert sorted(Forum.objects.values_list("name", flat=True)) == ["Green things", "Long Talks", "Old category 4"]
    assert {forum.category.name for forum in Forum.objects.all()} == {"The old village"}
    assert list(Forum.objects.values_list("thread_count", "post_count")) == [(1, 1)] * 3


def test_a_batch_that_fails_leaves_nothing_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("palaver.transfer.importing.BATCH", 1)
    archive = folder(tmp_path / "a", topic(6, post(1)), topic(7, post(1)), topic(8, post(1), post(2)))
    (archive / "topic.0009.json").write_text('{"id": 9, "title": "cut')
    importer = Discourse(archive)
    with pytest.raises(ArchiveRefused, match=r"topic\.0009\.json: it is not JSON at line 1, column 20"):
        importing.run(importer, children=0)
    assert Thread.objects.count() == 3 and list(drift()) == []
    (archive / "topic.0009.json").unlink()
    assert discourse(archive).counts["known"] == 3
    assert Entry.objects.count() == 1
