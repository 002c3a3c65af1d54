"""The plan of the house, read from where it is kept: layers from pyproject.toml, files from the source tree."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

SOURCE = ROOT / "src" / "palaver"


def layers() -> list[list[str]]:
    """The packages from the top of the house down; those of one list do not know each other."""
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = (one for one in configured if one["id"] == "layers")
    return [[name.strip() for name in line.split("|")] for line in contract["layers"]]


def depth(package: str) -> int:
    """How far down a package stands: 0 is the top."""
    for number, line in enumerate(layers()):
        if package in line:
            return number
    raise LookupError(f"{package} stands in no layer of pyproject.toml.")


def modules(pattern: str = "**/*.py") -> Iterator[Path]:
    """The source files that match, migrations left out."""
    return (path for path in sorted(SOURCE.glob(pattern)) if "migrations" not in path.parts)
