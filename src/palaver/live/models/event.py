"""What happened, for those who listen."""

from __future__ import annotations

from django.db import models

from palaver.kit import clock


class LiveEvent(models.Model):
    """One thing that happened to a topic. Kept for a day, so that a browser can catch up."""

    topic = models.CharField(max_length=100)
    kind = models.CharField(max_length=50)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["topic", "id"], name="live_topic_id")]

    def __str__(self) -> str:
        return f"{self.topic} {self.kind} #{self.pk}"
