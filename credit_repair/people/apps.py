from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _

from credit_repair.core.reencryption import holds_encrypted


class PeopleConfig(AppConfig):
    name = "credit_repair.people"
    verbose_name = _("人员与权限")

    def ready(self) -> None:
        holds_encrypted("mfa.Authenticator", "data", keys=("secret", "seed"))


class DeskAdminConfig(AdminConfig):
    """The administrators' site takes the place of Django's own."""

    default_site = "credit_repair.people.site.DeskAdminSite"
