from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "argine.desk.console"
    label = "console"
