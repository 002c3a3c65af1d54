from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "palaver.web"
    label = "web"
