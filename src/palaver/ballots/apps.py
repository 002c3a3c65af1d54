from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "palaver.ballots"
    label = "ballots"
