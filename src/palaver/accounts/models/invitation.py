from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from palaver.accounts.models.member import Member
from palaver.kit import clock


class Invitation(models.Model):
    """A link by which people may join while sign-up is by invitation. Only a checksum of its secret is kept."""

    checksum = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret in the link, hexadecimal.")
    by = models.ForeignKey(Member, models.PROTECT, related_name="invitations")
    note = models.CharField(max_length=200, blank=True, default="", help_text="For whom, in the inviter's own words.")
    at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    places = models.PositiveSmallIntegerField(default=1, help_text="How many may join by it.")
    taken = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Taken back by its maker or an operator.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(taken__lte=F("places")), name="invitation_not_overdrawn"),
        ]


class Acceptance(models.Model):
    """Who joined by which invitation."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="acceptances")
    member = models.OneToOneField(Member, models.CASCADE, related_name="acceptance")
    at = models.DateTimeField(default=clock.now)
