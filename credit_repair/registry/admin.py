from django.contrib import admin

from credit_repair.registry.models import Office, Platform, Sector, Subject


@admin.register(Sector)
class SectorAdmin(admin.ModelAdmin):
    list_display = ("code", "name")


@admin.register(Office)
class OfficeAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "kind", "level", "parent", "document_prefix")
    list_filter = ("kind", "level")
    search_fields = ("name", "code")
    autocomplete_fields = ("parent",)


@admin.register(Platform)
class PlatformAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "transport", "required", "active")
    exclude = ("secret",)  # credentials are set by command, never read back


@admin.register(Subject)
class SubjectAdmin(admin.ModelAdmin):
    """Reference data only: personal numbers are never shown here."""

    list_display = ("name", "kind", "shown_number")
    search_fields = ("name", "code")
    fields = ("kind", "name", "legal_representative")
    readonly_fields = ("kind",)
