from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "argine.desk.clocks"
    label = "clocks"
