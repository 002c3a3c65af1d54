"""Scenario files: a talk as JSON – what it begins with, dated acts, and the states expected on dates – and their replay.

Those under `files/` ship with Palaver: two from history, told neutrally from public sources, and five of everyday life.
docs/scenarios.md explains the shape, `schema.json` is its JSON Schema.
"""
