"""The first tables."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import palaver.kit.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_joining_and_avoiding"),
        ("delivery", "0002_push"),
        ("forums", "0002_writing_and_following"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, default="", max_length=80)),
                ("at", models.DateTimeField(default=palaver.kit.clock.now)),
                (
                    "endpoint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="device", to="delivery.endpoint"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="devices", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Timetable",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="timetable",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("none", "None"), ("daily", "Daily"), ("weekly", "Weekly")],
                        default="none",
                        max_length=6,
                    ),
                ),
                (
                    "hour",
                    models.PositiveSmallIntegerField(
                        default=8, validators=[django.core.validators.MaxValueValidator(23)]
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(6)]
                    ),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_until", models.TimeField(blank=True, null=True)),
                ("next_digest_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_digest_at__isnull", False)),
                        fields=["next_digest_at"],
                        name="timetable_next_digest",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quiet_from", None), ("quiet_until", None)),
                            models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="timetable_quiet_has_two_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_digest_at", None), ("rhythm", "none")),
                            models.Q(models.Q(("rhythm", "none"), _negated=True), ("next_digest_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="timetable_next_digest_when_wanted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("site", models.BooleanField()),
                ("mail", models.BooleanField()),
                ("push", models.BooleanField()),
                ("digest", models.BooleanField()),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_choices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("member", "kind"), name="notice_choice_once")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("key", models.CharField(blank=True, default="", max_length=80)),
                (
                    "number",
                    models.PositiveIntegerField(
                        help_text="The post's, so that reading a thread sees its notices.", null=True
                    ),
                ),
                ("count", models.PositiveIntegerField(default=1)),
                ("words", models.CharField(blank=True, default="", max_length=300)),
                ("href", models.CharField(blank=True, default="", max_length=500)),
                ("at", models.DateTimeField(default=palaver.kit.clock.now)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("on_site", models.BooleanField(default=True)),
                ("in_digest", models.BooleanField(default=False)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("pushed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forums.post",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forums.thread",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("member"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="notice_list",
                    ),
                    models.Index(
                        condition=models.Q(("seen_at", None)), fields=["member", "thread", "number"], name="notice_new"
                    ),
                    models.Index(
                        condition=models.Q(("in_digest", True)), fields=["member", "id"], name="notice_digest"
                    ),
                    models.Index(condition=models.Q(("seen_at", None)), fields=["thread"], name="notice_new_in_thread"),
                    models.Index(fields=["at"], name="notice_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True), fields=("member", "key"), name="notice_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "recommendation"), ("seen_at", None)),
                        fields=("member", "post"),
                        name="notice_recs_folded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", None), ("post", None), ("thread", None)),
                            models.Q(("number__isnull", False), ("post__isnull", False), ("thread__isnull", False)),
                            _connector="OR",
                        ),
                        name="notice_post_and_thread",
                    ),
                ],
            },
        ),
    ]
