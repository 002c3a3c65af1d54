"""Starting threads, replying and editing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import get_resolver

from palaver.forums import counting, locking, paths, placing, posting, withdrawing
from palaver.forums.errors import EmptyText, OutOfDate, ThreadIsLocked
from palaver.forums.models import Forum, Post, PostBody, SourceText, Thread
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.kit.text import rendering, slugs
from tests.cast import MORNING, Cast, at, fresh, imported, original


def html(post: Post) -> str:
    return PostBody.objects.get(post=post).html


def versions(post: Post) -> list[tuple[int, str, str, str]]:
    found = SourceText.objects.filter(post=post).order_by("version")
    return [(one.version, one.kind, one.text, one.because) for one in found]


# Starting.


def test_a_thread_stands_with_its_original_post(cast: Cast) -> None:
    with at(MORNING):
        thread = cast.thread("What did you *bake*?", text="Mine was **rye**.")
    post = original(thread)
    assert (thread.subject, thread.slug) == ("What did you *bake*?", "what-did-you-bake")
    assert (post.number, post.place, post.path, post.depth, post.opening) == (0, 0, "0000", 0, "Mine was rye.")
    assert "<strong>rye</strong>" in html(post)
    assert versions(post) == [(1, "markdown", "Mine was **rye**.", "")]
    assert (thread.post_count, thread.last_number, thread.last_post_at) == (1, 0, MORNING)


def test_counters_move_with_a_thread(cast: Cast) -> None:
    with at(MORNING):
        cast.thread()
    lounge = fresh(cast.lounge)
    assert (lounge.thread_count, lounge.post_count, lounge.last_post_at) == (1, 1, MORNING)
    assert fresh(cast.ana).post_count == 1


def test_the_same_form_sent_twice_starts_one_thread(cast: Cast) -> None:
    def send() -> Thread:
        return posting.start_thread(
            forum=cast.lounge, author=cast.ana, subject="Rye", text="Mine was rye.", submission_key="k" * 16
        )

    assert send() == send()
    assert Thread.objects.count() == 1
    assert fresh(cast.ana).post_count == 1


def test_two_members_may_send_forms_with_the_same_key(cast: Cast) -> None:
    for author in (cast.ana, cast.bram):
        posting.start_thread(forum=cast.lounge, author=author, subject="Rye", text="Rye.", submission_key="k" * 16)
    assert Thread.objects.count() == 2


@pytest.mark.parametrize(
    ("subject", "text", "sentence", "field"),
    [
        ("", "Rye.", "subject is missing", "subject"),
        ("\u200b \u202e", "Rye.", "subject is missing", "subject"),
        ("s" * 201, "Rye.", "201 characters; 200 fit", "subject"),
        ("Rye", "", "no text yet", "text"),
        ("Rye", " \n\t", "no text yet", "text"),
        ("Rye", "a" * (rendering.LONGEST + 1), "Shorten it by 1", "body"),
    ],
)
def test_an_unfit_thread_is_refused_beside_its_field(
    cast: Cast, subject: str, text: str, sentence: str, field: str
) -> None:
    with pytest.raises(Refusal, match=sentence) as refused:
        cast.thread(subject, text=text)
    assert refused.value.field == field
    assert not Thread.objects.exists()
    assert fresh(cast.lounge).post_count == 0


def test_the_longest_subject_fits_with_its_address(cast: Cast) -> None:
    thread = fresh(cast.thread("ß" * 200))
    assert len(thread.subject) == 200
    assert 0 < len(thread.slug) <= slugs.LONGEST


def test_a_subject_without_any_letter_has_an_address(cast: Cast) -> None:
    assert cast.thread("???").slug == "thread"


def test_no_subject_makes_an_address_that_leads_elsewhere(cast: Cast) -> None:
    """A slug stands where acts on a thread have their addresses (/t/<id>/lock): it never spells one of them."""
    acts = {
        route.removeprefix("t/<int:thread_id>/").partition("/")[0]
        for route in (str(pattern.pattern) for pattern in get_resolver().url_patterns)
        if route.startswith("t/<int:thread_id>/") and not route.startswith("t/<int:thread_id>/<")
    }
    acts = {act for act in acts if "<" not in act}
    assert acts == posting.TAKEN_SLUGS
    for act in acts:
        assert slugs.slug(act) == act
        thread = cast.thread(act.capitalize())
        assert thread.slug not in acts
        renamed = posting.edit(original(cast.thread()), by=cast.ana, text="Rye.", subject=act)
        assert fresh(renamed.thread).slug not in acts


def test_letters_no_database_takes_are_written_out(cast: Cast) -> None:
    thread = cast.thread("Ry\x00e", text="Mine\x00 was rye.")
    assert thread.subject == "Ry e"
    assert versions(original(thread))[0][2] == "Mine␀ was rye."
    reply = cast.reply(thread, text="O\x00at \ud800.", subject="\x00")
    assert (versions(reply)[0][2], reply.subject) == ("O␀at \\ud800.", "")
    posting.edit(reply, by=cast.bram, text="Oats\x00!", because="More\x00")
    assert versions(reply)[1][2:] == ("Oats␀!", "More␀")


def test_guests_the_suspended_and_outsiders_start_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="suspended until"):
        cast.thread(by=cast.jonas)
    with pytest.raises(NotAllowed, match="read by its own audience"):
        cast.thread(by=cast.kaya, forum=cast.den)
    with pytest.raises(NotAllowed, match="Only members write here"):
        posting.start_thread(forum=cast.lounge, author=None, subject="Rye", text="Rye.")  # type: ignore[arg-type]
    assert not Thread.objects.exists()


def test_threads_for_an_audience_are_started_by_the_audience(cast: Cast) -> None:
    stage = placing.open_forum(category=cast.life, name="Stage", by=cast.odile, who_starts="admitted")
    with pytest.raises(NotAllowed, match="started by its own audience"):
        cast.thread(forum=stage)
    placing.admit(stage, member=cast.ana, by=cast.odile)
    assert cast.thread(forum=stage).pk
    assert cast.reply(Thread.objects.get(), by=cast.kaya).number == 1


def test_nothing_is_started_in_a_retired_forum(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="retired"):
        cast.thread(forum=cast.retire(cast.lounge))


# Replying.


def test_a_reply_takes_the_next_number_and_place(cast: Cast) -> None:
    thread = cast.thread()
    first, second = cast.reply(thread, text="Oat."), cast.reply(thread, by=cast.dara, text="Spelt.")
    assert [(p.number, p.place, p.path, p.answers_number) for p in (first, second)] == [
        (1, 1, "0001", None),
        (2, 2, "0002", None),
    ]
    thread = fresh(thread)
    assert (thread.post_count, thread.last_number, thread.last_author) == (3, 2, cast.dara)
    assert fresh(cast.lounge).post_count == 3


def test_a_reply_stands_below_the_post_it_answers(cast: Cast) -> None:
    thread = cast.thread()
    first = cast.reply(thread)
    second = cast.reply(thread, answers=first, by=cast.ana)
    third = cast.reply(thread, answers=second)
    to_all = cast.reply(thread, answers=original(thread))
    assert [(p.path, p.depth) for p in (second, third, to_all)] == [
        ("00010002", 1),
        ("000100020003", 2),
        ("0004", 0),
    ]
    assert (third.answers_number, to_all.answers_number) == (2, 0)
    assert [p.number for p in Post.objects.filter(thread=thread).order_by("path")] == [0, 1, 2, 3, 4]


def test_numbers_with_gaps_go_on_after_the_highest_and_places_stay_dense(cast: Cast) -> None:
    thread = cast.thread()
    with transaction.atomic():
        Thread.objects.filter(pk=thread.pk).update(last_number=1295)
    reply = cast.reply(thread)
    assert (reply.number, reply.place, reply.path) == (1296, 1, "0100")
    assert list(counting.drift()) == []


def test_a_thread_is_full_at_its_highest_number(cast: Cast) -> None:
    thread = cast.thread()
    with transaction.atomic():
        Thread.objects.filter(pk=thread.pk).update(last_number=paths.HIGHEST)
    with pytest.raises(Refusal, match="start a new one"):
        cast.reply(thread)
    assert fresh(thread).post_count == 1


def test_replies_beyond_the_deepest_level_hang_from_it_in_order(cast: Cast) -> None:
    thread = cast.thread()
    last = cast.reply(thread)
    for _n in range(paths.DEEPEST + 4):
        last = cast.reply(thread, answers=last, text="Deeper.")
    posts = list(Post.objects.filter(thread=thread).order_by("path"))
    assert [post.number for post in posts] == list(range(paths.DEEPEST + 6))
    assert max(post.depth for post in posts) == paths.DEEPEST - 1
    assert {len(post.path) for post in posts[-5:]} == {paths.DEEPEST * paths.STEP}
    assert list(counting.drift()) == []


def test_the_same_form_sent_twice_is_one_reply(cast: Cast) -> None:
    thread = cast.thread()
    one, other = (cast.reply(thread, submission_key="k" * 16) for _ in range(2))
    assert one == other
    assert fresh(thread).post_count == 2


def test_a_form_sent_again_after_the_thread_was_locked_still_finds_its_reply(cast: Cast) -> None:
    thread = cast.thread()
    one = cast.reply(thread, submission_key="k" * 16)
    locking.lock(thread, by=cast.chidi, because="Settled.")
    assert cast.reply(thread, submission_key="k" * 16) == one


def test_a_thread_form_sent_again_after_the_forum_retired_still_finds_its_thread(cast: Cast) -> None:
    def send(forum: Forum) -> Thread:
        return posting.start_thread(forum=forum, author=cast.ana, subject="Rye", text="Rye.", submission_key="k" * 16)

    assert send(cast.lounge) == send(cast.retire(cast.lounge))


def test_a_locked_thread_takes_no_reply_and_says_why(cast: Cast) -> None:
    thread = cast.thread()
    locking.lock(thread, by=cast.chidi, because="Settled in #3.")
    with pytest.raises(ThreadIsLocked, match="Settled in #3"):
        cast.reply(thread)
    assert fresh(thread).post_count == 1


def test_a_thread_in_a_retired_forum_takes_no_reply(cast: Cast) -> None:
    thread = cast.thread()
    cast.retire(cast.lounge)
    with pytest.raises(NotAllowed, match="retired"):
        cast.reply(fresh(thread))


def test_outsiders_and_the_suspended_write_no_reply(cast: Cast) -> None:
    inside = cast.thread(forum=cast.den)
    with pytest.raises(NotAllowed, match="read by its own audience"):
        cast.reply(inside, by=cast.kaya)
    with pytest.raises(NotAllowed, match="suspended until"):
        cast.reply(cast.thread(), by=cast.jonas)
    assert Post.objects.filter(number__gt=0).count() == 0


def test_replies_for_an_audience_are_written_by_the_audience(cast: Cast) -> None:
    stage = placing.open_forum(category=cast.life, name="Stage", by=cast.odile, who_replies="admitted")
    thread = cast.thread(forum=stage)
    with pytest.raises(NotAllowed, match="written by its own audience"):
        cast.reply(thread)


def test_a_reply_answers_no_post_of_another_thread(cast: Cast) -> None:
    thread, other = cast.thread(), cast.thread("Rye")
    with pytest.raises(Refusal, match="belongs to another thread"):
        cast.reply(thread, answers=original(other))


@pytest.mark.parametrize(
    ("text", "subject", "kind"), [(" ", "", EmptyText), ("a" * 100_001, "", Refusal), ("Oat.", "s" * 201, Refusal)]
)
def test_an_unfit_reply_is_refused(cast: Cast, text: str, subject: str, kind: type[Refusal]) -> None:
    thread = cast.thread()
    with pytest.raises(kind):
        cast.reply(thread, text=text, subject=subject)
    assert fresh(thread).post_count == 1


def test_a_reply_is_never_older_than_the_one_before_it(cast: Cast) -> None:
    """A clock that steps backwards changes no order."""
    with at(MORNING):
        thread = cast.thread()
        cast.reply(thread)
    with at(MORNING - timedelta(hours=1)):
        late = cast.reply(thread)
    assert late.created_at == MORNING
    assert fresh(thread).last_post_at == fresh(cast.lounge).last_post_at == MORNING


def test_mentions_and_numbers_lead_where_they_should(cast: Cast) -> None:
    thread = cast.thread()
    cast.reply(thread)
    body = html(cast.reply(thread, by=cast.ana, text="As @Bram says in #1, not in #99, @Nobody."))
    assert 'href="/m/Bram"' in body and f'href="/t/{thread.pk}/post/1"' in body
    assert "/post/99" not in body and "/m/Nobody" not in body


# Editing.


def test_an_edit_is_a_new_version_and_the_old_one_is_kept(cast: Cast) -> None:
    with at(MORNING):
        reply = cast.reply(cast.thread(), text="Oat.")
    with at(MORNING + timedelta(hours=1)):
        edited = posting.edit(reply, by=cast.bram, text="Oat and rye.", because=" I forgot the rye. ")
    assert (edited.version, edited.edited_at, edited.opening) == (2, MORNING + timedelta(hours=1), "Oat and rye.")
    assert versions(reply) == [(1, "markdown", "Oat.", ""), (2, "markdown", "Oat and rye.", "I forgot the rye.")]
    assert "Oat and rye." in html(reply)
    assert fresh(reply.thread).last_post_at == MORNING


def test_saving_an_unchanged_text_is_no_edit(cast: Cast) -> None:
    reply = cast.reply(cast.thread(), text="Oat.")
    assert posting.edit(reply, by=cast.bram, text="Oat.", subject="").version == 1
    assert fresh(reply).edited_at is None


def test_an_edit_from_an_old_form_is_refused_and_changes_nothing(cast: Cast) -> None:
    reply = cast.reply(cast.thread(), text="Oat.")
    posting.edit(reply, by=cast.bram, text="Rye.", seen_version=1)
    with pytest.raises(OutOfDate, match="changed in another window") as refused:
        posting.edit(reply, by=cast.bram, text="Spelt.", seen_version=1)
    assert refused.value.status == 409
    assert "Rye." in html(reply)
    assert posting.edit(reply, by=cast.bram, text="Spelt.", seen_version=2).version == 3


@pytest.mark.parametrize(
    ("kind", "text"), [("html", "<p>Oat <b>bread</b>.</p>"), ("bbcode", "Oat [b]bread[/b]."), ("plain", "Oat *bread*.")]
)
def test_an_imported_post_becomes_markdown_when_edited_and_its_original_is_kept(
    cast: Cast, kind: str, text: str
) -> None:
    post = imported(cast.reply(cast.thread()), text, kind)
    edited = posting.edit(post, by=cast.bram, text="Oat **bread**, warm.")
    assert versions(edited) == [(1, kind, text, ""), (2, "markdown", "Oat **bread**, warm.", "")]
    assert "<strong>bread</strong>, warm." in html(edited)


def test_an_imported_post_becomes_markdown_even_with_the_same_letters(cast: Cast) -> None:
    post = imported(cast.reply(cast.thread()), "Oat *bread*.", "plain")
    assert posting.edit(post, by=cast.bram, text="Oat *bread*.").version == 2
    assert "<em>bread</em>" in html(post)


def test_the_subject_of_the_original_post_renames_the_thread(cast: Cast) -> None:
    thread = cast.thread("What did you bake?")
    posting.edit(original(thread), by=cast.ana, text="Mine was rye.", subject="What do you bake?")
    renamed = fresh(thread)
    assert (renamed.subject, renamed.slug) == ("What do you bake?", "what-do-you-bake")
    assert list(SourceText.objects.order_by("version").values_list("subject", flat=True)) == [
        "What did you bake?",
        "What do you bake?",
    ]


def test_a_reply_gets_and_loses_a_subject_of_its_own(cast: Cast) -> None:
    reply = cast.reply(cast.thread(), subject="Oats")
    assert posting.edit(reply, by=cast.bram, text="Oat.", subject="Spelt").subject == "Spelt"
    assert posting.edit(reply, by=cast.bram, text="Oat!").subject == "Spelt"
    assert posting.edit(reply, by=cast.bram, text="Oat!", subject=" ").subject == ""


def test_an_original_post_keeps_a_subject(cast: Cast) -> None:
    with pytest.raises(Refusal, match="subject is missing"):
        posting.edit(original(cast.thread()), by=cast.ana, text="Rye.", subject=" ")


@pytest.mark.parametrize("text", ["", "a" * 100_001])
def test_an_unfit_text_does_not_replace_a_fit_one(cast: Cast, text: str) -> None:
    reply = cast.reply(cast.thread())
    with pytest.raises(Refusal):
        posting.edit(reply, by=cast.bram, text=text)
    assert fresh(reply).version == 1


def test_a_reason_longer_than_is_kept_is_refused_and_not_cut(cast: Cast) -> None:
    reply = cast.reply(cast.thread())
    with pytest.raises(Refusal, match="201 characters; 200 fit") as refused:
        posting.edit(reply, by=cast.bram, text="Oats.", because="b" * 201)
    assert refused.value.field == "because"
    assert posting.edit(reply, by=cast.bram, text="Oats.", because="b" * 200).version == 2


def test_only_its_author_edits_a_post(cast: Cast) -> None:
    reply = cast.reply(cast.thread())
    for other in (cast.ana, cast.chidi, cast.odile):
        with pytest.raises(NotAllowed, match="Only its author"):
            posting.edit(reply, by=other, text="Mine now.")


def test_an_author_edits_in_a_locked_thread_but_not_a_withdrawn_post(cast: Cast) -> None:
    thread = cast.thread()
    reply = cast.reply(thread)
    locking.lock(thread, by=cast.chidi, because="Settled.")
    assert posting.edit(reply, by=cast.bram, text="Oats.").version == 2
    withdrawing.withdraw(reply, by=cast.bram)
    with pytest.raises(NotAllowed, match="You have withdrawn this post"):
        posting.edit(reply, by=cast.bram, text="Oat!")


def test_a_post_that_is_not_shown_is_not_edited(cast: Cast) -> None:
    reply = cast.reply(cast.thread())
    with transaction.atomic():
        Post.objects.filter(pk=reply.pk).update(standing=Post.Standing.HELD)
    with pytest.raises(NotAllowed, match="not shown at present"):
        posting.edit(fresh(reply), by=cast.bram, text="Oats.")


def test_nothing_is_edited_in_a_retired_forum_or_by_the_suspended(cast: Cast) -> None:
    from palaver.accounts import suspending

    reply = cast.reply(cast.thread())
    suspending.suspend(cast.bram, by=cast.odile, until=reply.created_at + timedelta(days=1), because="Lamps.")
    with pytest.raises(NotAllowed, match="suspended until"):
        posting.edit(reply, by=cast.bram, text="Oats.")
    post = original(reply.thread)
    cast.retire(cast.lounge)
    with pytest.raises(NotAllowed, match="retired"):
        posting.edit(fresh(post), by=cast.ana, text="Rye!")
