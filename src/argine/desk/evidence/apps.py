from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "argine.desk.evidence"
    label = "evidence"
