"""Structured log lines: one JSON object a line on standard error. No query text, no cookies, no bodies."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from datetime import UTC, datetime
from typing import Any


def line(kind: str, **facts: Any) -> None:
    """Write one line. A log that cannot be written is no reason to fail a request."""
    record = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "kind": kind, "pid": os.getpid(), **facts}
    with contextlib.suppress(OSError, ValueError):
        os.write(sys.stderr.fileno(), json.dumps(record, ensure_ascii=False, default=str).encode() + b"\n")


def trace(problem: BaseException) -> list[str]:
    """Where a problem arose, without its message: messages may quote what a member wrote."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(problem.__traceback__)]
