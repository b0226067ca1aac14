"""Addresses of the front pages, and of the pages over records, imports and messages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from credit_repair.home.views import demo, entrance, imports, mine, office, repair_calendar

urlpatterns = [
    path("", entrance.front, name="front"),
    path("sign-in/", entrance.SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("after-sign-in/", entrance.after_sign_in, name="after_sign_in"),
    path("me/", mine.records, name="me"),
    path("me/records/<uuid:uuid>/", mine.record, name="my_record"),
    path("me/cases/", mine.cases, name="my_cases"),
    path("me/calendar/", repair_calendar.page, name="my_calendar"),
    path("me/calendar/repair-calendar.ics", repair_calendar.download, name="my_calendar_file"),
    path("me/calendar/address/", repair_calendar.make_address, name="my_calendar_address"),
    path("me/calendar/address/revoke/", repair_calendar.revoke_address, name="my_calendar_revoke"),
    path("calendar/<str:secret>.ics", repair_calendar.subscription, name="repair_calendar_ics"),
    path("office/records/", office.records, name="office_records"),
    path("office/records/<uuid:uuid>/", office.record, name="office_record"),
    path("office/messages/", office.messages, name="office_messages"),
    path("office/imports/", imports.batches, name="office_imports"),
    path("office/imports/new/", imports.new, name="office_import_new"),
    path("office/imports/<uuid:uuid>/", imports.batch, name="office_import"),
    path("office/imports/<uuid:uuid>/report.csv", imports.report, name="office_import_report"),
    path("demo/mails/", demo.mails, name="demo_mails"),
    path("demo/mails/<str:name>/", demo.mail, name="demo_mail"),
]
