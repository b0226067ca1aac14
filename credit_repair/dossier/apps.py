from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DossierConfig(AppConfig):
    name = "credit_repair.dossier"
    verbose_name = _("主体档案")
