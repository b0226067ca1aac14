"""Several simple cases to be decided together: what an approver chooses from, confirms, and is told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.models import Case, CaseDocument, Phase, ReviewStep
from credit_repair.cases.selectors import clock_view
from credit_repair.core.wording import clauses
from credit_repair.notices.contexts import DecisionApprove
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.registry.wording import penalty_summary
from credit_repair.repairs.models import record_of
from credit_repair.repairs.presenters.common import record_title
from credit_repair.repairs.services.batch import MOST_TOGETHER
from credit_repair.repairs.simple import CONDITIONS
from credit_repair.repairs.simple_selectors import MOST_LOOKED_AT, Candidate


def choice_page(
    found: Sequence[Candidate], *, today: date, ticked: Collection[UUID] = (), error: str = ""
) -> dict[str, Any]:
    """Return what can be decided together, at most as many as go together, and why the others cannot."""
    simple = [each for each in found if each.is_simple]
    shown = simple[:MOST_TOGETHER]
    return {
        "page_title": _("批量审批"),
        "page_subtitle": _("条件全部符合、各核查单位都同意的案件，可以一起准予。每件仍各有自己的决定书。"),
        "errors": [{"text": error, "href": "#choose"}] if error else [],
        "rows": [_row(each, today=today) | {"ticked": each.case.uuid in ticked} for each in shown],
        "simple": len(simple),
        "left": len(simple) - len(shown),
        "by_itself": [
            _row(each, today=today) | {"why": clauses(each.against)} for each in found if not each.is_simple
        ],
        "most_looked_at": MOST_LOOKED_AT if len(found) >= MOST_LOOKED_AT else 0,
    }


def check_page(chosen: Sequence[Candidate], *, today: date) -> dict[str, Any]:
    """Return what was chosen for the last look: the cases, and the conditions that all of them meet."""
    simple = [each for each in chosen if each.is_simple]
    return {
        "page_title": _("核对后准予"),
        "page_subtitle": _("请核对名单。确认以前什么都不会改变。"),
        "breadcrumbs": [{"label": _("批量审批"), "url": reverse("office_batch")}],
        "rows": [_row(each, today=today) for each in simple],
        "total": len(simple),
        "conditions": [condition.holds for condition in CONDITIONS],
        "changed": [
            _row(each, today=today) | {"why": clauses(each.against)} for each in chosen if not each.is_simple
        ],
    }


def done_page(cases: Mapping[str, Case], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what came of it: `said` names the cases that were granted, and why others were not."""
    numbers = _decision_numbers(cases.values())
    done = [cases[uuid] for uuid in said["done"] if uuid in cases]
    failed = [(cases[uuid], words) for uuid, words in said["failed"] if uuid in cases]
    return {
        "page_title": _("批量审批结果"),
        "breadcrumbs": [{"label": _("批量审批"), "url": reverse("office_batch")}],
        "done": [_case(case) | {"decision": numbers.get(case.pk, "")} for case in done],
        "failed": [_case(case) | {"why": words} for case, words in failed],
    }


def _decision_numbers(cases: Collection[Case]) -> dict[int, str]:
    links = CaseDocument.objects.filter(
        case__in=[case.pk for case in cases], document__kind=DecisionApprove.template
    )
    return {case: number or "" for case, number in links.values_list("case_id", "document__number")}


def _case(case: Case) -> dict[str, Any]:
    record = record_of(case)
    return {
        "uuid": case.uuid,
        "number": case.number,
        "url": reverse("office_repair", args=[case.uuid]),
        "subject": str(case.subject),
        "record": record_title(record),
        "penalty": penalty_summary(record),
    }


def _row(found: Candidate, *, today: date) -> dict[str, Any]:
    step = found.step
    clock = clock_view(step.clock, today=today) if step.clock else None
    return _case(found.case) | {
        "clock": clock,
        "instead": step.stands_for_name,  # type: ignore[attr-defined]
        "performed_on": found.case.repair.performed_on,
        "opinions": [
            {
                "who": each.office.name,
                "opinion": each.get_opinion_display(),
                "text": without_personal_numbers(each.text),
            }
            for each in found.case.steps.all()
            if each.phase == Phase.VERIFY and each.state == ReviewStep.State.DONE
        ],
    }
