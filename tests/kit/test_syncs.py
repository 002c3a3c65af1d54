"""How often a commit waits for the disk: once for content, hardly ever when relaxed (page 7, row 9)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

COMMITTING = """
import sys
from palaver.kit.sqlite import library
library.swap()
import django
from django.conf import settings
settings.configure(
    DATABASES={"default": {"ENGINE": "palaver.kit.sqlite", "NAME": sys.argv[1]}},
    INSTALLED_APPS=["palaver.kit.due.apps.DueConfig"],
    USE_TZ=True,
)
django.setup()
from django.core.management import call_command
from django.db import transaction
from palaver.kit import durability
from palaver.kit.due.models import Due
call_command("migrate", verbosity=0, skip_checks=True)
for number in range(int(sys.argv[3])):
    with durability.relaxed() if sys.argv[2] == "relaxed" else transaction.atomic():
        for _ in range(5):
            Due.objects.create(kind="post", payload={"text": "x" * 1500})
"""


def syncs(path: Path, how: str, commits: int) -> int:
    """How many times a process that makes so many commits on a new file calls fsync or fdatasync."""
    counted = path.with_suffix(".trace")
    watched = ["strace", "-f", "-o", str(counted), "-e", "trace=fsync,fdatasync"]
    code = [sys.executable, "-c", COMMITTING, str(path), how, str(commits)]
    subprocess.run([*watched, *code], check=True, stderr=subprocess.DEVNULL)
    return len(re.findall(r"f(?:data)?sync\(", counted.read_text()))


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="about SQLite only")
def test_a_durable_commit_waits_for_the_disk_exactly_once(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        if os.environ.get("CI"):
            pytest.fail("strace is missing; install Debian's package strace.")
        pytest.skip("strace is missing; install Debian's package strace.")
    assert connection.vendor == "sqlite"
    none, durable, relaxed = (
        syncs(tmp_path / f"{how}{commits}.sqlite3", how, commits)
        for how, commits in (("durable", 0), ("durable", 100), ("relaxed", 100))
    )
    assert durable - none == 100
    assert relaxed - none < 10
