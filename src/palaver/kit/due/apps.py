"""The app config; label `due`."""

from django.apps import AppConfig


class DueConfig(AppConfig):
    name = "palaver.kit.due"
    label = "due"
    verbose_name = "Due"
    default_auto_field = "django.db.models.BigAutoField"
