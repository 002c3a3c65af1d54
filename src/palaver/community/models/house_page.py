from __future__ import annotations

from django.db import models

from palaver.kit import clock


class HousePage(models.Model):
    """A page that the operators fill: terms, privacy, imprint. Markdown, with its rendered HTML."""

    class Key(models.TextChoices):
        TERMS = "terms"
        PRIVACY = "privacy"
        IMPRINT = "imprint"

    key = models.CharField(max_length=10, primary_key=True, choices=Key.choices)
    text = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")
    changed_at = models.DateTimeField(default=clock.now)
