from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "credit_repair.home"
    verbose_name = _("网站")
