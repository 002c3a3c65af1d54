"""What a journey needs that takes weeks in real life (a term, three days of a ballot): done by the verbs, in the home that is served.

Playwright keeps an event loop in the journey's thread, where the ORM refuses, so a few lines run in a process of their own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from tests.journeys.running import environment

_BEFORE = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "palaver.project.settings"
import django
django.setup()
from datetime import timedelta
from django.db import transaction
from palaver.accounts.models import Member, Session
from palaver.forums.models import Forum, Office, Post, Thread
from palaver.kit import clock
member = lambda name: Member.objects.get(name=name)
tell = {}
"""


def settle(home: Path, lines: str) -> dict[str, Any]:
    """Run some lines on the rows of a home; what they put into `tell` is returned."""
    code = f"{_BEFORE}{textwrap.dedent(lines)}\nprint(json.dumps(tell))\n"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], env=environment(home), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
