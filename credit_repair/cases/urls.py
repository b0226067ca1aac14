"""Addresses that every kind of case shares."""

from django.urls import path

from credit_repair.cases.views import files, office, status

urlpatterns = [
    path("office/", office.inbox, name="office"),
    path("status/", status.status, name="case_status"),
    path("files/materials/<uuid:uuid>/", files.attachment, name="attachment"),
    path("files/documents/<uuid:uuid>.pdf", files.document, name="document"),
]
