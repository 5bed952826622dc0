from django.apps import AppConfig


class ConfigurationConfig(AppConfig):
    name = "argine.desk.configuration"
    label = "configuration"
