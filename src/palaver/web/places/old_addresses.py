"""Addresses of imported communities: where nothing of ours stands, the old place may lead to the new one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from palaver.transfer import redirecting
from palaver.web import errors


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing at this address: unless an old community had something there, which has moved for good."""
    if request.method in {"GET", "HEAD"}:
        target = redirecting.target(request.path)
        if target is not None:
            return redirect(target, permanent=True)
    return errors.page(request, 404)
