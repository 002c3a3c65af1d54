"""How many judge an appeal, and how many of them overturn (page 3, Appeal). Pure."""

from __future__ import annotations

from typing import NamedTuple


class Panel(NamedTuple):
    """Seats, and the votes among them that change something. One seat is a host or an operator who judges alone."""

    seats: int
    needed: int


ALONE = Panel(1, 1)
LARGEST = Panel(11, 6)
_SIZES = (ALONE, Panel(3, 2), Panel(5, 3), Panel(7, 4), Panel(9, 5), LARGEST)
_ROOM = 2
"""A pool has this many members for each seat at least: those who are asked are not all there is."""
_LARGE = 60
"""From this pool on an appeal is judged by the largest panel."""


def appeal_panel(pool: int, first_seats: int) -> Panel:
    """The panel over an appeal, by the members who can be drawn for it (none of the first jury among them) and the seats
    that the first jury had. Eleven where there are enough; otherwise the next size up than the first, as large a one as the
    pool has room for, and never a smaller one than the first. Where that cannot be had, one person judges who did not before.
    """
    if pool >= _LARGE:
        return LARGEST
    wanted = next((size for size in _SIZES if size.seats > first_seats), LARGEST)
    if pool >= wanted.seats * _ROOM:
        return wanted
    same = next((size for size in _SIZES if size.seats >= first_seats), LARGEST)
    return next((size for size in (wanted, same) if 1 < size.seats <= pool), ALONE)
