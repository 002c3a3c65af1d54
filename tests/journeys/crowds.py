"""A crowd that may judge: members of two months and fifty posts with a signed-in browser each, written as rows at once.

Only the crowd is made this way; whoever acts in a journey does so by the pages.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.running import environment

COOKIE = "palaver_session"

_MAKE = """
import json, sys
from datetime import timedelta
import django; django.setup()
from django.db import transaction
from palaver.accounts.models import Member, Session
from palaver.kit import clock
from palaver.kit.text.names import name_key
now, size = clock.now(), int(sys.argv[1])
names = [f"Juror {number}" for number in range(size)]
with transaction.atomic():
    Member.objects.bulk_create([
        Member(name=name, name_key=name_key(name), password="!", joined_at=now - timedelta(days=60),
               claimed_at=now - timedelta(days=60), post_count=50) for name in names])
    ids = dict(Member.objects.filter(name__in=names).values_list("name", "pk"))
    Session.objects.bulk_create([
        Session(key=f"browser-of-{pk}", member_id=pk, seen_at=now, expires_at=now + timedelta(days=9))
        for pk in ids.values()])
print(json.dumps({name: f"browser-of-{pk}" for name, pk in ids.items()}))
"""


@dataclass(frozen=True)
class Juror:
    """One of the crowd, by name and the key of the browser in which they are signed in."""

    name: str
    key: str

    def cookie(self, address: str) -> dict[str, str]:
        """For a real browser."""
        return {"name": COOKIE, "value": self.key, "url": address}

    def get(self, address: str) -> str:
        """What a page answers them, without a browser."""
        asked = urllib.request.Request(address, headers={"Cookie": f"{COOKIE}={self.key}"})
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return str(answer.read().decode())

    def send(self, address: str, **form: str) -> str:
        """Send a form as a browser without scripts would; returns the page that follows."""
        asked = urllib.request.Request(
            address,
            data=urllib.parse.urlencode(form).encode(),
            headers={"Cookie": f"{COOKIE}={self.key}", "Sec-Fetch-Site": "same-origin"},
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return str(answer.read().decode())


def crowd(home: Path, size: int) -> list[Juror]:
    """Put so many members who may judge into a home that is not served yet."""
    made = subprocess.run(
        [sys.executable, "-c", _MAKE, str(size)],
        env=environment(home, DJANGO_SETTINGS_MODULE="palaver.project.settings"),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert made.returncode == 0, made.stderr
    return [Juror(name, key) for name, key in json.loads(made.stdout.splitlines()[-1]).items()]
