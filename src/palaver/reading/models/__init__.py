from palaver.reading.models.bookmark import Bookmark
from palaver.reading.models.follow import Follow
from palaver.reading.models.ignore import Ignore
from palaver.reading.models.marks import ForumMark, ThreadMark
from palaver.reading.models.trash import Trash

__all__ = ["Bookmark", "Follow", "ForumMark", "Ignore", "ThreadMark", "Trash"]
