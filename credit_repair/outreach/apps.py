from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    name = "credit_repair.outreach"
    verbose_name = _("主动服务")

    def ready(self) -> None:
        from credit_repair.cases import papers
        from credit_repair.outreach.file_parts import register_parts
        from credit_repair.outreach.papers import readable

        papers.register("outreach", readable)
        register_parts()
