from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One line of the record: its header, which is what the chain hashes. Never changed, never deleted.

    `hash` is SHA-256 of the canonical header (see `record.chain.header_hash`); `payload_hash` is
    SHA-256(salt ‖ canonical payload), so that emptying a payload leaves the chain whole.
    """

    sequence = models.PositiveBigIntegerField(primary_key=True)
    previous_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    office = models.CharField(max_length=20)
    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, help_text="What was acted on, as kind:id, for instance thread:12.")
    payload_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject"], name="entry_subject"),
            models.Index(fields=["act", "-sequence"], name="entry_act"),
        ]


class Payload(models.Model):
    """What an entry says. Emptied (both columns null) only by a redaction, which is itself an entry."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="payload")
    salt = models.CharField(max_length=64, null=True)
    body = models.TextField(null=True, help_text="Canonical JSON.")
    redacted_by = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="redactions")


class Head(models.Model):
    """The one row that every entry is written under, so that sequence and chain have no race."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)
    verified_sequence = models.PositiveBigIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="record_has_one_head")]
