"""Addresses of the repair application."""

from django.urls import path, re_path

from credit_repair.repairs.views import office, public

UUID = r"(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"

urlpatterns = [
    path("me/records/<uuid:uuid>/repair/", public.start, name="my_repair_start"),
    path("me/repairs/<uuid:uuid>/", public.detail, name="my_repair"),
    path("me/repairs/<uuid:uuid>/statement/", public.statement, name="my_repair_statement"),
    path("me/repairs/<uuid:uuid>/letter.pdf", public.letter, name="my_repair_letter"),
    re_path(
        rf"^me/repairs/{UUID}/materials/(?P<kind>commitment|proof)/$",
        public.material,
        name="my_repair_material",
    ),
    path(
        "me/repairs/<uuid:uuid>/materials/<uuid:attachment>/drop/",
        public.drop_material,
        name="my_repair_drop_material",
    ),
    path("me/repairs/<uuid:uuid>/check/", public.check, name="my_repair_check"),
    path("me/repairs/<uuid:uuid>/filed/", public.filed, name="my_repair_filed"),
    re_path(rf"^me/repairs/{UUID}/(?P<action>withdraw|discard)/$", public.end, name="my_repair_end"),
    path("office/repairs/<uuid:uuid>/", office.detail, name="office_repair"),
    re_path(
        rf"^office/repairs/{UUID}/"
        r"(?P<action>accept|refuse_to_accept|give_opinion|send_back|approve|refuse)/$",
        office.act,
        name="office_repair_act",
    ),
]
