"""Small archives of a community that never was, in the shapes that old engines give."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

from palaver.transfer import importing
from palaver.transfer.importers.discourse import Discourse
from palaver.transfer.importers.mbox import Mbox
from palaver.transfer.reporting import Report

PEOPLE = {1: "Ana", 2: "Bram", 3: "Chidi"}


def post(number: int, by: int = 1, text: str = "<p>Rain at last.</p>", **more: Any) -> dict[str, Any]:
    """A post as Discourse gives it; its id is made of its number and set for good by `topic`."""
    return {
        "id": number, "post_number": number, "post_type": 1, "user_id": by, "username": PEOPLE.get(by, f"member{by}"),
        "created_at": f"2019-05-01T10:{number:02}:07.123456Z", "updated_at": "2019-06-01T00:00:00.000Z", "cooked": text,
        "reply_to_post_number": None, "version": 1, "actions_summary": [], "hidden": False, **more,
    }  # fmt: skip


def topic(
    number: int, *posts: dict[str, Any], title: str = "The well", category: int = 4, **more: Any
) -> dict[str, Any]:
    """A topic as Discourse gives it."""
    every = [{**one, "id": number * 1000 + one["post_number"]} for one in posts]
    return {
        "id": number, "title": title, "slug": "the-well", "category_id": category, "archetype": "regular",
        "created_at": "2019-05-01T10:01:07.000Z", "visible": True, "closed": False, "archived": False, "pinned": False,
        "deleted_at": None, "post_stream": {"posts": every}, **more,
    }  # fmt: skip


def folder(path: Path, *topics: dict[str, Any]) -> Path:
    """A folder with one file a topic."""
    path.mkdir(parents=True, exist_ok=True)
    for one in topics:
        (path / f"topic.{one['id']:04}.json").write_text(json.dumps(one), encoding="utf-8")
    return path


def tar(path: Path, *files: tuple[str, bytes], mode: str = "w:xz") -> Path:
    """A tar of such files."""
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def discourse(path: Path, **words: Any) -> Report:
    """Import it here, without children."""
    options = {key: words.pop(key) for key in ("origin", "names") if key in words}
    return importing.run(Discourse(path, **options), children=0, **words)


def mail(
    identifier: str = "", subject: str = "Well", answers: str = "", date: str = "Wed, 1 May 2002 10:00:00 +0200",
    sender: str = "ana@village.example (Ana)", body: bytes = b"Rain at last.\n", **more: str,
) -> bytes:  # fmt: skip
    """One message as an mbox holds it, with the empty line behind it."""
    lines = [
        "From ana@village.example  Wed May  1 08:00:00 2002",
        f"From: {sender}",
        f"Date: {date}",
        f"Subject: {subject}",
    ]
    if identifier:
        lines.append(f"Message-ID: <{identifier}>")
    if answers:
        lines.append(f"In-Reply-To: <{answers}>")
    lines += [f"{key.replace('_', '-')}: {value}" for key, value in more.items()]
    return "\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body + b"\n"


def mbox(*paths: Path, **words: Any) -> Report:
    """Import lists here, without children."""
    return importing.run(Mbox(paths, forum=words.pop("forum", "")), children=0, **words)
