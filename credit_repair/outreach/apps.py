from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    name = "credit_repair.outreach"
    verbose_name = _("主动服务")
