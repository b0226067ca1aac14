from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulingsConfig(AppConfig):
    name = "credit_repair.rulings"
    verbose_name = _("处罚变更和司法裁定")
