from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RectificationConfig(AppConfig):
    name = "credit_repair.rectification"
    verbose_name = _("整改与约谈")

    def ready(self) -> None:
        from credit_repair.cases import diagram, file_parts, papers
        from credit_repair.rectification import drawing, filed
        from credit_repair.rectification.selectors import readable_paper_keys

        diagram.register("rectification", drawing.drawn)
        papers.register("rectification", readable_paper_keys)
        file_parts.register(
            file_parts.FilePart(
                code="rectification",
                title=_("整改与约谈"),
                empty=_("没有责令整改和约谈。"),
                lines=filed.order_lines,
                place=60,
            )
        )
        file_parts.register(
            file_parts.FilePart(
                code="activities",
                title=_("自愿活动"),
                empty=_("没有登记信用培训、信用报告和公益活动。"),
                lines=filed.activity_lines,
                place=70,
            )
        )
