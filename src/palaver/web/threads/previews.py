"""How a text will look, by the same pipeline as the post, with what the forum's rules say about it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from palaver.forums import drafting
from palaver.kit.decisions import Refusal
from palaver.web.doors import members, the_member
from palaver.web.threads import composing

FORM_FIELDS = {"text": "body"}


@require_POST
@members
def preview(request: HttpRequest) -> HttpResponse:
    """JSON for the script: `html`, `said` (field and sentence), `longest` (paragraphs of the longest excerpt)."""
    by = the_member(request)
    try:
        where = drafting.place(request.POST.get("place", ""), by=by)
        looked = composing.look(
            where, by=by, text=request.POST.get("body", ""), subject=request.POST.get("subject", "")[:500]
        )
    except Refusal as refusal:
        field = FORM_FIELDS.get(refusal.field, refusal.field)
        return JsonResponse({"html": "", "said": [[field, refusal.because]], "longest": 0}, status=refusal.status)
    said = [[FORM_FIELDS.get(field, field), sentence] for field, sentence in looked.said]
    return JsonResponse({"html": looked.html, "said": said, "longest": looked.longest_excerpt})
