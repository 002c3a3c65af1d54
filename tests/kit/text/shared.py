"""The corpora beside the checkout. Never copied into the project; missing ones are said loudly, and fail in CI."""

from __future__ import annotations

import json
import os
import tarfile
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("PALAVER_DATA") or Path(__file__).resolve().parents[4] / "shared")


def shared(name: str) -> Path:
    """A file or folder of the corpora; without it the test is skipped, or fails where CI=true."""
    path = ROOT / name
    if not path.exists():
        said = f"MISSING CORPUS {name}: set PALAVER_DATA to the folder that holds it. Its checks did not run."
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    return path


@cache
def payloads() -> tuple[str, ...]:
    """Every payload line of the XSS lists and every naughty string."""
    found: dict[str, None] = {}
    for file in sorted(shared("corpora/xss").iterdir()):
        text = file.read_text(encoding="utf-8", errors="replace")
        found.setdefault(text)
        for line in text.splitlines():
            if line.strip():
                found.setdefault(line)
    for text in json.loads(shared("corpora/blns.json").read_text(encoding="utf-8")):
        found.setdefault(text)
    return tuple(found)


@cache
def cooked_posts(every: int = 40) -> tuple[str, ...]:
    """Real imported posts: one of `every`, and the longest of all."""
    posts: list[str] = []
    with tarfile.open(shared("data/discourse-urho3d.tar.xz")) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".json") else None
            if file is not None:
                posts += [post.get("cooked") or "" for post in json.load(file)["post_stream"]["posts"]]
    return (*posts[::every], max(posts, key=len))
