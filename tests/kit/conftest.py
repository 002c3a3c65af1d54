"""Processes of their own, on the database of the test."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

BEGINNING = """
import json, os, sys, time
from palaver.kit.sqlite import library
library.swap()
import django
from django.conf import settings
settings.configure(
    DATABASES={"default": json.loads(sys.argv[1])},
    INSTALLED_APPS=["palaver.kit.due.apps.DueConfig", "palaver.delivery.apps.DeliveryConfig"],
    USE_TZ=True,
    SECRET_KEY="only in tests",
    PALAVER_MAIL_URL=os.environ.get("PALAVER_MAIL_URL", ""),
)
django.setup()
from django.db import connection, transaction
from palaver.kit import due
from palaver.kit.due.models import Due
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start Python code in a new process on this test's database; `arguments` are sys.argv[2:]."""
    started: list[subprocess.Popen[str]] = []

    def begin(code: str, *arguments: object) -> subprocess.Popen[str]:
        known = {name: connection.settings_dict[name] for name in ("ENGINE", "USER", "PASSWORD", "HOST", "PORT")}
        told = json.dumps({**known, "NAME": str(connection.settings_dict["NAME"])})
        process = subprocess.Popen(
            [sys.executable, "-c", BEGINNING + textwrap.dedent(code), told, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
