"""Events of a subject: entered, told, superseded and never changed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from credit_repair.cases.papers import readable_papers
from credit_repair.core.models import AuditEntry
from credit_repair.core.uploads import UploadRefused
from credit_repair.dossier.access import events_for_official, may_correct_event, own_events
from credit_repair.dossier.errors import DossierRefused, NotInCharge
from credit_repair.dossier.models import SubjectEvent
from credit_repair.dossier.parts import event_state
from credit_repair.dossier.services import correct_event, enter_event
from credit_repair.dossier.services.events import Entry
from credit_repair.mail.models import Mail
from credit_repair.people.models import Role
from credit_repair.people.services import grant_mandate
from tests import world as county
from tests.dossier.conftest import TODAY, event
from tests.registry.factories import RecordFactory

ENTRY = Entry(kind="enforcement", day=date(2026, 10, 8), body="濉溪县人民法院", words="立案执行。")


def superseded(found, *, actor, reason="案号写错了", entry=ENTRY, **more):
    return correct_event(event=found, entry=entry, reason=reason, actor=actor, today=TODAY, **more)


def test_what_is_entered_is_told_to_who_acts_for_the_subject(files):
    found = event(files, papers=[county.upload("判决书.pdf")])
    mail = Mail.objects.get(kind="subject_event")
    assert mail.to_address == files.clerk.email
    assert "司法裁判" in mail.subject and str(found.uuid) in mail.body
    assert "货款" not in mail.body
    entry = AuditEntry.objects.get(action="dossier.enter_event")
    assert (entry.actor_id, entry.object_id, entry.data["documents"]) == (
        files.county.approver.pk,
        str(found.uuid),
        1,
    )


@pytest.mark.parametrize("role", [Role.INTAKE, Role.VERIFIER, Role.SUPERVISOR, Role.AUDITOR, Role.WINDOW])
def test_only_who_may_find_something_about_records_enters(files, role):
    actor = county.member(files.county.authority, role)
    with pytest.raises(NotInCharge):
        event(files, actor=actor)
    assert not SubjectEvent.objects.exists()


def test_nobody_enters_for_another_office_nor_into_a_file_that_is_not_theirs(files):
    with pytest.raises(NotInCharge):
        event(files, office=files.tax)
    with pytest.raises(NotInCharge):
        event(files, actor=files.foreign, office=files.elsewhere)
    grant_mandate(user=files.county.approver, subject=files.subject, since=county.SINCE, until=county.SINCE)
    with pytest.raises(NotInCharge):
        event(files)


def test_a_record_is_one_of_the_subject_that_the_official_reads(files):
    for record in (files.tax_record, RecordFactory(authority=files.county.authority)):
        with pytest.raises(DossierRefused) as refused:
            enter_event(
                subject=files.subject,
                office=files.county.authority,
                entry=replace(ENTRY, record=record),
                actor=files.county.approver,
                today=TODAY,
            )
        assert refused.value.code == "other_record"


def test_no_event_lies_ahead(files):
    with pytest.raises(DossierRefused) as refused:
        event(files, day=TODAY + timedelta(days=1))
    assert refused.value.code == "ahead"
    assert event(files, day=TODAY).day == TODAY


def test_a_file_that_is_none_is_refused_and_nothing_is_entered(files):
    with pytest.raises(UploadRefused):
        event(files, papers=[county.upload("坏.pdf", b"nothing")])
    assert not SubjectEvent.objects.exists()


def test_a_correction_leaves_the_former_entry_as_it_was(files):
    found = event(files)
    before = SubjectEvent.objects.filter(pk=found.pk).values().get()
    new = superseded(found, actor=files.data)
    assert SubjectEvent.objects.filter(pk=found.pk).values().get() == before
    assert (new.supersedes, new.reason, new.office, new.entered_by) == (
        found,
        "案号写错了",
        files.county.authority,
        files.data,
    )
    assert event_state(SubjectEvent.objects.get(pk=found.pk))[0] == "已被更正"
    assert event_state(new)[0] == "更正后登记"


def test_an_entry_can_be_taken_out_and_then_is_over(files):
    found = event(files)
    gone = superseded(found, actor=files.county.approver, void=True)
    assert event_state(SubjectEvent.objects.get(pk=found.pk))[0] == "已被撤销"
    assert event_state(gone)[0] == "已撤销登记"
    for over in (found, gone):
        with pytest.raises(DossierRefused) as refused:
            superseded(over, actor=files.county.approver)
        assert refused.value.code == "superseded"


def test_a_correction_says_why(files):
    with pytest.raises(DossierRefused) as refused:
        superseded(event(files), actor=files.county.approver, reason="  ")
    assert refused.value.code == "no_reason"


def test_the_database_holds_to_it(files):
    found = event(files)
    fields = {
        "subject": files.subject,
        "office": files.tax,
        "kind": "other",
        "day": TODAY,
        "body": "甲",
        "words": "乙",
        "entered_by": files.data,
        "entered_at": found.entered_at,
        "entered_on": TODAY,
    }
    superseded(found, actor=files.county.approver)
    for wrong in (
        {"supersedes": found, "reason": "第二次"},
        {"void": True},
        {"reason": "没有更正什么"},
        {"supersedes": SubjectEvent.objects.latest("pk")},
        {"words": ""},
        {"day": TODAY + timedelta(days=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SubjectEvent.objects.create(**(fields | wrong))


def test_who_reads_and_corrects_an_entry(files):
    found = event(files)
    readers = {
        "intake": files.county.intake,
        "data": files.data,
        "verifier": files.county.verifier,
        "approver": files.county.approver,
        "tax": files.tax_verifier,
        "foreign": files.foreign,
    }
    reads = {name for name, user in readers.items() if events_for_official(user=user, on=TODAY).exists()}
    corrects = {name for name, user in readers.items() if may_correct_event(user=user, event=found, on=TODAY)}
    assert reads == {"intake", "data", "verifier", "approver"}
    assert corrects == {"data", "approver"}
    assert own_events(user=files.clerk, on=TODAY).get() == found
    assert not own_events(user=county.make_user(), on=TODAY).exists()


def test_an_event_on_a_record_is_read_by_who_reads_the_record(files):
    enter_event(
        subject=files.subject,
        office=files.county.credit,
        entry=replace(ENTRY, record=files.tax_record),
        actor=files.data,
        today=TODAY,
    )
    assert events_for_official(user=files.tax_verifier, on=TODAY).count() == 1
    assert events_for_official(user=files.county.verifier, on=TODAY).count() == 0


def test_its_papers_are_read_by_who_reads_it(files):
    paper = event(files, papers=[county.upload("判决书.pdf")]).papers.get()
    url = reverse("paper", args=[paper.uuid])
    for user, status in (
        (files.clerk, 200),
        (files.county.intake, 200),
        (files.county.approver, 200),
        (files.tax_verifier, 404),
        (files.foreign, 404),
        (county.make_user(), 404),
    ):
        assert county.signed_in(user).get(url).status_code == status
        assert readable_papers(user=user, on=TODAY).filter(pk=paper.pk).exists() == (status == 200)


def test_entered_and_corrected_on_the_pages(files):
    client = county.signed_in(files.county.approver)
    new = reverse("office_subject_event_new", args=[files.subject.uuid])
    said = {"kind": "judgement", "day": "2026-10-08", "body": "濉溪县人民法院", "words": "判令支付。"}
    assert "身份证" in client.post(new, said | {"words": "张三 11010519491231002X"}).content.decode()
    assert "不能晚于今天" in client.post(new, said | {"day": "2026-11-21"}).content.decode()
    response = client.post(new, said | {"paper": county.upload("判决书.pdf")})
    found = SubjectEvent.objects.get()
    assert response["Location"] == reverse("office_subject_event", args=[found.uuid])
    correct = reverse("office_subject_event_correct", args=[found.uuid])
    assert "请写明更正的理由" in client.post(correct, said).content.decode()
    client.post(correct, said | {"reason": "写错了", "body": "濉溪县法院"})
    assert SubjectEvent.objects.get(supersedes=found).body == "濉溪县法院"
    assert client.get(correct).status_code == 404
    page = county.signed_in(files.clerk).get(reverse("my_subject_event", args=[found.uuid]))
    assert "已被更正" in page.content.decode() and "about" not in page.context.get("object_url", "")
