from __future__ import annotations

import json
from pathlib import Path

import pytest

from palaver.cli import check
from tests.journeys.running import palaver as run


def weights(findings: list[check.Finding]) -> dict[str, str]:
    return {finding.matter: finding.weight for finding in findings}


def test_a_prepared_home_has_nothing_wrong(home: Path) -> None:
    assert run("migrate", "--quiet", home=home).returncode == 0
    told = run("check", "--json", home=home)
    findings = json.loads(told.stdout)
    assert [finding for finding in findings if finding["weight"] == "wrong"] == []
    assert told.returncode == 0
    assert {"home", "disk", "database", "SQLite", "origin", "mail"} <= {finding["matter"] for finding in findings}


def test_what_is_wrong_is_said_and_is_the_exit_code(home: Path) -> None:
    run("migrate", "--quiet", home=home)
    (home / "secrets").mkdir(exist_ok=True)
    loose = home / "secrets" / "secret_key"
    loose.write_text("known to all")
    loose.chmod(0o644)
    told = run("check", home=home, PALAVER_ORIGIN="http://forum.example.org")
    assert told.returncode == 1
    assert f"chmod 600 {loose}" in told.stdout
    assert "sends passwords in the clear" in told.stdout


def test_a_database_that_does_not_answer_is_wrong(home: Path) -> None:
    told = run("check", home=home, PALAVER_DATABASE_URL=f"postgresql://palaver@/palaver?host={home}")
    assert told.returncode == 1
    assert "does not answer" in told.stdout
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize(
    ("origin", "weight"),
    [
        ("https://forum.example.org", "good"),
        ("http://forum.example.org", "wrong"),
        ("https://forum.example.org/forum", "wrong"),
        ("forum.example.org", "wrong"),
        ("http://127.0.0.1:8000", "note"),
    ],
)
def test_the_origin_is_weighed(origin: str, weight: str) -> None:
    assert check.of_origin(origin).weight == weight


@pytest.mark.parametrize(
    ("url", "weight"),
    [
        ("", "note"),
        ("smtp+tls://ana:secret@mail.example.org:587", "good"),
        ("smtp://ana:secret@mail.example.org", "wrong"),
        ("smtp://localhost", "good"),
        ("mail.example.org", "wrong"),
    ],
)
def test_mail_is_weighed(url: str, weight: str) -> None:
    assert check.of_mail(url).weight == weight


def test_a_home_that_everybody_may_write_is_wrong(home: Path) -> None:
    home.chmod(0o777)
    assert weights(list(check.of_home(home)))["home"] == "wrong"
    home.chmod(0o755)
    assert weights(list(check.of_home(home)))["home"] == "good"


@pytest.mark.parametrize(
    ("version", "encoding", "number"), [(150004, "utf-8", 0), (140011, "utf-8", 1), (160001, "latin1", 1)]
)
def test_postgresql_is_weighed(version: int, encoding: str, number: int) -> None:
    assert len(list(check.of_postgresql(version, encoding))) == number
