from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "argine.desk.audit"
    label = "audit"
