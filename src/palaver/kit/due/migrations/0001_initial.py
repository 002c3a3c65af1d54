"""The first tables."""

from django.db import migrations, models

import palaver.kit.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Due",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=100)),
                ("payload", models.JSONField(default=dict)),
                ("key", models.CharField(blank=True, default="", max_length=200)),
                ("created_at", models.DateTimeField(default=palaver.kit.clock.now)),
                ("due_at", models.DateTimeField(default=palaver.kit.clock.now)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("lease_owner", models.CharField(blank=True, default="", max_length=100)),
                ("asked_again", models.BooleanField(default=False)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("last_words", models.TextField(blank=True, default="")),
                ("gave_up_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("gave_up_at", None)), fields=["due_at", "id"], name="due_ready")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("gave_up_at", None), models.Q(("key", ""), _negated=True)),
                        fields=("kind", "key"),
                        name="due_one_per_key",
                    )
                ],
            },
        ),
    ]
