"""GET /media/…: a picture to be shown, a file to be saved. The bytes never change, so their checksum is their ETag."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.http import content_disposition_header, parse_etags

from palaver.forums import attaching
from palaver.forums.models import Attachment
from palaver.forums.permissions import everyone_may_see_attachment, may_see_attachment
from palaver.standards.permissions import may_see_judged
from palaver.web.doors import everyone, member

# Opened on its own, a picture or file is a page without rights: nothing in it runs or loads, whatever it turns out to be.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
FOR_EVERYONE = "public, max-age=86400, immutable"
FOR_SOME = "private, no-cache"


@everyone
def whole(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """A picture or file as it is kept."""
    row = _found(request, token, name)
    return _answer(request, row, row.checksum)


@everyone
def small(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """A picture's smaller copy; the picture itself when it is small."""
    row = _found(request, token, name)
    if row.kind != Attachment.Kind.PICTURE:
        raise Http404
    return _answer(request, row, row.thumbnail_checksum or row.checksum)


def _found(request: HttpRequest, token: str, name: str) -> Attachment:
    """The row, if this reader may see it; else there is nothing at the address."""
    row = Attachment.objects.filter(token=token).first() if len(token) <= 32 else None
    if row is None or row.name != name:
        raise Http404
    by = member(request)
    if not may_see_attachment(by, row) and not may_see_judged(by, row):
        raise Http404
    return row


def _answer(request: HttpRequest, row: Attachment, checksum: str) -> HttpResponse:
    etag = f'"{checksum[:32]}"'
    unchanged = etag in {tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))}
    response: HttpResponseBase
    if unchanged:
        response = HttpResponseNotModified()
    else:
        try:
            file = attaching.store().path(checksum).open("rb")
        except FileNotFoundError:
            raise Http404 from None
        text = row.mime.startswith("text/")
        response = FileResponse(file, content_type=f"{row.mime}; charset=utf-8" if text else row.mime)
        shown = row.kind == Attachment.Kind.PICTURE
        response["Content-Disposition"] = content_disposition_header(not shown, row.name) or "inline"
    response["ETag"] = etag
    response["Cache-Control"] = FOR_EVERYONE if everyone_may_see_attachment(row) else FOR_SOME
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response  # type: ignore[return-value]
