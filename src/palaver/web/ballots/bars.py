"""The bar of an option in a ballot's result, as SVG that the server draws; the table it stands in says the same in numbers. No
style stands in it: the policy of this site lets none through, so colour comes from the style sheet and size from attributes."""

from __future__ import annotations

from markupsafe import Markup

_LONG = 1000
"""Units of a bar that is full."""


def bar(share: float, *, mark: float | None = None, won: bool = False) -> Markup:
    """A level bar filled to a share (0 to 1), as wide as its place; `mark` draws a line at what is needed.

    It stands in a row of a table that holds the number, so it is hidden from those who listen. In pages written from right
    to left the style sheet turns it round.
    """
    filled = round(max(0.0, min(share, 1.0)) * _LONG)
    line = ""
    if mark is not None:
        at = round(mark * _LONG)
        line = f'<line x1="{at}" x2="{at}" y1="0" y2="20" vector-effect="non-scaling-stroke"/>'
    return Markup(
        f'<svg class="bar-chart" viewBox="0 0 {_LONG} 20" preserveAspectRatio="none" aria-hidden="true"{" data-won" if won else ""}>'
        f'<rect class="bar-ground" width="{_LONG}" height="20"/><rect class="bar-fill" width="{filled}" height="20"/>{line}</svg>'
    )
