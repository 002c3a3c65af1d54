"""What the page of a member's own pictures and files is given."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.web.contexts import Link, Moment


@dataclass(frozen=True, slots=True)
class OwnPiece:
    """One picture or file. `small` is the address of what is shown of it, "" for a file; sizes in pixels."""

    name: str
    href: str
    small: str
    width: int
    height: int
    size: str
    at: Moment
    shown_in: tuple[Link, ...]
    more: int
    take_down: str
    markdown: str


@dataclass(frozen=True, slots=True)
class FilesPage:
    """`account/files.html`. `held` and `most` are sizes in words; `older` leads to the next page, "" on the last."""

    pieces: tuple[OwnPiece, ...]
    held: str
    most: str
    days: int
    older: str = ""
