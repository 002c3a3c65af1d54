"""Browsers that may be told, and what they are told."""

import django.db.models.deletion
from django.db import migrations, models

import palaver.kit.clock


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.URLField(max_length=1000, unique=True)),
                ("public_key", models.CharField(max_length=100)),
                ("secret", models.CharField(max_length=40)),
                ("at", models.DateTimeField(default=palaver.kit.clock.now)),
                ("reached_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Push",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payload", models.JSONField(default=dict)),
                ("topic", models.CharField(blank=True, default="", max_length=32)),
                (
                    "seconds_kept",
                    models.PositiveIntegerField(default=86400, help_text="How long the push service keeps it (TTL)."),
                ),
                ("created_at", models.DateTimeField(default=palaver.kit.clock.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("attempted_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("last_words", models.TextField(blank=True, default="")),
                ("may_have_gone_twice", models.BooleanField(default=False)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pushes", to="delivery.endpoint"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "created_at"], name="push_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="push_sent_at_when_sent",
                    )
                ],
            },
        ),
    ]
