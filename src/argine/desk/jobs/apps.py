from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "argine.desk.jobs"
    label = "jobs"
