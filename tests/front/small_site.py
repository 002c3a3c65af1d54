"""A Django site of a few views, served by the real supervisor in a process of its own: no domain, no database.

Run as `python small_site.py PORT HOME [WORKERS]`.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import path, re_path

from palaver.front.exchange import Reply, Request
from palaver.front.given import Front

shown = {"text": "first"}


def configure() -> None:
    if not settings.configured:
        settings.configure(
            DEBUG=False,
            SECRET_KEY="only for this site",
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF=__name__,
            MIDDLEWARE=[],
            DATABASES={},
            INSTALLED_APPS=[],
            DATA_UPLOAD_MAX_MEMORY_SIZE=None,
            USE_TZ=True,
        )
        import django

        django.setup()


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"Hello {request.META['REMOTE_ADDR']} by {request.scheme}")


def environment(request: HttpRequest) -> HttpResponse:
    lines = [f"{name}={value}" for name, value in sorted(request.META.items()) if isinstance(value, str)]
    return HttpResponse("\n".join(lines), content_type="text/plain")


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body, content_type="application/octet-stream")


def slow(request: HttpRequest) -> HttpResponse:
    time.sleep(float(request.GET.get("s", "1")))
    return HttpResponse("done")


def page(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("<p>" + shown["text"] + "</p>" + "a word or two " * 200)
    response.cache_words = frozenset({"thread:1", "front"})  # type: ignore[attr-defined]
    return response


def broken(request: HttpRequest) -> HttpResponse:
    raise KeyError("a member's secret")


def pieces(request: HttpRequest) -> HttpResponseBase:
    return StreamingHttpResponse(b"%07d\n" % number for number in range(100_000))


def file(request: HttpRequest) -> HttpResponseBase:
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    stream.write(b"0123456789" * 100_000)
    stream.seek(0)
    return FileResponse(stream, content_type="application/zip")


def cookies(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("two cookies")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


urlpatterns = [
    path("", hello),
    path("env", environment),
    path("echo", echo),
    path("slow", slow),
    path("pages", page),
    path("broken", broken),
    path("pieces", pieces),
    path("file", file),
    path("cookies", cookies),
    re_path("^café$", hello),
]


def ticking(request: Request, reply: Reply, running: Any) -> None:
    """A stream that says hello and then waits for the drain."""
    reply.start(200, [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")])
    reply.write(b": hello\n\n")

    def goodbye() -> None:
        reply.write(b"retry: 1234\n\n")
        reply.end()

    running.when_draining(goodbye)


def load() -> Any:
    configure()
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


def front(home: Path, **more: Any) -> Front:
    return Front(
        load=load,
        home_run=home,
        classify=lambda method, where: "slow" if where == "/slow" else "pages",
        queries=lambda where: ("page", "view") if where == "/pages" else None,
        body_cap=lambda method, where: 4_000_000 if where == "/echo" else 1000,
        headers=[("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", "default-src 'self'")],
        static=[("/static/0123456789abcdef.css", b"body { color: black }\n" * 100), ("/static/plain.svg", b"<svg/>")],
        streams={"/stream": ticking},
        **{"slow_queue": 1, **more},
    )


def jobs(stop: threading.Event) -> None:
    while not stop.wait(0.2):
        pass


if __name__ == "__main__":
    from palaver.front import supervisor

    home = Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    supervisor.run(front(home), "127.0.0.1", int(sys.argv[1]), workers=count, jobs=jobs)
