from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "palaver.record"
    label = "record"
