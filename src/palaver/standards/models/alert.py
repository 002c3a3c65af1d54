from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from palaver.accounts.models import Member
from palaver.forums.models import Post
from palaver.kit import clock
from palaver.standards.models.case import Case


class Alert(models.Model):
    """A member's call for a look at something another wrote, under one standard. Whose it is, only its alerter sees.

    It fixes what it is about: `version` of a post, or the very words of a name or an about text in `text`.
    """

    class About(models.TextChoices):
        POST = "post"
        NAME = "name"
        ABOUT = "about"

    class State(models.TextChoices):
        OPEN = "open", "its case is being judged"
        WAITING = "waiting", "a case on the same thing is being judged first"
        HOSTS = "hosts", "with the hosts of the forum"
        ANSWERED = "answered", "by a verdict, or by a host"
        DROPPED = "dropped", "the thing was removed for another reason meanwhile"

    by = models.ForeignKey(
        Member, models.PROTECT, related_name="+", null=True, help_text="Empty: raised by a jury's paper."
    )
    about = models.CharField(max_length=5, choices=About.choices)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", null=True)
    author = models.ForeignKey(Member, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    text = models.TextField(blank=True, default="", help_text="A name or about text as it stood; empty for a post.")
    standard = models.SlugField(max_length=40, help_text="The standard's key.")
    charter = models.PositiveIntegerField(help_text="The charter version in force at the alert.")
    because = models.CharField(max_length=1000)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    case = models.ForeignKey(Case, models.PROTECT, related_name="alerts", null=True)
    answer = models.CharField(max_length=500, blank=True, default="", help_text="What a host answered.")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["by", "-at"], name="alert_by"),
            models.Index(fields=["post"], condition=Q(post__isnull=False), name="alert_post"),
            models.Index(fields=["author", "-at"], name="alert_author"),
        ]
        constraints: ClassVar = [
            # Once per standard per post, whoever raises it (page 3, Alert).
            models.UniqueConstraint(
                fields=["post", "standard"], condition=Q(post__isnull=False), name="alert_once_per_standard"
            ),
            models.CheckConstraint(
                condition=Q(about="post", post__isnull=False) | (~Q(about="post") & Q(post__isnull=True)),
                name="alert_about_one_thing",
            ),
            models.CheckConstraint(condition=Q(by__isnull=True) | ~Q(by=F("author")), name="alert_on_another"),
        ]


class AlerterPause(models.Model):
    """A member whose alert a jury left unanimously raises none for a while: 24 hours, the second time in 30 days a week."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["member", "-until"], name="alerter_pause")]
