from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "palaver.project"
    label = "project"

    def ready(self) -> None:
        from palaver.project import wiring

        wiring.connect()
