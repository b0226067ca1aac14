from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DossierConfig(AppConfig):
    name = "credit_repair.dossier"
    verbose_name = _("主体档案")

    def ready(self) -> None:
        from credit_repair.dossier.papers import register_readers
        from credit_repair.dossier.parts import register_parts

        register_parts()
        register_readers()
