"""How far a long command has come: a bar on a terminal, else a line every few seconds; both with rate and time left."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, TextIO

from tqdm import tqdm

# With a total: "Importing:  41%|████      | 15127/36895 posts [00:12<00:17, 1260.58 posts/s]".
_LINE = "{desc}: {percentage:.0f} %, {n_fmt} of {total_fmt}{unit}, {rate_fmt}, {elapsed} gone, {remaining} left"
_LINE_WITHOUT_TOTAL = "{desc}: {n_fmt}{unit}, {rate_fmt}, {elapsed} gone"


class _Lines:
    """A stream on which each redrawing of a bar becomes a line of its own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        line = text.replace("\r", "").strip()
        if line:
            self._stream.write(line + "\n")
        return len(text)

    def flush(self) -> None:
        self._stream.flush()


class Progress:
    """A running count of one kind of thing, shown on standard error so that results on standard output stay clean.

    `total` is the number of things, or None when it is not known beforehand; `unit` is their name in the plural.
    """

    def __init__(
        self,
        what: str,
        *,
        total: int | None = None,
        done: int = 0,
        unit: str = "",
        stream: TextIO | None = None,
        seconds_between_lines: float = 5.0,
        quiet: bool = False,
    ) -> None:
        out = stream or sys.stderr
        self._out = out
        if out.isatty():
            self._bar: tqdm[Any] = tqdm(
                desc=what, total=total, initial=done, unit=f" {unit}", file=out, dynamic_ncols=True, disable=quiet
            )
        else:
            self._bar = tqdm(
                desc=what,
                total=total,
                initial=done,
                unit=f" {unit}",
                file=_Lines(out),
                mininterval=seconds_between_lines,
                maxinterval=seconds_between_lines,
                bar_format=_LINE if total else _LINE_WITHOUT_TOTAL,
                disable=quiet,
            )
            # Time decides when a line is due, not a number of steps guessed from the first ones.
            self._bar.miniters = 0

    @property
    def done(self) -> int:
        """How many have been counted so far."""
        return int(self._bar.n)

    def expect(self, total: int) -> None:
        """Name the number of things once it is known."""
        self._bar.total = total
        if self._bar.bar_format is not None:
            self._bar.bar_format = _LINE

    def advance(self, by: int = 1) -> None:
        """Count `by` more."""
        self._bar.update(by)

    def say(self, note: str) -> None:
        """Print a line beside the bar, without tearing it."""
        self._bar.write(note, file=self._out)

    def close(self) -> None:
        """Show the last state and leave it standing."""
        self._bar.close()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Bar:
    """Shows how far a long piece of work has come, one bar after the other: what transfer's verbs call their watch."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._shown: Progress | None = None

    def begin(self, what: str, total: int | None, unit: str) -> None:
        self.end()
        self._shown = Progress(what, total=total, unit=unit, quiet=self._quiet)

    def advance(self, by: int) -> None:
        if self._shown is not None:
            self._shown.advance(by)

    def end(self) -> None:
        if self._shown is not None:
            self._shown.close()
            self._shown = None
