"""A mail server of our own on this machine; no mail of a test goes anywhere else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.kit.conftest import start

__all__ = ["start"]


class Postbox:
    """Keeps what it accepts; `answer` is what it says after the text, `refuse` mailboxes it will not take."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.letters: list[tuple[str, list[str], EmailMessage]] = []
        self.answer = "250 OK"
        self.refuse: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("2"):
            letter = BytesParser(policy=default).parsebytes(envelope.content)
            self.letters.append((envelope.mail_from, envelope.rcpt_tos, letter))  # type: ignore[arg-type]
        return self.answer


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Postbox(port)
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture(autouse=True)
def mail_as_rows(settings: Any) -> None:
    settings.EMAIL_BACKEND = "palaver.delivery.mail.backend.RowBackend"
    settings.PALAVER_MAIL_URL = ""


@pytest.fixture
def carrier(postbox: Postbox, settings: Any) -> Postbox:
    settings.PALAVER_MAIL_URL = f"smtp://127.0.0.1:{postbox.port}?timeout=5"
    return postbox
