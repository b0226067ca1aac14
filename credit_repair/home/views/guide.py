"""Pages that anybody reads: the guide 修复流程, the accessibility statement; and how pages are shown."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.core.clock import today
from credit_repair.home.law_facts import law_facts, periods


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Say step by step who does what, how long it takes, and what one needs."""
    context = {
        "page_title": _("修复流程"),
        "page_subtitle": _("从查看记录到各平台撤下信息：每一步谁来办、要多久、需要什么材料。"),
        "law": law_facts(today=today()),
        "periods": periods(today=today()),
    }
    return render(request, "public/guide.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how the site can be used by everybody, what it does not do yet, and whom to tell."""
    return render(request, "public/accessibility.html", {"page_title": _("无障碍和适老说明")})
