from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "palaver.notices"
    label = "notices"
