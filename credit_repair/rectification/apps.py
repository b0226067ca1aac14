from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RectificationConfig(AppConfig):
    name = "credit_repair.rectification"
    verbose_name = _("整改与约谈")
