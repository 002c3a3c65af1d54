from django.apps import AppConfig


class ReadingConfig(AppConfig):
    name = "palaver.reading"
    label = "reading"
