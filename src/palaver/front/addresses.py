"""Who is asking, and under which name we were asked: client address behind trusted proxies, and the pinned Host."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(names: Iterable[str]) -> tuple[Network, ...]:
    """`PALAVER_TRUSTED_PROXIES` as networks, a plain address as one of its own. Raises ValueError with the bad part."""
    return tuple(ipaddress.ip_network(name.strip(), strict=False) for name in names if name.strip())


@lru_cache(maxsize=4096)
def _trusted(address: str, proxies: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in proxies)


def _plain(hop: str) -> str:
    """An address out of a hop such as `203.0.113.9:4711`, `[2001:db8::1]:80` or `"[2001:db8::1]"`; "" if it is none."""
    hop = hop.strip().strip('"')
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    try:
        return str(ipaddress.ip_address(hop))
    except ValueError:
        return ""


def client(peer: str, forwarded: bytes | None, proxies: tuple[Network, ...]) -> str:
    """The right-most hop that is no trusted proxy. What stands further left is hearsay."""
    if not forwarded or not proxies or not _trusted(peer, proxies):
        return peer
    nearest = peer
    for hop in reversed(forwarded.decode("latin-1").split(",")):
        address = _plain(hop)
        if not address:
            return nearest
        nearest = address
        if not _trusted(address, proxies):
            return address
    return nearest


def scheme(peer: str, headers: Mapping[bytes, bytes], proxies: tuple[Network, ...], default: str) -> str:
    """`https` when a trusted proxy says so, else what the connection itself is."""
    said = headers.get(b"x-forwarded-proto")
    if said and proxies and _trusted(peer, proxies):
        return "https" if said.rpartition(b",")[2].strip().lower() == b"https" else "http"
    return default
