"""What is begun and not yet sent."""

from __future__ import annotations

import pytest
from django.db import transaction

from palaver.forums import drafting, posting
from palaver.forums.drafting import Known
from palaver.forums.models import Admission, Draft
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.kit.text import rendering
from tests.cast import Cast, original


def texts(cast: Cast) -> dict[str, str]:
    return dict(Draft.objects.order_by("place").values_list("place", "text"))


def test_a_draft_is_found_again_with_its_subject(cast: Cast) -> None:
    where = drafting.starting(cast.lounge)
    kept = drafting.keep(where, by=cast.ana, text="Rye", subject="Bread")
    assert kept.draft is not None and kept.draft.revision == 1 and not kept.aside
    [draft] = drafting.of_place(where, by=cast.ana)
    assert (draft.text, draft.subject, draft.forum) == ("Rye", "Bread", cast.lounge)
    assert drafting.of_place(where, by=cast.bram) == [] and drafting.of_member(cast.bram) == []


def test_each_save_raises_the_revision_and_the_same_words_do_not(cast: Cast) -> None:
    where = drafting.replying(cast.thread())
    for known, text, revision in ((0, "O", 1), (1, "Oa", 2), (2, "Ot", 3), (3, "Ot", 3)):
        kept = drafting.keep(where, by=cast.bram, text=text, known=Known(where.key, known))
        assert kept.draft is not None and kept.draft.revision == revision
    assert texts(cast) == {where.key: "Ot"}


def test_an_older_window_overwrites_nothing_and_loses_nothing(cast: Cast) -> None:
    where = drafting.replying(cast.thread())
    drafting.keep(where, by=cast.bram, text="Oat.")
    drafting.keep(where, by=cast.bram, text="Oat. And rye, on the phone.", known=Known(where.key, 1))
    late = drafting.keep(where, by=cast.bram, text="Oat. And spelt, at the desk.", known=Known(where.key, 1))
    assert late.aside and late.draft is not None and late.draft.place == f"{where.key}+2"
    later = drafting.keep(
        where, by=cast.bram, text="Oat. And spelt.", known=Known(late.draft.place, late.draft.revision)
    )
    assert later.draft is not None and later.draft.pk == late.draft.pk and not later.aside
    assert texts(cast) == {where.key: "Oat. And rye, on the phone.", f"{where.key}+2": "Oat. And spelt."}
    assert len(drafting.of_place(where, by=cast.bram)) == 2


def test_saves_that_overtake_each_other_lose_no_word(cast: Cast) -> None:
    """A page that is being left sends its last words while the save before is still under way."""
    where = drafting.replying(cast.thread())
    drafting.keep(where, by=cast.bram, text="Oat")
    drafting.keep(where, by=cast.bram, text="Oat and rye", known=Known(where.key, 1))
    late = drafting.keep(where, by=cast.bram, text="Oat and", known=Known(where.key, 1))
    longer = drafting.keep(where, by=cast.bram, text="Oat and rye and spelt", known=Known(where.key, 1))
    assert not late.aside and not longer.aside
    assert texts(cast) == {where.key: "Oat and rye and spelt"}


def test_a_sent_form_ends_its_draft(cast: Cast) -> None:
    thread = cast.thread()
    where = drafting.replying(thread)
    drafting.keep(where, by=cast.bram, text="Oat")
    cast.reply(thread, text="Oat.", submission_key="k" * 12, draft=Known(where.key, 1))
    assert texts(cast) == {}
    late = drafting.keep(where, by=cast.bram, text="Oat.", known=Known(where.key, 1), submission_key="k" * 12)
    assert late.draft is None and texts(cast) == {}


def test_a_sent_form_leaves_what_another_window_has_written_since(cast: Cast) -> None:
    where = drafting.starting(cast.lounge)
    drafting.keep(where, by=cast.ana, text="Rye")
    drafting.keep(where, by=cast.ana, text="Rye, and more", known=Known(where.key, 1))
    posting.start_thread(forum=cast.lounge, author=cast.ana, subject="Bread", text="Rye", draft=Known(where.key, 1))
    assert texts(cast) == {where.key: "Rye, and more"}


def test_a_refused_form_keeps_its_draft(cast: Cast) -> None:
    where = drafting.starting(cast.lounge)
    drafting.keep(where, by=cast.ana, text="Rye")
    with pytest.raises(Refusal):
        posting.start_thread(forum=cast.lounge, author=cast.ana, subject="", text="Rye", draft=Known(where.key, 1))
    assert texts(cast) == {where.key: "Rye"}


def test_an_edit_ends_its_draft_and_its_late_save_makes_none(cast: Cast) -> None:
    post = original(cast.thread())
    where = drafting.editing(post)
    drafting.keep(where, by=cast.ana, text="Mine was spelt.")
    posting.edit(post, by=cast.ana, text="Mine was spelt.", draft=Known(where.key, 1))
    assert drafting.keep(where, by=cast.ana, text="Mine was spelt.", known=Known(where.key, 1)).draft is None
    assert texts(cast) == {}


def test_an_emptied_form_ends_its_own_draft_only(cast: Cast) -> None:
    where = drafting.replying(cast.thread())
    drafting.keep(where, by=cast.bram, text="Oat")
    drafting.keep(where, by=cast.bram, text="Oats", known=Known(where.key, 1))
    drafting.keep(where, by=cast.bram, text="", known=Known(where.key, 1))
    assert texts(cast) == {where.key: "Oats"}
    drafting.keep(where, by=cast.bram, text=" ", known=Known(where.key, 2))
    assert texts(cast) == {}


def test_a_draft_is_no_longer_than_a_post_and_there_are_not_endlessly_many(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refusal, match="Shorten it by 1"):
        drafting.keep(drafting.starting(cast.lounge), by=cast.ana, text="a" * (rendering.LONGEST + 1))
    monkeypatch.setattr(drafting, "MOST_DRAFTS", 2)
    for forum in (cast.lounge, cast.kitchen):
        drafting.keep(drafting.starting(forum), by=cast.ana, text="Rye")
    with pytest.raises(Refusal, match="2 drafts already"):
        drafting.keep(drafting.replying(cast.thread()), by=cast.ana, text="Rye")
    drafting.keep(drafting.starting(cast.lounge), by=cast.ana, text="Rye!", known=Known("", 1))


def test_only_readers_of_a_place_keep_drafts_in_it(cast: Cast) -> None:
    den = drafting.starting(cast.den)
    with pytest.raises(NotAllowed):
        drafting.keep(den, by=cast.kaya, text="Rye")
    with pytest.raises(NotAllowed):
        drafting.place(den.key, by=cast.kaya)
    assert drafting.place(den.key, by=cast.bram) == den


@pytest.mark.parametrize(
    "key", ["", "start:0", "start:999", "reply:x", "edit:-1", "answer:1 ", "start:1+1", "start:" + "9" * 19, "list:1"]
)
def test_a_place_that_does_not_exist_is_refused(cast: Cast, key: str) -> None:
    with pytest.raises(NotAllowed):
        drafting.place(key, by=cast.ana)


def test_only_the_author_keeps_a_draft_of_an_edit(cast: Cast) -> None:
    where = drafting.editing(original(cast.thread()))
    assert drafting.place(where.key, by=cast.ana).post == where.post
    with pytest.raises(NotAllowed):
        drafting.place(where.key, by=cast.bram)


def test_the_suspended_keep_and_discard_their_drafts(cast: Cast) -> None:
    kept = drafting.keep(drafting.starting(cast.lounge), by=cast.jonas, text="Lamps")
    assert kept.draft is not None
    with pytest.raises(NotAllowed):
        drafting.discard(kept.draft, by=cast.ana)
    drafting.discard(kept.draft, by=cast.jonas)
    assert texts(cast) == {}


def test_a_key_of_another_place_is_not_saved_over(cast: Cast) -> None:
    lounge, kitchen = drafting.starting(cast.lounge), drafting.starting(cast.kitchen)
    drafting.keep(lounge, by=cast.ana, text="Rye")
    drafting.keep(kitchen, by=cast.ana, text="Oat", known=Known(lounge.key, 1))
    assert texts(cast) == {lounge.key: "Rye", kitchen.key: "Oat"}


def test_leaving_an_audience_leaves_the_draft_to_its_writer(cast: Cast) -> None:
    drafting.keep(drafting.starting(cast.den), by=cast.bram, text="Rye")
    with transaction.atomic():
        Admission.objects.filter(member=cast.bram).delete()
    assert [draft.text for draft in drafting.of_member(cast.bram)] == ["Rye"]
