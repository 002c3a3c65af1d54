from __future__ import annotations

import io

from palaver.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_beside_a_terminal_each_state_is_a_line_of_its_own() -> None:
    stream = io.StringIO()
    with Progress("Importing", total=40, unit="posts", stream=stream, seconds_between_lines=0) as progress:
        for _ in range(4):
            progress.advance(10)
    lines = stream.getvalue().splitlines()
    assert len(lines) >= 4
    assert "\r" not in stream.getvalue()
    assert lines[-1].startswith("Importing: 100 %, 40 of 40 posts, ")
    assert lines[-1].endswith(" left")


def test_lines_keep_their_distance() -> None:
    stream = io.StringIO()
    with Progress("Importing", total=10_000, unit="posts", stream=stream, seconds_between_lines=3600) as progress:
        for _ in range(10_000):
            progress.advance()
    assert len(stream.getvalue().splitlines()) <= 2
    assert progress.done == 10_000


def test_on_a_terminal_one_line_is_drawn_anew() -> None:
    stream = Terminal()
    with Progress("Importing", total=40, unit="posts", stream=stream) as progress:
        progress.advance(40)
    assert stream.getvalue().count("\n") == 1
    assert "100%" in stream.getvalue()


def test_an_unknown_total_still_tells_number_and_rate() -> None:
    stream = io.StringIO()
    with Progress("Reading", unit="lines", stream=stream, seconds_between_lines=0) as progress:
        progress.advance(7)
    assert "Reading: 7 lines, " in stream.getvalue()


def test_work_that_goes_on_counts_from_where_it_was() -> None:
    with Progress("Importing", total=40, done=30, unit="posts", stream=io.StringIO()) as progress:
        progress.advance(5)
        assert progress.done == 35


def test_a_note_does_not_tear_the_lines() -> None:
    stream = io.StringIO()
    with Progress("Importing", total=2, unit="posts", stream=stream, seconds_between_lines=0) as progress:
        progress.advance()
        progress.say("Post 7 has no author.")
        progress.advance()
    assert "Post 7 has no author." in stream.getvalue().splitlines()
