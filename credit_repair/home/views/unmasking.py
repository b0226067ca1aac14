"""A full identity number, for a reason 查看明文."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credit_repair.cases.record_reading import may_unmask
from credit_repair.core.clock import today
from credit_repair.core.limits import limited
from credit_repair.people.doors import official_door
from credit_repair.people.errors import NotInCharge
from credit_repair.people.masking import has_numbers
from credit_repair.people.services.unmasking import MINUTES, ReasonTooShort, unmask
from credit_repair.people.unmask_forms import UnmaskForm
from credit_repair.registry.models import Subject


@require_POST
@official_door
@limited("unmask")
def unmask_subject(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the numbers of a subject for ten minutes on the page from which somebody came."""
    subject = get_object_or_404(Subject, uuid=uuid)
    if not has_numbers(subject) or not may_unmask(user=request.user, subject=subject, on=today()):
        raise Http404
    form, back = UnmaskForm(request.POST, prefix="unmask"), _back(request)
    if form.is_valid():
        try:
            with transaction.atomic():
                if not may_unmask(user=request.user, subject=subject, on=today()):
                    raise Http404
                unmask(user=request.user, subject=subject, reason=form.reason, today=today())
        except NotInCharge as error:
            raise Http404 from error
        except ReasonTooShort as refused:
            form.add_error("words", str(refused))
        else:
            messages.success(request, _("完整证件号码显示%d分钟，查看的理由已经记录。") % MINUTES)
            return redirect(back)
    context = {
        "page_title": _("查看完整证件号码"),
        "form": form,
        "url": reverse("office_unmask", args=[subject.uuid]),
        "back": back,
    }
    return render(request, "office/unmask.html", context)


def _back(request: HttpRequest) -> str:
    """Where somebody came from: a page of this site's officials, else their inbox."""
    wanted = request.POST.get("back", "")
    local = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if local and wanted.startswith("/office/") else reverse("office")
