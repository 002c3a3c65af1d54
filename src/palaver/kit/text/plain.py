"""Plain text of mailing lists: paragraphs, quoted levels, signatures, drawings and listings kept as they stand.

What comes out has not been cleaned; `rendering` does that.
"""

from __future__ import annotations

import re
from html import escape

DEPTH = 10
"""Deeper levels of `>` are shown at this level."""

FOLD = 12
"""Quoted lines from which on an outermost quote is folded."""

_MARKS = re.compile(r"(?:[ ]?[>|](?=[ >|]|$|\S)){1,400}[ ]?")
_LAID_OUT = re.compile(r"\S[ ]{3,}\S|\t|^[ ]{4,}\S|[|+][-=+|]{3}|^[-=_*+]{4,}$")
_SIGNATURE = re.compile(r"^-- ?$")


def to_html(source: str) -> str:
    """Uncleaned HTML of a plain text."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").rstrip().split("\n")
    body, signature = _without_signature(lines)
    out: list[str] = []
    _levels([_marked(line) for line in body], out)
    if signature:
        out.append(
            '<div class="signature">' + "<br>\n".join(escape(line, quote=False) for line in signature) + "</div>\n"
        )
    return "".join(out)


def _without_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """A signature starts at the last line `-- ` and is short; a later quote means the line was something else."""
    for index in range(len(lines) - 1, max(-1, len(lines) - 16), -1):
        if _SIGNATURE.match(lines[index]):
            after = lines[index + 1 :]
            if not any(line.startswith(">") for line in after):
                return lines[:index], after
            break
    return lines, []


def _marked(line: str) -> tuple[int, str]:
    """How many `>` stand before a line (as many as DEPTH) and what follows them."""
    if not line.startswith((">", " >", "|")):
        return 0, line
    if line.startswith("|") and not line.startswith("| "):
        return 0, line
    found = _MARKS.match(line)
    if found is None:
        return 0, line
    marks = found[0].count(">") + (1 if line.startswith("| ") else 0)
    if line.startswith("| "):
        return 1, line[2:]
    if found[0].count("|"):
        end = line.index(">") + 1
        return 1, line[end:].removeprefix(" ")
    return min(marks, DEPTH), line[found.end() :]


def _levels(lines: list[tuple[int, str]], out: list[str]) -> None:
    level = index = 0
    folded = False
    while index < len(lines):
        here = lines[index][0]
        if not lines[index][1].strip() and here == 0:
            index += 1
            continue
        while level > here:
            level -= 1
            out.append("</blockquote>\n" + ("</details>\n" if level == 0 and folded else ""))
        if here > level and level == 0:
            end = index
            while end < len(lines) and lines[end][0] > 0:
                end += 1
            folded = end - index >= FOLD
            if folded:
                first = next((text for _, text in lines[index:end] if text.strip()), "").strip()[:60]
                out.append(f'<details class="folded"><summary>{escape(first)} … ({end - index})</summary>\n')
        while level < here:
            level += 1
            out.append('<blockquote class="level">\n')
        start = index
        while index < len(lines) and lines[index][0] == here:
            index += 1
        _paragraphs([text for _, text in lines[start:index]], out)
    while level > 0:
        level -= 1
        out.append("</blockquote>\n" + ("</details>\n" if level == 0 and folded else ""))


def _paragraphs(lines: list[str], out: list[str]) -> None:
    block: list[str] = []
    for line in (*lines, ""):
        if line.strip():
            block.append(line)
            continue
        if not block:
            continue
        laid_out = sum(1 for text in block if _LAID_OUT.search(text))
        if laid_out >= 2 and 2 * laid_out >= len(block):
            out.append("<pre>" + escape("\n".join(block), quote=False) + "</pre>\n")
        else:
            out.append("<p>" + "<br>\n".join(escape(text.strip(), quote=False) for text in block) + "</p>\n")
        block = []
