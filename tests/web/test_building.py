"""Joining styles, scripts and drawings."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from palaver.web import building


def modules(folder: Path, **sources: str) -> Path:
    for name, text in sources.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder


def test_building_twice_gives_the_same_names_and_whole_files(tmp_path: Path) -> None:
    first, again = building.build(tmp_path), building.build(tmp_path)
    assert first.urls == again.urls
    for name, url in first.urls.items():
        served = tmp_path / url.rsplit("/", 1)[1]
        assert url.startswith("/static/") and served.suffix == Path(name).suffix
        assert served.read_bytes() == first.files[served.name]
    assert not list(tmp_path.glob(".new-*"))


def test_a_half_written_file_is_written_again(tmp_path: Path) -> None:
    served = tmp_path / building.build(tmp_path).url("palaver.css").rsplit("/", 1)[1]
    served.write_bytes(b"half")
    building.build(tmp_path)
    assert len(served.read_bytes()) > 1000


def test_the_imported_stands_before_the_importing_and_each_in_its_own_scope(tmp_path: Path) -> None:
    folder = modules(
        tmp_path,
        palaver='import {said as heard} from "./b.js";\nimport "./c.js";\nconst own = heard();\nconsole.log(own);\n',
        b='import {word} from "./c.js";\nexport function said() {\n  return word + own;\n}\nconst own = "!";\n',
        c='// A comment.\nexport const word = "hello";\n',
    )
    joined = building.script(folder)
    assert joined.index("const _c") < joined.index("const _b") < joined.index("const _palaver")
    assert "import" not in joined and "export" not in joined
    node = shutil.which("node")
    if node:
        done = subprocess.run([node, "-e", joined], capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout == "hello!\n"


@pytest.mark.parametrize(
    "line",
    ['import every from "./b.js";', 'import * as every from "./b.js";', "export default 1;", 'import {a} from "b";'],
)
def test_a_form_the_joiner_does_not_know_is_refused_by_name(tmp_path: Path, line: str) -> None:
    with pytest.raises(building.CannotBuild, match=r"palaver\.js"):
        building.script(modules(tmp_path, palaver=line + "\n", b="export const a = 1;\n"))


def test_a_missing_module_and_a_circle_are_refused(tmp_path: Path) -> None:
    with pytest.raises(building.CannotBuild, match="not there"):
        building.script(modules(tmp_path, palaver='import "./gone.js";\n'))
    with pytest.raises(building.CannotBuild, match="circle"):
        building.script(modules(tmp_path, palaver='import "./b.js";\n', b='import "./palaver.js";\n'))


def test_every_module_is_reached_from_the_entry() -> None:
    folder = building.SOURCE / "js"
    ordered: list[str] = []
    building._order(folder, building.ENTRY, ordered, ())
    left = {path.stem for path in folder.glob("*.js")} - set(ordered)
    # The module that shows new replies waits for the stream's own module and is joined with it.
    assert left == (set() if (folder / "live.js").exists() else {"replies"})


def test_every_drawing_a_template_names_is_in_the_sprite() -> None:
    sprite = building.sprite(building.SOURCE / "svg" / "marks")
    for name in (
        "logo",
        "main",
        "issue",
        "culture",
        "alliance",
        "region",
        "support",
        "latest",
        "forums",
        "new",
        "me",
        "lock",
        "pin",
        "rec",
    ):
        assert f'<symbol id="{name}"' in sprite
