"""Putting up from a form and by script, handing out, and the page of one's own pictures and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import Cast, fresh, signed_in
from tests.kit.pictures import making

from palaver.forums import attaching, placing, posting, withdrawing
from palaver.forums.models import Attachment, Forum, Post
from palaver.kit.storing import Store
from palaver.project import serving
from palaver.web.uploads.taking import BODY_CAP

RED = making.picture("PNG")
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture(autouse=True)
def a_store_of_its_own(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    assert cast.lounge  # pages are there once there is a community
    store = Store(tmp_path / "media")
    monkeypatch.setattr(attaching, "store", lambda: store)
    return store


def sent(client: Client, data: bytes, name: str = "tree.png", script: bool = False, **fields: str) -> Any:
    file = SimpleUploadedFile(name, data)
    more = {"headers": {"accept": "application/json"}} if script else {}
    return client.post("/uploads", {"file": file, **fields}, **more)


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_script_is_given_what_to_write(cast: Cast) -> None:
    answer = sent(signed_in(cast.ana), RED, script=True, alt="a [red] tree")
    row = Attachment.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "markdown": f"![a \\[red\\] tree](/media/{row.token}/tree.png)",
        "address": f"/media/{row.token}/tree.png",
        "picture": True,
        "name": "tree.png",
    }


def test_the_script_is_told_why_not(cast: Cast) -> None:
    answer = sent(signed_in(cast.ana), SVG, "tree.svg", script=True)
    assert answer.status_code == 422 and "SVG drawings can carry programs" in answer.json()["problem"]
    assert "suspended" in sent(signed_in(cast.jonas), RED, script=True).json()["problem"]
    assert not Attachment.objects.exists()


def test_a_plain_form_comes_back_with_its_text_and_the_picture_in_it(cast: Cast) -> None:
    thread = cast.thread()
    fields = {"to": f"/t/{thread.pk}/replies", "body": "Mine & yours", "subject": "Trees", "once": "abcdefgh1"}
    answer = sent(signed_in(cast.bram), RED, alt="a tree", **fields)
    html, row = answer.content.decode(), Attachment.objects.get()
    assert answer.status_code == 200 and Post.objects.count() == 1, "Nothing was posted."
    assert f"Mine &amp; yours\n\n![a tree](/media/{row.token}/tree.png)\n</textarea>" in html
    assert 'value="Trees"' in html and 'value="abcdefgh1"' in html
    assert f'<img src="/media/{row.token}/tree.png" width="120" height="80" alt="a tree"' in html, "And a preview."


def test_a_plain_form_with_a_picture_that_is_refused_comes_back_with_its_text_and_the_reason(cast: Cast) -> None:
    thread = cast.thread()
    answer = sent(signed_in(cast.bram), SVG, "tree.svg", to=f"/t/{thread.pk}/replies", body="Long thought.", alt="oak")
    html = answer.content.decode()
    assert answer.status_code == 422 and Post.objects.count() == 1
    assert "SVG drawings can carry programs" in html and "Long thought.\n" in html.replace("</textarea>", "\n")


@pytest.mark.parametrize(
    "to", ["", "/account/sessions/end-others", "//evil.example/", "https://evil.example/", "/nowhere"]
)
def test_an_upload_leads_to_no_other_view(cast: Cast, to: str) -> None:
    assert sent(signed_in(cast.ana), RED, to=to, body="Words").status_code == 400


def test_a_form_sent_with_a_picture_that_was_not_added_is_held_back_once(cast: Cast) -> None:
    thread, client = cast.thread(), signed_in(cast.bram)
    answer = client.post(f"/t/{thread.pk}/replies", {"body": "Look:", "file": "tree.png"})
    assert answer.status_code == 422 and "“tree.png” but not added it yet" in answer.content.decode()
    assert "Look:" in answer.content.decode() and Post.objects.count() == 1
    assert client.post(f"/t/{thread.pk}/replies", {"body": "Look:", "file": ""}).status_code == 302


def test_guests_put_up_nothing(cast: Cast) -> None:
    assert sent(Client(headers={"sec-fetch-site": "same-origin"}), RED).status_code == 403
    assert not Attachment.objects.exists()


def test_an_upload_from_another_site_is_refused(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "cross-site"})
    client.cookies["palaver_session"] = signed_in(cast.ana).cookies["palaver_session"].value
    assert sent(client, RED).status_code == 403 and not Attachment.objects.exists()


def test_a_picture_in_an_open_forum_is_handed_out_to_be_kept_and_shown(cast: Cast) -> None:
    row = attaching.put_up(owner=cast.ana, name="tree.jpg", data=making.picture("JPEG", (1300, 700)))
    cast.thread(text=attaching.markdown(row))
    answer = Client().get(attaching.address(row))
    assert body_of(answer) == attaching.store().path(row.checksum).read_bytes()
    assert answer.headers["Content-Type"] == "image/jpeg" and answer.headers["Content-Length"] == str(row.size)
    assert answer.headers["Cache-Control"] == "public, max-age=86400, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"] and "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Disposition"].startswith("inline")
    again = Client().get(attaching.address(row), headers={"if-none-match": answer.headers["ETag"]})
    assert again.status_code == 304 and body_of(again) == b""
    copy = Client().get(attaching.address(row, small=True))
    assert body_of(copy) == attaching.store().path(row.thumbnail_checksum).read_bytes()
    assert copy.headers["ETag"] != answer.headers["ETag"]


def test_a_file_is_handed_out_for_saving_only(cast: Cast) -> None:
    row = attaching.put_up(owner=cast.ana, name="жёлтый.txt", data=b"<script>alert(1)</script>")
    cast.thread(text=attaching.markdown(row))
    answer = Client().get(attaching.address(row))
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%D0%B6")
    assert (
        "sandbox" in answer.headers["Content-Security-Policy"] and answer.headers["X-Content-Type-Options"] == "nosniff"
    )
    assert Client().get(attaching.address(row, small=True)).status_code == 404


def test_a_picture_of_a_closed_forum_is_nothing_to_others_and_is_kept_by_no_cache(cast: Cast) -> None:
    row = attaching.put_up(owner=cast.ana, name="tree.png", data=RED)
    where = attaching.address(row)
    cast.thread(forum=cast.den, text=attaching.markdown(row))
    assert [Client().get(where).status_code, signed_in(cast.kaya).get(where).status_code] == [404, 404]
    answer = signed_in(cast.bram).get(where)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "private, no-cache"
    told = {"if-none-match": answer.headers["ETag"]}
    assert Client().get(where, headers=told).status_code == 404, "Not even that it has not changed."


def test_a_picture_goes_with_its_post_and_with_its_forums_door(cast: Cast) -> None:
    row = attaching.put_up(owner=cast.ana, name="tree.png", data=RED)
    where = attaching.address(row)
    thread = cast.thread(forum=cast.kitchen, text=attaching.markdown(row))
    assert Client().get(where).status_code == 200
    placing.change_forum(cast.kitchen, by=cast.odile, who_reads=Forum.Gate.MEMBERS)
    assert [Client().get(where).status_code, signed_in(cast.kaya).get(where).status_code] == [404, 200]
    withdrawing.withdraw(Post.objects.get(thread=thread), by=cast.ana)
    assert [signed_in(cast.kaya).get(where).status_code, signed_in(cast.ana).get(where).status_code] == [404, 200]


def test_another_name_or_a_wrong_token_is_nothing(cast: Cast) -> None:
    row = attaching.put_up(owner=cast.ana, name="tree.png", data=RED)
    client = signed_in(cast.ana)
    for path in (f"/media/{row.token}/tree.html", f"/media/{'0' * 24}/tree.png", f"/media/{'x' * 300}/tree.png"):
        assert client.get(path).status_code == 404
    attaching.store().remove(row.checksum)
    assert client.get(attaching.address(row)).status_code == 404, "A file that was lost is no fault of the page."


def test_ones_own_pictures_are_listed_with_where_they_are_shown_and_taken_down(cast: Cast) -> None:
    shown = attaching.put_up(owner=cast.ana, name="oak.png", data=RED)
    lone = attaching.put_up(owner=cast.ana, name="elm.txt", data=b"elm " * 600)
    cast.thread("Trees", text=attaching.markdown(shown))
    cast.reply(cast.thread("Oaks"), by=cast.bram, text=attaching.markdown(shown))
    client = signed_in(cast.ana)
    html = client.get("/account/files").content.decode()
    assert "Trees #0" in html and "1 other post" in html and "Oaks" not in html
    assert "elm.txt" in html and "2 KB" in html
    assert f"/account/files/{lone.pk}/take-down" in html and f"/account/files/{shown.pk}/take-down" not in html
    assert client.post(f"/account/files/{lone.pk}/take-down").status_code == 302
    assert not Attachment.objects.filter(pk=lone.pk).exists()
    assert client.post(f"/account/files/{shown.pk}/take-down").status_code == 403
    assert signed_in(cast.bram).post(f"/account/files/{shown.pk}/take-down").status_code == 404
    assert "put up nothing yet" in signed_in(cast.bram).get("/account/files").content.decode()


def test_another_page_of_them_is_there(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("palaver.web.uploads.listing.A_PAGE", 1)
    for name in ("old", "new"):
        attaching.put_up(owner=cast.ana, name=f"{name}.txt", data=name.encode())
    client = signed_in(cast.ana)
    first = client.get("/account/files").content.decode()
    assert "new.txt" in first and "old.txt" not in first
    older = f"/account/files?before={Attachment.objects.get(name='new.txt').pk}"
    assert older in first and "old.txt" in client.get(older).content.decode()


def test_uploads_have_room_and_a_lane_of_their_own() -> None:
    assert serving.body_cap("POST", "/uploads") == BODY_CAP > 10 * 1024 * 1024
    assert serving.body_cap("POST", "/t/1/replies") == 1024 * 1024
    assert serving.classify("POST", "/uploads") == "slow"
    assert serving.classify("GET", "/media/a/b.png") == serving.classify("GET", "/account/files") == "pages"
    assert serving.queries("/media/a/b.png") is None


def test_an_edit_keeps_the_picture_that_the_post_shows(cast: Cast) -> None:
    row = attaching.put_up(owner=cast.ana, name="tree.png", data=RED)
    post = cast.reply(cast.thread(), by=cast.ana, text=attaching.markdown(row))
    posting.edit(fresh(post), by=cast.ana, text=f"Look: {attaching.markdown(row, 'a tree')}")
    assert Client().get(attaching.address(row)).status_code == 200
