from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RepairsConfig(AppConfig):
    name = "credit_repair.repairs"
    verbose_name = _("信用修复")

    def ready(self) -> None:
        from credit_repair.cases import kinds, papers
        from credit_repair.repairs.after import selectors as after
        from credit_repair.repairs.presenters.standing import public_status
        from credit_repair.repairs.states import RepairFlow, RepairState
        from credit_repair.repairs.stop_letter_papers import readable_papers

        papers.register("third_party_letters", readable_papers)

        papers.register("repairs", after.readable_papers)
        kinds.register(
            kinds.CaseKind(
                code="repair",
                label=_("信用修复"),
                flow=RepairFlow,
                states=RepairState,
                details="repair",
                number_prefix="XF",
                public_url="my_repair",
                office_url="office_repair",
                status=public_status,
                read_along=("letter_signature__document",),
                batch_url="office_batch",
            )
        )
