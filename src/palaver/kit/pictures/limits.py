"""How much one picture may ask for. The child is handed what it needs of this as JSON (see `for_the_child`)."""

from __future__ import annotations

BYTES = 10 * 1024 * 1024
"""Bytes of a picture as it is sent."""

PIXELS = 25_000_000
PIXELS_OF_A_PHOTOGRAPH = 50_000_000
"""Width × height, read from the header before anything is decoded; the second for JPEG, which is decoded at a half or a
quarter of its size and so costs a tenth of the memory. Telephones make 12 to 50 million."""

SIDE = 30_000
"""Pixels of one side."""

EDGE = 2048
SMALL_EDGE = 640
"""The longer side of what is kept, and of the smaller copy that pages show."""

MEMORY = 768 * 1024 * 1024
"""Bytes of address space. The most expensive picture within PIXELS, a clear WebP, takes about 600 MB for a moment."""

PROCESSOR_SECONDS = 10
WALL_SECONDS = 30.0
"""A picture at the limits takes two seconds of a processor; the rest is for a busy machine."""

ANSWER = 24 * 1024 * 1024
"""Bytes that the child may answer with."""

HEAVY_PNG = 1024 * 1024
"""From this size on a drawing is kept as WebP, a tenth of the size and hard to tell apart."""


def for_the_child() -> dict[str, int]:
    """All whole numbers above that the child keeps to, by name."""
    names = "BYTES PIXELS PIXELS_OF_A_PHOTOGRAPH SIDE EDGE SMALL_EDGE MEMORY PROCESSOR_SECONDS HEAVY_PNG"
    return {name: globals()[name] for name in names.split()}
