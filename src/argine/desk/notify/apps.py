from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "argine.desk.notify"
    label = "notify"
