"""Pictures that strangers sent: looked at from outside, then drawn anew in a child process with little room.

What it is: `kinds.kind_of(data)` says what a file is by its first bytes; `redrawing.redraw(data)` gives a fresh encoding
of a picture (`Redrawn`), upright, in sRGB, with nothing of the file it came from but what can be seen, and a smaller one
beside it. What it is not: it knows no member and no address, stores nothing, opens no connection.

Why a child: decoders of pictures are large programs in C that read what strangers wrote. The child (`child.py`) has
limits on memory, processor time, files and processes set before it reads the first byte, is killed when the wall clock
says so, and what it answers is measured and looked at before it is believed.

Why only the first picture of an animation: a page of text in which something moves cannot be read in peace (WCAG 2.2.2),
and a hundred thousand frames would be a hundred thousand pictures' work.
"""

from palaver.kit.pictures.kinds import PICTURES, kind_of
from palaver.kit.pictures.redrawing import Drawing, Redrawn, redraw

__all__ = ["PICTURES", "Drawing", "Redrawn", "kind_of", "redraw"]
