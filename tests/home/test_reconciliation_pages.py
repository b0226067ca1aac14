"""The pages about what platforms show: who finds them, what they say, what a person does there."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from credit_repair.core.models import AuditEntry, Job
from credit_repair.people.services import grant_mandate
from credit_repair.platforms.models import Difference, Measure, MeasureRule, Message, Reconciliation, Sighting
from credit_repair.platforms.reconciling import proving
from tests.home.conftest import NOW, SINCE, TODAY, person
from tests.home.test_queries import grows
from tests.registry.factories import OfficeFactory, PlatformFactory, PublicationFactory, RecordFactory
from tests.world import PNG, signed_in

pytestmark = pytest.mark.django_db

HOME, ELSEWHERE, MEASURES = "office_reconciliation", "office_third_parties", "office_measures"


@pytest.fixture
def data(official, credit):
    return official("data", credit)


def run_on(platform, **fields):
    return Reconciliation.objects.create(platform=platform, day=TODAY, started_at=NOW, **fields)


def done(run):
    run.sha256 = proving.bind(run, figures={})
    run.state, run.finished_at = "done", NOW
    run.save()
    return run


def difference_on(run, record=None, **fields):
    return Difference.objects.create(
        reconciliation=run,
        record=record,
        record_uuid=record.uuid if record else uuid.uuid4(),
        **{"kind": "still_shown", "handling": "raised", "said": {"shown": True, "why": "given_up"}} | fields,
    )


def still_shown(platform):
    """A record whose removal was given up, and which the platform shows still."""
    record = PublicationFactory(
        platform=platform,
        record=RecordFactory(standing="repaired", ended_on=TODAY, assessed=False),
        state="removing",
        shown_at=NOW - timedelta(days=30),
    ).record
    return record, difference_on(run_on(platform), record)


def text(client, name, *args, query=""):
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", [HOME, ELSEWHERE, MEASURES])
@pytest.mark.parametrize(
    ("role", "of_credit", "found"),
    [
        ("data", True, 200),
        ("supervisor", True, 200),
        ("supervisor", False, 404),
        ("data", False, 404),
        ("intake", True, 404),
    ],
)
def test_they_are_for_data_officers_and_supervisors_of_a_credit_office(
    official, credit, authority, name, role, of_credit, found
):
    client = official(role, credit if of_credit else authority)
    assert client.get(reverse(name)).status_code == found
    assert ("对账与核查" in client.get(reverse("office_records")).content.decode()) == (found == 200)


def test_a_run_is_begun_by_a_button_and_is_on_record(data):
    platform = PlatformFactory(code="source", name="信用中国（示例）")
    assert "还没有对账" in text(data, HOME)
    answer = data.post(reverse("office_reconciliation_start"), {"platform": "source"})
    run = Reconciliation.objects.get()
    assert answer["Location"] == reverse("office_reconciliation_run", args=[run.uuid])
    assert (run.platform, run.state, run.by is not None) == (platform, "running", True)
    assert AuditEntry.objects.get(action="platforms.reconcile").object_id == str(run.uuid)
    assert "对账正在进行" in text(data, "office_reconciliation_run", run.uuid)
    assert "正在对账" in text(data, HOME)


@pytest.mark.django_db(transaction=True)
def test_the_button_asks_for_the_work(data):
    PlatformFactory(code="source")
    data.post(reverse("office_reconciliation_start"), {"platform": "source"})
    assert Job.objects.filter(name="reconcile_platform").exists()


def test_who_cannot_be_asked_is_named(data):
    PlatformFactory(name="某前置机平台", transport="files")
    PlatformFactory(name="停用的平台", transport="files", active=False)
    page = text(data, HOME)
    assert "要人工核对：某前置机平台。" in page


@pytest.mark.parametrize("code", ["nowhere", ""])
def test_an_unknown_platform_does_not_exist(data, code):
    assert data.post(reverse("office_reconciliation_start"), {"platform": code}).status_code == 404


def test_a_run_shows_its_figures_what_it_found_and_its_proof(data):
    platform = PlatformFactory()
    run = run_on(platform, compared=12, agreed=10, raised=2)
    known = RecordFactory(doc_no="濉交罚〔2026〕8号")
    difference_on(run, known)
    strange = difference_on(run, kind="unknown_record", said={"why": "unknown"})
    done(run)
    page = text(data, "office_reconciliation_run", run.uuid)
    for said in (
        "濉交罚〔2026〕8号",
        "应撤下而仍在公示",
        "已经由人放弃",
        str(strange.record_uuid),
        run.sha256,
    ):
        assert said in page
    settled = {"handling": "settled", "note": "平台已撤下"}
    Difference.objects.filter(pk=strange.pk).update(**settled)
    opened = text(data, "office_reconciliation_run", run.uuid, query="?show=open")
    assert str(strange.record_uuid) not in opened


def test_a_run_that_broke_off_says_why(data):
    run = run_on(PlatformFactory(), state="broken", finished_at=NOW, note="不能取得平台的公示清单：超时")
    page = text(data, "office_reconciliation_run", run.uuid)
    assert "不能取得平台的公示清单：超时" in page
    assert reverse("office_reconciliation_proof", args=[run.uuid]) not in page
    assert data.get(reverse("office_reconciliation_proof", args=[run.uuid])).status_code == 404


def test_the_proof_is_handed_out_as_it_was_kept_and_who_takes_it_is_on_record(data):
    run = done(run_on(PlatformFactory(code="source")))
    answer = data.get(reverse("office_reconciliation_proof", args=[run.uuid]))
    assert answer["Content-Type"] == "application/zip"
    assert b"".join(answer).startswith(b"PK")
    assert AuditEntry.objects.get(action="platforms.download_proof").data["sha256"] == run.sha256
    Reconciliation.objects.update(sha256="0" * 64)
    answer = data.get(reverse("office_reconciliation_proof", args=[run.uuid]), follow=True)
    assert "与登记的校验值不符" in answer.content.decode()


def test_a_person_settles_a_difference_with_words(data):
    _record, difference = still_shown(PlatformFactory())
    url = reverse("office_difference", args=[difference.pk])
    assert "请写明核实和处理的情况" in data.post(url, {"decision": "note"}).content.decode()
    data.post(url, {"decision": "note", "note": "已电话联系平台"})
    difference.refresh_from_db()
    assert (difference.handling, difference.note) == ("settled", "已电话联系平台")
    assert data.post(url, {"decision": "note", "note": "再来一次"}).status_code == 404
    assert "已电话联系平台" in text(data, "office_difference", difference.pk)


def test_or_sends_once_more(data):
    record, difference = still_shown(PlatformFactory())
    data.post(reverse("office_difference", args=[difference.pk]), {"decision": "send", "note": "平台已恢复"})
    message = Message.objects.get(record=record)
    difference.refresh_from_db()
    assert (message.action, difference.message) == ("terminate", message)


def test_a_county_neither_reads_nor_settles_what_is_anothers(official, credit):
    record, difference = still_shown(PlatformFactory())
    elsewhere = official("data", OfficeFactory(credit=True, division="370321"))
    url = reverse("office_difference", args=[difference.pk])
    page = text(elsewhere, "office_reconciliation_run", difference.reconciliation.uuid)
    assert record.doc_no not in page
    assert url not in page
    assert elsewhere.get(url).status_code == 404
    assert elsewhere.post(url, {"decision": "send", "note": "平台已恢复"}).status_code == 404
    assert not Message.objects.exists()
    difference.refresh_from_db()
    assert difference.handling == "raised"


def test_the_enterprise_sees_what_is_still_shown(clerk, subject, credit):
    record, _difference = still_shown(PlatformFactory())
    record.subject = subject
    record.save()
    page = text(clerk, "my_record", record.uuid)
    assert "核查时仍在公示" in page


@pytest.fixture
def website():
    return PlatformFactory(
        code="qcc", name="某企业查询网", kind="third_party", transport="by_hand", required=False
    )


@pytest.fixture
def repaired(authority):
    return RecordFactory(
        authority=authority,
        standing="repaired",
        ended_on=TODAY - timedelta(days=3),
        assessed=False,
        doc_no="濉交罚〔2026〕9号",
    )


def seen(**fields):
    moment = (NOW - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    return {"shown": "no", "seen_at": moment, "note": "", "address": ""} | fields


def test_a_repaired_record_waits_until_somebody_has_looked(data, website, repaired):
    assert "濉交罚〔2026〕9号" in text(data, ELSEWHERE)
    url = reverse("office_third_party", args=[repaired.uuid])
    picture = SimpleUploadedFile("截图.png", PNG, content_type="image/png")
    data.post(url, seen(platform=website.pk, evidence=picture))
    sighting = Sighting.objects.get()
    assert (sighting.shown, sighting.record, bool(sighting.by)) == (False, repaired, True)
    assert "濉交罚〔2026〕9号" not in text(data, ELSEWHERE)
    assert "已看不到" in text(data, ELSEWHERE, query="?show=all")
    page = text(data, "office_third_party", repaired.uuid)
    assert sighting.sha256 in page
    assert reverse("office_third_party", args=[repaired.uuid]) in text(data, "office_record", repaired.uuid)
    answer = data.get(reverse("office_sighting_evidence", args=[sighting.uuid]))
    assert (b"".join(answer), answer["Content-Type"]) == (PNG, "image/png")
    assert AuditEntry.objects.filter(action="platforms.open_sighting").exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "请上传网页截图或者PDF，或者写明看到了什么"),
        ({"note": "看过", "seen_at": "2030-01-01T10:00"}, "核查时间不能晚于现在"),
        ({"note": "看过", "shown": ""}, "请选择看到的情况"),
        ({"note": "看过", "address": "http//x"}, "请填写完整的网页地址"),
        ({"note": "看过", "evidence": SimpleUploadedFile("a.png", b"<html>")}, "只能上传PDF、JPG或PNG文件"),
    ],
)
def test_what_proves_nothing_is_not_taken(data, website, repaired, fields, words):
    answer = data.post(
        reverse("office_third_party", args=[repaired.uuid]), seen(platform=website.pk) | fields
    )
    assert words in answer.content.decode()
    assert not Sighting.objects.exists()


def test_a_record_that_is_not_repaired_or_not_theirs_has_no_such_page(data, website, official, repaired):
    public = RecordFactory()
    assert data.get(reverse("office_third_party", args=[public.uuid])).status_code == 404
    stranger = signed_in(person("stranger"))
    sighting = Sighting.objects.create(
        platform=website, record=repaired, shown=True, seen_at=timezone.now(), checker="程序"
    )
    for name, thing in (("office_third_party", repaired), ("office_sighting_evidence", sighting)):
        assert stranger.get(reverse(name, args=[thing.uuid])).status_code == 404
    # There is no file to hand out.
    assert data.get(reverse("office_sighting_evidence", args=[sighting.uuid])).status_code == 404


def test_the_form_proposes_the_website_on_which_nobody_has_looked(data, website, repaired):
    other = PlatformFactory(code="tyc", kind="third_party", transport="by_hand", required=False)
    url = reverse("office_third_party", args=[repaired.uuid])
    data.post(url, seen(platform=website.pk, note="看过", shown="yes"))
    assert f'<option value="{other.pk}" selected' in data.get(url).content.decode()
    data.post(url, seen(platform=other.pk, note="看过"))
    assert f'<option value="{website.pk}" selected' in data.get(url).content.decode()


def test_without_a_website_the_page_says_what_to_do(data):
    assert "还没有设置第三方网站" in text(data, ELSEWHERE)


def measure_on(record, platform=None, **fields):
    platform = platform or PlatformFactory(kind="department", required=False, name="某银行")
    return Measure.objects.create(
        record=record,
        platform=platform,
        **{"kind": "sanction", "name": "限制贷款", "applied_at": NOW} | fields,
    )


def test_measures_are_listed_by_what_they_wait_for_and_shown_with_the_record(data, subject):
    assert "还没有措施清单" in text(data, MEASURES)
    MeasureRule.objects.create(
        platform=PlatformFactory(kind="department"), kind="sanction", record_kind="penalty", name="限制贷款"
    )
    record = RecordFactory(subject=subject, doc_no="濉交罚〔2026〕10号")
    measure_on(record, state="ending")
    ended = RecordFactory(doc_no="濉交罚〔2026〕11号")
    measure_on(ended, state="ended", ended_at=NOW, receipt="R-9")
    page = text(data, MEASURES)
    assert "濉交罚〔2026〕10号" in page
    assert "濉交罚〔2026〕11号" not in page
    assert "R-9" in text(data, MEASURES, query="?show=ended")
    assert "尚未解除" in text(data, "office_record", record.uuid)
    user = person("clerk2")
    grant_mandate(user=user, subject=subject, since=SINCE)
    assert "限制贷款" in text(signed_in(user), "my_record", record.uuid)
    answer = data.get(reverse(MEASURES), {"format": "csv"})
    assert "限制贷款" in b"".join(answer).decode()


def test_no_list_asks_more_because_it_has_more_rows(data, website, authority):
    platform = PlatformFactory()
    run = run_on(platform)

    def runs(n):
        for _each in range(n):
            run_on(PlatformFactory(), state="broken", finished_at=NOW)

    def differences(n):
        for _each in range(n):
            record = RecordFactory()
            message = Message.objects.create(
                platform=platform,
                record=record,
                sequence=1,
                action="terminate",
                cause=uuid.uuid4(),
                payload={},
                next_attempt_at=NOW,
                created_at=NOW,
            )
            difference_on(run, record, handling="sent_again", message=message)

    def records(n):
        for _each in range(n):
            record = RecordFactory(standing="repaired", ended_on=TODAY, assessed=False)
            Sighting.objects.create(
                platform=website, record=record, shown=True, seen_at=timezone.now(), checker="程序"
            )

    def measures(n):
        for _each in range(n):
            measure_on(RecordFactory(), state="ending")

    looked_for = RecordFactory(standing="repaired", ended_on=TODAY, assessed=False)

    def looks(n):
        for _each in range(n):
            Sighting.objects.create(
                platform=website,
                record=looked_for,
                shown=True,
                seen_at=timezone.now(),
                by=person(str(uuid.uuid4())),
            )

    assert grows(data, reverse(HOME), runs) == 0
    assert grows(data, reverse("office_reconciliation_run", args=[run.uuid]), differences) == 0
    assert grows(data, reverse(ELSEWHERE), records) == 0
    assert grows(data, reverse(MEASURES), measures) == 0
    assert grows(data, reverse("office_third_party", args=[looked_for.uuid]), looks) == 0


def test_only_platforms_that_publish_are_offered_for_an_import(data, website):
    PlatformFactory(name="信用中国（示例）")
    PlatformFactory(name="某银行", kind="department", required=False)
    page = text(data, "office_import_new")
    assert "信用中国（示例）" in page
    assert "某银行" not in page
    assert website.name not in page
