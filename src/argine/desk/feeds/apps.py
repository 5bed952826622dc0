from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "argine.desk.feeds"
    label = "feeds"
