from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "argine.desk.cases"
    label = "cases"
