"""The SMTP server that takes our mail, as one address: `smtp://name:word@host:587?tls=starttls`.

`smtp` speaks STARTTLS unless the host is this machine or `tls=none` is said; `smtps` speaks TLS from the start.
`timeout=` is in seconds (20). Name and word are percent-encoded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.smtp import EmailBackend

from palaver.kit import env

TIMEOUT = 20.0
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Carrier:
    """Where and how mail is handed over."""

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    tls: bool = False
    timeout: float = TIMEOUT

    def connection(self) -> EmailBackend:
        """Django's SMTP backend for this carrier; it raises what goes wrong."""
        return EmailBackend(
            host=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            use_tls=self.starttls,
            use_ssl=self.tls,
            timeout=self.timeout,
            fail_silently=False,
        )


def configured() -> Carrier | None:
    """The carrier of this installation; None when no mail is configured. Raises ImproperlyConfigured for nonsense."""
    told: str | None = getattr(settings, "PALAVER_MAIL_URL", None)
    address = env.text("PALAVER_MAIL_URL") if told is None else told
    return parse(address) if address.strip() else None


def parse(address: str) -> Carrier:
    """Read an address. Raises ImproperlyConfigured with a sentence that never repeats the password."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        raise ImproperlyConfigured("PALAVER_MAIL_URL is no address; percent-encode [ and ] in the password.") from None
    if parts.scheme not in {"smtp", "smtps"}:
        raise ImproperlyConfigured("PALAVER_MAIL_URL must begin with smtp:// or smtps://.")
    try:
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured("The port in PALAVER_MAIL_URL is not a number from 1 to 65535.") from None
    if not parts.hostname:
        raise ImproperlyConfigured("PALAVER_MAIL_URL names no host.")
    if parts.path not in {"", "/"} or parts.fragment:
        raise ImproperlyConfigured(
            "PALAVER_MAIL_URL has something after the host; percent-encode /, ? and # in the password."
        )
    asked = parse_qs(parts.query, keep_blank_values=True)
    unknown = set(asked) - {"tls", "timeout"}
    if unknown:
        raise ImproperlyConfigured(f"PALAVER_MAIL_URL knows tls and timeout, not {', '.join(sorted(unknown))}.")
    secure = parts.scheme == "smtps"
    tls = asked.get("tls", [""])[-1] or ("none" if parts.hostname in HERE else "starttls")
    if tls not in {"starttls", "none"}:
        raise ImproperlyConfigured("tls= in PALAVER_MAIL_URL is starttls or none; for TLS from the start use smtps://.")
    try:
        timeout = float(asked.get("timeout", [str(TIMEOUT)])[-1])
    except ValueError:
        timeout = 0.0
    if not 0 < timeout <= 600:
        raise ImproperlyConfigured("timeout= in PALAVER_MAIL_URL is a number of seconds up to 600.")
    return Carrier(
        host=parts.hostname,
        port=port or (465 if secure else 587),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=not secure and tls == "starttls",
        tls=secure,
        timeout=timeout,
    )
