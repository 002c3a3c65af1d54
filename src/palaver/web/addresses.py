"""The address map of the pages. Every view names its permission or stands in `web.public`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
