from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "credit_repair.cases"
    verbose_name = _("案件")
