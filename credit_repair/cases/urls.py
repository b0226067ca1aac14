"""Addresses that every kind of case shares."""

from django.urls import path

from credit_repair.cases.views import (
    checking,
    deliveries,
    documents,
    enquiries,
    enquiry_links,
    evidence,
    files,
    handling,
    office,
    packs,
    status,
)

urlpatterns = [
    path("office/", office.inbox, name="office"),
    path("office/steps/", handling.several, name="office_steps"),
    path("office/steps/<uuid:uuid>/claim/", handling.one, {"verb": handling.CLAIM}, name="office_step_claim"),
    path(
        "office/steps/<uuid:uuid>/give-back/",
        handling.one,
        {"verb": handling.GIVE_BACK},
        name="office_step_give_back",
    ),
    path(
        "office/steps/<uuid:uuid>/hand-over/",
        handling.one,
        {"verb": handling.HAND_OVER},
        name="office_step_hand_over",
    ),
    path(
        "office/steps/<uuid:uuid>/assign/", handling.one, {"verb": handling.ASSIGN}, name="office_step_assign"
    ),
    path("office/filters/", handling.keep_filter, name="office_filter_save"),
    path("office/filters/<int:pk>/delete/", handling.drop_filter, name="office_filter_delete"),
    path("office/files/<uuid:uuid>/<int:page>.png", evidence.page, name="office_evidence"),
    path("office/enquiries/", enquiries.received, name="office_enquiries"),
    path("office/enquiries/<uuid:uuid>/", enquiries.answer, name="office_enquiry"),
    path("office/enquiries/<uuid:uuid>/letter.pdf", enquiries.letter, name="office_enquiry_letter"),
    path("office/enquiries/<uuid:uuid>/files/<uuid:file>/", enquiries.file, name="office_enquiry_file"),
    path("office/enquiries/<uuid:uuid>/remind/", enquiries.remind, name="office_enquiry_remind"),
    path("office/enquiries/<uuid:uuid>/close/", enquiries.close, name="office_enquiry_close"),
    path("office/enquiries/<uuid:uuid>/paper/", enquiries.paper, name="office_enquiry_paper"),
    path("office/cases/<uuid:uuid>/enquiries/", enquiries.ask, name="office_enquiry_ask"),
    path("office/deliveries/", deliveries.waiting, name="office_deliveries"),
    path("office/deliveries/<uuid:uuid>/enter/", deliveries.enter, name="office_delivery_enter"),
    path("office/deliveries/<uuid:uuid>/fail/", deliveries.fail, name="office_delivery_fail"),
    path("office/deliveries/<uuid:uuid>/announce/", deliveries.announce, name="office_delivery_announce"),
    path("office/deliveries/<uuid:uuid>/prove/", deliveries.prove, name="office_delivery_prove"),
    path("office/deliveries/<uuid:uuid>/scan/", deliveries.scan, name="office_delivery_scan"),
    path("office/cases/<uuid:uuid>/service/", deliveries.of_case, name="office_case_deliveries"),
    path("enquiry/", enquiry_links.enter_code, name="enquiry_code"),
    path("enquiry/<str:secret>/", enquiry_links.enquiry, name="enquiry"),
    path("verify/", checking.ask, name="check_documents"),
    path("office/documents/", documents.register, name="office_documents"),
    path("office/documents/numbers/", documents.numbers, name="office_document_numbers"),
    path("office/documents/packs/", packs.packs, name="office_document_packs"),
    path("office/documents/packs/<uuid:uuid>/", packs.one, name="office_document_pack"),
    path(
        "office/documents/packs/<uuid:uuid>/progress/", packs.progress, name="office_document_pack_progress"
    ),
    path("office/documents/packs/<uuid:uuid>/file/", packs.file, name="office_document_pack_file"),
    path("office/documents/packs/<uuid:uuid>/again/", packs.again, name="office_document_pack_again"),
    path("office/documents/<uuid:uuid>/", documents.one, name="office_document"),
    path("office/documents/<uuid:uuid>/file.pdf", documents.file, name="office_document_file"),
    path("office/documents/<uuid:uuid>/service/", deliveries.of_document, name="office_document_deliveries"),
    path("office/documents/<uuid:uuid>/correct/", documents.correct, name="office_document_correct"),
    path(
        "office/documents/<uuid:uuid>/revoke/",
        documents.end,
        {"standing": "revoked"},
        name="office_document_revoke",
    ),
    path(
        "office/documents/<uuid:uuid>/replace/",
        documents.end,
        {"standing": "replaced"},
        name="office_document_replace",
    ),
    path(
        "office/documents/<uuid:uuid>/void/", documents.end, {"standing": "void"}, name="office_document_void"
    ),
    path("status/", status.status, name="case_status"),
    path("files/materials/<uuid:uuid>/", files.attachment, name="attachment"),
    path("files/papers/<uuid:uuid>/", files.paper, name="paper"),
    path("files/documents/<uuid:uuid>.pdf", files.document, name="document"),
]
