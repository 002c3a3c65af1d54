"""The deepest and longest threads of a real archive: every post is reached by the page's own links, in both views."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

from tests.journeys.running import palaver, started
from tests.sweeps.community import Visitor

pytestmark = pytest.mark.dear

HOW_MANY = 10
LONGEST_POST = 62_055


@dataclass
class Found:
    """A topic of the archive: its posts by number (events left out), and how deep its replies go."""

    id: int
    posts: dict[int, str]
    deepest: int
    text: bytes


def _scan(archive: Path) -> Iterator[Found]:
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.name.endswith(".json") else None
            if content is None:
                continue
            text = content.read()
            topic = json.loads(text)
            if not isinstance(topic, dict) or "post_stream" not in topic:
                continue
            posts = [post for post in topic["post_stream"]["posts"] if post.get("post_type", 1) != 3]
            depth: dict[int, int] = {}
            for post in sorted(posts, key=lambda post: post["post_number"]):
                above = post.get("reply_to_post_number")
                depth[post["post_number"]] = depth.get(above, 0) + 1 if above else 0
            yield Found(
                topic["id"],
                {post["post_number"]: post["cooked"] for post in posts},
                max(depth.values(), default=0),
                text,
            )


@pytest.fixture(scope="module")
def chosen(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Found], Path]:
    """The ten deepest, the ten longest, and the one with the longest post, as a folder to import."""
    every = list(_scan(shared / "data" / "discourse-urho3d.tar.xz"))
    picked = sorted(every, key=lambda one: -one.deepest)[:HOW_MANY]
    picked += [one for one in sorted(every, key=lambda one: -len(one.posts))[:HOW_MANY] if one not in picked]
    huge = max(every, key=lambda one: max((len(cooked) for cooked in one.posts.values()), default=0))
    picked += [huge] if huge not in picked else []
    folder = tmp_path_factory.mktemp("topics")
    for one in picked:
        (folder / f"{one.id}.json").write_bytes(one.text)
    return picked, folder


def _walk(visitor: Visitor, address: str, view: str) -> tuple[list[int], int]:
    """The post numbers that a reader meets who follows the page's own links to the end, and how many pages that were."""
    met: list[int] = []
    pages = 0
    path: str | None = f"{address}?view={view}"
    seen: set[str] = set()
    while path is not None:
        assert path not in seen, f"{path} leads back to itself."
        seen.add(path)
        page = visitor.get(path)
        assert page.status == 200, (path, page.status)
        pages += 1
        shown = [int(number) for number in re.findall(r'<article class="(?:post|text opening)" id="p(\d+)"', page.text)]
        # The original post stands on top of every page.
        met += shown if pages == 1 else shown[1:]
        wanted = "Later replies" if view == "flat" else "Further into the tree"
        path = next(
            (
                unescape(href)
                for href, label in re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', page.text, re.DOTALL)
                if wanted in label
            ),
            None,
        )
    return met, pages


def test_every_post_of_the_deepest_and_longest_threads_is_reached_in_both_views(
    chosen: tuple[list[Found], Path], prepared_home: Path
) -> None:
    picked, folder = chosen
    done = palaver("import", "discourse", str(folder), "--quiet", "--json", home=prepared_home)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["threads"] == len(picked), report
    with started(prepared_home, ("serve", "--workers", "2")) as running:
        visitor = Visitor(running)
        for one in picked:
            # Old addresses lead to the new ones.
            old = visitor.get(f"/t/x/{one.id}")
            address = old.headers.get("location", "")
            assert old.status in {301, 302} and address, (one.id, old.status)
            if visitor.get(address).status == 301:
                address = visitor.get(address).headers["location"]
            for view in ("flat", "tree"):
                met, pages = _walk(visitor, address, view)
                assert len(met) == len(set(met)), f"{address} ({view}) shows posts twice: {met}"
                assert len(met) == len(one.posts), f"{address} ({view}): {len(met)} of {len(one.posts)} posts met"
                print(f"  {address[:50]:50} {view}: {len(met):4} posts on {pages} pages, {one.deepest} deep")


def test_the_longest_post_is_shown_to_its_last_word(chosen: tuple[list[Found], Path], prepared_home: Path) -> None:
    picked, folder = chosen
    huge = max(picked, key=lambda one: max(len(cooked) for cooked in one.posts.values()))
    cooked = max(huge.posts.values(), key=len)
    assert len(cooked) >= LONGEST_POST, len(cooked)
    only = folder / f"{huge.id}.json"
    done = palaver("import", "discourse", str(only), "--quiet", home=prepared_home)
    assert done.returncode == 0, done.stderr
    with started(prepared_home) as running:
        visitor = Visitor(running)
        address = visitor.get(f"/t/x/{huge.id}").headers["location"]
        page = visitor.get(address)
        if page.status == 301:
            page = visitor.get(page.headers["location"])
        text = re.sub(r"\s+", "", unescape(re.sub(r"<[^>]*>", "", page.text)))
        words = re.sub(r"\s+", "", unescape(re.sub(r"<[^>]*>", "", cooked)))
        for at in range(0, len(words) - 60, max(1, len(words) // 200)):
            assert words[at : at + 40] in text, f"What stands at {at} of {len(words)} is not on the page."
        assert words[-40:] in text
