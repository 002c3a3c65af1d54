"""Builds what browsers fetch besides pages: one style sheet, one script, one sprite of small drawings, the icons.

Component files are joined in a fixed order, without a bundler: styles by cascade layer, scripts by what imports what,
drawings as symbols. Every file is named by its own content, so it may be cached for ever and a changed one has a new
address. The joiner understands the few forms of import and export that our own modules use and refuses all others,
because guessing at code is how builds break quietly.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SOURCE = Path(__file__).parent / "static_src"
ENTRY = "palaver"

_LAYERS = "@layer tokens, reset, base, layout, components, pages;"
_IMPORT = re.compile(r"""^import\s+(?:\{([^}]*)\}\s+from\s+)?["']\./([a-z_]+)\.js["'];?[ \t]*$""", re.MULTILINE)
_EXPORT = re.compile(r"^export\s+(async\s+function\*?|function\*?|class|const)\s+([A-Za-z_$][\w$]*)", re.MULTILINE)
_STATEMENT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)
_LINE_COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
_BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SVG = re.compile(r"""<svg[^>]*viewBox=["']([^"']+)["'][^>]*>(.*)</svg>""", re.DOTALL)


class CannotBuild(Exception):
    """A source file is missing or uses a form the joiner does not know; the text names file and line."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was built. `files` maps each served file name to its bytes, `urls` each plain name to its address."""

    files: dict[str, bytes]
    urls: dict[str, str]

    def url(self, name: str) -> str:
        """The address of `palaver.css`, `palaver.js`, `marks.svg`, `favicon.svg`… KeyError for an unknown name."""
        return self.urls[name]


def build(destination: Path) -> Manifest:
    """Write the built files into a folder and return where they are.

    Safe to run in several processes at once and again at every start: names follow content, files appear whole.
    Raises CannotBuild.
    """
    manifest = collect()
    destination.mkdir(parents=True, exist_ok=True)
    for name, content in manifest.files.items():
        path = destination / name
        if path.exists() and path.stat().st_size == len(content):
            continue
        descriptor, temporary = tempfile.mkstemp(dir=destination, prefix=".new-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    return manifest


@lru_cache(maxsize=1)
def collect() -> Manifest:
    """Everything built, in memory. The same sources always give the same names."""
    plain: dict[str, bytes] = {
        "palaver.css": style(SOURCE / "css").encode(),
        "palaver.js": script(SOURCE / "js").encode(),
        "marks.svg": sprite(SOURCE / "svg" / "marks").encode(),
    }
    for path in sorted((SOURCE / "svg").glob("*.svg")):
        plain[path.name] = path.read_bytes()
    for path in sorted((SOURCE / "icons").glob("*.png")):
        plain[path.name] = path.read_bytes()
    files: dict[str, bytes] = {}
    urls: dict[str, str] = {}
    for name, content in plain.items():
        served = f"{hashlib.sha256(content).hexdigest()[:16]}{Path(name).suffix}"
        files[served] = content
        urls[name] = f"/static/{served}"
    return Manifest(files, urls)


def style(folder: Path) -> str:
    """One style sheet: the layer order, then the files of each layer by name."""
    parts = [_LAYERS]
    order = ["tokens", "reset", "base", "layout"]
    for layer in order:
        parts.append(_layer(layer, [folder / f"{layer}.css"]))
    for layer in ("components", "pages"):
        parts.append(_layer(layer, sorted((folder / layer).glob("*.css"))))
    return "\n".join(parts) + "\n"


def _layer(name: str, paths: list[Path]) -> str:
    rules = []
    for path in paths:
        if not path.exists():
            raise CannotBuild(f"There is no style file {path.name}.")
        text = _BLOCK_COMMENT.sub("", path.read_text(encoding="utf-8"))
        rules.append("\n".join(line.strip() for line in text.splitlines() if line.strip()))
    return f"@layer {name} {{\n" + "\n".join(rules) + "\n}"


def script(folder: Path) -> str:
    """One script of all that `palaver.js` imports, each module in its own scope, imported before importing."""
    ordered: list[str] = []
    _order(folder, ENTRY, ordered, ())
    parts = ["'use strict';"]
    parts.extend(_wrapped(folder, name) for name in ordered)
    return "\n".join(parts) + "\n"


def _order(folder: Path, name: str, ordered: list[str], above: tuple[str, ...]) -> None:
    if name in ordered:
        return
    if name in above:
        raise CannotBuild(f"The modules {' → '.join((*above, name))} import each other in a circle.")
    path = folder / f"{name}.js"
    if not path.exists():
        raise CannotBuild(f"{above[-1] if above else 'The script'}.js imports ./{name}.js, which is not there.")
    for match in _IMPORT.finditer(path.read_text(encoding="utf-8")):
        _order(folder, match.group(2), ordered, (*above, name))
    ordered.append(name)


def _wrapped(folder: Path, name: str) -> str:
    text = _LINE_COMMENT.sub("", (folder / f"{name}.js").read_text(encoding="utf-8"))
    text = re.sub(r"^[ \t]*/\*.*?\*/[ \t]*\n", "", text, flags=re.DOTALL | re.MULTILINE)

    def taken(match: re.Match[str]) -> str:
        if match.group(1) is None:
            return ""
        names = ", ".join(part.strip().replace(" as ", ": ") for part in match.group(1).split(",") if part.strip())
        return f"const {{{names}}} = _{match.group(2)};"

    exported = [match.group(2) for match in _EXPORT.finditer(text)]
    text = _EXPORT.sub(lambda match: f"{match.group(1)} {match.group(2)}", _IMPORT.sub(taken, text))
    left = _STATEMENT.search(text)
    if left:
        raise CannotBuild(f"{name}.js: the joiner does not know this form: {left.group(0).strip()}")
    given = f"return {{{', '.join(exported)}}};\n" if exported else ""
    return f"const _{name} = (() => {{\n{text.strip()}\n{given}}})();"


def sprite(folder: Path) -> str:
    """All small drawings as symbols of one file, used as `<use href="…#name">`."""
    symbols = []
    for path in sorted(folder.glob("*.svg")):
        match = _SVG.search(path.read_text(encoding="utf-8"))
        if not match:
            raise CannotBuild(f"{path.name} has no <svg viewBox>.")
        inner = re.sub(r"\s+", " ", match.group(2)).strip()
        symbols.append(
            f'<symbol id="{path.stem}" viewBox="{match.group(1)}" fill="none" stroke="currentColor" stroke-width="1.75"'
            f' stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
