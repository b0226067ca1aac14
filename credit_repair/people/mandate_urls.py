"""Addresses of subjects, mandates, and the applications for them."""

from django.urls import path

from credit_repair.people.views import mandate_review, my_mandates, subjects

urlpatterns = [
    path("me/subjects/", subjects.subjects, name="my_subjects"),
    path("me/subjects/<uuid:uuid>/switch/", subjects.switch, name="my_subject_switch"),
    path("me/subjects/apply/", my_mandates.new, name="my_mandate_new"),
    path("me/subjects/apply/letter/", my_mandates.template, name="my_mandate_template"),
    path("me/subjects/applications/<uuid:uuid>/", my_mandates.status, name="my_mandate"),
    path("me/subjects/applications/<uuid:uuid>/withdraw/", my_mandates.withdraw, name="my_mandate_withdraw"),
    path("me/subjects/<uuid:uuid>/", subjects.subject, name="my_subject"),
    path("me/subjects/<uuid:uuid>/end/", subjects.end, name="my_subject_end"),
    path("files/mandates/<uuid:uuid>/", my_mandates.letter, name="my_mandate_letter"),
    path("office/mandates/", mandate_review.applications, name="office_mandates"),
    path("office/mandates/<uuid:uuid>/", mandate_review.application, name="office_mandate"),
    path("office/mandates/<uuid:uuid>/letter/", mandate_review.letter, name="office_mandate_letter"),
    path("office/mandates/<uuid:uuid>/end/", mandate_review.end, name="office_mandate_end"),
]
