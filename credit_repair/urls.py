"""All addresses. Each package names its own; docs/components.md and the URL × role test list who may."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("language/", set_language, name="set_language"),
    path("", include("credit_repair.home.urls")),
    path("", include("credit_repair.people.urls")),
    path("account/", include("allauth.urls")),
    path("", include("credit_repair.cases.urls")),
    path("", include("credit_repair.repairs.urls")),
    path("admin/", admin.site.urls),
]
