"""The one table of live."""

from palaver.live.models.event import LiveEvent

__all__ = ["LiveEvent"]
