"""From entries to the text of a feed. No request, no database."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from json import dumps
from typing import Any, NamedTuple
from xml.etree import ElementTree

from django.conf import settings
from django.utils.encoding import iri_to_uri

from palaver.kit.text.shapes import Tags, attributes_of, start_tag

ATOM = "http://www.w3.org/2005/Atom"
THREADING = "http://purl.org/syndication/thread/1.0"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What XML 1.0 has no way to write, escaped or not (its section 2.2).
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ElementTree.register_namespace("", ATOM)
ElementTree.register_namespace("thr", THREADING)


class Feed(NamedTuple):
    """A feed as a whole. `href` is the path of the page it follows, `address` its own without `.atom` or `.json`."""

    title: str
    href: str
    address: str
    sentence: str = ""
    language: str = ""
    community: str = ""


class Entry(NamedTuple):
    """One entry. Addresses are paths of this site; `id` is one too, and must lead there for ever.

    `html` is sanitised HTML as pages show it, `title` and `summary` are plain text. `updated` moves when the entry reads
    differently. `answers` is the id of the entry that this one replies to; `replies` how many it has, None when not asked.
    """

    id: str
    href: str
    title: str
    html: str
    published: datetime
    updated: datetime
    author: str = ""
    author_href: str = ""
    category: str = ""
    summary: str = ""
    answers: str = ""
    replies: int | None = None


def updated(entries: Iterable[Entry]) -> datetime:
    """When a feed last changed; the epoch when it has no entry, so that an empty feed is the same every time."""
    return max((entry.updated for entry in entries), default=_EPOCH)


def absolute(path: str) -> str:
    """A path of this site as an address for other programs."""
    return str(iri_to_uri(settings.PALAVER_ORIGIN + path))


def detached(html: str, page: str) -> str:
    """HTML that stands alone: addresses of this site are whole, and leaps within the text lead to `page`, a path."""

    def tag(match: re.Match[str]) -> str:
        _closing, name, attributes = match.groups()
        if "href=" not in attributes and "src=" not in attributes:
            return match[0]
        given = attributes_of(attributes)
        for attribute in ("href", "src"):
            value = given.get(attribute, "")
            if value.startswith("#"):
                given[attribute] = absolute(page) + value
            elif value.startswith("/") and not value.startswith("//"):
                given[attribute] = absolute(value)
        return start_tag(name, given)

    return Tags.sub(tag, html)


def atom(feed: Feed, entries: Iterable[Entry]) -> bytes:
    """The feed as an Atom document (RFC 4287, replies counted by RFC 4685), UTF-8."""
    entries = list(entries)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    if feed.language:
        root.set("{http://www.w3.org/XML/1998/namespace}lang", feed.language)
    _add(root, "id", absolute(f"{feed.address}.atom"))
    _add(root, "title", feed.title)
    if feed.sentence:
        _add(root, "subtitle", feed.sentence)
    _add(root, "updated", _instant(updated(entries)))
    _link(root, "self", absolute(f"{feed.address}.atom"), "application/atom+xml")
    _link(root, "alternate", absolute(feed.href), "text/html")
    # Every entry needs an author; this one stands for those that have none of their own.
    _add(_add(root, "author"), "name", feed.community or feed.title)
    for entry in entries:
        _entry(root, entry)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: ElementTree.Element, entry: Entry) -> None:
    node = _add(root, "entry")
    _add(node, "id", absolute(entry.id))
    _add(node, "title", entry.title)
    _link(node, "alternate", absolute(entry.href), "text/html")
    _add(node, "published", _instant(entry.published))
    _add(node, "updated", _instant(entry.updated))
    if entry.author:
        author = _add(node, "author")
        _add(author, "name", entry.author)
        if entry.author_href:
            _add(author, "uri", absolute(entry.author_href))
    if entry.category:
        _add(node, "category").set("term", _writable(entry.category))
    if entry.answers:
        ElementTree.SubElement(node, f"{{{THREADING}}}in-reply-to").set("ref", absolute(entry.answers))
    if entry.replies is not None:
        ElementTree.SubElement(node, f"{{{THREADING}}}total").text = str(entry.replies)
    if entry.summary:
        _add(node, "summary", entry.summary)
    _add(node, "content", detached(entry.html, entry.id)).set("type", "html")


def _add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}")
    if text:
        child.text = _writable(text)
    return child


def _link(parent: ElementTree.Element, rel: str, href: str, kind: str) -> None:
    link = _add(parent, "link")
    link.set("rel", rel)
    link.set("type", kind)
    link.set("href", href)


def json(feed: Feed, entries: Iterable[Entry]) -> bytes:
    """The feed as a JSON Feed 1.1, UTF-8."""
    made: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _writable(feed.title),
        "home_page_url": absolute(feed.href),
        "feed_url": absolute(f"{feed.address}.json"),
    }
    if feed.sentence:
        made["description"] = _writable(feed.sentence)
    if feed.language:
        made["language"] = feed.language
    if feed.community:
        made["authors"] = [{"name": _writable(feed.community)}]
    made["items"] = [_item(entry) for entry in entries]
    return dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": absolute(entry.id),
        "url": absolute(entry.href),
        "title": _writable(entry.title),
        "content_html": _writable(detached(entry.html, entry.id)),
        "date_published": _instant(entry.published),
        "date_modified": _instant(entry.updated),
    }
    if entry.summary:
        item["summary"] = _writable(entry.summary)
    if entry.author:
        author = {"name": _writable(entry.author)}
        if entry.author_href:
            author["url"] = absolute(entry.author_href)
        item["authors"] = [author]
    if entry.category:
        item["tags"] = [_writable(entry.category)]
    return item


def _writable(text: str) -> str:
    """Text without the characters that no XML can hold; they become the sign for what cannot be shown."""
    return _UNWRITABLE.sub("\ufffd", text)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
