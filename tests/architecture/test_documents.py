"""Every setting and every command is explained where an operator looks, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from palaver.cli.main import commands
from tests.architecture import house
from tests.conftest import ROOT

OPERATING = (ROOT / "docs" / "operating.md").read_text()
NAMED = re.compile(r"\bPALAVER_[A-Z][A-Z0-9_]*[A-Z0-9]\b")


def settings_read() -> set[str]:
    """The PALAVER_* names in source and in bin/, but for those that only tests read."""
    files = [*house.modules(), *(path for path in (ROOT / "bin").iterdir() if path.name not in {"test", "bench"})]
    return {name for path in files for name in NAMED.findall(path.read_text())}


def test_every_setting_is_documented() -> None:
    assert sorted(settings_read() - set(NAMED.findall(OPERATING))) == []


def test_no_documented_setting_is_imaginary() -> None:
    # A secret may also be named by a file: PALAVER_X_FILE.
    known = settings_read()
    imaginary = {
        name for name in NAMED.findall(OPERATING) if name not in known and name.removesuffix("_FILE") not in known
    }
    assert sorted(imaginary) == []


def test_every_command_is_documented() -> None:
    assert [command.NAME for command in commands() if f"`palaver {command.NAME}" not in OPERATING] == []


def test_no_documented_command_is_imaginary() -> None:
    told = set(re.findall(r"`palaver ([a-z][a-z-]+)", OPERATING))
    assert sorted(told - {command.NAME for command in commands()}) == []


PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)|(?:src|href)=\"([^\"#:]+)\"", page.read_text())
    missing = [link for pair in links for link in pair if link and not (page.parent / link).exists()]
    assert missing == []
