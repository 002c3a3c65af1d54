"""kill -9 of the jobs process, again and again, while it mails: each letter goes once, or its row says that it may not have.

The jobs process is the real one, in a process of its own on the database of the test; the mail server takes its time, so
that kills fall before, into and behind the handing over.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from palaver.accounts.models import Member
from palaver.delivery.models import Mail
from palaver.kit import clock
from palaver.kit.due.models import Due
from palaver.notices.models import Notice, Timetable
from tests.cast import Cast, original
from tests.notices.conftest import Postbox, reachable

pytestmark = pytest.mark.django_db(transaction=True)

JOBS = """
import threading
from palaver.kit.sqlite import library
library.swap()
import django
django.setup()
from palaver.project import serving, wiring
serving.jobs(threading.Event())
"""


class Slow(Postbox):
    """Takes some milliseconds before and after it has accepted, as a real server does."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(random.uniform(0, 0.02))
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(random.uniform(0, 0.02))
        return answer


def database_url() -> str:
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{known['NAME']}"
    return f"postgresql://{known['USER']}@/{known['NAME']}?host={known['HOST']}"


def jobs_process(home: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "PALAVER_HOME": str(home),
        "PALAVER_DATABASE_URL": database_url(),
        "PALAVER_MAIL_URL": f"smtp://127.0.0.1:{port}?timeout=5",
        "DJANGO_SETTINGS_MODULE": "palaver.project.settings",
    }
    return subprocess.Popen([sys.executable, "-c", JOBS], env=environment, stderr=subprocess.DEVNULL)


def time_passes() -> None:
    """As if the leases of the dead had run out and every pause were over."""
    with transaction.atomic():
        Due.objects.filter(gave_up_at=None).update(leased_until=None, lease_owner="", due_at=clock.now())


def kill_again_and_again(cast: Cast, box: Postbox, home: Path, kills: int, replies: int) -> None:
    readers = [reachable(member) for member in (cast.ana, cast.dara, cast.emil)]
    threads = [cast.thread(f"Thread of {member.name}", by=member) for member in readers]
    for n in range(replies):
        for thread in threads:
            cast.reply(thread, by=cast.bram, answers=original(thread), text=f"Reply {n}.")
    with transaction.atomic():
        # A digest is due as well: it must not come twice either.
        Timetable.objects.create(member=cast.ana, rhythm="daily", next_digest_at=clock.now())
        Notice.objects.filter(member=cast.ana, number__gt=replies - 2).update(in_digest=True, mailed_at=clock.now())
    wanted = replies * 3 - Notice.objects.filter(in_digest=True).count() + 1
    assert Member.objects.filter(email="").exists()
    chance = random.Random(7)
    for _kill in range(kills):
        before = len(box.letters)
        time_passes()
        process = jobs_process(home, box.port)
        deadline = time.monotonic() + 60
        while len(box.letters) == before and time.monotonic() < deadline and process.poll() is None:
            if Mail.objects.count() >= wanted and not Due.objects.filter(gave_up_at=None).exists():
                break
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.12))
        process.send_signal(signal.SIGKILL)
        process.wait()
    time_passes()
    process = jobs_process(home, box.port)
    deadline = time.monotonic() + 120
    try:
        while time.monotonic() < deadline and (
            Due.objects.filter(gave_up_at=None).exists() or Mail.objects.exclude(state="sent").exists()
        ):
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert list(Mail.objects.exclude(state="sent").values_list("state", "last_words")) == []
    assert Mail.objects.count() == wanted
    came = Counter(str(letter["Message-ID"]) for _sender, _receivers, letter in box.letters)
    rows = {mail.headers["Message-ID"]: mail for mail in Mail.objects.all()}
    assert len(rows) == wanted, "Two rows were written for one letter."
    assert set(came) == set(rows), "A letter was lost."
    silent = {name: times for name, times in came.items() if times > 1 and not rows[name].may_have_gone_twice}
    assert silent == {}, "A letter went twice and nobody was told."
    doubled = sum(times > 1 for times in came.values())
    marked = sum(mail.may_have_gone_twice for mail in rows.values())
    print(f"{kills} kills, {wanted} letters: {doubled} went twice, {marked} are marked as perhaps having gone twice.")


@pytest.fixture
def slow_box() -> Any:
    import socket

    from aiosmtpd.controller import Controller

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Slow(port)
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def configured(slow_box: Slow, settings: Any) -> Slow:
    settings.PALAVER_MAIL_URL = f"smtp://127.0.0.1:{slow_box.port}?timeout=5"
    return slow_box


def test_a_jobs_process_that_is_killed_mails_each_letter_once_or_says_so(
    cast: Cast, configured: Slow, tmp_path: Path
) -> None:
    kill_again_and_again(cast, configured, tmp_path / "home", kills=3, replies=8)


@pytest.mark.long
def test_fifty_kills_lose_and_double_nothing_in_silence(cast: Cast, configured: Slow, tmp_path: Path) -> None:
    kill_again_and_again(cast, configured, tmp_path / "home", kills=50, replies=120)
