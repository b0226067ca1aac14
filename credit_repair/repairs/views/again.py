"""One click files again, with what was good."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credit_repair.cases.errors import ActionRefused
from credit_repair.core.clock import today
from credit_repair.core.uploads import UploadRefused
from credit_repair.repairs.services.again import file_again
from credit_repair.repairs.views.sides import Side, on_both_sides


@require_POST
@on_both_sides
def again(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponse:
    """Begin the application anew and lead to its task list."""
    case = side.case(request, uuid)
    try:
        filing = file_again(case=case, actor=request.user, today=today())  # type: ignore[arg-type]
    except (ActionRefused, UploadRefused) as refused:
        messages.error(request, str(refused))
        return redirect(side.url("repair", uuid))
    messages.success(request, _("已按上次的申请建好草稿，能沿用的内容和材料都已带上，请核对后提交。"))
    return redirect(side.url("filing", filing.uuid))
