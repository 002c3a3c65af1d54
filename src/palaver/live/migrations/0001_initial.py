"""The first table."""

from django.db import migrations, models

import palaver.kit.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LiveEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topic", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=50)),
                ("payload", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=palaver.kit.clock.now)),
            ],
            options={"indexes": [models.Index(fields=["topic", "id"], name="live_topic_id")]},
        ),
    ]
