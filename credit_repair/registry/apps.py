from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "credit_repair.registry"
    verbose_name = _("信用记录")
