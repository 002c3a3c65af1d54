"""A member's own reading: marks and positions, highlight, bookmarks, and what they put out of sight or follow.

All of it is the member's alone: nobody else sees it, and nothing here changes what others see or in which order. It is
not speech and not judging, so it stays open to the suspended. Subscriptions lie in `forums` (a post tells them), the
avoidance list in `accounts` (a jury will ask it).
"""
