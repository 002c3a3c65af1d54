from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "palaver.community"
    label = "community"
