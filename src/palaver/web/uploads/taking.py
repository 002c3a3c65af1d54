"""Taking in what a form brings. POST /uploads answers the script with JSON, and a plain form with the form it came from:
the text as it was typed, the picture's Markdown at its end, and a preview."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from palaver.forums import attaching
from palaver.forums.models import Attachment
from palaver.kit.decisions import Refusal
from palaver.kit.pictures import limits
from palaver.web import errors
from palaver.web.doors import members, the_member

BODY_CAP = max(limits.BYTES, attaching.FILE_BYTES) + 1024 * 1024
"""Bytes of a whole upload: the largest picture or file, and the text that comes along."""

FORMS = frozenset({"thread-start", "thread-replies", "post-reply", "post-edit"})
"""The addresses whose forms take pictures: those that show their form again when they are asked for a preview."""


def taken_in(request: HttpRequest) -> Attachment:
    """The picture or file of a form's field `file`, put up for the member who asks. Raises Refusal, NotAllowed."""
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise Refusal(_("No picture or file was chosen. Choose one, then add it."), field="file")
    if (given.size or 0) > BODY_CAP:
        raise Refusal(_("This file is too large."), field="file")
    return attaching.put_up(owner=the_member(request), name=given.name or "", data=given.read())


def nothing_left_out(request: HttpRequest) -> None:
    """Refuses a form that is sent while a chosen picture has not been added to the text: it would be lost quietly.

    A form that is not multipart sends a chosen file's name as words.
    """
    name = request.POST.get("file", "")
    if name:
        raise Refusal(
            _(
                "You have chosen “%(name)s” but not added it yet. Choose it again and press “Add to the text”, or send as it is."
            )
            % {"name": name[:80]},
            field="file",
        )


@require_POST
@members
def upload(request: HttpRequest) -> HttpResponse:
    """Put up one picture or file."""
    alt = request.POST.get("alt", "")
    by_script = "application/json" in request.headers.get("Accept", "")
    try:
        row = taken_in(request)
    except Refusal as refusal:
        if by_script:
            return JsonResponse({"problem": refusal.because}, status=refusal.status)
        return _form_again(request, "", refusal)
    written = attaching.markdown(row, alt)
    if by_script:
        return JsonResponse(
            {
                "markdown": written,
                "address": attaching.address(row),
                "picture": row.kind == Attachment.Kind.PICTURE,
                "name": row.name,
            },
            status=201,
        )
    return _form_again(request, written, None)


def _form_again(request: HttpRequest, written: str, refusal: Refusal | None) -> HttpResponse:
    """The form that this came from, as its own view draws it. Nothing is posted: it is asked for a preview."""
    try:
        match = resolve(request.POST.get("to", ""))
    except Resolver404:
        match = None
    if match is None or match.url_name not in FORMS:
        if refusal is not None:
            raise refusal
        return errors.page(request, 400)
    form = request.POST.copy()
    body = form.get("body", "").rstrip()
    if written:
        form["body"] = f"{body}\n\n{written}\n" if body else f"{written}\n"
        for name in ("alt", "file"):
            form.pop(name, None)
    form["preview"] = "1"
    request.POST = form  # type: ignore[assignment]
    if refusal is not None:
        messages.error(request, refusal.because)
        request._messages_added = True  # type: ignore[attr-defined]
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if refusal is not None and response.status_code == 200:
        response.status_code = refusal.status
    return response
