from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "credit_repair.registry"
    verbose_name = _("信用记录")

    def ready(self) -> None:
        import_module("credit_repair.registry.checks")
