from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "argine.desk.people"
    label = "people"
