from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.delivery.models import Endpoint
from palaver.kit import clock


class Device(models.Model):
    """A browser that a member has let tell them. Gone with its endpoint, when the push service no longer knows that."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="devices")
    endpoint = models.OneToOneField(Endpoint, models.CASCADE, related_name="device")
    name = models.CharField(max_length=80, blank=True, default="")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["id"]
