from __future__ import annotations

from django.db import models

from palaver.ballots.models import Ballot
from palaver.forums.models.thread import Thread


class Poll(models.Model):
    """A question that stands with a thread's original post; the ballot is about `thread:<id>`."""

    thread = models.OneToOneField(Thread, models.CASCADE, primary_key=True, related_name="poll")
    ballot = models.OneToOneField(Ballot, models.PROTECT, related_name="poll")
