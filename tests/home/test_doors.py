"""Who may come in, and for whom a page does not exist."""

import uuid
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.record_access import responsible_for
from credit_repair.people.services import end_mandate, grant_mandate
from credit_repair.platforms.services import enqueue
from credit_repair.registry.models import ImportBatch, Office
from credit_repair.registry.selectors import credit_office_for
from tests.home.conftest import NOW, SINCE, TODAY, open_case, person
from tests.registry.factories import OfficeFactory, PlatformFactory, RecordFactory
from tests.world import signed_in

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)
UUID = "00000000-0000-4000-8000-000000000000"
PROTECTED = [
    reverse("after_sign_in"),
    reverse("me"),
    reverse("my_record", args=[UUID]),
    reverse("my_cases"),
    reverse("office_records"),
    reverse("office_record", args=[UUID]),
    reverse("office_imports"),
    reverse("office_import_new"),
    reverse("office_import", args=[UUID]),
    reverse("office_import_report", args=[UUID]),
    reverse("office_messages"),
]
ENTERPRISE = ["me", "my_cases"]
RECORDS, IMPORTS, MESSAGES = "office_records", "office_imports", "office_messages"


@pytest.mark.parametrize("url", PROTECTED)
def test_stranger_is_sent_to_sign_in(url):
    answer = Client().get(url)
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{reverse('account_login')}?next=")


@pytest.mark.parametrize("url", [reverse("front"), reverse("account_login")])
def test_front_and_sign_in_are_open(url):
    assert Client().get(url).status_code == 200


def test_clerk_reads_own_records_only(clerk, subject):
    mine, foreign = RecordFactory(subject=subject), RecordFactory()
    assert clerk.get(reverse("my_record", args=[mine.uuid])).status_code == 200
    assert clerk.get(reverse("my_record", args=[foreign.uuid])).status_code == 404


@pytest.mark.parametrize("place", ENTERPRISE)
def test_foreign_or_unknown_subject_does_not_exist(clerk, subject, place):
    foreign = RecordFactory().subject
    url = reverse(place)
    assert clerk.get(url, {"subject": subject.uuid}).status_code == 200
    for wrong in (foreign.uuid, UUID, "x", ""):
        assert clerk.get(url, {"subject": wrong}).status_code == 404


def test_ended_mandate_opens_nothing(subject):
    user, record = person("clerk"), RecordFactory(subject=subject)
    end_mandate(mandate=grant_mandate(user=user, subject=subject, since=SINCE), until=YESTERDAY)
    client = signed_in(user)
    assert client.get(reverse("my_record", args=[record.uuid])).status_code == 404
    assert client.get(reverse("me"), {"subject": subject.uuid}).status_code == 404


def test_clerk_has_no_way_into_the_office(clerk):
    for url in PROTECTED:
        if url.startswith("/office/"):
            assert clerk.get(url).status_code == 404, url


@pytest.mark.parametrize("place", ENTERPRISE)
def test_official_without_a_mandate_finds_no_enterprise_pages(official, credit, place):
    assert official("intake", credit).get(reverse(place)).status_code == 404


def test_official_with_a_mandate_finds_them(official, credit, subject):
    client = official("intake", credit)
    user = client.get(reverse("office_records")).wsgi_request.user
    grant_mandate(user=user, subject=subject, since=SINCE)
    assert client.get(reverse("me")).status_code == 200


@pytest.mark.parametrize(
    ("role", "rooms"),
    [
        ("window", set()),
        ("auditor", set()),
        ("data", {RECORDS, IMPORTS, MESSAGES}),
        ("intake", {RECORDS}),
        ("verifier", {RECORDS}),
        ("approver", {RECORDS}),
        ("supervisor", {RECORDS, MESSAGES}),
    ],
)
def test_rooms_of_each_role(official, credit, role, rooms):
    client = official(role, credit)
    open_rooms = {
        room for room in (RECORDS, IMPORTS, MESSAGES) if client.get(reverse(room)).status_code == 200
    }
    assert open_rooms == rooms


def test_navigation_shows_only_the_rooms_of_the_role(official, credit):
    page = official("intake", credit).get(reverse(RECORDS)).content.decode()
    assert reverse(RECORDS) in page
    assert reverse(IMPORTS) not in page
    assert reverse(MESSAGES) not in page


def test_ended_membership_opens_nothing(official, credit):
    client = official("data", credit, until=YESTERDAY)
    for room in (RECORDS, IMPORTS, MESSAGES):
        assert client.get(reverse(room)).status_code == 404


def test_membership_counts_on_its_last_day(official, credit):
    assert official("data", credit, until=TODAY).get(reverse(IMPORTS)).status_code == 200


def test_administrator_reads_no_records():
    user = person("admin")
    user.is_superuser = user.is_staff = True
    user.save()
    assert signed_in(user).get(reverse(RECORDS)).status_code == 404


def test_records_are_read_by_authority_source_and_credit_office(official, credit, authority):
    source = OfficeFactory()
    record = RecordFactory(authority=authority, source_office=source)
    foreign = RecordFactory()
    url, foreign_url = (reverse("office_record", args=[row.uuid]) for row in (record, foreign))
    for office, sees_foreign in ((authority, False), (source, False), (credit, True)):
        client = official("verifier", office)
        assert client.get(url).status_code == 200
        assert client.get(foreign_url).status_code == (200 if sees_foreign else 404)
        listed = client.get(reverse(RECORDS)).content.decode()
        assert record.doc_no in listed
        assert (foreign.doc_no in listed) is sees_foreign


def test_credit_office_reads_what_it_answers_for(official):
    """Two counties and the city above one of them; an authority of nowhere falls to the first office."""
    city = OfficeFactory(credit=True, division="340600")
    near, far = (
        OfficeFactory(credit=True, division="340621", parent=city),
        OfficeFactory(credit=True, division="370321"),
    )
    here = OfficeFactory(parent=near)
    by_division = OfficeFactory(division="370321")
    nowhere = OfficeFactory(division="110101")
    records = {office.pk: RecordFactory(authority=office) for office in (here, by_division, nowhere)}
    for credit, reads in ((city, {here, nowhere}), (near, {here}), (far, {by_division})):
        client = official("intake", credit)
        answers = {
            office
            for office in (here, by_division, nowhere)
            if client.get(reverse("office_record", args=[records[office.pk].uuid])).status_code == 200
        }
        assert answers == reads, credit
    for office in Office.objects.all():
        assert office.pk in responsible_for([credit_office_for(authority=office)])


def test_messages_are_about_readable_records_only(official, authority):
    own, foreign = RecordFactory(authority=authority), RecordFactory()
    for record in (own, foreign):
        _message(record)
    page = official("data", authority).get(reverse(MESSAGES)).content.decode()
    assert own.doc_no in page
    assert foreign.doc_no not in page


def _message(record):
    cause = uuid.uuid4()
    enqueue(record=record, platform=PlatformFactory(), action="terminate", cause=cause, cause_text="测试")


def test_number_of_a_readable_case_leads_to_it(official, credit, authority):
    case = open_case(RecordFactory(), number="XF-2026-000118", office=credit)
    answer = official("intake", credit).get(reverse(RECORDS), {"q": " xf-2026-000118 "})
    assert answer["Location"] == reverse("office_repair", args=[case.uuid])
    assert official("intake", authority).get(reverse(RECORDS), {"q": case.number}).status_code == 200


def test_record_page_shows_only_readable_cases(official, credit, authority):
    record = RecordFactory(authority=authority)
    case = open_case(record, number="XF-2026-000118", office=credit)
    url = reverse("office_record", args=[record.uuid])
    assert case.number in official("intake", credit).get(url).content.decode()
    assert case.number not in official("verifier", authority).get(url).content.decode()


def test_imports_of_other_offices_do_not_exist(official, credit, authority):
    theirs, ours = official("data", credit), official("data", authority)
    user = theirs.get(reverse(IMPORTS)).wsgi_request.user
    batch = _batch(user)
    for name in ("office_import", "office_import_report"):
        assert theirs.get(reverse(name, args=[batch.uuid])).status_code == 200
        assert ours.get(reverse(name, args=[batch.uuid])).status_code == 404
    assert batch.file_name not in ours.get(reverse(IMPORTS)).content.decode()


def test_imports_of_colleagues_and_of_the_command_line_are_shared(official, credit):
    first, second = official("data", credit), official("data", credit)
    user = first.get(reverse(IMPORTS)).wsgi_request.user
    for batch in (_batch(user), _batch(None)):
        assert second.get(reverse("office_import", args=[batch.uuid])).status_code == 200


def _batch(user):
    return ImportBatch.objects.create(
        file_name="处罚表.csv",
        sha256="0" * 64,
        as_of=date(2026, 11, 20),
        started_at=NOW,
        finished_at=NOW,
        imported_by=user,
    )
