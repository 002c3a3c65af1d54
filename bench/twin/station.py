"""The twin's side of the measuring line: see `bench.stations`."""

from __future__ import annotations

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.twin.settings"

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import stations  # noqa: E402
from bench.twin.models import Member, Thread  # noqa: E402


def sign_in(member_id: int) -> str:
    """The cookie of a stock session of this member."""
    from django.contrib.sessions.backends.db import SessionStore

    member = Member.objects.get(pk=member_id)
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}"


def main() -> None:
    # The one table that is the twin's own: stock sessions.
    call_command("migrate", "sessions", verbosity=0, interactive=False, skip_checks=True)
    thread = Thread.objects.get(pk=int(sys.argv[1]))
    cookie = sign_in(1)
    handler = get_wsgi_application()
    page = stations.wsgi(handler, thread.get_absolute_url(), cookie)
    hello = stations.wsgi(handler, "/hello", cookie)
    with CaptureQueriesContext(connection) as captured:
        page()
    stations.serve({"page": page, "hello": hello}, facts={"statements": len(captured)})


if __name__ == "__main__":
    main()
