"""Imports and foreign keys go down only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.apps import apps
from django.db import models

from tests.architecture import house
from tests.conftest import ROOT


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
    )


def test_imports_go_down_only() -> None:
    linted = lint(ROOT)
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_an_import_that_goes_up_is_noticed(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for line in house.layers():
        for name in line:
            (tmp_path / "src" / "palaver" / name).mkdir(parents=True)
            (tmp_path / "src" / "palaver" / name / "__init__.py").touch()
    (tmp_path / "src" / "palaver" / "__init__.py").touch()
    assert lint(tmp_path).returncode == 0
    (tmp_path / "src" / "palaver" / "record" / "__init__.py").write_text("import palaver.forums\n")
    linted = lint(tmp_path)
    assert linted.returncode == 1
    assert "palaver.record is not allowed to import palaver.forums" in linted.stdout


def test_a_package_without_a_layer_is_noticed(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in [*(name for line in house.layers() for name in line), "attic"]:
        (tmp_path / "src" / "palaver" / name).mkdir(parents=True)
        (tmp_path / "src" / "palaver" / name / "__init__.py").touch()
    (tmp_path / "src" / "palaver" / "__init__.py").touch()
    assert lint(tmp_path).returncode == 1


def upward(listed: list[type[models.Model]]) -> list[str]:
    """The relations that point to a package above their own or beside it."""
    found = []
    for model in listed:
        own = model.__module__.split(".")
        if own[0] != "palaver":
            continue
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or not isinstance(field.related_model, type):
                continue
            other = field.related_model.__module__.split(".")
            if other[0] != "palaver" or other[1] == own[1]:
                continue
            if house.depth(other[1]) <= house.depth(own[1]):
                found.append(f"{model._meta.label}.{field.name} points at {field.related_model._meta.label}")
    return found


def test_foreign_keys_point_down() -> None:
    listed = apps.get_models(include_auto_created=True)
    assert any(model.__module__.startswith("palaver.") for model in listed)
    assert upward(listed) == []


def test_a_foreign_key_that_points_up_is_noticed() -> None:
    (member,) = (model for model in apps.get_models() if model._meta.label == "accounts.Member")
    (thread,) = (model for model in apps.get_models() if model._meta.label == "forums.Thread")

    class Upwards(models.Model):
        thread = models.ForeignKey("forums.Thread", models.CASCADE, related_name="+")

        class Meta:
            app_label = "accounts"
            apps = type(apps)(["django.contrib.contenttypes"])

    Upwards.__module__ = member.__module__
    Upwards._meta.get_field("thread").remote_field.model = thread
    assert upward([Upwards]) == ["accounts.Upwards.thread points at forums.Thread"]


def test_every_package_says_what_it_is() -> None:
    silent = []
    for line in house.layers():
        for name in line:
            text = (house.SOURCE / name / "__init__.py").read_text().lstrip()
            if not text.startswith('"""') or len(text) < 40:
                silent.append(name)
    assert silent == []
