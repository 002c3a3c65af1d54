from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models.member import Member


class Network(models.Model):
    """That a member was seen in a network: a keyed hash of the address's /24 (IPv4) or /48 (IPv6), kept for 30 days.

    It keeps members of one household or office from judging each other, and is used for nothing else. The address itself
    is never stored; without the key in the home's `secrets/` the hash says nothing.
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="networks", db_index=False)
    key = models.CharField(
        max_length=32, help_text="HMAC-SHA256 of the network under the installation's key, 128 bits, hexadecimal."
    )
    seen_on = models.DateField(help_text="The last day (UTC).")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "key"], name="network_once")]
        indexes: ClassVar = [models.Index(fields=["key", "seen_on"], name="network_key")]
