from palaver.reading.models.bookmark import Bookmark
from palaver.reading.models.marks import ForumMark, ThreadMark
from palaver.reading.models.sight import Follow, Ignore, Trash

__all__ = ["Bookmark", "Follow", "ForumMark", "Ignore", "ThreadMark", "Trash"]
