"""Rows of the index and of what members keep of it."""

from palaver.search.models.document import Building, Document
from palaver.search.models.saved_search import SavedSearch

__all__ = ["Building", "Document", "SavedSearch"]
