"""Markdown as members write it: CommonMark, tables, strikethrough, task lists, footnotes, quotes, details, snips.

Raw HTML is shown as typed, never interpreted: a member who writes `vector<int>` or `<snip` loses nothing. The HTML
made here has not been cleaned; `rendering` does that.

Cost is bounded by shape, not by a clock. Everything superlinear in CommonMark happens inside one run of inline text
or grows with nesting, so a run with more special characters than `_BUSY` is shown as plain text, and blocks nested
deeper than `DEPTH` are shown as paragraphs. Below these bounds the cost per character is bounded, above them it is
linear.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType
from mdit_py_plugins.footnote import footnote_plugin

from palaver.kit.text import highlighting
from palaver.kit.text.addresses import ADDRESS

DEPTH = 24
"""Levels of quotes and lists; a list item counts two."""

_BUSY = {"[": 400, "*": 1200, "_": 1200, "~": 1200, "`": 800, "<": 800, "\\": 4000, "&": 4000}

_COLUMNS = 100
_DELIMITERS = re.compile(r"[ \t>|:\-]+")
_MENTION = re.compile(r"@\w[\w.\-]*")
_SNIP = re.compile(r"\s*(?:‹snip›|<snip\s*/?>|\[snip\]|&lt;snip&gt;)\s*$", re.IGNORECASE)
_TAG = re.compile(r"\[(quote|details)(?:=([^\]\n]{0,200}))?\]|\[/(quote|details)\]", re.IGNORECASE)
_FENCE = re.compile(r"[ >]{0,40}(?:```|~~~)")
_TASK = re.compile(r"\[([ xX])\][ \t]+")
_QUOTED_FROM = re.compile(
    r"""^["'“]?(?P<name>[^"',”#]{1,80}?)["”']?\s*(?:(?:,\s*(?:post:|\#)|\#)\s*(?P<post>\d{1,9})[^\]]*)?["”']?\s*$"""
)


class _Inline(ParserInline):
    """The inline parser that refuses to be kept busy."""

    def __init__(self) -> None:
        super().__init__()
        self._plain: ParserInline | None = None

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        if len(src) > 400 and any(src.count(mark) > most for mark, most in _BUSY.items()):
            return self._plain_parser().parse(src, md, env, tokens)
        return super().parse(src, md, env, tokens)

    def _plain_parser(self) -> ParserInline:
        if self._plain is None:
            self._plain = ParserInline()
            self._plain.ruler.before("newline", "verbatim", _verbatim)
            self._plain.ruler.enableOnly(["text", "newline", "verbatim"])
            self._plain.ruler2.enableOnly(["fragments_join"])
        return self._plain


def _verbatim(state: StateInline, silent: bool) -> bool:
    """Keep `@a_name_` and `http://host/_path_` whole, so that emphasis does not cut them; `finishing` links them."""
    source, start = state.src, state.pos
    if source[start] == "@":
        if start and (source[start - 1].isalnum() or source[start - 1] == "_"):
            return False
        found = _MENTION.match(source, start, state.posMax)
        if found is None:
            return False
        end = found.end()
        while source[end - 1] in "_-.":
            end -= 1
    elif source[start] == ":" and source.startswith("//", start + 1):
        for scheme in ("https", "http"):
            if source[max(0, start - len(scheme)) : start].lower() == scheme:
                found = ADDRESS.match(source, start - len(scheme), state.posMax)
                break
        else:
            return False
        if found is None:
            return False
        end = found.end()
        while source[end - 1] in "*_~.,;:!?'":
            end -= 1
    else:
        return False
    if end <= start + 1:
        return False
    if not silent:
        state.pending += source[start:end]
    state.pos = end
    return True


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Beyond DEPTH nothing nests any more: the rest of the block becomes one paragraph, with all its words."""
    if silent or state.level < DEPTH:
        return False
    content = state.getLines(start, end, state.blkIndent, False).strip()
    state.line = end
    state.push("paragraph_open", "p", 1)
    inline = state.push("inline", "", 0)
    inline.content = content
    inline.map = [start, end]
    inline.children = []
    state.push("paragraph_close", "p", -1)
    return True


def _snip(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    begin, last = state.bMarks[start] + state.tShift[start], state.eMarks[start]
    if last - begin < 6 or state.src[begin] not in "‹<[&" or state.sCount[start] - state.blkIndent >= 4:
        return False
    if last - begin > 20 or _SNIP.match(state.src[begin:last]) is None:
        return False
    if not silent:
        state.line = start + 1
        state.push("snip", "div", 0)
    return True


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`[quote=…]` and `[details=…]` on a line of their own, up to the line that closes them."""
    closes: dict[int, int] | None = state.env.get("closes")
    close = closes.get(start) if closes else None
    if close is None or close >= end or state.sCount[start] - state.blkIndent >= 4:
        return False
    begin = state.bMarks[start] + state.tShift[start]
    tag = _TAG.match(state.src, begin, state.eMarks[start])
    if tag is None or not tag[1]:
        return False
    if silent:
        return True
    kind = tag[1].lower()
    opening = state.push(f"{kind}_open", "blockquote" if kind == "quote" else "details", 1)
    opening.meta = {"of": (tag[2] or "").strip()}
    opening.block = True
    parent, line_max = state.parentType, state.lineMax
    state.parentType, state.lineMax = "container", close
    state.md.block.tokenize(state, start + 1, close)
    state.parentType, state.lineMax = parent, line_max
    closing = state.push(f"{kind}_close", opening.tag, -1)
    closing.block = True
    state.line = close + 1
    return True


def _too_wide(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table whose short rows would be filled up to many times the input is a paragraph; so is a very wide one."""
    if silent or start + 1 >= end:
        return False
    below = state.src[state.bMarks[start + 1] : state.eMarks[start + 1]]
    columns = below.count("|")
    if columns < 8 or not _DELIMITERS.fullmatch(below):
        return False
    last = start + 1
    while last < end and not state.isEmpty(last):
        last += 1
    cells = columns * (last - start)
    if columns <= _COLUMNS and cells <= 4 * state.src.count("|", state.bMarks[start], state.eMarks[last - 1]) + 400:
        return False
    return _paragraph(state, start, end)


def _paragraph(state: StateBlock, start: int, end: int) -> bool:
    line = start + 1
    while line < end and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        line += 1
    state.line = line
    state.push("paragraph_open", "p", 1)
    inline = state.push("inline", "", 0)
    inline.content = state.getLines(start, line, state.blkIndent, False).strip()
    inline.map = [start, line]
    inline.children = []
    state.push("paragraph_close", "p", -1)
    return True


def _tasks(state: StateCore) -> None:
    lists: list[Token] = []
    tokens = state.tokens
    for index, token in enumerate(tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(token)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "inline" and index >= 2 and tokens[index - 2].type == "list_item_open" and token.children:
            first = token.children[0]
            found = _TASK.match(first.content) if first.type == "text" else None
            if found is None:
                continue
            first.content = first.content[found.end() :]
            box = Token("task", "span", 0)
            box.meta = {"done": found[1] != " "}
            token.children.insert(0, box)
            tokens[index - 2].attrSet("class", "task")
            if lists[-1].tag == "ul":
                lists[-1].attrSet("class", "tasks")


def by_line(of: str) -> str:
    """The `<cite>` of a quote from what stands after `quote=`: a name, and perhaps the number of a post."""
    found = _QUOTED_FROM.match(of)
    if found is None:
        return f'<p><cite class="by">{escape(of)}</cite></p>\n' if of else ""
    number = f", #{found['post']}" if found["post"] else ""
    return f'<p><cite class="by">{escape(found["name"].strip())}{number}</cite></p>\n'


class _Renderer(RendererHTML):
    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: EnvType) -> str:
        token = tokens[idx]
        language = token.info.strip().split(maxsplit=1)[0] if token.info.strip() else ""
        return _code(token.content, language, env)

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: EnvType) -> str:
        return _code(tokens[idx].content, "", env)

    def snip(self, tokens: Sequence[Token], idx: int, options: Any, env: EnvType) -> str:
        return '<div class="snip">‹snip›</div>\n'

    def task(self, tokens: Sequence[Token], idx: int, options: Any, env: EnvType) -> str:
        return '<span class="done">☑</span> ' if tokens[idx].meta["done"] else '<span class="open">☐</span> '

    def quote_open(self, tokens: Sequence[Token], idx: int, options: Any, env: EnvType) -> str:
        return '<blockquote class="quote">\n' + by_line(tokens[idx].meta["of"])

    def details_open(self, tokens: Sequence[Token], idx: int, options: Any, env: EnvType) -> str:
        summary = tokens[idx].meta["of"].strip("\"“”'") or "…"
        return f'<details class="spoiler"><summary>{escape(summary)}</summary>\n'

    def td_open(self, tokens: Sequence[Token], idx: int, options: Any, env: EnvType) -> str:
        token = tokens[idx]
        aligned = str(token.attrGet("style") or "").removeprefix("text-align:")
        return f'<{token.tag} class="{aligned}">' if aligned else f"<{token.tag}>"

    th_open = td_open


def _code(code: str, language: str, env: MutableMapping[str, Any]) -> str:
    left = env.get("colour", 2 * highlighting.CAP)
    coloured = highlighting.highlight(code, language if len(code) <= left else "")
    env["colour"] = left - len(code)
    return f'<pre class="code"><code>{coloured}</code></pre>\n'


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEPTH + 8}, renderer_cls=_Renderer)
    parser.inline = _Inline()
    parser.enable(["table", "strikethrough"])
    parser.disable(["html_block", "html_inline", "linkify"])
    parser.use(footnote_plugin, inline=False)
    parser.inline.ruler.before("newline", "verbatim", _verbatim)
    interrupting = {"alt": ["paragraph", "reference", "blockquote", "list", "table"]}
    parser.block.ruler.before("table", "snip", _snip, interrupting)  # type: ignore[arg-type]
    parser.block.ruler.before("snip", "container", _container, interrupting)  # type: ignore[arg-type]
    parser.block.ruler.before("table", "too_wide", _too_wide)
    parser.block.ruler.before("container", "too_deep", _too_deep)
    parser.core.ruler.push("tasks", _tasks)
    return parser


_markdown = _parser()


def _own_lines(source: str) -> tuple[str, dict[int, int]]:
    """Put `[quote]`, `[details]` and their ends on lines of their own, and pair them: opening line → closing line.

    One pass, so that a thousand unclosed openings cost no more than a thousand lines.
    """
    out: list[str] = []
    closes: dict[int, int] = {}
    opened: list[tuple[str, int]] = []
    fenced = False
    for line in source.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
            out.append(line)
            continue
        if fenced or "[" not in line or "`" in line or line.startswith(("    ", "\t")) or not _TAG.search(line):
            out.append(line)
            continue
        margin = re.match(r"[ >]{0,40}", line)
        lead = margin[0] if margin else ""
        rest, position = line[len(lead) :], 0
        for tag in _TAG.finditer(rest):
            before = rest[position : tag.start()].strip()
            if before:
                out.append(lead + before)
            position = tag.end()
            if tag[1]:
                opened.append((tag[1].lower(), len(out)))
            else:
                kind = tag[3].lower()
                while opened and opened[-1][0] != kind and any(name == kind for name, _ in opened[-DEPTH:]):
                    opened.pop()
                if opened and opened[-1][0] == kind:
                    closes[opened.pop()[1]] = len(out)
            out.append(lead + tag[0])
        after = rest[position:].strip()
        if after:
            out.append(lead + after)
    return "\n".join(out), closes


def to_html(source: str, *, prefix: str = "") -> str:
    """Uncleaned HTML of a Markdown source. `prefix` goes into the footnotes' ids (`fn-<prefix>-1`)."""
    env: dict[str, Any] = {"docId": prefix}
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if "[quote" in source.lower() or "[details" in source.lower():
        source, env["closes"] = _own_lines(source)
    return str(_markdown.render(source, env))
