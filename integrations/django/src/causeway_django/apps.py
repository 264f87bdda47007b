from django.apps import AppConfig


class CausewayConfig(AppConfig):
    name = "causeway_django"
    label = "causeway_django"
    verbose_name = "Causeway"

    def ready(self) -> None:
        # Registers the checks, and tells Django's database layer of the switch before its first transaction.
        from .live import checks

        checks.install_where_live()
