from django.apps import AppConfig


class BanksConfig(AppConfig):
    name = "argine.desk.banks"
    label = "banks"
