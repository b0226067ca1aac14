from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlatformsConfig(AppConfig):
    name = "credit_repair.platforms"
    verbose_name = _("平台消息")

    def ready(self) -> None:
        import_module("credit_repair.platforms.transports.http")
        import_module("credit_repair.platforms.transports.quiet")
