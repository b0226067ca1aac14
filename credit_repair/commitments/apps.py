from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitmentsConfig(AppConfig):
    name = "credit_repair.commitments"
    verbose_name = _("信用承诺")

    def ready(self) -> None:
        from credit_repair.cases import file_parts, papers
        from credit_repair.commitments.filed import lines
        from credit_repair.commitments.selectors import readable_paper_keys

        import_module("credit_repair.commitments.settlers")
        papers.register("commitments", readable_paper_keys)
        file_parts.register(
            file_parts.FilePart(
                code="commitments",
                title=_("信用承诺"),
                empty=_("没有信用承诺。"),
                lines=lines,
                place=80,
            )
        )
