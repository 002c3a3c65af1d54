"""The desk's page about the community itself: what it says, how people join."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palaver.accounts import applying
from palaver.community import settling
from palaver.web.accounts import ways
from palaver.web.doors import operators, the_member
from palaver.web.operators import acting
from palaver.web.standing import standing


@require_http_methods(["GET", "POST"])
@operators
def community(request: HttpRequest) -> HttpResponse:
    """One form."""

    def settle(given: Mapping[str, str]) -> str:
        settling.settle(
            by=the_member(request),
            name=given.get("name", ""),
            sentence=given.get("sentence", ""),
            sign_up=given.get("sign_up", ""),
            question=given.get("question", ""),
            members_invite="members_invite" in given,
            contact=given.get("contact", ""),
        )
        return _("Saved. It is on the record that this was changed.")

    done, tried = acting.act(request, {"settle": settle}, "/desk/community")
    if done:
        return done
    said, field = standing().about, tried.field
    form = tried.form(
        "settle",
        "",
        _("Save"),
        field("settle", "name", _("Name"), value=said.name, required=True, maximum=settling.LONGEST["name"]),
        field(
            "settle",
            "sentence",
            _("In one sentence"),
            value=said.sentence,
            maximum=settling.LONGEST["sentence"],
            help=_("The first thing a guest reads."),
        ),
        field(
            "settle",
            "sign_up",
            _("Who may join"),
            "select",
            value=said.sign_up,
            options=tuple((value, f"{name} – {sentence}") for value, name, sentence in ways.all_ways()),
        ),
        field(
            "settle",
            "question",
            _("The question asked of those who want to join"),
            value=said.question or applying.question(),
            maximum=settling.LONGEST["question"],
            help=_("Only when people join by approval."),
        ),
        field(
            "settle",
            "members_invite",
            _("Members may invite, not operators alone"),
            "checkbox",
            value="on" if said.members_invite else "",
        ),
        field(
            "settle",
            "contact",
            _("Where copies of what is written at /contact go"),
            "email",
            value=said.contact,
            help=_("An e-mail address, or nothing."),
        ),
    )
    return acting.room(
        request,
        "community",
        _("Community"),
        _("What it says of itself, and how people join. Each change is on the record, with your name."),
        form,
        tried=tried,
    )
