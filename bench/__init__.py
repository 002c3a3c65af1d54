"""The measurements: what page 7 of the design asks of speed, as ratios taken in one run on the machine at hand.

`bin/bench` makes a community (`community`), serves it, its in-repo Django twin (`twin`), a bare ASGI application (`bare`)
and nginx beside one another, and prints one line a row. Everything speaks over loopback only, ends by itself, and ends
only what it started. Nothing of `palaver` imports this package.

Not here: tests. No test asserts a time; `tests/bench` only holds that what is measured is what is meant.
"""
