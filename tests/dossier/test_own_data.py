"""What a person sees of what is kept about them, and takes along."""

import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO

from allauth.account.models import EmailAddress
from axes.models import AccessLog
from django.urls import reverse

from credit_repair.core.models import AuditEntry
from credit_repair.dossier import own_data
from credit_repair.dossier.purposes import PURPOSES
from credit_repair.mail.services import write_mail
from credit_repair.people.models import User
from credit_repair.people.services import unmasking
from tests import world as county
from tests.dossier.conftest import TODAY, person_record


def kept(user, limit=own_data.SHOWN):
    return {part.code: part for part in own_data.everything(user=user, on=TODAY, limit=limit)}


def signed_in_at(user, moment):
    row = AccessLog.objects.create(username=user.username, ip_address="10.0.0.1", user_agent="Firefox Linux")
    AccessLog.objects.filter(pk=row.pk).update(attempt_time=moment)


def test_each_sort_is_the_persons_own(files):
    from credit_repair.core.clock import now

    other = county.clerk_of(files.subject, name="另一人")
    for user in (files.clerk, other):
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        User.objects.filter(pk=user.pk).update(date_joined=datetime(2026, 1, 1, tzinfo=UTC))
        user.refresh_from_db()
        write_mail(
            key=user.username,
            kind="x",
            to_address=user.email,
            to_name="",
            subject=f"给{user.username}的信",
            body="正文",
        )
        signed_in_at(user, now())
    county.submitted_case(files.county)
    mine = kept(files.clerk)
    assert {code: len(part.rows) for code, part in mine.items()} == {
        "sign_ins": 1,
        "mandates": 1,
        "posts": 0,
        "applications": 0,
        "uploads": 2,
        "signatures": 0,
        "consents": 0,
        "mails": len(mine["mails"].rows),
        "looks": 0,
    }
    texts = str([part.rows for part in mine.values()])
    assert f"给{files.clerk.username}的信" in texts and other.username not in texts


def test_only_sign_ins_of_the_last_months_are_shown(files):
    signed_in_at(files.clerk, datetime(2020, 1, 1, tzinfo=UTC))
    assert kept(files.clerk)["sign_ins"].rows == []


def test_mails_from_before_the_account_and_to_unconfirmed_addresses_are_not_theirs(files):
    write_mail(
        key="k", kind="x", to_address=files.clerk.email, to_name="", subject="给前一个人的信", body="正文"
    )
    assert kept(files.clerk)["mails"].rows == []
    EmailAddress.objects.create(user=files.clerk, email=files.clerk.email, verified=True, primary=True)
    User.objects.filter(pk=files.clerk.pk).update(date_joined=datetime(2099, 1, 1, tzinfo=UTC))
    files.clerk.refresh_from_db()
    assert kept(files.clerk)["mails"].rows == []


def test_who_looked_at_a_number_is_told_by_office_and_reason_and_not_by_name(files):
    person = person_record(files.county.authority).subject
    clerk = county.clerk_of(person)
    unmasking.unmask(user=files.data, subject=person, reason="核对身份证件", today=TODAY)
    (row,) = kept(clerk)["looks"].rows
    assert row[1:] == (person.name, files.county.credit.name, "核对身份证件")
    assert kept(files.clerk)["looks"].rows == []


def test_the_page_shows_purposes_and_marks_what_is_law(files):
    page = county.signed_in(files.clerk).get(reverse("my_data")).content.decode()
    assert all(str(each.kept) in page for each in PURPOSES)
    law = {each.code: str(each.kept) for each in PURPOSES if each.is_law}
    assert law == {"sign_ins": "至少6个月", "audit": "至少6个月", "provision": "至少3年"}
    assert {part.purpose for part in kept(files.clerk).values()} <= {each.code for each in PURPOSES}


def test_the_file_holds_ones_own_data_and_no_full_number_and_is_audited(files):
    person = person_record(files.county.authority).subject
    clerk = county.clerk_of(person, name="欧阳小明")
    response = county.signed_in(clerk).post(reverse("my_data_export"))
    archive = zipfile.ZipFile(BytesIO(b"".join(response.streaming_content)))
    data = json.loads(archive.read("data.json"))
    assert set(archive.namelist()) == {"data.json", "说明.txt"}
    assert data["account"]["姓名"] == "欧阳小明"
    assert [each["主体名称"] for each in data["subjects"]] == ["欧阳小明"]
    text = json.dumps(data, ensure_ascii=False)
    assert person.personal_number not in text and files.subject.name not in text
    assert AuditEntry.objects.get(action="dossier.export_own_data").actor_id == clerk.pk
    assert "attachment" in response["Content-Disposition"] and "no-store" in response["Cache-Control"]


def test_a_page_says_when_there_is_more_and_the_file_has_all(files):
    from credit_repair.core.clock import now

    for _ in range(own_data.SHOWN + 3):
        signed_in_at(files.clerk, now())
    assert kept(files.clerk)["sign_ins"].more
    assert len(kept(files.clerk, limit=own_data.EXPORTED)["sign_ins"].rows) == own_data.SHOWN + 3


def test_the_page_asks_no_more_often_because_there_is_more(files):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from credit_repair.core.clock import now

    client = county.signed_in(files.clerk)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("my_data")).status_code == 200
        return len(captured)

    def add(count):
        for _ in range(count):
            signed_in_at(files.clerk, now())
            unmasking.unmask(user=files.data, subject=files.subject, reason="核对身份证件", today=TODAY)

    add(1)
    queries()
    few = queries()
    add(6)
    assert queries() == few


def test_no_request_of_another_is_found(files):
    from credit_repair.dossier.services import ask

    request = ask(user=files.clerk, about="copy", words="要一份", today=TODAY)
    url = reverse("my_data_request", args=[request.uuid])
    assert county.signed_in(files.clerk).get(url).status_code == 200
    assert county.signed_in(county.clerk_of(files.subject, name="乙")).get(url).status_code == 404
    assert county.signed_in(files.county.intake).get(url).status_code == 404
