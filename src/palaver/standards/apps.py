from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "palaver.standards"
    label = "standards"
