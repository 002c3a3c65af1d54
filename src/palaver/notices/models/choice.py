from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member


class Choice(models.Model):
    """By which ways a member is told of one kind. Without a row the kind's own defaults stand (`notices.kinds`)."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="notice_choices", db_index=False)
    kind = models.CharField(max_length=16)
    site = models.BooleanField()
    mail = models.BooleanField()
    push = models.BooleanField()
    digest = models.BooleanField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "kind"], name="notice_choice_once")]
