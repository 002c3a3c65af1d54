from __future__ import annotations

from django.db import models


class Seed(models.Model):
    """A day's draw seed in public: first its SHA-256 (on the record), later itself. The seed is made from the draw secret."""

    day = models.DateField(primary_key=True)
    commitment = models.CharField(max_length=64, help_text="SHA-256 of the seed, hexadecimal.")
    commitment_entry = models.PositiveBigIntegerField(help_text="The record entry that committed to it.")
    seed = models.CharField(max_length=64, blank=True, default="", help_text="Hexadecimal; empty until published.")
    published_entry = models.PositiveBigIntegerField(null=True)
