"""Imported posts as Markdown, so that their authors can edit them."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

from palaver.kit.text import bbcode, cleaning, cooked, plain
from palaver.kit.text.rendering import LONGEST, Kind
from palaver.kit.text.shapes import Tags

DEPTH = 60
_BY = re.compile(r"^(?P<name>.*?)(?:, #(?P<number>\d{1,9}))?$", re.DOTALL)


def to_markdown(source: str, kind: Kind) -> str:
    """The source as Markdown that renders to much the same page. Markdown itself comes back unchanged.

    Quotes keep name and number, code its language, details its summary; what Markdown cannot say (colours, sizes,
    underlining) loses its form, never its words.
    """
    if kind == "markdown":
        return source
    if kind == "html":
        made = cooked.to_html(source, coloured=False)
    elif kind == "bbcode":
        made = bbcode.to_html(source, coloured=False)
    else:
        made = plain.to_html(source)
    made = _shallow(cleaning.well_formed(made))
    if len(made) > 4 * LONGEST:
        return BeautifulSoup(made, "html.parser").get_text("\n")
    written = _Writer(
        heading_style="ATX", bullets="-", escape_misc=False, strip=["u", "ins", "span", "small", "tt"]
    ).convert(made)
    return re.sub(r"\n{3,}", "\n\n", str(written)).strip() + "\n"


def _shallow(html: str) -> str:
    """HTML without the tags nested deeper than DEPTH; their words stay. The converter recurses."""
    depth = 0
    out: list[str] = []
    position = 0
    for match in Tags.finditer(html):
        out.append(html[position : match.start()])
        position = match.end()
        if match[2] in ("br", "hr", "img", "source"):
            out.append(match[0])
        elif match[1]:
            if depth <= DEPTH:
                out.append(match[0])
            depth -= 1
        else:
            depth += 1
            if depth <= DEPTH:
                out.append(match[0])
    out.append(html[position:])
    return "".join(out)


class _Writer(MarkdownConverter):
    """markdownify with our own shapes."""

    def convert_blockquote(self, el: Tag, text: str, parent_tags: Any) -> str:
        cite = el.find("cite", class_="by") if "quote" in (el.get("class") or ()) else None
        if cite is None:
            return str(super().convert_blockquote(el, text, parent_tags))  # type: ignore[misc]
        found = _BY.match(cite.get_text().strip())
        assert found is not None
        name = re.sub(r"[\[\]\"\n]", "", found["name"])
        number = f", #{found['number']}" if found["number"] else ""
        return f"\n\n[quote={name}{number}]\n{text.strip()}\n[/quote]\n\n"

    def convert_cite(self, el: Tag, text: str, parent_tags: Any) -> str:
        return "" if "by" in (el.get("class") or ()) else text

    def convert_details(self, el: Tag, text: str, parent_tags: Any) -> str:
        if "folded" in (el.get("class") or ()):
            return text
        summary = el.find("summary")
        words = re.sub(r"[\[\]\n]", "", summary.get_text().strip()) if summary else ""
        return f"\n\n[details={words or '…'}]\n{text.strip()}\n[/details]\n\n"

    def convert_summary(self, el: Tag, text: str, parent_tags: Any) -> str:
        return ""

    def convert_pre(self, el: Tag, text: str, parent_tags: Any) -> str:
        code = el.find("code")
        classes = (code.get("class") or ()) if code else ()
        language = next((name[5:] for name in classes if name.startswith("lang-")), "")
        words = el.get_text().strip("\n")
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", words)), default=0))
        return f"\n\n{fence}{language}\n{words}\n{fence}\n\n"

    def convert_div(self, el: Tag, text: str, parent_tags: Any) -> str:
        if "snip" in (el.get("class") or ()):
            return "\n\n<snip>\n\n"
        return f"\n\n{text.strip()}\n\n"
