from palaver.reading.models.marks import ForumMark, ThreadMark

__all__ = ["ForumMark", "ThreadMark"]
