"""Pictures and files: put up, shown in posts, seen by those who may, forgotten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from palaver.accounts.models import Member
from palaver.forums import attaching, placing, posting, withdrawing
from palaver.forums.errors import NoRoom
from palaver.forums.models import Attachment, AttachmentUse, Draft, Forum, Post
from palaver.forums.permissions import everyone_may_see_attachment, may_see_attachment
from palaver.forums.rendering import render_post
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.kit.storing import Store
from tests.cast import Cast, fresh, original
from tests.conftest import ROOT
from tests.kit.pictures import making

RED = making.picture("PNG")


@pytest.fixture(autouse=True)
def a_store_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    store = Store(tmp_path / "media")
    monkeypatch.setattr(attaching, "store", lambda: store)
    return store


def tree(cast: Cast, *, by: Member | None = None, name: str = "tree.png", data: bytes = RED) -> Attachment:
    return attaching.put_up(owner=by or cast.ana, name=name, data=data)


def sees(*members: Member | None, of: Attachment) -> list[bool]:
    return [bool(may_see_attachment(member, of)) for member in members]


def test_a_picture_put_up_is_kept_by_its_checksum(cast: Cast) -> None:
    row = tree(cast, data=making.picture("JPEG", (1300, 700)), name="C:\\Holiday\\my tree (1).JPG")
    assert (row.kind, row.name, row.mime, row.width, row.height) == (
        "picture",
        "my-tree-1.jpg",
        "image/jpeg",
        1300,
        700,
    )
    assert (row.thumbnail_width, row.thumbnail_height) == (640, 345)
    for checksum in (row.checksum, row.thumbnail_checksum):
        path = attaching.store().path(checksum)
        assert path.is_file() and path.stat().st_mode & 0o777 == 0o600 and path.parent.name == checksum[:2]
        assert attaching.store().keep(path.read_bytes()) == checksum
    assert attaching.address(row) == f"/media/{row.token}/my-tree-1.jpg"


def test_the_same_picture_twice_is_one(cast: Cast) -> None:
    assert tree(cast).pk == tree(cast, name="again.png").pk
    assert tree(cast, by=cast.bram).pk != tree(cast).pk, "Another's is their own; the bytes lie there once."
    assert len(list(attaching.store().checksums())) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("..", "picture.png"),
        ("", "picture.png"),
        ("жёлтый\u202e gnp.exe.png", "жёлтый-gnp.exe.png"),
        ("a" * 300 + ".png", "a" * 60 + ".png"),
        ('x"\r\nSet-Cookie: y.png', "x-Set-Cookie-y.png"),
    ],
)
def test_a_name_leads_nowhere(cast: Cast, given: str, kept: str) -> None:
    assert tree(cast, name=given).name == kept


def test_files_of_the_list_are_kept_as_they_are(cast: Cast) -> None:
    for name, data, mime in (
        ("minutes.PDF", b"%PDF-1.7 minutes", "application/pdf"),
        ("table.csv", b"BMW,12\nAudi,9\n", "text/csv"),
        ("notes.txt", "naïve <script>".encode(), "text/plain"),
        ("all.zip", b"PK\x03\x04zip", "application/zip"),
    ):
        row = attaching.put_up(owner=cast.ana, name=name, data=data)
        assert (row.kind, row.mime, row.width) == ("file", mime, None)
        assert attaching.store().path(row.checksum).read_bytes() == data


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("run.exe", b"MZ\x90\0", "no picture that we know"),
        ("page.html", b"<html><script>", "no picture that we know"),
        ("tree.svg", b"<svg onload=alert(1)>", "SVG drawings can carry programs"),
        ("minutes.pdf", b"PK\x03\x04 a zip", "something else inside"),
        ("minutes.pdf", b"<html>", "something else inside"),
        ("notes.txt", b"MZ\0\0\0", "something else inside"),
        ("macro.docm", b"PK\x03\x04", "Files of this kind are not taken"),
        ("notes.txt", b"", "empty"),
        ("notes.txt", b"a" * (attaching.FILE_BYTES + 1), "up to 10 MB"),
        ("tree.png", RED[:60], "incomplete or damaged"),
    ],
)
def test_what_is_not_taken_is_refused_with_a_sentence_and_leaves_nothing(
    cast: Cast, name: str, data: bytes, says: str
) -> None:
    with pytest.raises(Refusal, match=says):
        attaching.put_up(owner=cast.ana, name=name, data=data)
    assert not Attachment.objects.exists() and list(attaching.store().checksums()) == []


def test_the_suspended_put_up_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="suspended"):
        tree(cast, by=cast.jonas)


def test_a_picture_is_seen_by_its_owner_until_a_post_shows_it(cast: Cast) -> None:
    row = tree(cast)
    assert sees(cast.ana, cast.bram, cast.odile, None, of=row) == [True, False, False, False]
    cast.thread(text=f"Look: {attaching.markdown(row, 'a tree')}")
    assert sees(cast.ana, cast.bram, None, of=row) == [True, True, True]
    assert everyone_may_see_attachment(row)


def test_a_picture_in_a_forum_of_its_own_audience_is_seen_by_that_audience(cast: Cast) -> None:
    row = tree(cast)
    cast.thread(forum=cast.den, text=attaching.markdown(row))
    assert sees(cast.bram, cast.odile, cast.kaya, None, of=row) == [True, True, False, False]
    assert not everyone_may_see_attachment(row)


def test_a_picture_is_seen_no_more_once_its_post_is_withdrawn_or_shows_it_no_more(cast: Cast) -> None:
    row, other = tree(cast), tree(cast, data=making.picture("PNG", (9, 9)))
    post = cast.reply(cast.thread(), by=cast.ana, text=f"{attaching.markdown(row)} {attaching.markdown(other)}")
    posting.edit(post, by=cast.ana, text=f"Only {attaching.markdown(other)}")
    assert sees(cast.bram, None, of=row) == [False, False] and sees(cast.bram, None, of=other) == [True, True]
    withdrawing.withdraw(fresh(post), by=cast.ana)
    assert sees(cast.bram, cast.ana, of=other) == [False, True]


@pytest.mark.parametrize("standing", [Post.Standing.HELD, Post.Standing.REMOVED])
def test_a_picture_in_a_post_that_is_held_or_removed_is_not_seen(cast: Cast, standing: Post.Standing) -> None:
    row = tree(cast)
    thread = cast.thread(text=attaching.markdown(row))
    with transaction.atomic():
        Post.objects.filter(thread=thread).update(standing=standing)
    assert sees(cast.bram, None, of=row) == [False, False]


def test_whoever_may_see_a_picture_may_show_it_again(cast: Cast) -> None:
    row = tree(cast)
    cast.thread(forum=cast.den, text=attaching.markdown(row))
    cast.reply(cast.thread(), by=cast.bram, text=f"> {attaching.markdown(row)}\n\nLook.")
    assert sees(cast.kaya, None, of=row) == [True, True]


def test_writing_the_address_of_a_picture_one_may_not_see_opens_nothing(cast: Cast) -> None:
    row = tree(cast)
    cast.thread(forum=cast.den, text=attaching.markdown(row))
    cast.reply(cast.thread(), by=cast.kaya, text=attaching.markdown(row))
    assert sees(cast.kaya, None, of=row) == [False, False]
    assert AttachmentUse.objects.filter(attachment=row).count() == 1


def test_an_edit_by_somebody_who_lost_sight_of_a_picture_keeps_it(cast: Cast) -> None:
    row = tree(cast)
    first = cast.thread(forum=cast.den, text=attaching.markdown(row))
    post = cast.reply(cast.thread(), by=cast.bram, text=attaching.markdown(row))
    withdrawing.withdraw(original(first), by=cast.ana)
    posting.edit(post, by=cast.bram, text=f"Still: {attaching.markdown(row)}")
    assert sees(None, of=row) == [True]


def test_a_post_of_ten_thousand_pictures_uses_a_bounded_number(cast: Cast) -> None:
    row = tree(cast)
    text = "".join(f"![](/media/{number:024x}/x.png) " for number in range(2_500)) + attaching.markdown(row)
    cast.thread(text=text[-99_000:])
    assert AttachmentUse.objects.count() <= 1


def test_a_picture_in_a_post_has_its_size_and_its_smaller_copy(cast: Cast) -> None:
    row = tree(cast, data=making.picture("JPEG", (1300, 700)))
    html = render_post(attaching.markdown(row, 'a "tall" [tree]'), "markdown").html
    assert f'<a href="{attaching.address(row)}" class="picture">' in html
    assert f'src="{attaching.address(row, small=True)}"' in html and 'width="640" height="345"' in html
    assert 'alt="a &quot;tall&quot; [tree]"' in html


def test_newcomers_put_up_a_few_pictures_a_day_and_members_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "NEWCOMERS", attaching.Allowance(2, 10**6))
    monkeypatch.setattr(attaching, "MEMBERS", attaching.Allowance(3, 10**6))
    for number in (5, 6):
        tree(cast, data=making.picture("PNG", (number, number)))
    with pytest.raises(Refusal, match=r"2 pictures and files within 24 hours.*After your first posts"):
        tree(cast)
    with transaction.atomic():
        Member.objects.filter(pk=cast.ana.pk).update(post_count=attaching.NO_NEWCOMER_FROM)
    tree(cast, by=fresh(cast.ana))
    with pytest.raises(Refusal, match="3 pictures and files"):
        tree(cast, by=fresh(cast.ana), data=making.picture("PNG", (7, 7)))
    with clock.stopped_at(clock.now() + timedelta(days=1, minutes=1)):
        tree(cast, by=fresh(cast.ana), data=making.picture("PNG", (7, 7)))


def test_what_one_member_keeps_is_bounded_in_bytes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "NEWCOMERS", attaching.Allowance(10, 100))
    attaching.put_up(owner=cast.ana, name="a.txt", data=b"a" * 60)
    with pytest.raises(Refusal, match=r"0.0 of 0 MB; this one does not fit"):
        attaching.put_up(owner=cast.ana, name="b.txt", data=b"b" * 60)


def test_a_full_disk_is_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Store, data: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Store, "keep", full)
    with pytest.raises(NoRoom, match="no room") as found:
        tree(cast)
    assert found.value.status == 503 and not Attachment.objects.exists()


def test_ones_own_picture_is_taken_down_when_no_post_shows_it(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    row = tree(cast)
    post = cast.reply(cast.thread(), by=cast.ana, text=attaching.markdown(row))
    with pytest.raises(NotAllowed, match="A post shows this"):
        attaching.take_down(row, by=cast.ana)
    posting.edit(post, by=cast.ana, text="Nothing.")
    with pytest.raises(NotAllowed, match="Only the member who put it up"):
        attaching.take_down(row, by=cast.odile)
    with django_capture_on_commit_callbacks(execute=True):
        attaching.take_down(row, by=cast.ana)
    assert not Attachment.objects.exists() and list(attaching.store().checksums()) == []


def test_a_file_that_another_row_names_stays(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    mine, theirs = tree(cast), tree(cast, by=cast.bram)
    with django_capture_on_commit_callbacks(execute=True):
        attaching.take_down(mine, by=cast.ana)
    assert attaching.store().path(theirs.checksum).is_file()


def test_what_nobody_used_is_forgotten_after_a_while(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    shown, drafted, edited, lone = (tree(cast, data=making.picture("PNG", (n, n))) for n in (3, 4, 5, 6))
    cast.thread(text=attaching.markdown(shown))
    with transaction.atomic():
        Draft.objects.create(
            member=cast.ana, place="start:1", forum=cast.lounge, text=f"Soon: {attaching.markdown(drafted)}"
        )
    post = cast.reply(cast.thread(), by=cast.ana, text=attaching.markdown(edited))
    later = clock.now() + timedelta(days=30)
    with clock.stopped_at(later):
        posting.edit(post, by=cast.ana, text="Not this one.")
    assert attaching.forget_unused(clock.now() - timedelta(days=1)) == 0, "All are young."
    with django_capture_on_commit_callbacks(execute=True):
        assert attaching.forget_unused(later - timedelta(days=14)) == 1
    assert set(Attachment.objects.values_list("pk", flat=True)) == {shown.pk, drafted.pk, edited.pk}
    assert not attaching.store().path(lone.checksum).exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert attaching.forget_unused(later + timedelta(minutes=1)) == 1, "The edit cannot be taken back for ever."
    assert set(Attachment.objects.values_list("pk", flat=True)) == {shown.pk, drafted.pk}


def test_a_file_without_a_row_is_swept_away_and_one_with_a_row_is_not(cast: Cast) -> None:
    row = tree(cast, data=making.picture("JPEG", (900, 900)))
    stray = attaching.store().keep(b"put down just before the lights went out")
    half = attaching.store().path(stray).with_name(".half")
    half.write_bytes(b"half")
    os.utime(half, (0, 0))
    assert attaching.sweep() == 2
    assert not attaching.store().path(stray).exists() and not half.exists()
    assert attaching.store().path(row.checksum).is_file() and attaching.store().path(row.thumbnail_checksum).is_file()


KILLED = """
import os, signal, sys, threading, time
import django
django.setup()
from django.db import transaction
from palaver.accounts.models import Member
from palaver.forums import attaching
from palaver.forums.models import Attachment
data = sys.stdin.buffer.read()
step = sys.argv[1]
if step == "join":
    from palaver.accounts import joining
    joining.join(name="Ana", password="a heron on the weir")
    sys.exit()
ana = Member.objects.get(name="Ana")
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
if step == "between file and row":
    attaching._row = die
elif step == "while writing":
    os.fsync = die
elif step == "between row and file":
    with transaction.atomic():
        row = attaching.put_up(owner=ana, name="once.png", data=data)
    attaching._remove_unnamed = die
    attaching.take_down(row, by=ana)
elif step == "look":
    from palaver.kit.storing import Store
    store = attaching.store()
    store.forget_halves.__func__.__defaults__ = (0.0,)
    swept = attaching.sweep()
    rows = set(Attachment.objects.values_list("checksum", flat=True))
    print(swept, len(rows), rows == set(store.checksums()), len([p for p in store.root.rglob("*") if p.is_file()]) - 1)
    sys.exit()
attaching.put_up(owner=ana, name="tree.png", data=data)
"""


def test_a_sudden_end_between_file_and_row_leaves_nothing_after_the_sweep(prepared_home: Path) -> None:
    environment = {**os.environ, "PALAVER_HOME": str(prepared_home), "PYTHONPATH": str(ROOT / "src")}
    environment.pop("PALAVER_DATABASE_URL", None)

    def run(step: str, data: bytes = RED) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-c", KILLED, step], input=data, capture_output=True, env=environment, check=False
        )

    assert run("join").returncode == 0
    assert run("all is well", making.picture("PNG", (7, 7))).returncode == 0
    for step in ("between file and row", "while writing", "between row and file"):
        done = run(step)
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
        looked = run("look")
        swept, rows, equal, files = looked.stdout.decode().split()
        assert (int(swept), int(rows), equal, int(files)) == (1, 1, "True", 1), (step, looked.stderr.decode())


def test_places_can_be_closed_around_a_picture(cast: Cast) -> None:
    row = tree(cast)
    cast.thread(forum=cast.kitchen, text=attaching.markdown(row))
    assert everyone_may_see_attachment(row)
    placing.change_forum(cast.kitchen, by=cast.odile, who_reads=Forum.Gate.MEMBERS)
    assert sees(cast.kaya, None, of=row) == [True, False]
