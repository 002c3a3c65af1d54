"""What the tests of notices share: members who can be written to, and a jobs process that does what is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from palaver.accounts.models import Member
from palaver.delivery.mail import sending as mailing
from palaver.delivery.push import sending as pushing
from palaver.kit import clock, due
from palaver.kit.due import handling
from palaver.notices import counting, jobs
from tests.delivery.conftest import Postbox, carrier, mail_as_rows, postbox

__all__ = ["Postbox", "carrier", "mail_as_rows", "postbox"]


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Exactly the handlers of the jobs process; nothing is nudged but what a test starts."""
    monkeypatch.setattr(handling, "_handlings", {})
    monkeypatch.setenv("PALAVER_HOME", str(tmp_path))
    mailing.register()
    pushing.register()
    jobs.register()


@pytest.fixture(autouse=True)
def counts_agree(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test the counts on the members' rows are those of their notices."""
    yield
    if request.node.get_closest_marker("database") and "refused" not in request.node.name:
        assert list(counting.drift()) == []


def reachable(member: Member, address: str = "") -> Member:
    """The member with an address, as given at the console."""
    member.email = address or f"{member.name.lower()}@example.org"
    with transaction.atomic():
        member.save(update_fields=["email"])
    return member


def work(**later: Any) -> int:
    """Everything the jobs process does until nothing is due, now or `later` (minutes=…); how many rows were run."""
    done = 0
    with clock.stopped_at(clock.now() + timedelta(**later)):
        while ran := due.sweep():
            done += ran
    return done
