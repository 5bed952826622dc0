from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "argine.desk.api"
    label = "api"
