"""The one allow-list. Everything that becomes a page passes `clean` last, whatever wrote it.

Classes that may reach a page (the face styles these, nothing else gets through):

- `blockquote.quote`, `cite.by` (first thing in a quote: who said it, linking back), `blockquote.level` (mail quoting),
  `details.folded` (a long quote, folded), `details.spoiler`, `div.snip` (something was left out here), `div.preview`
  (an imported link preview), `div.signature`
- `a.mention`, `a.reference`, `a.image-link` (an image of another host, shown as a link), `a.outside`, `a.picture` (a
  picture of ours, leading to its full size)
- `pre.code`, `code.language` and inside code the eight classes of `highlighting`: c k s n f t i d
- `section.footnotes`, `ol.footnotes-list`, `li.footnote-item`, `sup.footnote-ref`, `a.footnote-backref`,
  `hr.footnotes-sep`
- `ul.tasks`, `li.task`, `span.done`, `span.open` · `td`/`th` with `left`, `center`, `right`
"""

from __future__ import annotations

import re
from html import unescape

import nh3

SCHEMES = frozenset({"http", "https", "mailto", "ftp"})

_PLAIN_TAGS = [
    "p",
    "br",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "em",
    "strong",
    "b",
    "i",
    "u",
    "s",
    "del",
    "ins",
    "sub",
    "sup",
    "kbd",
    "small",
    "mark",
    "abbr",
    "q",
    "tt",
    "var",
    "samp",
    "dfn",
    "ul",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "caption",
    "summary",
    "section",
    "cite",
]

ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "details": {"open"},
    "blockquote": set(),
    "code": set(),
    "pre": set(),
    "span": set(),
    "div": set(),
    **{tag: set() for tag in _PLAIN_TAGS},
}

TAGS = frozenset(ATTRIBUTES)

_ALIGNMENTS = {"left", "center", "right"}

CLASSES: dict[str, set[str]] = {
    "a": {"footnote-backref"},
    "blockquote": {"quote", "level"},
    "cite": {"by"},
    "code": {"language"},
    "details": {"spoiler", "folded"},
    "div": {"snip", "preview", "signature"},
    "hr": {"footnotes-sep"},
    "li": {"task", "footnote-item"},
    "ol": {"footnotes-list"},
    "pre": {"code"},
    "section": {"footnotes"},
    "span": {"c", "k", "s", "n", "f", "t", "i", "d", "done", "open"},
    "sup": {"footnote-ref"},
    "td": _ALIGNMENTS,
    "th": _ALIGNMENTS,
    "ul": {"tasks"},
}

# What holds no words for people: dropped together with its content.
_DROPPED_WHOLE = {"script", "style", "svg", "math", "template", "noscript", "iframe", "object", "head", "title"}

_cleaner = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=_DROPPED_WHOLE,
    attributes=ATTRIBUTES,
    allowed_classes=CLASSES,
    url_schemes=set(SCHEMES),
    link_rel=None,
)

# Footnotes are the only thing with ids, and only our Markdown renderer makes footnotes.
_cleaner_with_ids = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=_DROPPED_WHOLE,
    attributes={**ATTRIBUTES, "a": {"href", "title", "id"}, "li": {"id"}},
    allowed_classes=CLASSES,
    url_schemes=set(SCHEMES),
    link_rel=None,
)

# Imported HTML is cleaned once before we read it, so that we only ever read well-formed HTML; this first pass keeps
# what `cooked` needs in order to understand an old engine's shapes and throws away after.
_reader = nh3.Cleaner(
    tags=set(TAGS) | {"aside", "article", "header", "video", "audio", "source", "strike", "center", "font", "iframe"},
    clean_content_tags={"script", "style", "svg", "math", "template", "noscript", "object", "head", "title"},
    attributes={
        **ATTRIBUTES,
        "a": {"href", "title", "class"},
        "blockquote": {"class"},
        "cite": {"class"},
        "details": {"class"},
        "aside": {"class", "data-username", "data-post", "data-topic"},
        "code": {"class"},
        "div": {"class"},
        "header": {"class"},
        "iframe": {"src"},
        "img": {"src", "alt", "title", "width", "height", "class"},
        "pre": {"class"},
        "source": {"src"},
        "span": {"class"},
        "video": {"src"},
        "audio": {"src"},
        "li": {"class"},
        "ul": {"class"},
    },
    url_schemes=set(SCHEMES),
    link_rel=None,
)


DEPTH = 100
FORMATTED = 12
"""Tags open inside each other, of all kinds and of those that HTML opens anew in every paragraph."""

_START = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_STAND_IN = "\ue026"
_ENTITY = re.compile(r"&(?:#?[a-zA-Z0-9]{1,32};)?")
_DATA = re.compile(r'src="data:[^"]*"', re.IGNORECASE)
_LONGEST_TAG = 10_000
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())  # noqa: SIM905
# These close themselves or hang on a parent that is counted.
_UNCOUNTED = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dd",
        "dt",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "tfoot",
        "option",
        "optgroup",
        "rp",
        "rt",
    ]
)


def shallow(html: str) -> str:
    """HTML in which no more than `DEPTH` tags can be open at once; the tags beyond are escaped and so shown as typed.

    Browsers' rules for broken nesting cost the depth at every tag, and open formatting again in every paragraph. One
    pass over untouched input, so it counts by name and errs towards more depth, never towards less.
    """
    opened: dict[str, int] = {}
    refused: dict[str, int] = {}
    depth = formatted = 0
    out: list[str] = []
    position = 0
    for match in _START.finditer(html):
        name = match[2].lower()
        if html.find(">", match.end(), match.end() + _LONGEST_TAG) < 0:
            # Attributes are compared with each other; nobody's tag is as long as that.
            out += (html[position : match.start()], "&lt;")
            position = match.start() + 1
            continue
        if name in _UNCOUNTED:
            continue
        formats = name in _FORMATTING
        if match[1]:
            if refused.get(name):
                refused[name] -= 1
            elif opened.get(name):
                opened[name] -= 1
                depth -= 1
                formatted -= formats
                continue
            else:
                continue
        elif depth < DEPTH and not (formats and formatted >= FORMATTED):
            opened[name] = opened.get(name, 0) + 1
            depth += 1
            formatted += formats
            continue
        else:
            refused[name] = refused.get(name, 0) + 1
        out += (html[position : match.start()], "&lt;")
        position = match.start() + 1
    if not out:
        return html
    out.append(html[position:])
    return "".join(out)


def _held(html: str) -> str:
    """HTML whose ampersands wait behind a stand-in: nh3's time grows with the square of the ampersands in a text.

    Only what is an entity, with its semicolon, keeps its ampersand. The stand-in comes back as `&amp;`, which is text
    wherever it stands.
    """
    html = html.replace(_STAND_IN, "\ufffd")
    return _ENTITY.sub(_hold, html) if "&" in html else html


def _hold(match: re.Match[str]) -> str:
    said = match[0]
    if said == "&" or said == "&amp;":
        return _STAND_IN
    meant = unescape(said)
    if meant == "&":
        return _STAND_IN
    return _STAND_IN + said[1:] if meant == said else said


def clean(html: str, *, ids: bool = False) -> str:
    """Well-formed HTML of allowed tags, attributes, classes, schemes only. `ids` keeps ids (Markdown's footnotes)."""
    return (_cleaner_with_ids if ids else _cleaner).clean(_held(html)).replace(_STAND_IN, "&amp;")


def well_formed(html: str) -> str:
    """Imported HTML made well-formed and harmless to read, old engines' classes kept. Not fit for a page yet."""
    return _reader.clean(_held(shallow(_DATA.sub('src=""', html)))).replace(_STAND_IN, "&amp;")
