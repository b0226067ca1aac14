from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "credit_repair.people"
    verbose_name = _("人员与权限")


class DeskAdminConfig(AdminConfig):
    """The administrators' site takes the place of Django's own."""

    default_site = "credit_repair.people.site.DeskAdminSite"
