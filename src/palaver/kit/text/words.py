"""Search tokens: the same for what is stored and for what is asked, on every database.

Folded by NFKC and case, accents off, no stemming. Scripts written without spaces (and Hangul, whose particles stick to
words) become overlapping pairs of characters; a lone character stays alone, so a query of one should match by prefix.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40
"""Characters kept of a token; what is longer is cut, and meets its equals by the part kept."""

_ASCII = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")

# Vowel signs are not word characters to `\w`, so the scripts that need them are named by range, without their marks of
# punctuation.
_SIGNED = "\u0900-\u0963\u0966-\u0df3\u0f00\u0f18-\u0f39\u0f3e-\u0f84\u0f86-\u0fbc\u0300-\u036f\u1100-\u11ff"
_UNSPACED = (
    "\u0e01-\u0e2e\u0e30-\u0e4e\u0e80-\u0ecd\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u3096"
    "\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003134f"
)
_TOKEN = re.compile(rf"(?P<run>[{_UNSPACED}]+)|(?:(?![{_UNSPACED}])(?:[^\W_]|[{_SIGNED}]|(?<=\w)['’](?=\w)))+")

_LONE = re.compile(rf"[{_UNSPACED}]")

# Kana voicing marks, Indic nuktas and viramas change the letter; every other combining mark is an accent.
_KEPT_CLASSES = frozenset({0, 7, 8, 9})


def fold(text: str) -> str:
    """Text as it is compared: NFKC, case-folded, without accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(letter for letter in apart if unicodedata.combining(letter) in _KEPT_CLASSES)
    return unicodedata.normalize("NFC", bare)


def tokens(text: str) -> list[str]:
    """The tokens of a text in order, repeated as often as they occur; at most `LONGEST` characters each."""
    folded = fold(text)
    if folded.isascii():
        return [token.replace("'", "")[:LONGEST] for token in _ASCII.findall(folded)]
    found: list[str] = []
    for match in _TOKEN.finditer(folded):
        run = match["run"]
        if run is None:
            found.append(match[0].replace("'", "").replace("’", "")[:LONGEST])
        elif len(run) == 1:
            found.append(run)
        else:
            found.extend(run[place : place + 2] for place in range(len(run) - 1))
    return found


def is_lone(token: str) -> bool:
    """Whether a token is one character of a script written without spaces: asked for alone, it may stand in any pair."""
    return len(token) == 1 and _LONE.match(token) is not None


def characters(text_tokens: list[str]) -> set[str]:
    """The characters of unspaced scripts in a text's tokens, each once."""
    return {
        letter
        for token in text_tokens
        if len(token) <= 2 and not token.isascii()
        for letter in token
        if is_lone(letter)
    }


def spans(text: str) -> list[tuple[str, int, int]]:
    """The tokens of a text with the places (start, end) where they stand in it, for marking what was found."""
    folded, places = _fold_with_places(text)
    found: list[tuple[str, int, int]] = []
    for match in _TOKEN.finditer(folded):
        start, end, run = match.start(), match.end(), match["run"]
        if run is None:
            found.append((match[0].replace("'", "").replace("’", "")[:LONGEST], places[start], places[end]))
        elif len(run) == 1:
            found.append((run, places[start], places[end]))
        else:
            found += [(folded[at : at + 2], places[at], places[at + 2]) for at in range(start, end - 1)]
    return found


def _fold_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters (and its end) where the original character begins."""
    if text.isascii():
        return text.lower(), list(range(len(text) + 1))
    pieces: list[str] = []
    places: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and (unicodedata.combining(text[end]) or "\u1160" <= text[end] <= "\u11ff"):
            end += 1
        piece = fold(text[start:end])
        pieces.append(piece)
        places += [start] * len(piece)
        start = end
    places.append(len(text))
    return "".join(pieces), places
