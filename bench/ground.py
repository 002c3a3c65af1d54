"""What the rows stand on: the communities made, how long to load, and how to run a piece of a row in the product's own Django."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import community
from bench.community import PAGE_THREAD


@dataclass(frozen=True, slots=True)
class Ground:
    """`seconds` is how long one load lasts, `rounds` how often two sides take turns. `loop` is the calibration loop in seconds."""

    work: Path
    kind: str
    seconds: int
    rounds: int
    loop: float
    say: Callable[[str], None]

    def home(self) -> Path:
        """The home with the community, on SQLite."""
        return community.cached(self.kind, self.work, say=self.say)

    def threads_home(self) -> Path:
        """The home with half a million bare thread rows."""
        return community.cached("threads", self.work, say=self.say)

    @contextmanager
    def copy(self) -> Iterator[Path]:
        """A home of its own with a copy of the community, for rows that write. Gone afterwards."""
        there = self.work / "copy"
        shutil.rmtree(there, ignore_errors=True)
        there.mkdir()
        try:
            # cp may share the blocks with the original where the file system can.
            source = self.home()
            subprocess.run(
                ["cp", "--reflink=auto", str(source / "palaver.sqlite3"), str(there)], check=True, timeout=300
            )
            shutil.copytree(source / "secrets", there / "secrets")
            yield there
        finally:
            shutil.rmtree(there, ignore_errors=True)

    def environment(self, home: Path, database: str = "") -> dict[str, str]:
        """The environment of a process of the product on this home."""
        return {**os.environ, "PALAVER_HOME": str(home), "PALAVER_DATABASE_URL": database}

    def inside(self, module: str, *arguments: str, home: Path, database: str = "", before: tuple[str, ...] = ()) -> Any:
        """Run a module in the product's Django on this home and read the JSON it prints last."""
        said = subprocess.run(
            [*before, sys.executable, "-P", "-m", module, *arguments],
            env=self.environment(home, database), stdout=subprocess.PIPE, text=True, check=True, timeout=900,
        ).stdout  # fmt: skip
        return json.loads(said.splitlines()[-1])

    def absolute(self, seconds: float) -> str:
        """An absolute figure as multiples of the calibration loop."""
        return f"{seconds / self.loop:.3g} × the loop of {self.loop * 1000:.1f} ms"


def ready() -> None:
    """Set up the product's Django in this process."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palaver.project.settings")
    django.setup()


def sign_in(member_id: int) -> str:
    """The cookie of a new session of this member, made by the product's own session store."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from palaver.accounts.models import Member
    from palaver.accounts.sessions import SessionStore

    member = Member.objects.get(pk=member_id)
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def thread_address(thread_id: int = PAGE_THREAD) -> str:
    """The path of a thread's page."""
    from palaver.forums.models import Thread

    thread = Thread.objects.get(pk=thread_id)
    return f"/t/{thread.pk}/{thread.slug}"


def last_pages(thread_id: int = community.LONG_THREAD) -> dict[str, int]:
    """Of a long thread: the number of its last full flat page, and the post from which its last full tree page begins."""
    from palaver.forums import reads
    from palaver.forums.models import Post, Thread

    count = Thread.objects.get(pk=thread_id).post_count
    size = reads.POSTS_A_PAGE
    from_the_end = Post.objects.filter(thread_id=thread_id).order_by("-path")
    return {"flat": (count - 1) // size, "tree": from_the_end.values_list("number", flat=True)[size - 1]}


def _main() -> None:
    """Print what a measurer without Django must know of a home: addresses, and cookies of readers."""
    ready()
    from palaver.forums.models import Thread

    cookies = [sign_in(number) for number in range(1, 1 + len(community.READERS))]
    pages = [
        f"/t/{thread.pk}/{thread.slug}" for thread in Thread.objects.filter(pk__gt=PAGE_THREAD).order_by("pk")[:200]
    ]
    print(
        json.dumps(
            {
                "page": thread_address(),
                "long": thread_address(community.LONG_THREAD),
                "cookies": cookies,
                "pages": pages,
            }
        )
    )


if __name__ == "__main__":
    _main()
