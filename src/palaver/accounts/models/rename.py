from __future__ import annotations

from django.db import models

from palaver.accounts.models.member import Member
from palaver.kit import clock


class Rename(models.Model):
    """A member's former name, kept so that old mentions and addresses still lead to them."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="renames")
    old_name = models.CharField(max_length=40)
    old_key = models.CharField(max_length=120, db_index=True)
    at = models.DateTimeField(default=clock.now)
