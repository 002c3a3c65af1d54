from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.kit import clock


class Community(models.Model):
    """The one row that says who we are. Where there is none yet, or a field is empty, the environment's settings stand."""

    class SignUp(models.TextChoices):
        OPEN = "open"
        INVITATION = "invitation"
        APPROVAL = "approval"
        CLOSED = "closed"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=60, blank=True, default="")
    sentence = models.CharField(max_length=200, blank=True, default="")
    sign_up = models.CharField(max_length=10, choices=SignUp.choices, blank=True, default="")
    question = models.CharField(
        max_length=300, blank=True, default="", help_text="Asked of those who join by approval."
    )
    members_invite = models.BooleanField(default=True, help_text="Members may invite, not operators alone.")
    contact = models.EmailField(blank=True, default="", help_text="Where /contact sends a copy of what is written.")
    set_up_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="one_community")]
