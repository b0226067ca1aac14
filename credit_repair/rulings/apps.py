from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulingsConfig(AppConfig):
    name = "credit_repair.rulings"
    verbose_name = _("处罚变更和司法裁定")

    def ready(self) -> None:
        from credit_repair.cases import file_parts, papers
        from credit_repair.rulings.access import readable_papers
        from credit_repair.rulings.file_part import lines

        papers.register("rulings", readable_papers)
        file_parts.register(
            file_parts.FilePart(
                code="rulings",
                title=_("处罚变更、撤销和破产重整"),
                empty=_("没有处罚变更、撤销或者破产重整的登记。"),
                lines=lines,
                place=60,
            )
        )
