"""What comes in from other engines: importers, each in a folder of its own, over one engine that stores and resumes.

What it is not: a way round the rules. Texts pass `kit.text` like everybody's, nobody is mailed, no events of single
posts are published; a batch that was stored and an import that has ended are the only two things told (`events.py`).

Words: a *draft* is a thread, post or person as the old engine tells it, before it has an id here; an *origin* is one
old community (a row of `Import`); a *thing* remembers what an old id became, so that running again doubles nothing.
"""
