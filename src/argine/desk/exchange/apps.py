from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "argine.desk.exchange"
    label = "exchange"
