"""The app config; label `live`."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "palaver.live"
    label = "live"
    verbose_name = "Live"
    default_auto_field = "django.db.models.BigAutoField"
