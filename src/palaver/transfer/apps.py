from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "palaver.transfer"
    label = "transfer"
