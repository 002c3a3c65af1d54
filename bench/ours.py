"""The product's side of the measuring line: Django called the way a lane of the front calls it.

`page` keeps the fragments of posts, `cold` empties their store before each call, `bare` is `bench.bare` on the same rows.
"""

from __future__ import annotations

import contextlib
import sys

from bench import ground, stations

ground.ready()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.bare import Bare  # noqa: E402
from palaver.front import rendering  # noqa: E402
from palaver.front.exchange import Request  # noqa: E402
from palaver.web.threads import drawing, fragments, tables  # noqa: E402


def lane(path: str, cookie: str) -> stations.Call:
    """A call as the front makes it on the thread of a lane, from the request it has parsed to the whole body."""
    handler = get_wsgi_application()
    name, _, query = path.partition("?")
    headers = {
        b"host": b"127.0.0.1", b"accept": b"text/html", b"accept-language": b"en", b"cookie": cookie.encode(),
    }  # fmt: skip

    def call() -> bytes:
        request = Request("GET", name.encode(), query.encode(), dict(headers), peer="127.0.0.1")
        rendered = rendering.render(handler, request, ())
        if rendered.status != 200:
            sys.exit(f"{path} answered {rendered.status}: {rendered.body[:500]!r}")
        return rendered.body

    return call


def main() -> None:
    path, cookie = ground.thread_address(int(sys.argv[1])), ground.sign_in(1)
    page = lane(path, cookie)
    long = ground.thread_address(ground.community.LONG_THREAD)
    last = ground.last_pages()

    def cold() -> bytes:
        fragments.store.cache_clear()
        drawing.forget()
        tables.forget()
        return page()

    bare = Bare()
    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())],
    }  # fmt: skip

    def bared() -> bytes:
        body = bytearray()

        async def send(message: dict[str, object]) -> None:
            body.extend(message.get("body", b""))  # type: ignore[arg-type]

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        # Nothing in it waits, so it runs to its end at the first step; Django refuses statements inside a running loop.
        with contextlib.suppress(StopIteration):
            bare(scope, receive, send).send(None)
        return bytes(body)

    page()
    with CaptureQueriesContext(connection) as captured:
        page()
    stations.serve(
        {
            "page": page, "cold": cold, "bare": bared,
            "flat-first": lane(long + "?view=flat", cookie), "flat-last": lane(f"{long}?view=flat&page={last['flat']}", cookie),
            "tree-first": lane(long + "?view=tree", cookie), "tree-last": lane(f"{long}?view=tree&from={last['tree']}", cookie),
        },
        facts={"statements": len(captured), "posts": [0, *range(1, 51)]},
    )  # fmt: skip


if __name__ == "__main__":
    main()
