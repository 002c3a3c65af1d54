from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.kit import clock


class Inquiry(models.Model):
    """Something written at /contact by anybody, with or without an account. Answered by mail, from the operators' desk."""

    name = models.CharField(max_length=80, blank=True, default="")
    email = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], condition=Q(answered_at=None), name="inquiry_waiting")]
