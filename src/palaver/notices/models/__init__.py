"""The nouns of notices, one per file."""

from palaver.notices.models.choice import Choice
from palaver.notices.models.device import Device
from palaver.notices.models.notice import Notice
from palaver.notices.models.timetable import Timetable

__all__ = ["Choice", "Device", "Notice", "Timetable"]
