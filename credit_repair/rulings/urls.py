"""Addresses of this package's pages."""

from django.urls import path

from credit_repair.rulings.views import cancellations, my_shields, office_shields

urlpatterns = [
    path("office/cancellations/", cancellations.cancellations, name="office_cancellations"),
    path("office/cancellations/<uuid:uuid>/", cancellations.cancellation, name="office_cancellation"),
    path("office/records/<uuid:uuid>/cancel/", cancellations.cancel, name="office_record_cancel"),
    path("office/shields/", office_shields.shields, name="office_shields"),
    path("office/shields/<uuid:uuid>/", office_shields.shield, name="office_shield"),
    path("office/subjects/<uuid:uuid>/shield/", office_shields.enter, name="office_shield_new"),
    path("me/shield/", my_shields.shields, name="my_shields"),
    path("me/shield/new/", my_shields.new, name="my_shield_new"),
    path("me/shield/<uuid:uuid>/", my_shields.shield, name="my_shield"),
    path("me/shield/<uuid:uuid>/withdraw/", my_shields.withdraw, name="my_shield_withdraw"),
]
