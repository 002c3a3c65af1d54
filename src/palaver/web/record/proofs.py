"""What outsiders fetch to recompute the record and the draws, and the file that does it. The same for everybody with equal rights."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from palaver.accounts.reads import Viewer
from palaver.kit import pagination
from palaver.record import chain
from palaver.standards import proving
from palaver.web.doors import everyone
from palaver.web.freshness import cacheable
from palaver.web.shell import readable

WORDS = ("record", "places")


def _public(body: str, kind: str) -> HttpResponse:
    """An answer that readers in browsers of other sites may fetch too: it holds nothing that a guest could not."""
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _json(value: dict[str, Any]) -> HttpResponse:
    return _public(chain.canonical(value), "application/json")


@everyone
def entries(request: HttpRequest) -> HttpResponse:
    """A page of the record as guests may see it, from the entry `from` on."""
    first = pagination.asked(request.GET.get("from"))
    return cacheable(_json(proving.entries(first, readable=readable(None))), [*WORDS, "juries"])


@everyone
def heads(request: HttpRequest) -> HttpResponse:
    """The last entry of each day, so that whoever keeps this file can tell later whether the chain was written anew."""
    return cacheable(_json({"format": proving.FORMAT, "heads": proving.heads()}), WORDS)


@everyone
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """The proof of one case; there is none before its verdict. Who may read the post's forum gets what concerns it too."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    found = proving.case(case_id, readable=readable(viewer))
    if found is None:
        raise Http404
    return cacheable(_json(found), [f"case:{case_id}", *WORDS])


@everyone
def verifier(request: HttpRequest) -> HttpResponse:
    """The verifier: one file that needs Python and these addresses."""
    response = _public(proving.VERIFIER.read_text(encoding="utf-8"), "text/x-python")
    response["Content-Disposition"] = 'inline; filename="verify.py"'
    return cacheable(response, [])
