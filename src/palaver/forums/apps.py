from django.apps import AppConfig


class ForumsConfig(AppConfig):
    name = "palaver.forums"
    label = "forums"
