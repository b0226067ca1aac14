"""Addresses of this package's pages."""

from django.urls import path

from credit_repair.commitments.views import lists, mine, office, public

urlpatterns = [
    path("commitments/", public.commitments, name="commitments"),
    path("commitments/<uuid:uuid>/", public.commitment, name="commitment"),
    path("me/commitments/", mine.commitments, name="my_commitments"),
    path("me/commitments/new/", mine.new, name="my_commitment_new"),
    path("me/commitments/new/own/", mine.declare, name="my_commitment_declare"),
    path("me/commitments/new/<uuid:uuid>/", mine.sign, name="my_commitment_sign"),
    path("me/commitments/<uuid:uuid>/", mine.commitment, name="my_commitment"),
    path("me/commitments/<uuid:uuid>/letter/", mine.letter, name="my_commitment_letter"),
    path("me/commitments/<uuid:uuid>/<slug:act>/", mine.act, name="my_commitment_act"),
    path("office/commitments/", office.commitments, name="office_commitments"),
    path("office/commitments/paper/", office.on_paper, name="office_commitment_paper"),
    path("office/commitments/lists/", lists.lists, name="office_commitment_lists"),
    path("office/commitments/lists/new/", lists.new, name="office_commitment_list_new"),
    path("office/commitments/lists/<uuid:uuid>/", lists.change, name="office_commitment_list"),
    path("office/commitments/<uuid:uuid>/", office.commitment, name="office_commitment"),
    path("office/commitments/<uuid:uuid>/letter/", office.letter, name="office_commitment_letter"),
    path("office/commitments/<uuid:uuid>/<slug:act>/", office.act, name="office_commitment_act"),
]
