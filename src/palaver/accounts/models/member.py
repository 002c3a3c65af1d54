from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from palaver.kit import clock


class Members(BaseUserManager["Member"]):
    """Look-ups of members. Accounts are made by `accounts.joining`, never here."""

    def get_by_natural_key(self, username: str | None) -> Member:
        return self.get(name__iexact=username)

    def shown(self) -> models.QuerySet[Member]:
        """Those whom others meet: not who has left, nor who has asked to join and was not let in (yet)."""
        return self.filter(left_at=None).exclude(claimed_at=None, application__isnull=False)


class Member(AbstractBaseUser):
    """A person with an account, or an *unclaimed* one who wrote in an imported community (`claimed_at` is empty)."""

    class Theme(models.TextChoices):
        AUTO = "auto"
        LIGHT = "light"
        DARK = "dark"
        CONTRAST = "contrast"

    class ThreadView(models.TextChoices):
        FLAT = "flat"
        TREE = "tree"
        OP = "op"

    class Highlight(models.TextChoices):
        NONE = "none"
        NEW = "new"
        NEWEST_5 = "5"
        NEWEST_10 = "10"
        RECOMMENDED = "recommended"
        AUTHOR = "author"
        FOLLOWED = "followed"

    name = models.CharField(max_length=40, unique=True)
    name_key = models.CharField(
        max_length=120, unique=True, help_text="What two look-alike names share (kit.text.names)."
    )
    email = models.EmailField(blank=True, default="")
    about = models.TextField(blank=True, default="")
    about_html = models.TextField(blank=True, default="")
    joined_at = models.DateTimeField(default=clock.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    is_operator = models.BooleanField(default=False)
    post_count = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=12, blank=True, default="")
    time_zone = models.CharField(max_length=64, blank=True, default="")
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.AUTO)
    thread_view = models.CharField(max_length=5, choices=ThreadView.choices, default=ThreadView.FLAT)
    highlight = models.CharField(max_length=12, choices=Highlight.choices, default=Highlight.NEW)
    keys_on = models.BooleanField(default=True)
    hides_things = models.BooleanField(
        default=False, help_text="Has put something into the trash or ignores somebody (kept by reading)."
    )
    notice_count = models.PositiveSmallIntegerField(
        default=0, help_text="Notices not yet seen, counted to 100 (kept by notices)."
    )

    objects = Members()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"), condition=~models.Q(email=""), name="member_email_once", violation_error_code="taken"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """May sign in: has claimed the account and has not left. A suspended member may (read, appeal)."""
        return self.claimed_at is not None and self.left_at is None

    @property
    def is_staff(self) -> bool:
        return False

    def running_suspension(self) -> Any:
        """The Suspension in force now that lasts longest, or None."""
        return self.suspensions.running().order_by("-until").first()
