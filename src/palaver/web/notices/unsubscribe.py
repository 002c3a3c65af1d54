"""The link at the foot of a mail. Whoever holds the mail may stop it: no sign-in, and one POST by a mail program will do.

RFC 8058 has mail programs send the POST from their own servers, with no cookie and no page of ours before it. So this one
address is exempt from the token that forms carry; what protects it is the signature in the address, and all it can do is stop mail.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from palaver.kit.decisions import Refusal
from palaver.notices import unsubscribing
from palaver.web.notices import contexts
from palaver.web.shell import answer, shell


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, because programs that look for harm open every link of a mail; POST stops."""
    frame = shell(request, _("No more of this mail"), robots="noindex")
    try:
        what = unsubscribing.read(token)
    except Refusal as refusal:
        page = contexts.UnsubscribePage("", request.path, problem=refusal.because)
        return answer("notices/unsubscribe.html", frame, page, status=404)
    done = request.method == "POST"
    if done:
        unsubscribing.stop(what)
    return answer(
        "notices/unsubscribe.html", frame, contexts.UnsubscribePage(unsubscribing.told(what), request.path, done=done)
    )


unsubscribe.permission = "everyone"  # type: ignore[attr-defined]
