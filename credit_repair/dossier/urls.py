"""Addresses of this package's pages."""

from django.urls import path

from credit_repair.dossier.views import data, events, files, requests

urlpatterns = [
    path("office/subjects/<uuid:uuid>/", files.office_file, name="office_subject_file"),
    path("office/subjects/<uuid:uuid>/print/", files.office_print, name="office_subject_file_print"),
    path("office/subjects/<uuid:uuid>/issue/", files.issue, name="office_subject_file_issue"),
    path("office/subjects/<uuid:uuid>/events/new/", events.enter, name="office_subject_event_new"),
    path("office/subject-events/<uuid:uuid>/", events.office_event, name="office_subject_event"),
    path("office/subject-events/<uuid:uuid>/correct/", events.correct, name="office_subject_event_correct"),
    path("office/data-requests/", requests.waiting, name="office_data_requests"),
    path("office/data-requests/<uuid:uuid>/", requests.one, name="office_data_request"),
    path("me/file/", files.own_file, name="my_file"),
    path("me/file/print/", files.own_print, name="my_file_print"),
    path("me/file/events/<uuid:uuid>/", events.own_event, name="my_subject_event"),
    path("me/data/", data.overview, name="my_data"),
    path("me/data/export/", data.export, name="my_data_export"),
    path("me/data/requests/new/<slug:about>/", data.new_request, name="my_data_request_new"),
    path("me/data/requests/<uuid:uuid>/", data.one_request, name="my_data_request"),
    path("me/data/requests/<uuid:uuid>/withdraw/", data.withdraw_request, name="my_data_request_withdraw"),
]
