"""The working calendar in the admin, changed through the services of the law; the rules, shown."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from credit_repair.core.reference_admin import ReferenceAdmin, ViewOnlyAdmin
from credit_repair.registry.admin_forms import CalendarDayForm, CalendarYearForm
from credit_repair.registry.models import CalendarDay, CalendarYear, LawEdition, RuleOverride
from credit_repair.registry.services import law


@admin.register(CalendarDay)
class CalendarDayAdmin(ReferenceAdmin):
    form = CalendarDayForm
    list_display = ("day", "working", "reason")
    list_filter = ("working",)
    date_hierarchy = "day"
    search_fields = ("reason",)
    list_note = _("这里的日期优先于系统自带的放假安排。改动以后，正在计算的期限自动重算。")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Another day is another row."""
        return ("day",) if obj else ()

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        """Set the day through the service: audit, and clocks computed anew."""
        row = law.set_calendar_day(day=obj.day, working=obj.working, reason=obj.reason, actor=request.user)
        obj.pk = row.pk

    def delete_model(self, request: HttpRequest, obj: CalendarDay) -> None:
        """Let the calendar itself decide again, through the service."""
        law.clear_calendar_day(row=obj, actor=request.user)


@admin.register(CalendarYear)
class CalendarYearAdmin(ReferenceAdmin):
    form = CalendarYearForm
    list_display = ("year", "source")
    list_note = _("国务院办公厅公布下一年放假安排以后，在这里录入全年。录入后，这一年的期限不再是暂定的。")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What was announced for a year stays that year's."""
        return ("year",) if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The days are asked for once; later they are changed one by one."""
        return ("year", "source") if obj else ("year", "source", "days_off", "days_worked")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was announced is not taken back; single days are corrected."""
        return False

    def save_model(self, request: HttpRequest, obj: CalendarYear, form: Any, change: bool) -> None:
        """Announce the year through the service, or name its document anew."""
        days = {} if change else form.days()
        row = law.announce_year(year=obj.year, source=obj.source, days=days, actor=request.user)
        obj.pk = row.pk


@admin.register(RuleOverride)
class RuleOverrideAdmin(ViewOnlyAdmin):
    list_display = ("rule_set", "path", "level", "sector", "in_force_from", "in_force_to", "stands")
    list_filter = ("level", "rule_set")
    list_select_related = ("sector",)
    search_fields = ("rule_set", "path", "basis")
    fields = (
        "rule_set",
        "path",
        "value",
        "level",
        "sector",
        "in_force_from",
        "in_force_to",
        "basis",
        "reason",
        "stands",
        "withdrawn_reason",
    )
    list_note = _("本地规则由信用办人员在工作台的“规则”页面设置和撤回，要写明依据和原因；这里只能查看。")

    @admin.display(description=_("有效"), boolean=True)
    def stands(self, override: RuleOverride) -> bool:
        """Whether nobody has withdrawn it."""
        return override.withdrawn_at is None


@admin.register(LawEdition)
class LawEditionAdmin(ViewOnlyAdmin):
    list_display = ("short", "first_used_at")
    fields = ("hash", "first_used_at")
    list_note = _(
        "规则每变动一次，全部内容留存一份，供以后解释当时的决定。内容由信用办人员在工作台的“规则”页面查看。"
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the content, which is the whole law."""
        return super().get_queryset(request).defer("content")

    @admin.display(description=_("摘要"))
    def short(self, edition: LawEdition) -> str:
        """The beginning of the hash."""
        return str(edition)
