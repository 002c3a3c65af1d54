"""What is shown of a found post: the stretch of its text in which most of the asked words stand, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from palaver.kit.text import words
from palaver.search.language import Term

LENGTH = 260
"""Characters of an excerpt."""

READ = 20_000
"""Characters of a text that are looked through; a post that holds its words further down opens with its first words."""

_LEAD = 60


class Piece(NamedTuple):
    """A part of a text; `found` parts are what was looked for."""

    text: str
    found: bool = False


def marked(text: str, terms: Sequence[Term]) -> list[Piece]:
    """A short text, whole, in pieces."""
    return _pieces(text, 0, len(text), [place[:2] for place in _places(text, terms)])


def excerpt(text: str, terms: Sequence[Term]) -> list[Piece]:
    """The stretch of a text that holds most of the terms, in pieces, with … where it was cut."""
    text = " ".join(text[:READ].split())
    places = _places(text, terms)
    start, end = _window(text, places)
    pieces = _pieces(text, start, end, [place[:2] for place in places])
    if start > 0:
        pieces.insert(0, Piece("… "))
    if end < len(text):
        pieces.append(Piece(" …"))
    return pieces


def _places(text: str, terms: Sequence[Term]) -> list[tuple[int, int, int]]:
    """Where terms stand: start, end, and which term, in the order of the text, none overlapping."""
    if not terms:
        return []
    found: list[tuple[int, int, int]] = []
    spans = words.spans(text)
    firsts: dict[str, list[tuple[int, Term]]] = {}
    for number, term in enumerate(terms):
        if term.lone:
            at = text.find(term.tokens[0])
            while at >= 0 and len(found) < 200:
                found.append((at, at + 1, number))
                at = text.find(term.tokens[0], at + 1)
        else:
            firsts.setdefault(term.tokens[0], []).append((number, term))
    for index, (token, start, end) in enumerate(spans):
        for number, term in firsts.get(token, ()):
            size = len(term.tokens)
            if size == 1:
                found.append((start, end, number))
            elif tuple(span[0] for span in spans[index : index + size]) == term.tokens:
                found.append((start, spans[index + size - 1][2], number))
    found.sort()
    apart: list[tuple[int, int, int]] = []
    for place in found:
        if apart and place[0] < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], place[1]), apart[-1][2])
        else:
            apart.append(place)
    return apart


def _window(text: str, places: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    if len(text) <= LENGTH:
        return 0, len(text)
    best, most = 0, 0
    for index, (start, _end, _number) in enumerate(places[:100]):
        within = {number for at, end, number in places[index : index + 40] if end <= start + LENGTH - _LEAD}
        if len(within) > most:
            best, most = start, len(within)
    start = max(0, best - _LEAD)
    if start > 0:
        # Begin behind a space, if one is near.
        space = text.find(" ", start, best)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + LENGTH)
    if end < len(text):
        space = text.rfind(" ", end - 30, end)
        end = space if space > best else end
    return start, end


def _pieces(text: str, start: int, end: int, places: Sequence[tuple[int, int]]) -> list[Piece]:
    pieces: list[Piece] = []
    at = start
    for first, last in places:
        if first < at or last > end:
            continue
        if first > at:
            pieces.append(Piece(text[at:first]))
        pieces.append(Piece(text[first:last], True))
        at = last
    if at < end:
        pieces.append(Piece(text[at:end]))
    return pieces
