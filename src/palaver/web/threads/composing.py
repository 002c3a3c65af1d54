"""What a writing form of ours needs beside its fields: drafts, the forum's rules and a newcomer's limits while writing."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums import drafting, naming, newcomers, rules
from palaver.forums.models import Draft, SourceText
from palaver.forums.rendering import PostLinks, render_post
from palaver.kit import clock
from palaver.kit.text import rendering
from palaver.web import contexts, moments


class Looked(NamedTuple):
    """A text as it will look, and what to say about it beside its fields: (field, sentence)."""

    html: str
    said: tuple[tuple[str, str], ...]
    longest_excerpt: int


def look(where: drafting.Place, *, by: Member, text: str, subject: str = "") -> Looked:
    """Render a text as the verb would, and ask what the verb would say. Raises Refusal when it is too long."""
    if (refusal := rendering.too_long(text)) is not None:
        raise refusal
    links = PostLinks(where.thread.pk if where.thread else None)
    rendered = render_post(text, SourceText.Kind.MARKDOWN, links=links)
    edits = where.key.startswith("edit:")
    starts = where.post.is_original if edits and where.post else where.thread is None
    posts = max(by.post_count, where.forum.posts_to_start) if edits else by.post_count
    writing = rules.Writing(where.forum, rendered, subject, starts, posts)
    said = [(found.field, found.sentence) for found in rules.findings(writing)]
    named = len(naming.mentioned(rendered, links, author_id=by.pk))
    said += [("text", sentence) for sentence in newcomers.too_much(by, rendered, named)]
    if named > naming.MOST_MENTIONS:
        said.append(
            (
                "text",
                _("Of the members you name, the first %(most)s will be told.") % {"most": naming.MOST_MENTIONS},
            )
        )
    return Looked(rendered.html, tuple(said), rules.longest_excerpt(rendered))


def known(request: HttpRequest) -> drafting.Known | None:
    """The draft that the sent form has been saved as: `key@revision`."""
    key, _at, revision = request.POST.get("draft", "").partition("@")
    if not revision.isascii() or not revision.isdecimal() or len(revision) > 9:
        return None
    return drafting.Known(key, int(revision))


def token(draft: Draft | None) -> str:
    """How a form carries its draft."""
    return "" if draft is None else f"{draft.place}@{draft.revision}"


def opened(request: HttpRequest, where: drafting.Place, by: Member) -> tuple[Draft | None, int]:
    """The draft a form is opened with – the newest of its place, or the one asked for – and how many more there are."""
    drafts = drafting.of_place(where, by=by)
    if not drafts:
        return None, 0
    asked = request.GET.get("draft", "")
    return next((one for one in drafts if str(one.pk) == asked), drafts[0]), len(drafts) - 1


def composer(
    request: HttpRequest,
    where: drafting.Place,
    *,
    by: Member,
    draft: Draft | None = None,
    others: int = 0,
    seen: int | None = None,
    kept: drafting.Kept | None = None,
    notes: tuple[str, ...] = (),
) -> contexts.Composer:
    """The form's surroundings. `draft` is what it was filled with; `kept` what its "Keep as draft" came to just now."""
    zone = moments.zone(request.viewer.time_zone)  # type: ignore[attr-defined]
    found, said = None, ""
    if draft is not None:
        found = contexts.DraftFound(draft.pk, moments.moment(draft.saved_at, zone, clock.now()), others)
    held = request.POST.get("draft", "")[:60] if request.method == "POST" else token(draft)
    if kept is not None:
        held = token(kept.draft)
        said = kept_sentence(kept)
    bounds = newcomers.limits(by)
    return contexts.Composer(
        place=where.key,
        draft=held,
        found=found,
        seen=seen,
        most_paragraphs=where.forum.quoted_paragraphs,
        notes=notes if bounds is None else (newcomers.note(bounds), *notes),
        kept=said,
    )


def kept_sentence(kept: drafting.Kept) -> str:
    """What to say after a save."""
    if kept.aside:
        return _("Another window has kept a newer draft of this, so yours is kept beside it. Both are under Drafts.")
    return "" if kept.draft is None else _("Kept as a draft.")
