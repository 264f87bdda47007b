from django.apps import AppConfig


class CausewayConfig(AppConfig):
    name = "causeway_django"
    label = "causeway_django"
    verbose_name = "Causeway"
