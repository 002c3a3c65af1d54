"""BBCode as phpBB and its kin wrote it, for imported posts. Unknown or unbalanced tags stay as typed.

What comes out has not been cleaned; `rendering` does that.
"""

from __future__ import annotations

import re
from html import escape

from palaver.kit.text import highlighting
from palaver.kit.text.markdown import by_line

DEPTH = 24

_TAG = re.compile(r"\[(/?)([a-z]{1,12}|\*)(?::[a-z]:\w{1,12}|:\w{6,12})?(?:[= ]([^\[\]\n]{0,400}))?\]", re.IGNORECASE)

_INLINE = {
    "b": ("<strong>", "</strong>"),
    "i": ("<em>", "</em>"),
    "u": ("<u>", "</u>"),
    "s": ("<s>", "</s>"),
    "strike": ("<s>", "</s>"),
    "del": ("<del>", "</del>"),
    "ins": ("<ins>", "</ins>"),
    "sub": ("<sub>", "</sub>"),
    "sup": ("<sup>", "</sup>"),
    "size": ("", ""),
    "color": ("", ""),
    "font": ("", ""),
}
_BLOCKS = {
    "center": ("<div>", "</div>"),
    "left": ("<div>", "</div>"),
    "right": ("<div>", "</div>"),
    "justify": ("<div>", "</div>"),
    "align": ("<div>", "</div>"),
    "indent": ("<blockquote>", "</blockquote>"),
    "spoiler": ("", "</details>"),
    "hide": ("", "</details>"),
    "quote": ("", "</blockquote>"),
    "list": ("", ""),
    "table": ("<table>", "</table>"),
    "tr": ("<tr>", "</tr>"),
    "td": ("<td>", "</td>"),
    "th": ("<th>", "</th>"),
}
_VERBATIM = {"code", "url", "img", "email", "youtube", "pre", "noparse", "icode", "c"}
_LINKED = re.compile(r"\s*(https?://|ftp://|mailto:|www\.|/)", re.IGNORECASE)
_NUMBER = re.compile(r"post_id=(\d{1,9})")


def to_html(source: str, *, coloured: bool = True) -> str:
    """Uncleaned HTML of a BBCode source; lines become `<br>`, empty lines paragraphs.

    With `coloured` false code keeps its language as a class instead of colours (for Markdown).
    """
    return _Reader(source.replace("\r\n", "\n").replace("\r", "\n"), coloured).read()


class _Reader:
    def __init__(self, source: str, coloured: bool) -> None:
        self.source = source
        self.coloured = coloured
        self.colour_left = 2 * highlighting.CAP
        self.out: list[str] = []
        self.stack: list[tuple[str, str]] = []
        self.opened: dict[str, int] = {}
        self.tags = list(_TAG.finditer(source))
        self.ends: dict[str, list[int]] = {}
        # Where each kind of tag closes, from the back, so that the next end is found without searching.
        for index in range(len(self.tags) - 1, -1, -1):
            tag = self.tags[index]
            if tag[1]:
                self.ends.setdefault(tag[2].lower(), []).append(index)
        self.in_paragraph = False

    def read(self) -> str:
        position, index = 0, 0
        while index < len(self.tags):
            tag = self.tags[index]
            self._text(self.source[position : tag.start()])
            position = tag.end()
            name = tag[2].lower()
            if tag[1]:
                self._close(name, tag[0])
            elif name in _VERBATIM:
                end = self._end(name, index)
                if end is None:
                    self._text(tag[0])
                elif name == "url" and tag[3]:
                    self._link(tag[3])
                else:
                    closing = self.tags[end]
                    self._verbatim(name, tag[3] or "", self.source[position : closing.start()])
                    position, index = closing.end(), end
            else:
                self._open(name, tag[3] or "", tag[0], index)
            index += 1
        self._text(self.source[position:])
        while self.stack:
            self.out.append(self._popped()[1])
        self._end_paragraph()
        return "".join(self.out)

    def _end(self, name: str, after: int) -> int | None:
        ends = self.ends.get(name, [])
        while ends and ends[-1] <= after:
            ends.pop()
        return ends[-1] if ends else None

    def _popped(self) -> tuple[str, str]:
        name, close = self.stack.pop()
        self.opened[name] -= 1
        if name in _BLOCKS or name == "*":
            self._end_paragraph()
        return name, close

    def _pushed(self, name: str, opened: str, close: str) -> None:
        if name in _BLOCKS or name == "*":
            self._end_paragraph()
        else:
            self._start_paragraph()
        self.out.append(opened)
        self.stack.append((name, close))
        self.opened[name] = self.opened.get(name, 0) + 1

    def _start_paragraph(self) -> None:
        if not self.in_paragraph:
            self.out.append("<p>")
            self.in_paragraph = True

    def _end_paragraph(self) -> None:
        if self.in_paragraph:
            self.out.append("</p>\n")
            self.in_paragraph = False

    def _text(self, text: str) -> None:
        parts = re.split(r"\n[ \t]*(?:\n[ \t]*)+", text)
        for number, part in enumerate(parts):
            if number:
                self._end_paragraph()
            if not self.in_paragraph:
                part = part.lstrip("\n")
            if part.strip() or (part and self.in_paragraph):
                self._start_paragraph()
                self.out.append(escape(part, quote=False).replace("\n", "<br>\n"))

    def _open(self, name: str, value: str, typed: str, index: int) -> None:
        if name == "hr":
            self._end_paragraph()
            self.out.append("<hr>")
        elif name == "*":
            if not self.opened.get("list"):
                self._text(typed)
                return
            self._close_item()
            self._pushed("*", "<li>", "</li>")
        elif name in _INLINE or name in _BLOCKS:
            if len(self.stack) >= DEPTH or self._end(name, index) is None:
                self._text(typed)
                return
            opened, close = _INLINE.get(name) or _BLOCKS[name]
            if name == "quote":
                opened = '<blockquote class="quote">' + _cite(value)
            elif name in ("spoiler", "hide"):
                opened = f'<details class="spoiler"><summary>{escape(value.strip(chr(34)) or "…")}</summary>'
            elif name == "list":
                ordered = value.strip('"') in ("1", "a", "A", "i", "I")
                opened, close = ("<ol>", "</ol>") if ordered else ("<ul>", "</ul>")
            self._pushed(name, opened, close)
        else:
            self._text(typed)

    def _close_item(self) -> None:
        """End the item of the innermost list, if one is open."""
        for depth in range(len(self.stack) - 1, -1, -1):
            name = self.stack[depth][0]
            if name == "list":
                return
            if name == "*":
                while len(self.stack) > depth:
                    self.out.append(self._popped()[1])
                return

    def _close(self, name: str, typed: str) -> None:
        if not self.opened.get(name):
            self._text(typed if name != "*" else "")
            return
        while self.stack:
            closed, close = self._popped()
            self.out.append(close)
            if closed == name:
                return

    def _link(self, value: str) -> None:
        address = value.strip().strip("\"'")
        if not _LINKED.match(address) or address.lower().startswith("www."):
            address = f"http://{address}"
        self._pushed("url", f'<a href="{escape(address)}">', "</a>")

    def _verbatim(self, name: str, value: str, inside: str) -> None:
        address = inside.strip()
        if name in ("code", "pre"):
            self._end_paragraph()
            code, language = inside.strip("\n"), value.strip("\"' ")
            named = ""
            if not self.coloured:
                named, language = (f' class="lang-{escape(language)}"' if language else ""), ""
            coloured = highlighting.highlight(code, language if len(code) <= self.colour_left else "")
            self.colour_left -= len(code) if language else 0
            self.out.append(f'<pre class="code"><code{named}>{coloured}</code></pre>\n')
            return
        self._start_paragraph()
        if name == "url":
            full = address if _LINKED.match(address) else f"http://{address}"
            full = f"http://{full}" if full.lower().startswith("www.") else full
            self.out.append(f'<a href="{escape(full)}">{escape(address)}</a>')
        elif name == "email":
            self.out.append(f'<a href="mailto:{escape(value.strip(chr(34)) or address)}">{escape(address)}</a>')
        elif name == "img":
            self.out.append(f'<img src="{escape(address)}" alt="">')
        elif name == "youtube":
            full = address if address.startswith("http") else f"https://www.youtube.com/watch?v={address}"
            self.out.append(f'<a href="{escape(full)}">{escape(full)}</a>')
        elif name in ("icode", "c"):
            self.out.append(f"<code>{escape(inside)}</code>")
        else:
            self.out.append(escape(inside, quote=False).replace("\n", "<br>\n"))


def _cite(value: str) -> str:
    if not value:
        return ""
    number = _NUMBER.search(value)
    quoted = re.match(r'\s*"([^"]{1,80})"|\s*&quot;(.{1,80}?)&quot;', value)
    name = (quoted[1] or quoted[2]) if quoted else re.split(r"\s+\w+=", value)[0]
    return by_line(name.strip().strip("\"'") + (f", #{number[1]}" if number else ""))
