"""The pages over effects: the list, evidence with four eyes, reports of enterprises, the removal tracker."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.urls import reverse

from credit_repair.people.services import grant_mandate, join_office
from credit_repair.platforms.models import EffectEvidence, Measure, Message, Sighting, SightingReport
from credit_repair.platforms.open_effects import ended_by, open_effects
from credit_repair.platforms.services import enqueue_removal
from credit_repair.platforms.sighting_reports import MOST_OPEN
from tests.home.conftest import NOW, SINCE, TODAY, person
from tests.home.test_queries import grows
from tests.registry.factories import OfficeFactory, PlatformFactory, PublicationFactory, RecordFactory
from tests.world import PDF, signed_in, substitute_of

pytestmark = pytest.mark.django_db

LONG_AGO = date(2026, 11, 2)


@pytest.fixture
def data(official, credit):
    return official("data", credit)


@pytest.fixture
def website():
    return PlatformFactory(
        kind="third_party", transport="by_hand", required=False, code="lookup", name="某某查"
    )


def ended(**fields):
    given = {"standing": "repaired", "ended_on": LONG_AGO, "assessed": False}
    return RecordFactory(**{**given, **fields})


def removing(**fields):
    """An ended record that a platform still has to take down, and nobody tells it any more."""
    record = ended(**fields)
    PublicationFactory(record=record, platform=PlatformFactory(name="某平台"))
    enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="信用修复")
    Message.objects.filter(record=record).update(state="given_up")
    return record


def seen_on(website, record, *, shown=True, at=NOW):
    return Sighting.objects.create(platform=website, record=record, shown=shown, seen_at=at, checker="某程序")


def page_of(client, name, *args, query=""):
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def paper():
    return SimpleUploadedFile("截图.pdf", PDF)


def kinds(**wanted):
    found = open_effects(readable=lambda path: Q(), ended_until=TODAY, **wanted)
    return [row[2] for row in found]


# The list


def test_every_open_effect_is_a_line_and_nothing_that_is_over(data, website):
    record = removing(doc_no="濉交罚〔2026〕10号")
    bank = PlatformFactory(kind="department", required=False, name="某银行")
    Measure.objects.create(
        record=record, platform=bank, kind="sharing", name="查询", state="ending", applied_at=NOW
    )
    seen_on(website, record)
    gone = ended(doc_no="濉交罚〔2026〕11号")
    PublicationFactory(record=gone, state="removed", removed_at=NOW, receipt="R-1")
    seen_on(website, gone, at=NOW - timedelta(days=1))
    seen_on(website, gone, shown=False)
    running = RecordFactory(doc_no="濉交罚〔2026〕12号")
    seen_on(website, running)
    assert sorted(kinds()) == ["elsewhere", "publicity", "sharing"]
    page = page_of(data, "office_effects")
    assert page.count("濉交罚〔2026〕10号</a>") == 3
    assert "消息已放弃，待登记佐证" in page and "出具函" in page
    assert "濉交罚〔2026〕11号" not in page and "濉交罚〔2026〕12号" not in page


def test_what_a_publisher_was_told_beside_is_open_until_its_receipt_or_evidence():
    record = ended()
    shown = PublicationFactory(record=record, platform=PlatformFactory(actions=["stop_sharing"]))
    enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="信用修复")
    assert sorted(kinds()) == ["publicity", "sharing"]
    assert kinds(effect="sharing") == ["sharing"] and kinds(effect="sanction") == []
    Message.objects.filter(action="stop_sharing").update(state="confirmed", receipt="R", confirmed_at=NOW)
    assert kinds() == ["publicity"]
    Message.objects.filter(action="stop_sharing").update(state="given_up")
    assert kinds(effect="sharing", platform=shown.platform) == ["sharing"]
    assert kinds(effect="sharing", platform=PlatformFactory()) == []


@pytest.mark.parametrize(
    ("working_days", "day"),
    [(3, date(2026, 11, 16)), (0, date(2026, 11, 19)), (10, date(2026, 11, 5))],
)
def test_how_old_an_end_must_be_counts_in_working_days(working_days, day):
    assert ended_by(TODAY, working_days=working_days) == day


def test_what_ended_lately_is_not_on_the_list_unless_asked_for(data):
    removing(doc_no="濉交罚〔2026〕20号", ended_on=date(2026, 11, 17))  # three working days ago: in time
    removing(doc_no="濉交罚〔2026〕21号", ended_on=date(2026, 11, 16))
    page = page_of(data, "office_effects")
    assert "濉交罚〔2026〕21号" in page and "濉交罚〔2026〕20号" not in page
    assert "濉交罚〔2026〕20号" in page_of(data, "office_effects", query="?age=0")
    assert "没有尚未终结的效果" in page_of(data, "office_effects", query="?age=30")
    assert "没有尚未终结的效果" in page_of(data, "office_effects", query="?effect=sanction")


def test_the_list_asks_no_more_for_more_rows(data, website):
    def add(n):
        for _ in range(n):
            seen_on(website, removing())

    assert grows(data, reverse("office_effects"), add) == 0


def test_an_office_lists_its_own_records_alone(official, credit, authority):
    there = OfficeFactory(credit=True, name="桓台县信用办", division="370321")
    mine = removing(authority=OfficeFactory(parent=credit), doc_no="濉交罚〔2026〕30号")
    theirs = removing(authority=OfficeFactory(parent=there, division="370321"), doc_no="桓交罚〔2026〕31号")
    client = official("supervisor", credit)
    page = page_of(client, "office_effects")
    assert mine.doc_no in page and theirs.doc_no not in page
    assert entered(client, theirs, theirs.publications.get().platform).status_code == 404


@pytest.mark.parametrize("name", ["office_effects", "office_proofs", "office_reports", "office_stop_letters"])
@pytest.mark.parametrize(
    ("role", "of_credit", "found"),
    [("data", True, 200), ("supervisor", True, 200), ("data", False, 404), ("intake", True, 404)],
)
def test_the_lists_are_for_who_looks_after_platforms(
    official, credit, authority, name, role, of_credit, found
):
    client = official(role, credit if of_credit else authority)
    assert client.get(reverse(name)).status_code == found


@pytest.mark.parametrize("name", ["office_proofs", "office_reports"])
def test_what_waits_for_an_official_is_listed_in_as_many_queries_for_many_as_for_few(data, website, name):
    def add(n):
        for _ in range(n):
            record = ended()
            EffectEvidence.objects.create(
                record=record,
                platform=PlatformFactory(),
                effect="publicity",
                gone_on=TODAY,
                words="看过",
                file="effect-evidence/a.pdf",
                sha256="0" * 64,
                proposed_by=person(f"p{record.pk}"),
                proposed_at=NOW,
            )
            SightingReport.objects.create(
                record=record,
                platform=website,
                address="https://www.example.com/",
                seen_on=TODAY,
                file="sighting-reports/a.pdf",
                sha256="0" * 64,
                reported_by=person(f"r{record.pk}"),
                reported_at=NOW,
            )

    assert grows(data, reverse(name), add) == 0


# Evidence


def entered(client, record, platform, **changed):
    fields = {"gone_on": "2026-11-20", "words": "看过了", "file": paper(), **changed}
    address = reverse("office_proof_new", args=[record.uuid, platform.pk, "publicity"])
    return client.post(address, fields)


def test_a_substitute_of_who_entered_it_does_not_confirm(data, credit):
    record = removing()
    entered(data, record, record.publications.get().platform)
    proof = EffectEvidence.objects.get()
    instead = substitute_of(proof.proposed_by, OfficeFactory())
    client, address = signed_in(instead), reverse("office_proof", args=[proof.uuid])
    assert 'name="decision"' not in client.get(address).content.decode()
    assert "复核佐证" not in page_of(client, "office_record", record.uuid)
    assert client.post(address, {"decision": "yes"}).status_code == 404
    join_office(user=instead, office=credit, role="supervisor", since=SINCE)
    assert 'name="decision"' in client.get(address).content.decode()
    assert client.post(address, {"decision": "yes"}).status_code == 302
    proof.refresh_from_db()
    assert (proof.state, proof.decided_by) == ("confirmed", instead)


def test_one_enters_and_another_confirms(data, official, credit):
    record = removing()
    publication = record.publications.get()
    assert "登记佐证" in page_of(data, "office_record", record.uuid)
    answer = entered(data, record, publication.platform)
    proof = EffectEvidence.objects.get()
    address = reverse("office_proof", args=[proof.uuid])
    assert answer["Location"] == address
    assert "要由另一位工作人员复核" in data.get(address).content.decode()
    assert data.post(address, {"decision": "yes"}).status_code == 422, "not by who entered it"
    other = official("supervisor", credit)
    assert "复核佐证" in page_of(other, "office_record", record.uuid)
    assert str(proof.uuid) in page_of(other, "office_proofs")
    assert other.post(address, {"decision": "no"}).status_code == 422, "sent back only with words"
    assert other.post(address, {"decision": "yes"}).status_code == 302
    publication.refresh_from_db()
    proof.refresh_from_db()
    assert (publication.state, publication.receipt) == ("removed", proof.number)
    page = page_of(data, "office_record", record.uuid)
    assert proof.number in page and "佐证编号" in page
    file = data.get(reverse("office_proof_file", args=[proof.uuid]))
    assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00 a program", b"<html><script>alert(1)</script></html>"])
def test_a_hostile_file_is_no_evidence(data, content):
    record = removing()
    answer = entered(
        data, record, record.publications.get().platform, file=SimpleUploadedFile("截图.pdf", content)
    )
    assert answer.status_code == 422
    assert not EffectEvidence.objects.exists()


def test_who_acts_for_the_subject_keeps_away(credit, subject):
    record = removing(subject=subject)
    user = person("both")
    join_office(user=user, office=credit, role="data", since=SINCE)
    grant_mandate(user=user, subject=subject, since=SINCE, until=TODAY - timedelta(days=30))
    client = signed_in(user)
    assert entered(client, record, record.publications.get().platform).status_code == 404
    assert "登记佐证" not in page_of(client, "office_record", record.uuid)


# The tracker and reports


def reported(client, record, **changed):
    fields = {
        "place": "lookup",
        "address": "https://www.example.com/c/1",
        "seen_on": "2026-11-20",
        "file": paper(),
        **changed,
    }
    return client.post(reverse("my_removal_report", args=[record.uuid]), fields)


def test_the_tracker_tells_who_confirmed_and_who_is_late(clerk, subject):
    record = removing(subject=subject)
    PublicationFactory(
        record=record, platform=PlatformFactory(name="快平台"), state="removed", removed_at=NOW, receipt="R-7"
    )
    page = page_of(clerk, "my_removal", record.uuid)
    assert "公示结束" in page and "1/2 已停止" in page and "R-7" in page
    assert "应当在2026年11月5日前（含当日）停止，已经超过11个工作日" in page
    assert "快平台确认已经撤下公示" in page
    assert reverse("my_removal", args=[record.uuid]) in page_of(clerk, "my_record", record.uuid)


def test_a_record_in_its_period_has_nothing_to_report(clerk, subject, website):
    record = RecordFactory(subject=subject)
    assert "在其他网站上还能查到" not in page_of(clerk, "my_removal", record.uuid)
    assert reported(clerk, record).status_code == 422
    assert not SightingReport.objects.exists()


def test_what_the_enterprise_reports_is_looked_at_and_answered(clerk, subject, website, data):
    record = ended(subject=subject)
    assert reported(clerk, record).status_code == 302
    report = SightingReport.objects.get()
    assert not Sighting.objects.exists(), "a report proves nothing by itself"
    assert "待核查" in page_of(clerk, "my_removal", record.uuid)
    assert str(report.uuid) in page_of(data, "office_reports")
    address = reverse("office_report", args=[report.uuid])
    assert data.post(address, {"decision": "no"}).status_code == 422
    answer = {"decision": "yes", "platform": "lookup", "note": "查到了，将致函该网站。"}
    assert data.post(address, answer).status_code == 302
    sighting = Sighting.objects.get()
    assert (sighting.shown, sighting.platform, sighting.report) == (True, website, report)
    page = page_of(clerk, "my_removal", record.uuid)
    assert "已核实" in page and "查到了，将致函该网站。" in page
    assert data.post(address, answer).status_code == 422, "answered once"
    assert Sighting.objects.count() == 1


def test_another_website_has_a_name_and_may_be_declined_with_words(clerk, subject, data):
    record = ended(subject=subject)
    assert reported(clerk, record, place="other").status_code == 422
    assert reported(clerk, record, place="other", website="某某信息网").status_code == 302
    report = SightingReport.objects.get()
    address = reverse("office_report", args=[report.uuid])
    assert data.post(address, {"decision": "no", "note": "没有这条信息。"}).status_code == 302
    assert not Sighting.objects.exists()
    assert "没有这条信息。" in page_of(clerk, "my_removal", record.uuid)


@pytest.mark.parametrize(
    "changed",
    [
        {"file": SimpleUploadedFile("a.png", b"MZ\x90\x00")},
        {"file": SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")},
        {"address": "javascript:alert(1)"},
        {"address": ""},
        {"seen_on": "2026-11-21"},
        {"seen_on": "2026-11-01"},
        {"place": "nowhere"},
    ],
)
def test_what_cannot_be_reported_is_refused_at_its_field(clerk, subject, website, changed):
    assert reported(clerk, ended(subject=subject), **changed).status_code == 422
    assert not SightingReport.objects.exists()


def test_the_same_page_is_reported_once_and_only_so_many_wait(clerk, subject, website):
    record = ended(subject=subject)
    assert reported(clerk, record).status_code == 302
    assert reported(clerk, record).status_code == 422
    for number in range(2, MOST_OPEN + 1):
        again = reported(clerk, record, address=f"https://www.example.com/c/{number}")
        assert again.status_code == 302
    assert reported(clerk, record, address="https://www.example.com/c/99").status_code == 422
    assert SightingReport.objects.count() == MOST_OPEN


def test_a_record_of_another_does_not_exist(clerk, website):
    record = ended()
    assert clerk.get(reverse("my_removal", args=[record.uuid])).status_code == 404
    assert reported(clerk, record).status_code == 404


def test_the_tracker_asks_no_more_for_more_platforms(clerk, subject, website):
    record = ended(subject=subject)

    def add(n):
        for _ in range(n):
            PublicationFactory(record=record, state="removing")
            seen_on(website, record)

    assert grows(clerk, reverse("my_removal", args=[record.uuid]), add) == 0


def test_only_the_enterprise_is_sent_to_a_website_to_apply_there(data, clerk, subject, website):
    record = ended(subject=subject)
    seen_on(website, record)
    assert "您可以向该网站申请更新" in page_of(clerk, "my_record", record.uuid)
    page = page_of(data, "office_record", record.uuid)
    assert "仍可查到" in page
    assert "您可以向该网站申请更新" not in page


def test_one_place_of_the_navigation_is_current(official, credit):
    supervisor = official("supervisor", credit)
    items = supervisor.get(reverse("office_effects")).context["nav_items"]
    assert [item["label"] for item in items if item["active"]] == ["对账与核查"]
    offered = page_of(supervisor, "office_after")
    assert reverse("office_effects") in offered
