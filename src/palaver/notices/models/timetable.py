from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member


class Timetable(models.Model):
    """When a member is told: the rhythm of the digest and the quiet hours, all by the clock of the member's zone.

    Without a row there is no digest and no quiet hour. `weekday` counts from Monday, 0. Quiet hours may pass midnight;
    while they last no mail and no push goes, and what waited goes when they end. `next_digest_at` is the instant of the
    next digest, set whenever one has been written or the rhythm changes.
    """

    class Rhythm(models.TextChoices):
        NONE = "none"
        DAILY = "daily"
        WEEKLY = "weekly"

    member = models.OneToOneField(Member, models.CASCADE, primary_key=True, related_name="timetable")
    rhythm = models.CharField(max_length=6, choices=Rhythm.choices, default=Rhythm.NONE)
    hour = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(23)])
    weekday = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(6)])
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    next_digest_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="timetable_quiet_has_two_ends",
            ),
            models.CheckConstraint(
                condition=Q(rhythm="none", next_digest_at=None) | (~Q(rhythm="none") & Q(next_digest_at__isnull=False)),
                name="timetable_next_digest_when_wanted",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_digest_at"], condition=Q(next_digest_at__isnull=False), name="timetable_next_digest"
            )
        ]
