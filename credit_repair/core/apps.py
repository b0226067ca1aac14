"""Start-up of the site: every installed package's jobs and settlers are made known once."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "credit_repair.core"
    verbose_name = _("系统基础")

    def ready(self) -> None:
        if settings.CELERY_BROKER_URL:
            # Without its app loaded, a task would be sent to Celery's default broker.
            import_module("credit_repair.celery")
        import_module("credit_repair.core.checks")
        autodiscover_modules("tasks", "settlers")
