"""Addresses of documents for the public. Where the code is asked for: cases.urls."""

from django.urls import path

from credit_repair.notices import views

urlpatterns = [
    path("notices/", views.public_notices, name="public_notices"),
    path("notices/<uuid:uuid>/", views.public_notice, name="public_notice"),
    path("verify/<str:code>/", views.check, name="check_document"),
]
