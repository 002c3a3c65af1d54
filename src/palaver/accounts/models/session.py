from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models.member import Member
from palaver.kit import clock


class Session(models.Model):
    """One browser's session. `member` is a column, so that who is asking is one join, and one row ends it."""

    key = models.CharField(max_length=40, primary_key=True)
    member = models.ForeignKey(Member, models.CASCADE, related_name="sessions", null=True)
    data = models.TextField(blank=True, default="")
    began_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    browser = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="session_expiry")]
