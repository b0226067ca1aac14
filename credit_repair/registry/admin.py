"""Offices, sectors, platforms and subjects in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from credit_repair.core.reference_admin import ReferenceAdmin, ViewOnlyAdmin
from credit_repair.registry import law_admin as law_admin
from credit_repair.registry.admin_forms import OfficeForm, PlatformForm
from credit_repair.registry.models import Office, Platform, Sector, Subject
from credit_repair.registry.search import search_subjects
from credit_repair.registry.services.offices import reassess_records_of

admin.site.site_header = admin.site.site_title = _("系统管理")
admin.site.index_title = _("基础数据")


@admin.register(Sector)
class SectorAdmin(ReferenceAdmin):
    list_display = ("name", "code")
    search_fields = ("name", "code")
    list_note = _("代码是规则里使用的，新增以后不能再改。")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The rules know a sector by its code."""
        return ("code",) if obj else ()


@admin.register(Office)
class OfficeAdmin(ReferenceAdmin):
    form = OfficeForm
    list_display = ("name", "code", "kind", "level", "sector", "parent", "document_prefix")
    list_filter = ("kind", "level", "sector")
    list_select_related = ("parent", "sector")
    search_fields = ("name", "code", "document_prefix")
    autocomplete_fields = ("parent", "sector")
    fieldsets = (
        (None, {"fields": ("name", "code", "kind", "level", "sector", "parent")}),
        (
            _("文书"),
            {
                "fields": ("document_prefix", "address", "phone"),
                "description": _("代字、地址和电话印在文书上。改动只影响以后编发的文书。"),
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Office | None = None) -> tuple[str, ...]:
        """A record is told from others by its authority's code: it stays while there are records."""
        return ("code",) if obj and obj.records.exists() else ()

    def save_model(self, request: HttpRequest, obj: Office, form: Any, change: bool) -> None:
        """By the kind and the sector of its authority a record's rules are chosen: they are computed anew."""
        super().save_model(request, obj, form, change)
        if change and {"kind", "sector"} & set(form.changed_data):
            reassess_records_of(office=obj, actor=request.user)


@admin.register(Platform)
class PlatformAdmin(ReferenceAdmin):
    form = PlatformForm  # credentials are set by command, never read back
    list_display = ("name", "code", "kind", "transport", "endpoint", "required", "active")
    list_filter = ("active", "kind", "required")
    search_fields = ("name", "code")
    list_note = _("签名密钥只能用命令设置，这里看不到。停用的平台不再收到新的消息。")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Settings and logs name a platform by its code."""
        return ("code",) if obj else ()


@admin.register(Subject)
class SubjectAdmin(ViewOnlyAdmin):
    """To look an organisation up. Whoever is known by a personal number is none of the administrators'
    business: no list, page, history or search of theirs has such a subject."""

    list_display = ("name", "kind", "code")
    search_fields = ("name", "code")
    search_help_text = _("名称、曾用名或者统一社会信用代码")
    fields = ("name", "kind", "code")
    list_note = _("信用主体随数据导入产生，这里只能查看有统一社会信用代码的。自然人不在这里显示。")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subject]:
        """Natural persons are left out, and with them whoever has a personal number instead of a code."""
        found: QuerySet[Subject] = super().get_queryset(request)
        return found.filter(code__isnull=False).exclude(kind=Subject.Kind.PERSON)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Subject], search_term: str
    ) -> tuple[QuerySet[Subject], bool]:
        """Find as the register does: by former names too."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=search_subjects(search_term).values("pk")), False
