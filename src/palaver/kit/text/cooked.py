"""HTML that another engine has cooked (Discourse above all), turned into ours.

Quotes become `blockquote.quote` with their `cite`, lightboxes the full image, link previews a `div.preview`, emoji
pictures characters, mentions plain `@name` (so that they lead to members here), embedded players links. What comes out
has not been cleaned for a page; `rendering` does that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape

from palaver.kit.text import cleaning, highlighting, shortcodes
from palaver.kit.text.shapes import Tags, attributes_of, start_tag

DEPTH = 80
"""Tags nested deeper are dropped, their words kept."""

_RENAMED = {"strike": "s", "center": "div", "font": "span", "article": "div", "header": "p", "aside": "div"}
_SPANS = {"bbcode-b": "strong", "bbcode-i": "em", "bbcode-u": "u", "bbcode-s": "s"}
_UNWRAPPED = {"lightbox-wrapper", "md-table", "mention", "hashtag", "hashtag-cooked", "aspect-image", "outer-box"}
_DROPPED = {"meta", "quote-controls", "badge-wrapper", "github-icon-container"}
_DECORATION = {"avatar", "site-icon", "thumbnail", "onebox-avatar", "onebox-avatar-inline"}
_LANGUAGE = re.compile(r"\b(?:lang|language)-([\w+#.-]{1,30})")
_CODE_CLOSE = re.compile(r"</code>", re.IGNORECASE)
_VOID = frozenset({"img", "br", "hr", "source"})


@dataclass(slots=True)
class _Frame:
    tag: str
    close: str
    drops: bool = False
    note: str = ""


def to_html(source: str, *, coloured: bool = True) -> str:
    """Ours from theirs. With `coloured` false code keeps its language as a class instead of colours (for Markdown)."""
    return _Reader(coloured).over(cleaning.well_formed(source))


class _Reader:
    def __init__(self, coloured: bool) -> None:
        self.coloured = coloured
        self.out: list[str] = []
        self.stack: list[_Frame] = []
        self.dropping = 0
        self.too_deep = 0
        self.language: str | None = None
        self.code: list[str] = []
        self.colour_left = 2 * highlighting.CAP
        self.quotes: list[dict[str, str]] = []
        self.lightbox: dict[str, str] | None = None
        self.other_thread = ""

    def over(self, html: str) -> str:
        position = 0
        for match in Tags.finditer(html):
            if match.start() > position:
                self._text(html[position : match.start()])
            position = match.end()
            if match[1]:
                self._close(match[2])
            else:
                self._open(match[2], match[3])
        self._text(html[position:])
        return "".join(self.out)

    def _text(self, text: str) -> None:
        if self.language is not None:
            self.code.append(text)
        elif not self.dropping:
            self.out.append(text)

    def _push(self, tag: str, opened: str, close: str, *, drops: bool = False, note: str = "") -> None:
        if tag in _VOID:
            if not self.dropping:
                self.out.append(opened)
            return
        if len(self.stack) >= DEPTH:
            opened = close = ""
        self.stack.append(_Frame(tag, close, drops, note))
        if not self.dropping:
            self.out.append(opened)
        if drops:
            self.dropping += 1

    def _open(self, tag: str, attributes: str) -> None:
        given = attributes_of(attributes) if attributes else {}
        classes = set(given.get("class", "").split())
        if self.language is not None:
            return
        if tag == "img":
            self._image(given, classes)
        elif tag == "aside" and "quote" in classes:
            self.quotes.append(given)
            self._push(tag, "", "", note="quote")
        elif tag == "aside":
            self._push(tag, '<div class="preview">', "</div>")
        elif tag == "div" and "title" in classes and self.stack and self.stack[-1].note == "quote":
            self._push(tag, "", "", drops=True, note="title")
        elif tag == "a" and self.stack and any(frame.note == "title" for frame in self.stack[-3:]):
            if not self.other_thread and given.get("href"):
                self.other_thread = given["href"]
            self._push(tag, "", "")
        elif tag == "blockquote" and self.stack and self.stack[-1].note == "quote" and self.quotes:
            self._push(tag, '<blockquote class="quote">' + self._cite(self.quotes[-1]), "</blockquote>")
        elif tag == "a" and "lightbox" in classes:
            self.lightbox = {"src": given.get("href", ""), "alt": given.get("title", "")}
            self._push(tag, "", "", drops=True, note="lightbox")
        elif classes & _DROPPED:
            self._push(tag, "", "", drops=True)
        elif classes & _UNWRAPPED or (tag == "a" and not given.get("href")):
            self._push(tag, "", "")
        elif "spoiler" in classes:
            self._push(tag, '<details class="spoiler"><summary>…</summary>', "</details>")
        elif tag == "span":
            named = next((_SPANS[name] for name in classes if name in _SPANS), "")
            self._push(tag, f"<{named}>" if named else "", f"</{named}>" if named else "")
        elif tag == "code" and self.stack and self.stack[-1].tag == "pre" and len(self.stack) < DEPTH:
            found = _LANGUAGE.search(given.get("class", ""))
            self.language = found[1] if found else ""
            self.code = []
            self.stack.append(_Frame("code", ""))
        elif tag == "pre":
            self._push(tag, '<pre class="code">', "</pre>")
        elif tag in ("iframe", "source", "video", "audio"):
            self._player(tag, given)
        else:
            kept = _RENAMED.get(tag, tag)
            given.pop("class", None)
            self._push(tag, start_tag(kept, given), f"</{kept}>")

    def _close(self, tag: str) -> None:
        if tag in _VOID or not self.stack:
            return
        if self.language is not None:
            if tag != "code":
                return
            self._finish_code()
        # What we read is well-formed: the frame on top is the one that closes.
        frame = self.stack.pop()
        if frame.drops:
            self.dropping -= 1
        if frame.note == "quote":
            self.quotes.pop()
        elif frame.note == "lightbox" and self.lightbox is not None:
            picture, self.lightbox = self.lightbox, None
            if not self.dropping:
                self.out.append(start_tag("img", picture))
        if not self.dropping:
            self.out.append(frame.close)

    def _finish_code(self) -> None:
        text, language = "".join(self.code), self.language or ""
        self.language = None
        if self.dropping:
            return
        if language == "auto":
            language = ""
        if not self.coloured:
            named = f' class="lang-{escape(language)}"' if language else ""
            self.out.append(f"<code{named}>{text}</code>")
        elif language and len(text) <= self.colour_left:
            self.colour_left -= len(text)
            self.out.append(f"<code>{highlighting.highlight(unescape(text), language)}</code>")
        else:
            self.out.append(f"<code>{text}</code>")

    def _image(self, given: dict[str, str], classes: set[str]) -> None:
        if self.lightbox is not None:
            self.lightbox["alt"] = given.get("alt", "") or self.lightbox["alt"]
        elif self.dropping or classes & _DECORATION:
            return
        elif "emoji" in classes:
            code = given.get("alt", "") or given.get("title", "")
            self.out.append(shortcodes.character(code.strip(":").lower()) or escape(code))
        else:
            given.pop("class", None)
            self.out.append(start_tag("img", given))

    def _player(self, tag: str, given: dict[str, str]) -> None:
        address = given.get("src", "")
        link = f'<p><a href="{escape(address)}">{escape(address)}</a></p>' if address else ""
        self._push(tag, link, "")

    def _cite(self, quote: dict[str, str]) -> str:
        name, other = quote.get("data-username", ""), self.other_thread
        self.other_thread = ""
        number = quote.get("data-post", "")
        # A post number says nothing when it counts in another thread: then the address of that thread stands for it.
        after = f", #{number}" if number.isdigit() and len(number) < 10 and not other else ""
        link = f' <a href="{escape(other)}">↗</a>' if other else ""
        if not name:
            return f"<p>{link}</p>" if link else ""
        return f'<p><cite class="by">{escape(name)}{after}</cite>{link}</p>'
