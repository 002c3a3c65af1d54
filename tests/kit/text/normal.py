"""HTML reduced to what it says, for comparing two renderers; and a judge of what may reach a page."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import unquote

_VOID = {"br", "hr", "img"}


class _Normal(HTMLParser):
    """Tags with sorted attributes and text with collapsed spaces; our classes and `rel` are not compared."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[tuple[str, ...]] = []
        self.inside_pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = sorted(
            f"{name}={unquote(value or '')}" for name, value in attrs if name not in ("class", "rel", "loading")
        )
        self.inside_pre += tag == "pre"
        self.out.append((f"<{tag}", *kept))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self.inside_pre -= tag == "pre"
            self.out.append((f"</{tag}",))

    def handle_data(self, data: str) -> None:
        if not self.inside_pre:
            data = " ".join(data.split())
        if data:
            if self.out and self.out[-1][0] == "text":
                self.out[-1] = ("text", f"{self.out[-1][1]} {data}".strip())
            else:
                self.out.append(("text", data))


def normal(html: str) -> list[tuple[str, ...]]:
    parser = _Normal()
    parser.feed(html)
    parser.close()
    return parser.out


class Judge(HTMLParser):
    """Collects everything that the allow-list does not name. Written apart from the cleaner, on purpose."""

    TAGS = frozenset(
        [
            "a",
            "abbr",
            "b",
            "blockquote",
            "br",
            "caption",
            "cite",
            "code",
            "dd",
            "del",
            "details",
            "dfn",
            "div",
            "dl",
            "dt",
            "em",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "img",
            "ins",
            "kbd",
            "li",
            "mark",
            "ol",
            "p",
            "pre",
            "q",
            "s",
            "samp",
            "section",
            "small",
            "span",
            "strong",
            "sub",
            "summary",
            "sup",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "tr",
            "tt",
            "u",
            "ul",
            "var",
        ]
    )
    ATTRIBUTES = frozenset("alt class colspan height href id loading open rel rowspan src start title width".split())  # noqa: SIM905
    SCHEMES = ("http:", "https:", "mailto:", "ftp:")

    def __init__(self, prefix: str = "p") -> None:
        super().__init__(convert_charrefs=True)
        self.prefix = prefix
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in self.TAGS:
            self.faults.append(f"tag {tag}")
        for name, value in attrs:
            value = value or ""
            if name not in self.ATTRIBUTES:
                self.faults.append(f"attribute {tag} {name}")
            if name == "id" and not value.startswith((f"fn-{self.prefix}-", f"fnref-{self.prefix}-")):
                self.faults.append(f"id {value}")
            if name == "src" and not value.startswith("/media/"):
                self.faults.append(f"source {value}")
            if name == "href":
                seen = "".join(letter for letter in value if letter > " ").lower()
                head = seen.split("/")[0].split("?")[0].split("#")[0]
                if ":" in head and not seen.startswith(self.SCHEMES):
                    self.faults.append(f"scheme {value}")
                outside = seen.startswith(("http:", "https:", "//", "/\\", "ftp:", "\\"))
                if outside and given.get("rel") != "nofollow ugc noopener":
                    self.faults.append(f"unmarked {value}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"instruction {data}")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"declaration {data}")


def faults(html: str, prefix: str = "p") -> list[str]:
    """What of this HTML may not stand on a page."""
    judge = Judge(prefix)
    try:
        judge.feed(html)
        judge.close()
    except AssertionError as unreadable:
        judge.faults.append(f"unreadable: {unreadable}")
    return judge.faults
