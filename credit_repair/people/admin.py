"""What the audit administrator reads in the admin. People are looked after on the pages of /manage/."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy as _

from credit_repair.core.reference_admin import ViewOnlyAdmin


@admin.register(LogEntry)
class LogEntryAdmin(ViewOnlyAdmin):
    """Who changed which reference data here. What happens on the other pages is in the audit log."""

    list_display = ("action_time", "user", "content_type", "object_repr", "what", "change")
    list_select_related = ("user", "content_type")
    list_filter = ("action_flag", ("content_type", admin.RelatedOnlyFieldListFilter))
    date_hierarchy = "action_time"
    search_fields = ("object_repr", "user__username", "user__display_name")
    fields = ("action_time", "user", "content_type", "object_repr", "what", "change")
    list_note = _("这里是基础数据的改动。其他操作请看审计日志。")
    list_link = ("manage_audit", _("打开审计日志"))

    @admin.display(description=_("操作"), ordering="action_flag")
    def what(self, entry: LogEntry) -> Any:
        """Added, changed or deleted."""
        return entry.get_action_flag_display()

    @admin.display(description=_("内容"))
    def change(self, entry: LogEntry) -> str:
        """Which fields were changed."""
        return str(entry.get_change_message())
