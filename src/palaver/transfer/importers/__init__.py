"""One folder for each engine that we import from. ENGINES is the list of them; a new one is added there."""

from __future__ import annotations

ENGINES: tuple[str, ...] = ("discourse", "mbox")
