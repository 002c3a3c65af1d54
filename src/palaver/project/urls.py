"""The address map: each package of pages brings its own."""

from __future__ import annotations

from palaver.web.addresses import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
