from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "argine.desk.core"
    label = "core"
