"""Requests that no browser of ours sends: every one is answered with a sentence, none with a 500, none with silence."""

from __future__ import annotations

import http.client
import itertools
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from palaver.kit.decisions import Refusal
from palaver.kit.text import subjects
from tests.journeys.running import Serving, palaver, started
from tests.sweeps.community import Hands, People, Visitor, found, hands
from tests.sweeps.payloads import naughty

PATIENCE = 30.0
HUGE = ("0", "00", "-1", "1.5", "١٢", "9" * 10, "9" * 19, "9" * 40, "9" * 5000, "0x10", "1e9", " 1", "NaN", "null")
ODD = (
    "",
    "%00",
    "a%00b",
    "%ff%fe",
    "%c0%ae",
    "%ed%a0%80",
    "%",
    "%zz",
    "..%2f..%2fetc%2fpasswd",
    "%0d%0aSet-Cookie:%20a=b",
    "'\"--;",
    "%F0%9F%98%80",
    "%E2%80%AE",
    "[]=1",
    "A" * 3000,
    "bm90IGEgY3Vyc29y",
    "eyJhIjoxfQ",
    "WzFd",
    "W10",
    "WzEsMl0",
    "WzFlNDAwLDFd",
    "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTksMV0",
    "Wy05OTk5OTk5OTk5OTk5OTk5OTksLTFd",
    "WyJhIiwiYiJd",
    "W251bGwsbnVsbF0",
    "W3RydWUsdHJ1ZV0",
)


@dataclass
class House:
    """A served community with one thread of a few posts."""

    running: Serving
    acting: Hands
    people: People
    thread: str
    number: int
    post: int

    def guest(self) -> Visitor:
        return Visitor(self.running, timeout=PATIENCE)

    def member(self, name: str = "Ana") -> Visitor:
        return Visitor(self.running, self.people.sessions[name], timeout=PATIENCE)

    def spoken(self, data: bytes, *, pause: float = 0.0, seconds: float = PATIENCE) -> bytes:
        """What comes back for these bytes; they are sent in two halves when there is a pause. b"" for a close."""
        place = urlsplit(self.running.address)
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=seconds) as line:
            try:
                if pause:
                    line.sendall(data[: len(data) // 2])
                    time.sleep(pause)
                    line.sendall(data[len(data) // 2 :])
                else:
                    line.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # It has heard enough; what it said is read below.
            received = b""
            try:
                while piece := line.recv(65536):
                    received += piece
            except ConnectionResetError:
                pass
            return received

    @property
    def host(self) -> bytes:
        return urlsplit(self.running.address).netloc.encode()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    assert palaver("migrate", "--quiet", home=home).returncode == 0
    with hands(home) as acting:
        people = found(acting, ("Odile", "Ana", "Bram", "Chidi"))
        made = acting.start(forum=people.forum, by="Ana", subject="A thread", text="The first post.")
        post = acting.reply(thread=made["id"], by="Ana", text="A reply.")
        with started(home, ("serve", "--workers", "2")) as running:
            yield House(running, acting, people, f"/t/{made['id']}/{made['slug']}", made["id"], post)


def _fair(status: int, text: str, what: str) -> None:
    """Below 500, and whoever is refused is told so in words."""
    assert status < 500, f"{what} → {status}\n{text[:1000]}"
    if status >= 400:
        assert len(text.split()) >= 4, f"{what} → {status} with hardly a word: {text[:200]!r}"


class Complaints(list[str]):
    """Everything that was not fair, so that one run shows all of it."""

    def hear(self, status: int, text: str, what: str) -> None:
        try:
            _fair(status, text, what)
        except AssertionError:
            self.append(f"{what} → {status}: {' '.join(text.split())[:80]}")


def _addresses(house: House) -> list[str]:
    thread, slug = house.thread, house.people.slug
    pages = ["/", "/latest", "/newest", "/recommended", "/unanswered", "/unread", f"/f/{slug}/", "/m/Ana", "/record"]
    found_ = [f"{page}?{name}={odd}" for page in pages for name in ("before", "order", "at", "within") for odd in ODD]
    for name in ("page", "from", "view", "highlight", "before", "x"):
        found_ += [f"{thread}?{name}={odd}" for odd in (*ODD, *(quote(one) for one in HUGE))]
    shapes = (
        "/t/{}", "/t/{}/x", "/t/{}/post/1", "/t/{}/new", "/t/{}/lock", "/t/{}/replies", "/p/{}", "/p/{}/edit",
        "/p/{}/reply", "/p/{}/history", "/p/{}/recommendations", "/p/{}/withdraw", "/desk/mail/{}",
    )  # fmt: skip
    found_ += [shape.format(quote(one)) for shape in shapes for one in HUGE]
    found_ += [f"/t/{house.number}/post/{quote(one)}" for one in HUGE]
    for shape in (
        "/{}",
        "/f/{}/",
        "/c/{}/",
        "/m/{}",
        f"/t/{house.number}/{{}}",
        "/account/{}",
        "/static/{}",
        "/live?topics={}",
    ):
        found_ += [shape.format(odd) for odd in ODD if "live" not in shape or odd]
    found_ += ["//", "/.", "/..", "/../", "/?", "/?&&&=&", "/?" + "a=1&" * 900, "/latest?before=1&before=2"]
    return found_


@pytest.mark.parametrize("who", ["", "Ana", "Odile"])
def test_no_address_however_odd_breaks_the_house(house: House, who: str) -> None:
    visitor = house.member(who) if who else house.guest()
    every = _addresses(house)
    met: Counter[int] = Counter()
    for address in every if who != "Odile" else every[::5]:
        if address.startswith("/live"):
            continue
        try:
            page = visitor.get(address)
        except (http.client.HTTPException, OSError, http.client.InvalidURL) as problem:
            raise AssertionError(f"{address[:200]} was not answered: {problem!r}") from problem
        _fair(page.status, page.text, f"GET {address[:200]} as {who or 'a guest'}")
        met[page.status] += 1
    visitor.close()
    print(f"\n{sum(met.values())} addresses as {who or 'a guest'}: {dict(met)}")
    assert met[404] and met[200], met


def test_no_form_however_odd_breaks_the_house(house: House) -> None:
    """Every form of a member with fields missing, odd, huge, doubled, of the wrong kind."""
    thread, post, slug = house.number, house.post, house.people.slug
    forms = (
        f"/f/{slug}/start", f"/t/{thread}/replies", f"/p/{post}/reply", f"/p/{post}/edit", f"/p/{post}/recommendation",
        f"/t/{thread}/lock", f"/t/{thread}/pin", "/positions", "/theme", "/language", "/mark-all", f"/f/{slug}/mark",
        "/account/preferences/", "/account/sessions/x/end", "/account/login/", "/account/signup/",
        "/account/password/reset/", "/desk/mail/1/again",
    )  # fmt: skip
    fields = (
        "subject", "body", "once", "reason", "act", "name", "about", "theme", "next", "language", "time_zone", "login",
        "password", "username", "email", "password1", "positions", "t", "n", "number", "thread", "thread_view", "until",
    )  # fmt: skip
    values = (
        "",
        "%00",
        "a%00b",
        "%ff%fe",
        "%ed%a0%80",
        "9" * 40,
        "A" * 5000,
        "%3Cscript%3E",
        "%E2%80%AE",
        "-1",
        "[]",
        "//x",
    )
    kinds = (
        b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x", b"multipart/form-data", b"application/json",
        b"text/plain", b"application/x-www-form-urlencoded; charset=utf-16", b"application/x-www-form-urlencoded; charset=no",
        b"", b"\xff\xfe",
    )  # fmt: skip
    chance = random.Random(7)
    met: Counter[int] = Counter()
    odd = Complaints()
    visitor = house.member("Bram")
    for form, value in itertools.product(forms, values):
        body = "&".join(f"{name}={value}" for name in chance.sample(fields, 12)).encode()
        page = visitor.ask(
            "POST", form, body, Origin=house.running.address, Content_Type="application/x-www-form-urlencoded"
        )
        odd.hear(page.status, page.text, f"POST {form} with {value[:20]!r}: {body[:300]!r}")
        met[page.status] += 1
    junk = (
        b"", b"--x\r\n", b"--x--\r\n", b"&&&&", b"=" * 500, b"%" * 500, b"\x00" * 500, b'{"a":', b"--x\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nhalf",
        b"--x\r\nContent-Disposition: form-data; name=\"body\"; filename=\"a\"\r\n\r\nfile\r\n--x--\r\n",
        b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--\r\n", b"a=1&" * 400, b"body=" + b"a" * 900_000,
    )  # fmt: skip
    for form, kind, content in itertools.product(forms[:6], kinds, junk):
        page = visitor.ask("POST", form, content, Origin=house.running.address, Content_Type=kind.decode("latin-1"))
        odd.hear(page.status, page.text, f"POST {form} as {kind!r} with {content[:60]!r}")
        met[page.status] += 1
    print(f"\n{sum(met.values())} forms: {dict(met)}")
    assert not odd, "\n".join(odd)
    assert met[302] + met[303] and met[422] and met[400], met


def test_no_header_however_odd_breaks_the_house(house: House) -> None:
    host = house.host
    get = b"GET / HTTP/1.1\r\n"
    heads = {
        "no host": get,
        "two hosts": get + b"Host: " + host + b"\r\nHost: " + host + b"\r\n",
        "a wrong host": get + b"Host: evil.example\r\n",
        "an empty host": get + b"Host:\r\n",
        "a host with a path": get + b"Host: " + host + b"/x@y\r\n",
        "a huge header": get + b"Host: " + host + b"\r\nX: " + b"a" * 100_000 + b"\r\n",
        "ten thousand headers": get + b"Host: " + host + b"\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(10_000)),
        "a huge cookie": get + b"Host: " + host + b"\r\nCookie: palaver_session=" + b"a" * 20_000 + b"\r\n",
        "an odd cookie": get + b"Host: " + host + b'\r\nCookie: palaver_session="\xff\x00'.replace(b"\x00", b"") + b'";;=;a\r\n',
        "odd languages": get + b"Host: " + host + b"\r\nAccept-Language: " + b"x-" * 2000 + b",*;q=9,\xff\r\n",
        "odd encodings": get + b"Host: " + host + b"\r\nAccept-Encoding: gzip;q=x, br;q=-1, *;q=0, identity;q=0\r\n",
        "an odd condition": get + b"Host: " + host + b'\r\nIf-None-Match: "\xff", W/", *\r\nIf-Modified-Since: x\r\nRange: bytes=9-1\r\n',
        "an over-long path": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: " + host + b"\r\n",
        "an over-long query": b"GET /?" + b"a=1&" * 4_000 + b" HTTP/1.1\r\nHost: " + host + b"\r\n",
        "bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\nHost: " + host + b"\r\n",
        "an absolute address": b"GET http://evil.example/ HTTP/1.1\r\nHost: " + host + b"\r\n",
        "a star": b"OPTIONS * HTTP/1.1\r\nHost: " + host + b"\r\n",
        "connect": b"CONNECT evil.example:80 HTTP/1.1\r\nHost: " + host + b"\r\n",
        "no such method": b"FROB / HTTP/1.1\r\nHost: " + host + b"\r\n",
        "an old version": b"GET / HTTP/0.9\r\nHost: " + host + b"\r\n",
        "a new version": b"GET / HTTP/3.0\r\nHost: " + host + b"\r\n",
        "two lengths": b"POST /theme HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: 3\r\nContent-Length: 5\r\n",
        "a negative length": b"POST /theme HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: -3\r\n",
        "a huge length": b"POST /theme HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: 99999999999999999999\r\n",
        "length and chunks": b"POST /theme HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "an odd coding": b"POST /theme HTTP/1.1\r\nHost: " + host + b"\r\nTransfer-Encoding: xchunked\r\n",
        "a folded header": get + b"Host: " + host + b"\r\nX: a\r\n b\r\n",
        "a space before the colon": get + b"Host : " + host + b"\r\n",
        "no tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "an http2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n",
    }  # fmt: skip
    told = {}
    for what, head in heads.items():
        received = house.spoken(head + b"Connection: close\r\n\r\n")
        first = received.split(b"\r\n", 1)[0].decode("latin-1")
        told[what] = first
        assert first.startswith("HTTP/1."), f"{what}: {received[:200]!r}"
        status = int(first.split()[1])
        _fair(status, received.partition(b"\r\n\r\n")[2].decode("utf-8", "replace"), what)
    print("\n" + "\n".join(f"  {what}: {first}" for what, first in told.items()))
    assert told["no host"].split()[1] == "400" and told["a wrong host"].split()[1] == "421"
    assert told["a huge header"].split()[1] == "431" and told["an over-long path"].split()[1] in {"414", "431"}


def test_methods_that_a_page_does_not_take_are_refused(house: House) -> None:
    visitor = house.member()
    for method, path in itertools.product(
        ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD"),
        ("/", house.thread, f"/t/{house.number}/replies", "/theme"),
    ):
        page = visitor.ask(method, path, Origin=house.running.address)
        assert page.status < 500, f"{method} {path}: {page.status}"
        assert method in {"OPTIONS", "HEAD"} or page.status in {403, 405, 200}, f"{method} {path}: {page.status}"


def test_a_body_of_ten_megabytes_is_refused_before_it_is_kept(house: House) -> None:
    length = 10_000_000
    head = f"POST /t/{house.number}/replies HTTP/1.1\r\nHost: {house.host.decode()}\r\nContent-Length: {length}\r\n\r\n"
    received = house.spoken(head.encode() + b"a" * length)
    assert received.startswith(b"HTTP/1.1 413"), received[:200]
    chunks = b"".join(b"10000\r\n" + b"a" * 65536 + b"\r\n" for _ in range(100)) + b"0\r\n\r\n"
    head = (
        f"POST /t/{house.number}/replies HTTP/1.1\r\nHost: {house.host.decode()}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    received = house.spoken(head.encode() + chunks)
    assert received.startswith(b"HTTP/1.1 413"), received[:200]


def test_broken_chunks_are_refused(house: House) -> None:
    head = f"POST /theme HTTP/1.1\r\nHost: {house.host.decode()}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    for chunks in (b"zz\r\n", b"-1\r\n\r\n", b"5\r\nabc\r\n0\r\n\r\n", b"FFFFFFFFFFFFFFFFF\r\n"):
        received = house.spoken(head + chunks + b"\r\n\r\n")
        assert received.startswith(b"HTTP/1.1 4"), (chunks, received[:200])


def test_three_hundred_fields_are_taken_and_more_are_refused_with_a_sentence(house: House) -> None:
    visitor = house.member("Bram")
    few = visitor.post("/theme", theme="dark", **{f"x{n}": "1" for n in range(290)})
    assert few.status == 302
    many = visitor.post("/theme", theme="dark", **{f"x{n}": "1" for n in range(400)})
    assert many.status in {400, 413}, many.status
    _fair(many.status, many.text, "400 fields")


def test_a_body_that_comes_slowly_holds_nobody_up(house: House) -> None:
    """Sixty readers who send half a form and wait: pages are answered meanwhile, and theirs once it is whole."""
    body = b"theme=dark&next=/"
    head = (
        f"POST /theme HTTP/1.1\r\nHost: {house.host.decode()}\r\nOrigin: {house.running.address}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    answers: list[bytes] = []
    slow = [
        threading.Thread(target=lambda: answers.append(house.spoken(head.encode() + body, pause=3.0)))
        for _ in range(60)
    ]
    for one in slow:
        one.start()
    visitor = house.member()
    for _ in range(5):
        assert visitor.get(house.thread).status == 200
    assert not answers, "The slow ones were answered before they had sent their forms."
    for one in slow:
        one.join()
    assert Counter(answer.split(b" ", 2)[1] for answer in answers) == {b"302": 60}


def test_a_full_lane_says_when_to_come_back(house: House) -> None:
    """More sign-ins at once than the slow lane holds: some are told 503 with Retry-After, and reading goes on."""
    answers: list[tuple[int, str]] = []

    def sign_in() -> None:
        visitor = house.guest()
        try:
            page = visitor.post("/account/login/", login="Ana", password="not the password")
            answers.append((page.status, page.headers.get("retry-after", "")))
        finally:
            visitor.close()

    crowd = [threading.Thread(target=sign_in) for _ in range(150)]
    for one in crowd:
        one.start()
    visitor = house.member()
    reading = [visitor.get(house.thread).status for _ in range(10)]
    for one in crowd:
        one.join()
    met = Counter(status for status, _ in answers)
    print(f"\n150 sign-ins at once: {dict(met)}")
    assert reading == [200] * 10
    assert len(answers) == 150 and set(met) <= {200, 429, 503}, met
    assert met[503], "The lane was never full."
    assert all(after.isdecimal() and int(after) > 0 for status, after in answers if status == 503)


def test_a_sample_of_the_naughty_strings_stays_what_it_is(house: House, shared: Path) -> None:
    _naughty(house, naughty(shared)[::8], "sample")


@pytest.mark.long
def test_all_naughty_strings_stay_what_they_are(house: House, shared: Path) -> None:
    _naughty(house, naughty(shared), "all")


def _naughty(house: House, strings: list[str], name: str) -> None:
    """Each string as body, subject, name, about, reason: never a 500, kept as sent and shown as text."""
    visitor = house.member("Bram")
    start = visitor.post(
        f"/f/{house.people.slug}/start", subject="Naughty", body="Strings follow.", once=f"naughty-{name}"
    )
    thread = start.headers["location"].split("/")[2]
    met: Counter[int] = Counter()
    odd = Complaints()
    wrong = []
    for number, text in enumerate(strings):
        try:
            subject = subjects.clean(text)
        except Refusal:
            subject = ""
        page = visitor.post(
            f"/t/{thread}/replies", body=text, subject=text if subject else "", once=f"naughty-{name}-{number:05}"
        )
        odd.hear(page.status, page.text, f"reply {text!r}")
        met[page.status] += 1
        if page.status == 302:
            shown = visitor.get(page.headers["location"])
            here = visitor.get(shown.headers["location"].partition("#")[0])
            assert here.status == 200
            if subject and escape(subject).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") not in here.text:
                wrong.append(("subject", text))
            post = int(here.text.rpartition('data-post="')[2].split('"')[0])
            if house.acting.source(post=post).replace("\r\n", "\n").strip() != text.replace("\r\n", "\n").strip():
                wrong.append(("source", text))
        for path, fields in (
            ("/account/preferences/", {"name": text, "about": text, "theme": text}),
            ("/account/preferences/", {"name": "Bram", "about": text}),
            (f"/p/{house.post}/recommendation", {"act": text}),
            (f"/f/{house.people.slug}/start", {"subject": text, "body": "x", "once": f"subject-{name}-{number:05}"}),
        ):
            answer = visitor.post(path, **fields)
            odd.hear(answer.status, answer.text, f"{path} {text!r}")
            met[answer.status] += 1
        if number % 25 == 0:
            odd.hear(visitor.get(f"/m/{quote(text, safe='')}").status, "a page of words", f"/m/{text!r}")
    print(f"\nnaughty strings: {dict(met)}")
    assert not odd, "\n".join(odd)
    assert not wrong, wrong[:10]
    doctor = palaver("doctor", home=house.running.home)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
