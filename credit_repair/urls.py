"""All addresses. Each package names its own; docs/components.md and the URL × role test list who may."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("language/", set_language, name="set_language"),
    path("", include("credit_repair.home.urls")),
    path("", include("credit_repair.people.urls")),
    path("account/", include("allauth.urls")),
    path("", include("credit_repair.notices.urls")),
    path("", include("credit_repair.cases.urls")),
    path("", include("credit_repair.repairs.urls")),
    path("", include("credit_repair.rulings.urls")),
    path("", include("credit_repair.commitments.urls")),
    path("", include("credit_repair.rectification.urls")),
    path("", include("credit_repair.outreach.urls")),
    path("", include("credit_repair.dossier.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "credit_repair.home.views.errors.bad_request"
handler403 = "credit_repair.home.views.errors.forbidden"
handler404 = "credit_repair.home.views.errors.not_found"
handler500 = "credit_repair.home.views.errors.server_error"
handler429 = "credit_repair.core.limits.too_many"  # allauth asks for it
