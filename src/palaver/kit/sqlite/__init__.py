"""A Django database backend for SQLite as Palaver uses it: one file, many processes, no acknowledged write lost.

What it adds to Django's own: write-ahead log, one fair writer at a time (an advisory file lock before BEGIN IMMEDIATE),
and a refusal of every write outside a transaction. It is not a pool, and it knows no table of ours.

Words: *content* is what a member was told is kept (`synchronous=FULL`, one sync per commit); *relaxed* is what may be
lost with the power, but never with the process (see `kit.durability`); *upkeep* is VACUUM, ANALYZE and their like.
"""
