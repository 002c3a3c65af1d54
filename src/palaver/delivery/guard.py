"""The guard of outgoing connections: members name the addresses, so none may lead into our own network.

A name is resolved once, and the very address that was looked at is the one connected to. Only https, unless the operator
lists the host in `PALAVER_PRIVATE_HOSTS`; there is no redirect, because nothing here follows one.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings


class NotOutside(ValueError):
    """An address that we do not connect to; the text says why and names no address of ours."""


def look(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path with query of an address that may be asked for. Raises NotOutside for nonsense."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise NotOutside("This is no address.") from None
    if (
        not host
        or parts.username is not None
        or parts.password is not None
        or not url.isascii()
        or not url.isprintable()
    ):
        raise NotOutside("This is no address of a service.")
    if parts.scheme != "https" and not (parts.scheme == "http" and _listed(host, port or 80)):
        raise NotOutside("Only https:// addresses are asked for.")
    path = parts.path or "/"
    return (
        parts.scheme,
        host,
        port or (443 if parts.scheme == "https" else 80),
        f"{path}?{parts.query}" if parts.query else path,
    )


def resolve(host: str, port: int) -> str:
    """One address of a host that lies outside. Raises NotOutside if any lies inside, OSError if there is none."""
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not _listed(host, port):
        for address in found:
            if not is_outside(address):
                raise NotOutside("This name leads into a private network, so it is not asked for.")
    return sorted(found, key=lambda address: (":" in address, address))[0]


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the public network, however it is written or wrapped."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            return is_outside(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return is_outside(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


@contextmanager
def connected(url: str, *, timeout: float) -> Iterator[tuple[http.client.HTTPConnection, str]]:
    """A connection to the host of an address, and the path to ask it for. Raises NotOutside, OSError."""
    scheme, host, port, path = look(url)
    made = socket.create_connection((resolve(host, port), port), timeout)
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.sock = (
            ssl.create_default_context().wrap_socket(made, server_hostname=host) if scheme == "https" else made
        )
        connection.auto_open = 0
        yield connection, path
    finally:
        connection.close()
        made.close()


def _listed(host: str, port: int) -> bool:
    """Whether the operator has said that this host of the own network may be asked."""
    return f"{host}:{port}" in settings.PALAVER_PRIVATE_HOSTS
