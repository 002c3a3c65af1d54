"""Feeds: every list that guests may read, as Atom (RFC 4287) and JSON Feed 1.1.

`atom` and `json` write what any page can give them as `Entry` rows; `respond` answers a request with it. A feed is the same
for everybody: it holds what guests may read and nothing else, whoever asks. So a forum with a gate has none; that would
take a secret address for each member, which is not built.
"""

from palaver.web.feeds.answering import respond
from palaver.web.feeds.writing import Entry, Feed, atom, json

__all__ = ["Entry", "Feed", "atom", "json", "respond"]
