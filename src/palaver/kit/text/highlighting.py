"""Colour for fenced code, made on the server: eight classes inside `<code>`, coloured by CSS variables.

`c` comment · `k` keyword · `s` string · `n` number · `f` name of a function or class · `t` tag, attribute, built-in ·
`i` inserted line · `d` deleted line. Everything else stays bare, which keeps pages small.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

CAP = 20_000
"""Characters of code coloured per block; longer blocks stay plain, because some lexers are slow on hostile input."""

# Lexers are regular expressions written for friendly input; only everyday ones are let near strangers' text.
LANGUAGES = frozenset(
    [
        "bash",
        "sh",
        "shell",
        "console",
        "zsh",
        "c",
        "h",
        "cpp",
        "c++",
        "cxx",
        "csharp",
        "cs",
        "c#",
        "css",
        "scss",
        "d",
        "dart",
        "diff",
        "patch",
        "docker",
        "dockerfile",
        "elixir",
        "erlang",
        "fortran",
        "go",
        "golang",
        "haskell",
        "hs",
        "html",
        "xml",
        "ini",
        "cfg",
        "toml",
        "java",
        "javascript",
        "js",
        "json",
        "jsx",
        "typescript",
        "ts",
        "tsx",
        "kotlin",
        "kt",
        "latex",
        "tex",
        "lisp",
        "scheme",
        "clojure",
        "lua",
        "makefile",
        "make",
        "matlab",
        "nim",
        "objective-c",
        "objc",
        "ocaml",
        "pascal",
        "delphi",
        "perl",
        "pl",
        "php",
        "powershell",
        "ps1",
        "python",
        "py",
        "python3",
        "pycon",
        "r",
        "ruby",
        "rb",
        "rust",
        "rs",
        "scala",
        "sql",
        "postgres",
        "sqlite",
        "swift",
        "vb",
        "vhdl",
        "verilog",
        "yaml",
        "yml",
        "zig",
        "glsl",
        "hlsl",
        "cmake",
        "asm",
        "nasm",
        "awk",
        "groovy",
        "julia",
        "django",
        "jinja",
        "nginx",
        "apache",
        "prolog",
    ]
)

_GROUPS: tuple[tuple[_TokenType, str], ...] = (
    (Token.Comment, "c"),
    (Token.Keyword, "k"),
    (Token.Operator.Word, "k"),
    (Token.Literal.String, "s"),
    (Token.Literal.Number, "n"),
    (Token.Name.Function, "f"),
    (Token.Name.Class, "f"),
    (Token.Name.Tag, "t"),
    (Token.Name.Attribute, "t"),
    (Token.Name.Builtin, "t"),
    (Token.Name.Decorator, "t"),
    (Token.Generic.Inserted, "i"),
    (Token.Generic.Deleted, "d"),
    (Token.Generic.Heading, "f"),
    (Token.Generic.Prompt, "c"),
)

_VARIABLES = {
    "c": "comment",
    "k": "keyword",
    "s": "string",
    "n": "number",
    "f": "name",
    "t": "builtin",
    "i": "inserted",
    "d": "deleted",
}

_DEFAULTS = {
    "c": "#5c6773",
    "k": "#8a2be2",
    "s": "#1b6e3c",
    "n": "#9a4d00",
    "f": "#1f5fbf",
    "t": "#8b3a62",
    "i": "#1b6e3c",
    "d": "#a62121",
}


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    if language not in LANGUAGES:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=512)
def _group(kind: _TokenType) -> str:
    for parent, name in _GROUPS:
        if kind[: len(parent)] == parent:
            return name
    return ""


def highlight(code: str, language: str) -> str:
    """Escaped HTML for the inside of `<code>`; coloured when the language is known and the code not above `CAP`."""
    lexer = _lexer(language.lower()) if language and len(code) <= CAP else None
    if lexer is None:
        return escape(code, quote=False)
    out: list[str] = []
    current = ""
    pieces: list[str] = []
    for kind, text in lexer.get_tokens(code):
        group = _group(kind)
        if group != current:
            _flush(out, current, pieces)
            current, pieces = group, []
        pieces.append(text)
    _flush(out, current, pieces)
    return "".join(out)


def _flush(out: list[str], group: str, pieces: list[str]) -> None:
    if not pieces:
        return
    text = escape("".join(pieces), quote=False)
    out.append(f'<span class="{group}">{text}</span>' if group else text)


def css() -> str:
    """The rules for the eight classes, each coloured by a variable (`--code-comment`, …) with a fallback; 0.5 KB."""
    rules = [f".code .{group}{{color:var(--code-{_VARIABLES[group]},{_DEFAULTS[group]})}}" for group in _VARIABLES]
    rules.append(".code .c{font-style:italic}")
    rules.append(".code .k{font-weight:600}")
    return "\n".join(rules) + "\n"
