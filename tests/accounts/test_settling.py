"""What members settle for themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from palaver.accounts import sessions, settling
from palaver.accounts.models import Member, Rename, Session
from palaver.accounts.reads import viewer
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from tests.cast import MORNING, Cast, at, fresh, seen_by, signed_in


def test_wishes_are_kept(cast: Cast) -> None:
    settling.settle(cast.ana, theme="dark", thread_view="tree", highlight="5", time_zone="Europe/Vienna", keys_on=False)
    seen = seen_by(cast.ana)
    assert (seen.theme, seen.thread_view, seen.highlight, seen.time_zone, seen.keys_on) == (
        "dark",
        "tree",
        "5",
        "Europe/Vienna",
        False,
    )


def test_about_is_rendered_and_cleaned(cast: Cast) -> None:
    about = settling.settle(cast.ana, about="I *bake*.<script>alert(1)</script>").about_html
    assert "<em>bake</em>" in about and "<script" not in about


@pytest.mark.parametrize(
    ("wish", "because"),
    [
        ({"theme": "pink"}, "offered values"),
        ({"time_zone": "Mars/Olympus"}, "do not know that time zone"),
        ({"language": "tlh"}, "do not speak"),
        ({"about": "a" * 2001}, "2001 characters; at most 2000"),
        ({"name": "x"}, "too short"),
    ],
)
def test_an_unfit_wish_is_refused_beside_its_field(cast: Cast, wish: dict[str, str], because: str) -> None:
    with pytest.raises(Refusal, match=because) as refused:
        settling.settle(
            cast.ana, theme="dark" if "theme" not in wish else "pink", **{k: v for k, v in wish.items() if k != "theme"}
        )
    assert refused.value.field == next(iter(wish))
    assert fresh(cast.ana).theme == "auto"


def test_nobody_settles_what_is_not_theirs_to_settle(cast: Cast) -> None:
    with pytest.raises(ValueError, match="is_operator"):
        settling.settle(cast.ana, is_operator=True)
    assert not fresh(cast.ana).is_operator


def test_a_new_name_leaves_the_old_one_in_the_list_of_former_names(cast: Cast) -> None:
    settling.settle(cast.ana, name="Anka")
    assert fresh(cast.ana).name == "Anka"
    assert list(Rename.objects.values_list("old_name", flat=True)) == ["Ana"]


def test_the_same_name_again_is_no_renaming(cast: Cast) -> None:
    settling.settle(cast.ana, name="Ana")
    assert not Rename.objects.exists()


def test_the_look_of_the_own_name_may_change(cast: Cast) -> None:
    assert settling.settle(cast.ana, name="ANA").name == "ANA"


def test_who_has_left_settles_nothing(cast: Cast) -> None:
    with transaction.atomic():
        Member.objects.filter(pk=cast.ana.pk).update(left_at=clock.now())
    with pytest.raises(NotAllowed, match="closed"):
        settling.settle(fresh(cast.ana), theme="dark")


def test_settling_with_an_old_row_overwrites_nothing_else(cast: Cast) -> None:
    before = fresh(cast.ana)
    cast.thread()
    settling.settle(before, theme="dark")
    assert fresh(cast.ana).post_count == 1


def test_a_member_ends_their_own_sessions_and_nobody_elses(cast: Cast) -> None:
    seen_by(cast.ana), seen_by(cast.bram)
    assert settling.end_sessions(Session.objects.all(), of=cast.ana) == 1
    assert list(Session.objects.values_list("member__name", flat=True)) == ["Bram"]


def test_signing_out_everywhere_keeps_the_session_named(cast: Cast) -> None:
    here = seen_by(cast.ana).session_key
    signed_in(cast.ana)
    assert settling.end_sessions(Session.objects.exclude(key=here), of=cast.ana) == 1
    assert viewer(here) is not None


def test_a_session_slides_at_most_once_a_minute_and_ends_at_its_hour(cast: Cast) -> None:
    with at(MORNING):
        key = seen_by(cast.ana).session_key
    with at(MORNING + timedelta(seconds=30)):
        assert viewer(key) is not None
    assert Session.objects.get(key=key).seen_at == MORNING
    with at(MORNING + timedelta(days=1)):
        assert viewer(key) is not None
    assert Session.objects.get(key=key).expires_at == MORNING + timedelta(days=31)
    with at(MORNING + timedelta(days=31, seconds=1)):
        assert viewer(key) is None
        sessions.SessionStore.clear_expired()
    assert not Session.objects.exists()


def test_nobody_is_behind_the_session_of_one_who_left(cast: Cast) -> None:
    key = seen_by(cast.ana).session_key
    with transaction.atomic():
        Member.objects.filter(pk=cast.ana.pk).update(left_at=clock.now())
    assert viewer(key) is None
