from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from credit_repair.core.reencryption import holds_encrypted


class NoticesConfig(AppConfig):
    name = "credit_repair.notices"
    verbose_name = _("文书")

    def ready(self) -> None:
        import_module("credit_repair.notices.own_files")
        holds_encrypted("notices.Document", "context", keys=("sealed_secret",))
