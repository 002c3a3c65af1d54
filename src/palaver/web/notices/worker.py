"""The service worker: a script that shows pushes while no page is open. It fetches nothing and keeps nothing."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from palaver.web import building
from palaver.web.doors import everyone

PLACE = building.SOURCE / "worker" / "sw.js"


@everyone
def worker(request: HttpRequest) -> HttpResponse:
    """It stands at the root, because a worker minds only what lies below its own address."""
    script, mark = _script()
    if request.headers.get("If-None-Match") == mark:
        return HttpResponseNotModified(headers={"ETag": mark})
    return HttpResponse(
        script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache", "ETag": mark}
    )


@lru_cache(maxsize=1)
def _script() -> tuple[bytes, str]:
    content = PLACE.read_bytes()
    return content, f'"{sha256(content).hexdigest()[:16]}"'
