from django.contrib import admin

from credit_repair.cases.models import RouteStep


@admin.register(RouteStep)
class RouteStepAdmin(admin.ModelAdmin):
    """Routes are data; running cases keep the copy they were submitted with."""

    list_display = ("kind", "rule_class", "position", "phase", "seat")
    list_filter = ("kind", "rule_class")
