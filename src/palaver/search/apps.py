from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "palaver.search"
    label = "search"
