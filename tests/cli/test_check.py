from __future__ import annotations

import json
from pathlib import Path

import pytest

from palaver.cli import check
from tests.journeys.running import palaver as run


def weights(findings: list[check.Finding]) -> dict[str, str]:
    return {finding.matter: finding.weight for finding in findings}


def test_a_prepared_home_has_nothing_wrong(prepared_home: Path) -> None:
    told = run("check", "--json", home=prepared_home)
    findings = json.loads(told.stdout)
    assert [finding for finding in findings if finding["weight"] == "wrong"] == []
    assert told.returncode == 0
    assert {"home", "disk", "database", "SQLite", "origin", "mail"} <= {finding["matter"] for finding in findings}


def test_what_is_wrong_is_said_and_is_the_exit_code(prepared_home: Path) -> None:
    (prepared_home / "secrets").mkdir(exist_ok=True)
    loose = prepared_home / "secrets" / "secret_key"
    loose.write_text("known to all")
    loose.chmod(0o644)
    told = run("check", home=prepared_home, PALAVER_ORIGIN="http://forum.example.org")
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
        ("smtp://ana:secret@mail.example.org:587", "good"),
        ("smtps://ana:secret@mail.example.org", "good"),
        ("smtp://ana:secret@mail.example.org?tls=none", "wrong"),
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


@pytest.mark.parametrize(
    ("names", "origin", "told"),
    [
        (["127.0.0.1", "10.0.0.0/8"], "https://forum.example.org", []),
        ([], "https://forum.example.org", ["note"]),
        ([], "http://127.0.0.1:8000", []),
        (["proxy"], "https://forum.example.org", ["wrong"]),
        (["0.0.0.0/0"], "https://forum.example.org", ["wrong"]),
    ],
)
def test_trusted_proxies_are_weighed(names: list[str], origin: str, told: list[str]) -> None:
    assert [finding.weight for finding in check.of_proxies(names, origin)] == told
