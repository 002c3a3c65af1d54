"""The last walk over cleaned HTML: addresses, mentions and references become links, outside links are marked, images of
other hosts become links, and what the text holds is noted.

It reads only what `cleaning.clean` has written, where `<` and `>` stand for tags and nothing else, and writes only tags
whose every value it has escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Protocol

from palaver.kit.text import addresses, shortcodes
from palaver.kit.text.shapes import Tags, written

_ADDRESS = r"(?:https?://|(?<![\w./@-])www\.(?=[a-z0-9-]+\.))(?:[^\s<>\"`\[\]\\|{}^&]|&amp;){1,2000}"
_WORD = re.compile(
    rf"(?P<address>{_ADDRESS})|(?<![\w@/.;&])@(?P<name>\w(?:[\w.-]{{0,58}}\w)?)|(?<![\w#/;&])#(?P<number>\d{{1,9}})(?![\w#])",
    re.IGNORECASE,
)
_BY = re.compile(r"^(.*?)(?:, #(\d{1,9}))?$", re.DOTALL)
_OWN_PICTURE = re.compile(rf' src="({addresses.LOCAL_IMAGES}[^"]*)"')
_QUIET = frozenset({"a", "code", "pre"})
_REL = "nofollow ugc noopener"
_OPENING = 80


class Links(Protocol):
    """Where names and numbers lead. `prepare` is called once with all of them, so that one query can answer."""

    def prepare(self, names: Collection[str], numbers: Collection[int]) -> None:
        """Look up all names and numbers that are about to be asked for."""

    def member_url(self, name: str) -> str | None:
        """The member's page, or None when there is no such member."""

    def reference_url(self, number: int) -> str | None:
        """The page of the thread or post with this number, or None."""

    def prepare_pictures(self, addresses: Collection[str]) -> None:
        """Look up all pictures of ours that are about to be asked for, by their addresses below `/media/`."""

    def picture(self, address: str) -> Picture | None:
        """How to show the picture at this address, or None when there is none such."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of our own: its address and size in pixels, and its smaller copy's, "" when it is small itself."""

    address: str
    width: int
    height: int
    small: str = ""
    small_width: int = 0


# Pictures stand in a column of text: no wider than it, and no higher than most of a screen.
_WIDEST, _HIGHEST = 640, 560


@dataclass(slots=True)
class Findings:
    """What the walk found. `mentions` leaves out names inside quotes, `quotes` holds (name, post number or None)."""

    html: str = ""
    opening: str = ""
    mentions: dict[str, None] = field(default_factory=dict)
    references: dict[int, None] = field(default_factory=dict)
    quotes: dict[tuple[str, int | None], None] = field(default_factory=dict)
    has: set[str] = field(default_factory=set)


_FLAGS = {
    "pre": "code",
    "code": "code",
    "blockquote": "quote",
    "table": "table",
    "details": "details",
    "ul": "list",
    "ol": "list",
}


def finish(html: str, *, links: Links | None, base: str, own: str, prefix: str, emoji: bool) -> Findings:
    """Walk once to collect names and numbers, ask `links`, walk again to write. `base` resolves relative addresses of
    imported text, `own` is this site's origin, `prefix` the only one allowed in ids."""
    members: Mapping[str, str | None] = {}
    pages: Mapping[int, str | None] = {}
    pictures: Mapping[str, Picture | None] | None = None
    if links is not None and f'src="{addresses.LOCAL_IMAGES}' in html:
        ours = list(dict.fromkeys(unescape(src) for src in _OWN_PICTURE.findall(html)))
        links.prepare_pictures(ours)
        pictures = {address: links.picture(address) for address in ours}
    if links is not None and ("@" in html or "#" in html or "<cite" in html):
        names: dict[str, None] = {}
        numbers: dict[int, None] = {}
        _Walk("", "", prefix, False, names.setdefault, numbers.setdefault).over(html)
        if names or numbers:
            links.prepare(list(names), list(numbers))
            members = {name: links.member_url(name) for name in names}
            pages = {number: links.reference_url(number) for number in numbers}
    return _Walk(base, own, prefix, emoji, members.get, pages.get, pictures).over(html)


class _Walk:
    def __init__(
        self,
        base: str,
        own: str,
        prefix: str,
        emoji: bool,
        member: Callable[[str], str | None],
        page: Callable[[int], str | None],
        pictures: Mapping[str, Picture | None] | None = None,
    ) -> None:
        self.base, self.own, self.prefix, self.emoji = base, own, prefix, emoji
        self.member, self.page, self.pictures = member, page, pictures
        self.found = Findings()
        self.out: list[str] = []
        self.visible: list[str] = []
        self.visible_length = 0
        self.quoted: list[str] = []
        self.quoted_length = 0
        self.quiet = self.quotes = self.link = 0
        self.citing = False
        self.list_depth = 0

    def over(self, html: str) -> Findings:
        position = 0
        out = self.out
        for match in Tags.finditer(html):
            start = match.start()
            if start > position:
                self._text(html[position:start])
            position = match.end()
            closing, tag, attributes = match.groups()
            if closing:
                self._close(tag)
                out.append(match[0])
            elif attributes or tag in _FLAGS or tag == "a":
                self._open(tag, attributes, match[0])
            else:
                if tag in ("br", "p", "div", "li", "td"):
                    self._show(" ")
                out.append(match[0])
        if position < len(html):
            self._text(html[position:])
        found = self.found
        found.html = "".join(out)
        found.opening = _cut("".join(self.visible)) or _cut("".join(self.quoted))
        return found

    def _open(self, tag: str, attributes: str, whole: str) -> None:
        flag = _FLAGS.get(tag)
        if flag:
            self.found.has.add(flag)
        if tag == "a":
            self.link += 1
            self.quiet += 1
            self._anchor(attributes)
            return
        if tag == "img":
            self._image(written(attributes))
            return
        if tag in ("code", "pre"):
            self.quiet += 1
        elif tag == "blockquote":
            self.quotes += 1
        elif tag == "cite" and 'class="by"' in attributes:
            self.citing = True
        elif tag == "li" and " id=" in attributes and f' id="fn-{self.prefix}-' not in attributes:
            whole = re.sub(r' id="[^"]*"', "", whole)
        if tag in ("p", "div", "li", "td", "pre", "blockquote"):
            self._show(" ")
        self.out.append(whole)

    def _close(self, tag: str) -> None:
        if tag == "a":
            self.link -= 1
            self.quiet -= 1
        elif tag in ("code", "pre"):
            self.quiet -= 1
        elif tag == "blockquote":
            self.quotes -= 1
        elif tag == "cite":
            self.citing = False
        elif tag in ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "div", "td", "th"):
            self._show(" ")

    def _anchor(self, attributes: str) -> None:
        given = written(attributes)
        address = unescape(given.get("href", ""))
        if not address:
            self.out.append("<a>")
            return
        out = ["<a"]
        if address.startswith("#"):
            # Fragments lead to our own footnotes; ids of an imported page do not exist any more.
            known = address.startswith((f"#fn-{self.prefix}-", f"#fnref-{self.prefix}-"))
            if known:
                out.append(f' href="{escape(address)}"')
                if given.get("id", "").startswith(f"fnref-{self.prefix}-"):
                    out.append(f' id="{given["id"]}"')
                if given.get("class") == "footnote-backref":
                    out.append(' class="footnote-backref"')
            out.append(">")
            self.out.append("".join(out))
            return
        address = addresses.resolved(address, self.base)
        if not addresses.is_safe(address):
            self.out.append("<a>")
            return
        out.append(f' href="{escape(address)}"')
        if "title" in given:
            out.append(f' title="{given["title"]}"')
        if addresses.is_outside(address, self.own):
            out.append(f' class="outside" rel="{_REL}"')
            self.found.has.add("link")
        out.append(">")
        self.out.append("".join(out))

    def _image(self, given: dict[str, str]) -> None:
        address = addresses.resolved(unescape(given.get("src", "")), self.base)
        words = given.get("alt", "").strip() or given.get("title", "").strip()
        self.found.has.add("image")
        if address.startswith(addresses.LOCAL_IMAGES) and ".." not in address:
            self._own_image(address, given, words)
        elif self.link or not address or not addresses.is_safe(address):
            self.out.append(words or escape(addresses.file_name(address)))
        else:
            shown = words or escape(addresses.file_name(address))
            self.out.append(f'<a href="{escape(address)}" class="image-link" rel="{_REL}">{shown}</a>')
        self._show(unescape(words))

    def _own_image(self, address: str, given: dict[str, str], words: str) -> None:
        alt = given.get("alt", "")
        if self.pictures is None:
            size = "".join(f' {side}="{given[side]}"' for side in ("width", "height") if given.get(side, "").isdigit())
            self.out.append(f'<img src="{escape(address)}" alt="{alt}"{size} loading="lazy">')
            return
        picture = self.pictures.get(address)
        if picture is None:
            # Never put up, or forgotten since: its words stand for it.
            shown = words or escape(addresses.file_name(address))
            self.out.append(shown if self.link else f'<a href="{escape(address)}" class="image-link">{shown}</a>')
            return
        scale = min(1.0, _WIDEST / picture.width, _HIGHEST / picture.height)
        width, height = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        sources = f'src="{escape(picture.address)}"'
        if picture.small:
            choice = f"{picture.small} {picture.small_width}w, {picture.address} {picture.width}w"
            sources = f'src="{escape(picture.small)}" srcset="{escape(choice)}" sizes="(max-width: {width}px) 100vw, {width}px"'
        image = f'<img {sources} width="{width}" height="{height}" alt="{alt}" loading="lazy" decoding="async">'
        whole = image if self.link else f'<a href="{escape(picture.address)}" class="picture">{image}</a>'
        self.out.append(whole)

    def _text(self, text: str) -> None:
        if self.citing:
            self._by(text)
            return
        self._show(text)
        if self.quiet:
            self.out.append(text)
            return
        if "@" in text or "#" in text or "://" in text or "www." in text:
            text = self._linked(text)
        elif self.emoji and ":" in text:
            text = shortcodes.replace(text)
        self.out.append(text)

    def _linked(self, text: str) -> str:
        pieces: list[str] = []
        position = 0
        for match in _WORD.finditer(text):
            start, end = match.span()
            if start < position:
                continue
            if match["address"]:
                typed = addresses.trimmed(unescape(match["address"]))
                shown = escape(typed, quote=False)
                end = start + len(shown)
                address = typed if "://" in typed else f"http://{typed}"
                outside = f' class="outside" rel="{_REL}"' if addresses.is_outside(address, self.own) else ""
                made = f'<a href="{escape(address)}"{outside}>{shown}</a>'
                self.found.has.add("link")
            elif match["name"]:
                name = match["name"]
                url = self.member(name)
                if not self.quotes:
                    self.found.mentions.setdefault(name)
                if not url:
                    continue
                made = f'<a href="{escape(url)}" class="mention">@{name}</a>'
            else:
                number = int(match["number"])
                url = self.page(number)
                self.found.references.setdefault(number)
                if not url:
                    continue
                made = f'<a href="{escape(url)}" class="reference">#{match["number"]}</a>'
            between = text[position:start]
            pieces += (shortcodes.replace(between) if self.emoji else between, made)
            position = end
        rest = text[position:]
        pieces.append(shortcodes.replace(rest) if self.emoji else rest)
        return "".join(pieces)

    def _by(self, text: str) -> None:
        found = _BY.match(text)
        assert found is not None
        shown, number = found[1], None if found[2] is None else int(found[2])
        name = unescape(shown).strip()
        self.found.quotes.setdefault((name, number))
        url = self.member(name)
        self.out.append(f'<a href="{escape(url)}" class="mention">{shown}</a>' if url else shown)
        if number is not None:
            self.found.references.setdefault(number)
            page = self.page(number)
            shown = f"#{number}"
            self.out.append(", " + (f'<a href="{escape(page)}" class="reference">{shown}</a>' if page else shown))

    def _show(self, text: str) -> None:
        if self.quotes:
            if self.quoted_length < 4 * _OPENING:
                self.quoted.append(text[: 6 * _OPENING])
                self.quoted_length += len(text)
        elif self.visible_length < 4 * _OPENING:
            self.visible.append(text[: 6 * _OPENING])
            self.visible_length += len(text)


def _cut(text: str) -> str:
    """The first `_OPENING` characters, ended at a word where there is one."""
    text = " ".join(shortcodes.replace(unescape(text)).split())
    if len(text) <= _OPENING:
        return text
    head = text[:_OPENING]
    space = head.rfind(" ")
    return (head[:space] if space > _OPENING // 2 else head).rstrip(" ,;:-–") + "…"
