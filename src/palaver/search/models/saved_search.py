from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.kit import clock


def new_token() -> str:
    """What opens a saved search's private feed to a feed reader that cannot sign in."""
    return secrets.token_urlsafe(24)


class SavedSearch(models.Model):
    """A query that a member keeps: as a link, as a private feed, and, if wished, as a notice when something new is found."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=300)
    best = models.BooleanField(default=False, help_text="Shown by best match; its feed is by time all the same.")
    told = models.BooleanField(default=False, help_text="A notice when something new is found.")
    seen_key = models.BigIntegerField(default=0, help_text="Up to where new posts have been looked at for notices.")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "query"], name="saved_search_once")]
        indexes: ClassVar = [models.Index(fields=["id"], condition=models.Q(told=True), name="saved_search_told")]
