from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "argine.desk.intake"
    label = "intake"
