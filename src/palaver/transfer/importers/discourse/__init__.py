"""Discourse, from an archive of topic JSON as its own `/t/<id>.json` gives it: one file a topic, in a folder or a tar.

Such an archive is what a guest could read: no addresses of people, no names of those who liked, no names of categories.
What the old forum showed is kept; what it did not tell is said to be unknown, never made up.
"""

from palaver.transfer.importers.discourse.reading import Discourse

__all__ = ["Discourse"]
