"""The address map: each package of pages brings its own."""

from __future__ import annotations

from palaver.web.addresses import urlpatterns

__all__ = ["urlpatterns"]
