from __future__ import annotations

from typing import ClassVar

from django.db import models


class Category(models.Model):
    """A group of forums, with the small mark that stands for it on every page."""

    class Mark(models.TextChoices):
        MAIN = "main"
        ISSUE = "issue"
        CULTURE = "culture"
        ALLIANCE = "alliance"
        REGION = "region"
        SUPPORT = "support"

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    place = models.PositiveSmallIntegerField(default=0)
    mark = models.CharField(max_length=10, choices=Mark.choices, default=Mark.ISSUE)

    class Meta:
        ordering: ClassVar = ["place", "id"]

    def __str__(self) -> str:
        return self.name
