from django.apps import AppConfig


class HmaConfig(AppConfig):
    name = "argine.desk.hma"
    label = "hma"
