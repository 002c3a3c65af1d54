from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from palaver.accounts.models import Member
from palaver.delivery.models import Mail
from palaver.forums.counting import drift
from palaver.forums.models import Forum, Post, SourceText, Thread
from palaver.transfer import checksums
from palaver.transfer.importers.mbox import decoding
from palaver.transfer.models import ImportedThing, LostReference
from tests.transfer.making import mail, mbox

pytestmark = pytest.mark.django_db(transaction=True)

LATER = "Thu, 2 May 2002 09:00:00 +0200"
LAST = "Thu, 2 May 2002 11:00:00 +0200"


def write(path: Path, *messages: bytes) -> Path:
    path.write_bytes(b"".join(messages))
    return path


def test_replies_join_the_thread_of_what_they_answer_whatever_their_order(tmp_path: Path) -> None:
    report = mbox(
        write(
            tmp_path / "village.mbox",
            mail("c@x", "Re: [village] The well", answers="b@x", date=LAST, sender="c@x.example (Chidi)"),
            mail("b@x", "Re: The well", answers="a@x", date=LATER, sender="b@x.example (Bram)"),
            mail("a@x", "[village] The well"),
        )
    )  # fmt: skip
    thread = Thread.objects.get()
    assert thread.subject == "The well" and thread.author.name == "Ana"
    assert [(row.number, row.author.name) for row in Post.objects.order_by("place")] == [
        (0, "Ana"),
        (1, "Bram"),
        (2, "Chidi"),
    ]
    assert Post.objects.get(number=2).answers == Post.objects.get(number=1)
    assert Post.objects.get(number=0).created_at == datetime(2002, 5, 1, 8, tzinfo=UTC)
    assert not Post.objects.exclude(subject="").exists(), "Re: the same is no subject of its own"
    assert report.counts["reply_links"] == 2 and report.counts["reply_links_missing"] == 0
    assert Forum.objects.get().name == "village" and list(drift()) == []


def test_a_reply_never_stands_before_what_it_answers_however_wrong_its_clock(tmp_path: Path) -> None:
    early = mail("b@x", answers="a@x", date="Mon, 1 Apr 2002 10:00:00 +0000")
    mbox(write(tmp_path / "a.mbox", early, mail("a@x")))
    assert Post.objects.get(number=1).answers == Post.objects.get(number=0)
    assert Thread.objects.get().last_post_at == datetime(2002, 5, 1, 8, tzinfo=UTC)
    assert list(drift()) == []


def test_each_message_is_taken_once_and_duplicates_are_counted(tmp_path: Path) -> None:
    nameless = mail("", body=b"No name on this one.\n")
    report = mbox(
        write(tmp_path / "a.mbox", mail("a@x"), nameless, mail("a@x"), nameless, mail("a@x", body=b"Something else.\n"))
    )
    assert (report.counts["messages"], report.counts["posts"]) == (5, 2)
    assert (report.counts["duplicates"], report.counts["duplicates_differing"], report.counts["without_id"]) == (
        3,
        1,
        2,
    )


def test_a_dangling_reference_makes_a_root_that_keeps_it(tmp_path: Path) -> None:
    wordy = mail("w@x", In_Reply_To="Ana's message of Monday")
    report = mbox(write(tmp_path / "a.mbox", mail("b@x", "Re: Gone", answers="gone@x"), wordy))
    assert Thread.objects.count() == 2
    assert set(LostReference.objects.values_list("reference", flat=True)) == {"gone@x", "Ana's message of Monday"}
    assert report.counts["reply_links_missing"] == 2


def test_a_circle_of_answers_ends_with_a_root(tmp_path: Path) -> None:
    mbox(write(tmp_path / "a.mbox", mail("a@x", answers="b@x"), mail("b@x", answers="a@x")))
    assert Thread.objects.count() == 1 and Post.objects.count() == 2 and list(drift()) == []


@pytest.mark.parametrize(
    "content", ["Größe".encode(), "Größe".encode("latin-1"), b"caf\xe9 \x81\x8d", bytes(range(128, 256))]
)
def test_bytes_in_no_declared_encoding_are_never_lost(tmp_path: Path, content: bytes) -> None:
    report = mbox(write(tmp_path / "a.mbox", mail("a@x", body=content + b"\n")))
    kept = SourceText.objects.get().text.rstrip("\n")
    assert content in [kept.encode(name, "ignore") for name in ("utf-8", "cp1252", "latin-1")]
    assert report.counts["undecodable"] == 1


def test_headers_are_read_in_every_spelling(tmp_path: Path) -> None:
    mbox(
        write(
            tmp_path / "a.mbox",
            mail(
                "a@x", "=?iso-8859-1?Q?Gr=F6=DFe?= =?utf-8?B?IMO8YmVy?=", sender="=?utf-8?Q?J=C3=B6rg?= <j@x.example>"
            ),
            mail("b@x", "Größe ist alles", sender="h at x.example (Hana Okafor)"),
            mail("c@x", "Gr__e in einem Byte").replace(b"Gr__e", b"Gr\xf6\xdfe"),
        )
    )
    subjects = set(Thread.objects.values_list("subject", flat=True))
    assert subjects == {"Größe über", "Größe ist alles", "Größe in einem Byte"}
    assert Member.objects.filter(name__startswith="J").get().name.startswith("Jörg")


def test_authors_are_told_by_a_hash_and_nobody_gets_mail(tmp_path: Path) -> None:
    mbox(write(tmp_path / "a.mbox", mail("a@x"), mail("b@x"), mail("c@x", sender="other@x.example (Ana)")))
    assert sorted(Member.objects.values_list("name", "post_count")) == [("Ana", 2), ("Ana-2", 1)]
    assert not Member.objects.exclude(email="").exists() and not Mail.objects.exists()
    stored = " ".join(ImportedThing.objects.filter(kind="member").values_list("old_id", flat=True))
    assert "@" not in stored and "example" not in stored


def test_a_text_line_that_begins_with_from_ends_no_message(tmp_path: Path) -> None:
    body = b"Dear all,\n\nFrom here on it rains.\n\n>From there on too.\n"
    mbox(write(tmp_path / "a.mbox", mail("a@x", body=body), mail("b@x", date=LATER)))
    assert Post.objects.count() == 2
    assert "From here on it rains.\n\nFrom there on too." in SourceText.objects.order_by("post_id").first().text  # type: ignore[union-attr]


def test_messages_need_no_empty_line_between_them_where_the_line_is_dated(tmp_path: Path) -> None:
    mbox(write(tmp_path / "a.mbox", mail("a@x").rstrip(b"\n") + b"\n", mail("b@x")))
    assert Post.objects.count() == 2


def test_a_date_that_cannot_be_read_is_taken_from_the_line_before_the_message(tmp_path: Path) -> None:
    report = mbox(
        write(tmp_path / "a.mbox", mail("a@x", date="mer., 25 oct. 2000"), mail("b@x", date="1 Jan 2402 10:00"))
    )
    assert set(Post.objects.values_list("created_at", flat=True)) == {datetime(2002, 5, 1, 8, tzinfo=UTC)}
    assert report.counts["dates_mended"] == 2


def test_parts_are_read_and_attachments_noted(tmp_path: Path) -> None:
    body = (
        b"--b\nContent-Type: text/plain; charset=utf-8\n"
        b"Content-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe\n"
        b'--b\nContent-Type: image/png; name="well.png"\nContent-Disposition: attachment; filename="well.png"\n'
        b"Content-Transfer-Encoding: base64\n\naGVsbG8=\n--b--\n"
    )
    report = mbox(write(tmp_path / "a.mbox", mail("a@x", body=body, Content_Type="multipart/mixed; boundary=b")))
    text = SourceText.objects.get().text
    assert text.startswith("Grüße") and "well.png (image/png, 5 bytes)" in text
    assert report.counts["attachments"] == 1


def test_html_alone_is_cleaned(tmp_path: Path) -> None:
    body = b"<p>Rain</p><script>alert(1)</script>\n"
    mbox(write(tmp_path / "a.mbox", mail("a@x", body=body, Content_Type="text/html")))
    assert SourceText.objects.get().kind == "html"
    assert "script" not in Post.objects.get().body.html


def test_later_months_join_the_threads_that_stand_and_nothing_doubles(tmp_path: Path) -> None:
    first = write(tmp_path / "a.mbox", mail("a@x"), mail("b@x", answers="a@x", date=LATER))
    second = write(tmp_path / "b.mbox", mail("c@x", answers="b@x", date="Sun, 2 Jun 2002 10:00:00 +0000"), mail("d@x"))
    mbox(first, forum="Village")
    report = mbox(first, second, forum="Village")
    assert (report.counts["posts"], report.counts["threads"]) == (2, 1)
    assert Post.objects.get(number=2).answers == Post.objects.get(number=1)
    assert list(drift()) == []
    before = checksums.of_imports()
    assert not mbox(first, second, forum="Village").added()
    assert checksums.of_imports() == before


def test_bytes_that_are_no_text_at_all_are_kept_letter_for_byte() -> None:
    every = bytes(range(256))
    text, guessed = decoding.read(every, "us-ascii")
    assert guessed and text.encode("latin-1") == every
