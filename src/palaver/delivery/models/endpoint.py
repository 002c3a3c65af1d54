"""Where a browser can be reached."""

from __future__ import annotations

from django.db import models

from palaver.kit import clock


class Endpoint(models.Model):
    """A browser's address at its maker's push service, and the two keys with which only that browser opens what is sent.

    `public_key` (an uncompressed P-256 point, 65 bytes) and `secret` (16 bytes) are base64url without padding, as
    browsers give them (RFC 8291: p256dh and auth).
    """

    url = models.URLField(max_length=1000, unique=True)
    public_key = models.CharField(max_length=100)
    secret = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)
    reached_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"endpoint {self.pk}"
