"""Web Push against a service that speaks its protocol, over a real socket; what arrives is opened with the browser's own keys."""

from __future__ import annotations

import base64
import json
import os
import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.db import transaction

from palaver.accounts.models import Member
from palaver.delivery import guard
from palaver.delivery.models import Endpoint, Push
from palaver.delivery.push import keys, sending, writing
from palaver.forums import placing
from palaver.forums.models import Forum
from palaver.kit import clock, due
from palaver.kit.due.models import Due
from palaver.notices import choosing
from palaver.notices.models import Device, Notice
from tests.cast import Cast, original
from tests.notices.conftest import work

pytestmark = pytest.mark.django_db(transaction=True)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Service:
    """A push service: takes what is sent to its endpoints and keeps it as it came."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.taken.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(service.answers.pop(0) if service.answers else 201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Browser:
    """One browser with keys of its own."""

    def __init__(self, service: Service, name: str = "a") -> None:
        self.url = f"http://{service.host}/push/{name}"
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)

    def let_tell(self, member: Member) -> Device:
        point = self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return choosing.enlist(member, url=self.url, public_key=b64(point), secret=b64(self.secret), name="Firefox")

    def open(self, body: bytes) -> dict[str, Any]:
        clear = http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret, version="aes128gcm")
        opened: dict[str, Any] = json.loads(clear)
        return opened


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    made = Service()
    settings.PALAVER_PRIVATE_HOSTS = frozenset({made.host})
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_push_is_opened_by_its_browser_alone_and_says_who_sent_it(cast: Cast, service: Service) -> None:
    browser, other = Browser(service), Browser(service, "b")
    browser.let_tell(cast.ana)
    thread = cast.thread("Grüße", by=cast.ana)
    cast.reply(thread, by=cast.bram, answers=original(thread))
    work(minutes=2)
    ((path, headers, body),) = service.taken
    notice = Notice.objects.get()
    assert path == "/push/a"
    assert browser.open(body) == {
        "title": "Bram answered you",
        "body": "Grüße",
        "url": f"/notices/{notice.pk}",
        "tag": f"notice-{notice.pk}",
    }
    assert b"Gr" not in body and b"Bram" not in body
    with pytest.raises(Exception):  # noqa: B017  (whatever the library says, it must not open)
        other.open(body)
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["ttl"] == "86400"
    assert headers["topic"] == f"notice-{notice.pk}"
    token, key = (part.split("=", 1)[1] for part in headers["authorization"].removeprefix("vapid ").split(","))
    assert key == keys.public_key()
    head, claims, signature = token.split(".")
    assert json.loads(unb64(head))["alg"] == "ES256"
    told = json.loads(unb64(claims))
    assert told["aud"] == f"http://{service.host}"
    assert told["sub"].startswith("mailto:")
    assert 0 < told["exp"] - clock.now().timestamp() < 86400
    raw = unb64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    keys.private_key().public_key().verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert Push.objects.get().state == "sent"


def test_the_key_is_a_file_that_others_cannot_read(cast: Cast) -> None:
    first = keys.public_key()
    assert stat.S_IMODE(keys.path().stat().st_mode) == 0o600
    keys._read.cache_clear()
    assert keys.public_key() == first
    assert len(unb64(first)) == 65


@pytest.mark.parametrize("status", [404, 410])
def test_an_endpoint_that_is_gone_is_dropped(cast: Cast, service: Service, status: int) -> None:
    Browser(service).let_tell(cast.ana)
    stays = Browser(service, "b")
    stays.let_tell(cast.bram)
    service.answers = [status]
    thread = cast.thread(by=cast.ana)
    cast.reply(thread, by=cast.bram, answers=original(thread))
    work(minutes=2)
    assert list(Device.objects.values_list("member_id", flat=True)) == [cast.bram.pk]
    assert list(Endpoint.objects.values_list("url", flat=True)) == [stays.url]
    assert not Push.objects.exists() and not Due.objects.exists()


def test_a_service_in_trouble_is_asked_again(cast: Cast, service: Service) -> None:
    Browser(service).let_tell(cast.ana)
    service.answers = [503, 429, 201]
    with transaction.atomic():
        push = writing.write(Endpoint.objects.get(), {"title": "Hello"})
    work()
    assert Push.objects.get().state == "waiting"
    assert Push.objects.get().last_words.startswith("Refused: 503")
    work(minutes=1)
    work(minutes=5)
    assert len(service.taken) == 3
    push.refresh_from_db()
    assert (push.state, push.attempts, push.may_have_gone_twice) == ("sent", 3, False)


def test_what_is_refused_for_ever_stays_for_the_operators(cast: Cast, service: Service) -> None:
    Browser(service).let_tell(cast.ana)
    service.answers = [400]
    with transaction.atomic():
        writing.write(Endpoint.objects.get(), {"title": "Hello"})
    work()
    assert Push.objects.in_trouble().get().state == "failed"
    assert due.given_up().get().last_words.startswith("Refused: 400")


def test_death_in_the_middle_of_a_push_is_visible(cast: Cast, service: Service) -> None:
    Browser(service).let_tell(cast.ana)
    with transaction.atomic():
        push = writing.write(Endpoint.objects.get(), {"title": "Hello"})
        Push.objects.filter(pk=push.pk).update(state="sending", attempts=1)
    work()
    push.refresh_from_db()
    assert (push.state, push.may_have_gone_twice) == ("sent", True)


def test_a_push_inside_a_transaction_is_refused(cast: Cast, service: Service) -> None:
    Browser(service).let_tell(cast.ana)
    with pytest.raises(RuntimeError), transaction.atomic():
        sending.send(writing.write(Endpoint.objects.get(), {"title": "Hello"}).pk)


def test_nothing_of_a_closed_forum_is_pushed(cast: Cast, service: Service) -> None:
    Browser(service).let_tell(cast.ana)
    thread = cast.thread("Canary", by=cast.ana, forum=cast.kitchen)
    cast.reply(thread, by=cast.bram, answers=original(thread))
    placing.change_forum(Forum.objects.get(pk=cast.kitchen.pk), by=cast.odile, who_reads="admitted")
    work(minutes=2)
    assert service.taken == []


def test_long_words_fit_what_services_take(cast: Cast, service: Service) -> None:
    Browser(service).let_tell(cast.ana)
    with transaction.atomic():
        push = writing.write(Endpoint.objects.get(), {"title": "ü" * 9000, "body": "short", "url": "/notices/1"})
    assert push.payload["body"] == "short" and push.payload["url"] == "/notices/1"
    work()
    ((_path, _headers, body),) = service.taken
    assert len(body) <= 4096


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://[64:ff9b::7f00:1]/x",
        "https://[2002:7f00:1::]/x",
        "https://10.1.2.3/x",
        "https://192.168.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/x",
        "https://0.0.0.0/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://127.1/x",
        "https://224.0.0.1/x",
        "https://[fe80::1]/x",
        "https://[fc00::1]/x",
        "http://93.184.216.34/x",
        "ftp://93.184.216.34/x",
    ],
)
def test_an_endpoint_in_our_own_network_is_never_asked(url: str) -> None:
    with pytest.raises(guard.NotOutside), guard.connected(url, timeout=1):
        pass


def test_addresses_outside_pass_the_guard() -> None:
    assert guard.is_outside("93.184.216.34")
    assert guard.is_outside("2606:2800:220:1:248:1893:25c8:1946")
    assert guard.look("https://push.example.org/a?b=c") == ("https", "push.example.org", 443, "/a?b=c")


def test_a_member_who_names_our_own_network_reaches_nothing(cast: Cast, service: Service, settings: Any) -> None:
    browser = Browser(service)
    browser.let_tell(cast.ana)
    settings.PALAVER_PRIVATE_HOSTS = frozenset()
    with transaction.atomic():
        writing.write(Endpoint.objects.get(), {"title": "Hello"})
    work()
    assert service.taken == []
    assert Push.objects.get().state == "failed"


def test_sent_pushes_are_forgotten(cast: Cast, service: Service, tmp_path: Path) -> None:
    Browser(service).let_tell(cast.ana)
    with transaction.atomic():
        writing.write(Endpoint.objects.get(), {"title": "Hello"})
    work()
    assert sending.forget(clock.now() - timedelta(days=1)) == 0
    assert sending.forget(clock.now() + timedelta(seconds=1)) == 1
