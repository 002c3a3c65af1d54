"""Texts that make careless parsers slow. Each takes a length in characters and gives at least that many."""

from __future__ import annotations

from collections.abc import Callable


def _repeated(piece: str) -> Callable[[int], str]:
    return lambda length: piece * (length // len(piece) + 1)


def _opened_then_closed(opening: str, middle: str, closing: str) -> Callable[[int], str]:
    def made(length: int) -> str:
        times = length // (len(opening) + len(closing)) + 1
        return opening * times + middle + closing * times

    return made


def _staircase(length: int) -> str:
    lines, total, depth = [], 0, 0
    while total < length:
        lines.append("  " * depth + "- a")
        total += len(lines[-1]) + 1
        depth += 1
    return "\n".join(lines)


def _numbered(template: str) -> Callable[[int], str]:
    def made(length: int) -> str:
        return "".join(template.format(n=n) for n in range(length // (len(template) - 2) + 2))

    return made


def _wide_table(length: int) -> str:
    columns = max(2, int(length**0.5) // 4)
    row = "|a" * columns + "|\n"
    return row + "|-" * columns + "|\n" + "|\n" * (length // 2)


def _backtick_runs(length: int) -> str:
    runs, total, size = [], 0, 1
    while total < length:
        runs.append("`" * size + "a")
        total += size + 1
        size += 1
    return "".join(runs)


GENS: dict[str, Callable[[int], str]] = {
    "brackets": _repeated("["),
    "brackets closed": _opened_then_closed("[", "a", "]"),
    "bracket pairs": _repeated("[a]"),
    "bracket words": _repeated("[a "),
    "link starts": _repeated("[a]("),
    "link starts, angle": _repeated("[a](<b"),
    "images": _repeated("![["),
    "links nested": _opened_then_closed("[", "a", "](b)"),
    "stars": _repeated("*"),
    "star words": _repeated("a**b"),
    "star openers": _repeated("*a "),
    "star closers": _repeated("a* "),
    "star and bar mix": _repeated("*a_ "),
    "strong alternating": _repeated("**a *b "),
    "bars": _repeated("_"),
    "bar words": _repeated("_a__b"),
    "tildes": _repeated("~~a"),
    "backticks": _repeated("`"),
    "backtick words": _repeated("`a"),
    "backtick runs": _backtick_runs,
    "angles": _repeated("<"),
    "angle letters": _repeated("<a"),
    "angle questions": _repeated("<?"),
    "comments": _repeated("<!-- a"),
    "cdata": _repeated("<![CDATA["),
    "autolinks": _repeated("<http://a"),
    "addresses": _repeated("http://"),
    "addresses spaced": _repeated("http://a.b "),
    "addresses brackets": _opened_then_closed("http://a(", "b", ")"),
    "mail": _repeated("a@b"),
    "at": _repeated("@"),
    "colons": _repeated("a:"),
    "shortcode tails": _repeated(":smile"),
    "www": _repeated("www."),
    "hashes": _repeated("#1"),
    "quotes deep": lambda length: ">" * length,
    "quotes deep spaced": lambda length: "> " * (length // 2 + 1),
    "quotes 500 deep": _repeated(">" * 500 + "a\n"),
    "quotes 20 deep": _repeated("> " * 20 + "a\n"),
    "quotes lazy": _repeated("> a\nb\n"),
    "lists staircase": _staircase,
    "lists on one line": lambda length: "- " * (length // 2 + 1),
    "lists on lines": _repeated("- - - - - - - - a\n"),
    "list items": _repeated("- a\n"),
    "list items loose": _repeated("1. a\n\n"),
    "lists then indented": _repeated("* a\n  b\n"),
    "list of quotes": _repeated("- > "),
    "empty items": _repeated("-\n"),
    "tables wide": _wide_table,
    "table rows": lambda length: "|a|b|\n|-|-|\n" + "|a|b|\n" * (length // 6),
    "table heads": _repeated("|a|\n|-|\n\n"),
    "table pipes": _repeated("|"),
    "entities": _repeated("&amp;"),
    "entity starts": _repeated("&"),
    "entity numbers": _repeated("&#99999999"),
    "definitions": _numbered("[a{n}]: /u\n"),
    "definitions unended": _repeated("[a]: "),
    "definitions multiline": _repeated("[a\n"),
    "definition titles": _repeated('[a]: /u "\n'),
    "definitions used": lambda length: "[a]: /" + "u" * (length // 2) + "\n\n" + "[a] " * (length // 8),
    "footnotes": _numbered("[^{n}]: a\n\n[^{n}]\n"),
    "footnote same": lambda length: "[^a]: b\n\n" + "[^a] " * (length // 5),
    "footnotes nested": _repeated("[^a]: "),
    "footnote refs": lambda length: "[^a]: b\n\n" + "[^" * (length // 2),
    "backslashes": _repeated("\\"),
    "escapes": _repeated("\\*"),
    "newlines": _repeated("\n"),
    "lines": _repeated("a\n"),
    "hard breaks": _repeated("a  \n"),
    "spaces": _repeated(" "),
    "tabs": _repeated("\t"),
    "setext": _repeated("a\n=\n"),
    "headings": _repeated("# a\n"),
    "rules": _repeated("***\n"),
    "fences": _repeated("```\n"),
    "fences unended": _repeated("````` a\n~~~\n"),
    "fences coloured": _repeated("```python\nx = 'a\n```\n"),
    "fence of quotes": lambda length: "```python\n" + "'" * length,
    "fence of brackets": lambda length: "```javascript\n" + "(/[" * (length // 3),
    "details": _repeated("[details=a]\n"),
    "details closed": _opened_then_closed("[details=a]\n", "b\n", "[/details]\n"),
    "quotes tagged": _repeated("[quote=a, #1]"),
    "quotes tagged closed": _opened_then_closed("[quote=a, #1]\n", "b\n", "[/quote]\n"),
    "quote ends": _repeated("[/quote]"),
    "quote and details": _repeated("[quote]\n[details]\n[/quote]\n"),
    "snips": _repeated("<snip>\n"),
    "code tags": _repeated("[code]"),
    "bold tags": _repeated("[b]"),
    "bold tags closed": _opened_then_closed("[b]", "a", "[/b]"),
    "crossed tags": _repeated("[b][i][/b][/i]"),
    "list tags": _repeated("[list][*]"),
    "item tags": _repeated("[list][*]a[*]b[/list]"),
    "url tags": _repeated("[url]a"),
    "url tags ended once": lambda length: "[url]" * (length // 5 - 1) + "[/url]",
    "html divs": _repeated("<div>"),
    "html divs closed": _opened_then_closed("<div>", "a", "</div>"),
    "html bolds": _repeated("<b>"),
    "html links": _repeated("<a href=x>"),
    "html crossed": _repeated("<b><p></b>"),
    "html crossed links": _repeated("<a href=x><div>"),
    "html tables": _repeated("<table><tr><td>"),
    "html table strays": _repeated("<table><b>a"),
    "html list items": _repeated("<li><ul>"),
    "html paragraphs": _repeated("<p>a"),
    "html quotes": _repeated("<blockquote>"),
    "html asides": _repeated('<aside class="quote"><div class="title">'),
    "html spans": _repeated("<span>"),
    "html selects": _repeated("<select><option>"),
    "html attributes": lambda length: "<a " + "".join(f"b{n} " for n in range(length // 5)) + ">",
    "html attribute unended": _repeated('<a title="'),
    "html ends": _repeated("</b>"),
    "html formatting": _repeated("<b><i><u><s><p>"),
    "html templates": _repeated("<template>"),
    "html svg": _repeated("<svg><b>"),
    "html math": _repeated("<math><mi>"),
}
