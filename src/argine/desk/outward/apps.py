from django.apps import AppConfig


class OutwardConfig(AppConfig):
    name = "argine.desk.outward"
    label = "outward"
