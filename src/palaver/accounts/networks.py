"""Networks: a keyed hash of the /24 (IPv4) or /48 (IPv6) a member was seen in, so that one household does not judge itself.

Noted at sign-in and at most once a day after it. Loopback and private ranges say nothing and are never noted; the address
itself is nowhere stored; after 30 days the hash is forgotten too. Source: Standards, Jury ("Eligible").
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import connection, transaction

from palaver.accounts.models import Network
from palaver.kit import clock, durability, env

KEPT_DAYS = 30
COMMON_PART = 0.05
COMMON_LEAST = 5
"""A network is common, and ties nobody, that more than a twentieth of the active members use – and (ours) at least five."""


def key_of(address: str) -> str:
    """The key under which an address's network is kept; "" for what is not an address of the open internet."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if not found.is_global or found.is_multicast:
        return ""
    network = ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False)
    return hmac.digest(_secret(), b"network" + str(network).encode(), "sha256").hex()[:32]


def note(member_id: int, address: str) -> bool:
    """Remember that a member was seen in the network of an address today. False when it tells nothing."""
    key = key_of(address)
    if not key:
        return False
    with durability.relaxed():
        Network.objects.bulk_create(
            [Network(member_id=member_id, key=key, seen_on=clock.now().date())],
            update_conflicts=True,
            unique_fields=["member", "key"],
            update_fields=["seen_on"],
        )
    return True


def forget() -> int:
    """Forget what is older than 30 days; returns how many rows went. Run by the jobs process."""
    with transaction.atomic():
        gone, _ = Network.objects.filter(seen_on__lt=clock.now().date() - timedelta(days=KEPT_DAYS)).delete()
    return gone


def sharing(member_ids: Collection[int], *, active: int) -> frozenset[int]:
    """Who was seen in a network of any of these members within 30 days, common networks apart. `active`: how many members are."""
    if not member_ids:
        return frozenset()
    since = connection.ops.adapt_datefield_value(clock.now().date() - timedelta(days=KEPT_DAYS))
    marks = ", ".join(["%s"] * len(member_ids))
    sql = f"""
    SELECT DISTINCT o.member_id FROM accounts_network o
      JOIN (SELECT n.key FROM accounts_network n
             WHERE n.seen_on >= %s AND n.key IN (SELECT key FROM accounts_network WHERE member_id IN ({marks}) AND seen_on >= %s)
             GROUP BY n.key HAVING count(DISTINCT n.member_id) < %s OR count(DISTINCT n.member_id) <= %s) k ON k.key = o.key
     WHERE o.seen_on >= %s
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [since, *member_ids, since, COMMON_LEAST, int(COMMON_PART * active), since])
        return frozenset(row[0] for row in cursor.fetchall())


@lru_cache(maxsize=1)
def _secret() -> bytes:
    return env.secret("PALAVER_NETWORK_SECRET", "network_secret").encode()
