"""The founder's token: a secret in the home, printed on the console by `palaver serve`, good for one set-up.

Whoever may read the home's secrets, or the console, runs the installation; nobody else may set it up. Wrong tries are
counted in a file beside the token, because page workers are several processes.
"""

from __future__ import annotations

import contextlib
import fcntl
import hmac
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from palaver.kit import clock, env

FILE = "set_up_token"
TRIES = "set_up_tries"
WINDOW = 600
"""Seconds for which a wrong try counts."""
FROM_ONE_ADDRESS = 10
FROM_ALL = 200


def token() -> str:
    """The token, made with mode 600 when there is none yet."""
    return env.secret("PALAVER_SET_UP_TOKEN", FILE)


def forget() -> None:
    """The installation is set up: the token opens nothing any more."""
    for name in (FILE, TRIES):
        (_folder() / name).unlink(missing_ok=True)


def opens(given: str, *, address: str) -> bool | None:
    """Whether this is the token: True or False, and None when too many wrong ones were tried (then the right one waits too)."""
    with _tries() as tries:
        if len(tries) >= FROM_ALL or sum(one[0] == address for one in tries) >= FROM_ONE_ADDRESS:
            return None
        if given and hmac.compare_digest(given.encode("utf-8", "replace"), token().encode()):
            return True
        if given:
            tries.append([address, clock.now().timestamp()])
        return False


@contextlib.contextmanager
def _tries() -> Iterator[list[Any]]:
    """The wrong tries of the last minutes, locked while one of the workers looks at them."""
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(_folder() / TRIES, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            held: list[Any] = json.loads(file.read() or "[]")
        except ValueError:
            held = []
        since = clock.now().timestamp() - WINDOW
        tries = [one for one in held if one[1] > since]
        yield tries
        file.seek(0)
        file.truncate()
        file.write(json.dumps(tries))


def _folder() -> Path:
    return env.home() / "secrets"
