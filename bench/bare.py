"""Bare ASGI: the same statements and the same templates as the thread page, and nothing else.

No framework stands between the scope and the rows: no URL map, no middleware, no request object, no permission asked, no
messages, no translation chosen. What the product costs beyond this is what its framework and its care cost (row 5).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings

from palaver.accounts.reads import viewer
from palaver.forums import reads as forum_reads
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.reading import reads
from palaver.web import assembling, contexts, moments
from palaver.web.shell import community, environment, forum_href, forum_link, places, trail
from palaver.web.threads import assembly, drawing, fragments, tables

_THREAD = re.compile(r"^/t/(\d+)/")


class Bare:
    """An ASGI callable that answers the first flat page of a thread to a member."""

    def __init__(self) -> None:
        known = places()
        self.template = environment().get_template("threads/thread.html")
        self.places = tuple(contexts.Tab(row.name, forum_href(row)) for row in known.main)
        self.rail = tuple(
            contexts.RailCategory(row.name, f"/c/{row.slug}/", row.mark)  # type: ignore[arg-type]
            for row in known.categories.values()
        )

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        cookies = SimpleCookie(next(value for name, value in scope["headers"] if name == b"cookie").decode())
        found = _THREAD.match(scope["path"])
        assert found is not None
        body = self.page(int(found[1]), cookies[settings.SESSION_COOKIE_NAME].value).encode()
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html; charset=utf-8")]}
        )
        await send({"type": "http.response.body", "body": body})

    def page(self, thread_id: int, session_key: str) -> str:
        """The statements, the moulds, the template."""
        asking = viewer(session_key)
        assert asking is not None
        head = reads.thread_head(thread_id, asking)
        assert head is not None
        rows = forum_reads.flat_page(thread_id, 0, member_id=asking.id, size=51)
        bodies = fragments.of(rows, "en")
        where, now = moments.zone(asking.time_zone), clock.now()
        here = frozenset(row.number for row in rows)
        chosen = assembly.light(asking.highlight, head)
        opening = assembly.post_view(rows[0], head, asking, bodies, chosen, where, now, "en", here)
        views = drawing.posts(
            rows[1:], head, asking, bodies, chosen, where, now, "en", here, takes_replies=True, mark_first=True
        )
        forum = places().forums[head.forum_id]
        frame = contexts.Shell(
            community=community(), title=head.subject, reader=contexts.Reader(asking.name, member_address(asking.name)),
            places=self.places, rail_categories=self.rail, trail=trail(forum=forum), here=f"/t/{thread_id}/{head.slug}",
        )  # fmt: skip
        page = contexts.ThreadPage(
            id=head.id, subject=head.subject, view="flat", op=opening, op_edited=None,
            posts=assembling.posts(environment(), views, "en", tree=False, signed_in=True), replies=head.post_count - 1,
            views=(), table=tables.whole(head, asking, here, limit=201), pager=contexts.Pager(),
            forum=forum_link(forum), forum_sentence=forum.description, forum_about="", hosts=(), highlights=(),
            reply=contexts.ReplyForm(action=f"/t/{head.id}/replies", once="bare"), last_number=head.last_number, new=0, new_href="",
        )  # fmt: skip
        return self.template.render(shell=frame, page=page)
