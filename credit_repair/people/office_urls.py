"""Addresses of people and substitutes."""

from django.urls import path

from credit_repair.people.views import office_people

urlpatterns = [
    path("office/people/", office_people.people, name="office_people"),
    path("office/people/absences/new/", office_people.new_absence, name="office_absence_new"),
    path("office/people/absences/<uuid:uuid>/", office_people.absence, name="office_absence"),
    path("office/people/substitutions/new/", office_people.new_substitution, name="office_substitution_new"),
    path(
        "office/people/substitutions/<uuid:uuid>/end/",
        office_people.end_substitution,
        name="office_substitution_end",
    ),
]
