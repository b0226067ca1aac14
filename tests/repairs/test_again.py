"""What came to nothing is filed again with what was good, and says what is to be done."""

from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case, Filing, ReasonCode, StoredFile
from credit_repair.cases.services import remove_attachment
from credit_repair.cases.services.reasons import note_reasons
from credit_repair.core.clock import assume
from credit_repair.core.jobs import run_due
from credit_repair.core.models import Job
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.people.models import Role
from credit_repair.registry.models import Record
from credit_repair.repairs import preflight, settlers
from credit_repair.repairs import services as repairs
from credit_repair.repairs.models import LetterSignature, RepairBasket
from credit_repair.repairs.presenters.again import again_hints, reasons_for
from credit_repair.repairs.services import corrections
from credit_repair.repairs.services.again import file_again
from credit_repair.repairs.services.letters import letter_of
from credit_repair.repairs.views.sides import ME, WINDOW
from tests.registry.factories import MOMENT, RecordFactory
from tests.world import (
    CORRECTION_OVER,
    ONE_GAP,
    PDF,
    TODAY,
    World,
    answer_gaps,
    approved_case,
    bring,
    build_world,
    clerk_of,
    complete_draft,
    correction_case,
    deciding_case,
    do,
    draft,
    fresh,
    make_user,
    member,
    submitted_case,
    upload,
)

pytestmark = pytest.mark.django_db

LETTER = {"code": "", "text": "承诺书没有签字", "advice": "", "mends": "commitment"}
PROOF = {"code": "", "text": "凭证看不清", "advice": "", "mends": "proof"}


def refused_case(world: World, *codes: str, **data: Any) -> Case:
    case = deciding_case(world)
    do(case, "refuse", world.approver, codes=list(codes), **{"reason": "理由见清单", **data})
    return fresh(case)


def again(world: World, case: Case, *, actor: Any = None, today: date = TODAY) -> Case:
    """File again, and return the new draft."""
    filing = file_again(case=case, actor=actor or world.clerk, today=today)
    return filing.cases.get(record=case.record, state="draft")


def kinds(case: Case) -> list[str]:
    return sorted(case.attachments.values_list("kind", flat=True))


# -- what comes along


def test_answers_files_and_contact_come_along(world: World) -> None:
    old = refused_case(world, "restriction_running")
    new = again(world, old)
    assert new.pk != old.pk and new.filing != old.filing
    assert new.repair.again_of == old
    for name in ("corrected", "performed_on", "statement", "contact_name", "contact_phone"):
        assert getattr(new.repair, name) == getattr(old.repair, name), name
    assert kinds(new) == ["commitment", "proof"]
    assert {item.sha256 for item in new.attachments.all()} == {item.sha256 for item in old.attachments.all()}
    basket = RepairBasket.objects.get(filing=new.filing)
    assert (basket.statement, basket.contact_name) == (old.repair.statement, old.repair.contact_name)
    do(new, "submit", world.clerk)
    assert new.state == "submitted"


def test_what_a_reason_names_is_made_anew(world: World) -> None:
    new = again(world, refused_case(world, "evidence_not_proving"))
    assert kinds(new) == ["commitment"]
    assert new.repair.corrected and new.repair.performed_on
    assert again_hints([new]) == {"proof": "上次的证明材料不能用，请重新上传。"}
    client = Client()
    client.force_login(world.clerk)
    with assume(TODAY):
        page = client.get(reverse("my_filing", args=[new.filing.uuid])).content.decode()
    assert "上次的证明材料不能用，请重新上传。" in page and "需要补充" in page
    bring(world, new, "proof")
    with assume(TODAY):
        assert "上次的证明" not in client.get(reverse("my_filing", args=[new.filing.uuid])).content.decode()


def test_hints_for_one_and_for_many_cost_the_same(world: World) -> None:
    assert again_hints([draft(world)]) == {}
    do(Case.objects.get(), "discard", world.clerk)
    cases = repairs.drafts_of(again(world, refused_case(world, "duties_open")).filing)
    with CaptureQueriesContext(connection) as one:
        again_hints(cases)
    with CaptureQueriesContext(connection) as many:
        again_hints(cases * 5)
    assert len(one) == len(many) == 2


def test_a_statement_that_was_not_true_is_given_anew_from_the_old_words(world: World) -> None:
    old = refused_case(world, "duties_open")
    new = again(world, old)
    assert not new.repair.corrected and new.repair.performed_on is None
    assert new.repair.statement == old.repair.statement
    assert kinds(new) == ["commitment", "proof"]
    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        do(new, "submit", world.clerk)
    assert caught.value.code == "statement_incomplete"


def test_of_two_letters_the_corrected_one_comes_along(world: World) -> None:
    case = correction_case(world, items=[LETTER, ONE_GAP[0]])
    answer_gaps(world, case)
    do(case, "resubmit", world.clerk)
    answer = case.attachments.exclude(item=None).get()
    do(case, "refuse_to_accept", world.intake, reason="不属于本办受理")
    new = again(world, case)
    assert [item.sha256 for item in new.attachments.filter(kind="commitment")] == [answer.sha256]
    assert new.repair.statement.endswith("已经补充说明。"), "what was added to the statement belongs to it"


def test_further_material_comes_along_where_it_is_seen(world: World) -> None:
    case = correction_case(world, items=[{**PROOF, "mends": ""}])
    corrections.answer_with_file(
        case=case, actor=world.clerk, today=TODAY, position=1, upload=upload(content=PDF + b"% more")
    )
    do(case, "withdraw", world.clerk)
    assert kinds(again(world, case)) == ["commitment", "proof", "proof"]


def test_what_was_signed_for_the_earlier_application_stays_with_it(world: World) -> None:
    case = complete_draft(world)
    stored = case.attachments.filter(kind="proof").get().stored
    for kind in ("form", "withdrawal"):
        Attachment.objects.create(case=case, kind=kind, stored=stored, uploaded_at=MOMENT)
    do(case, "submit", world.clerk)
    do(case, "withdraw", world.clerk)
    assert kinds(again(world, case)) == ["commitment", "proof"]


def signed_on_screen(world: World, state: str) -> Case:
    case = complete_draft(world)
    case.attachments.filter(kind="commitment").delete()
    link = letter_of(case, TODAY)
    LetterSignature.objects.create(
        case=case,
        document=link.document,
        signed_by=world.clerk,
        signer_name="周小敏",
        signed_at=MOMENT,
    )
    if state == "ready":
        link.document.file.save("letter.pdf", ContentFile(PDF + b"% signed"), save=False)
        link.document.state = state
        link.document.sha256, link.document.size = "0" * 64, len(PDF)
        link.document.save()
    case = fresh(case)
    do(case, "submit", world.clerk)
    do(case, "withdraw", world.clerk)
    return case


def test_a_letter_signed_on_the_screen_comes_along_as_its_pdf(world: World) -> None:
    new = again(world, signed_on_screen(world, "ready"))
    assert kinds(new) == ["commitment", "proof"]
    assert not LetterSignature.objects.filter(case=new).exists()


def test_a_letter_that_came_along_is_ours_though_it_names_the_earlier_application(world: World) -> None:
    old = submitted_case(world)
    letter = letter_of(old, TODAY).document
    stored = old.attachments.get(kind="commitment").stored
    facts = {"letters": [{"document": letter.uuid.hex, "page": 1, "signed": True}], "looks": [{}]}
    StoredFile.objects.filter(pk=stored.pk).update(facts=facts, inspected_at=MOMENT)
    do(old, "withdraw", world.clerk)
    new = again(world, old)
    along = new.attachments.get(kind="commitment").stored
    found = preflight.findings_of(filing=new.filing, today=TODAY, user=world.clerk)
    assert not [finding for finding in found if finding.code.startswith("letter_")]
    assert preflight.letters_in(along) == {new.pk}
    stored.refresh_from_db()
    assert preflight.letters_in(stored) >= {old.pk}


def test_a_file_that_nobody_looked_into_yet_is_looked_into_where_it_came_along(world: World) -> None:
    old = submitted_case(world)
    do(old, "withdraw", world.clerk)
    Job.objects.all().delete()
    new = again(world, old)
    run_due()
    assert all(item.stored.inspected_at for item in new.attachments.select_related("stored"))


def test_a_letter_without_its_pdf_is_signed_anew(world: World) -> None:
    assert kinds(again(world, signed_on_screen(world, "pending"))) == ["proof"]


def test_a_letter_in_a_name_that_has_changed_is_signed_anew(world: World) -> None:
    case = signed_on_screen(world, "ready")
    world.subject.name = "新名称有限公司"
    world.subject.save()
    assert kinds(again(world, case)) == ["proof"]


def test_the_earlier_files_stay_when_the_new_ones_are_dropped(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    old = refused_case(world)
    new = again(world, old)
    with django_capture_on_commit_callbacks(execute=True):
        do(new, "discard", world.clerk)
        for item in new.attachments.select_related("stored"):
            repairs_drop(world, item)
    for item in old.attachments.select_related("stored"):
        assert item.file.storage.exists(item.file.name)


def repairs_drop(world: World, item: Attachment) -> None:

    remove_attachment(attachment=item, actor=world.clerk)


# -- from where, and into which basket


def lapsed_case(world: World, items: list[dict[str, str]] = ONE_GAP) -> Case:
    case = correction_case(world, items=items)
    assert settlers.lapse_uncorrected(today=CORRECTION_OVER) == 1
    return fresh(case)


ENDED: dict[str, Any] = {
    "refused": refused_case,
    "not_accepted": lambda world: ended(submitted_case(world), "refuse_to_accept", world.intake),
    "withdrawn": lambda world: ended(submitted_case(world), "withdraw", world.clerk),
    "discarded": lambda world: ended(complete_draft(world), "discard", world.clerk),
    "lapsed": lapsed_case,
}


def ended(case: Case, action: str, actor: Any) -> Case:
    do(case, action, actor, reason="理由")
    return case


@pytest.mark.parametrize("state", list(ENDED))
def test_from_every_end_that_brought_nothing_there_is_a_second_try(world: World, state: str) -> None:
    case = ENDED[state](world)
    assert case.state == state
    assert again(world, case, today=CORRECTION_OVER).state == "draft"


@pytest.mark.parametrize("build", [submitted_case, approved_case, correction_case])
def test_what_is_under_way_or_granted_is_not_filed_again(world: World, build: Any) -> None:
    with pytest.raises(ActionRefused) as caught:
        file_again(case=build(world), actor=world.clerk, today=TODAY)
    assert caught.value.code == "not_ended"


def test_a_second_click_leads_to_the_same_draft(world: World) -> None:
    old = refused_case(world)
    first = again(world, old)
    assert again(world, old) == first
    assert Case.objects.filter(record=world.record, state="draft").count() == 1
    assert first.attachments.count() == 2


def test_while_another_application_is_under_way_there_is_no_second_one(world: World) -> None:
    old = refused_case(world)
    do(again(world, old), "submit", world.clerk)
    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        file_again(case=old, actor=world.clerk, today=TODAY)
    assert caught.value.code == "already_open"


def test_several_that_came_to_nothing_meet_in_one_basket(world: World) -> None:
    other = RecordFactory(subject=world.subject, authority=world.authority)
    first = refused_case(world)
    second = submitted_case(world, record=other)
    do(second, "withdraw", world.clerk)
    basket = file_again(case=first, actor=world.clerk, today=TODAY)
    assert file_again(case=second, actor=world.clerk, today=TODAY) == basket
    assert basket.cases.filter(state="draft").count() == 2


def test_a_basket_that_was_handed_in_in_part_is_left_alone(world: World) -> None:
    other, third = (RecordFactory(subject=world.subject, authority=world.authority) for _each in range(2))
    begun = draft(world, record=other)
    repairs.add_records(filing=begun.filing, records=[third], actor=world.clerk, today=TODAY)
    Case.objects.filter(record=third).update(state="submitted", number="XF-2026-9", submitted_on=TODAY)
    assert again(world, refused_case(world)).filing != begun.filing


def test_answers_beside_others_stay_the_records_own(world: World) -> None:
    other = RecordFactory(subject=world.subject, authority=world.authority)
    begun = draft(world, record=other)
    new = again(world, refused_case(world))
    assert new.filing == begun.filing
    assert new.repair.statement and not RepairBasket.objects.get(filing=begun.filing).statement


def test_from_the_first_lawful_day_on_or_ahead_of_it(world: World) -> None:
    old = refused_case(world)
    Record.objects.filter(pk=world.record.pk).update(restriction_until=date(2026, 12, 31))
    new = again(world, old)
    outcome = repairs.submit_filing(filing=new.filing, actor=world.clerk, today=TODAY)
    assert [case.pk for case in outcome.scheduled] == [new.pk]


def test_what_is_no_longer_shown_is_not_filed_again(world: World) -> None:
    old = refused_case(world)
    Record.objects.filter(pk=world.record.pk).update(standing="expired", ended_on=TODAY)
    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        file_again(case=fresh(old), actor=world.clerk, today=TODAY)
    assert caught.value.code == "record_ended"


def test_nobody_else_files_again(world: World) -> None:
    old = refused_case(world)
    for actor in (world.intake, clerk_of(build_world().subject), make_user()):
        with pytest.raises(NotYours), transaction.atomic():
            file_again(case=old, actor=actor, today=TODAY)
    assert Filing.objects.filter(subject=world.subject).count() == 1


def test_at_a_window_its_clerk_files_again_at_that_window(world: World) -> None:
    clerk = member(world.credit, Role.WINDOW)
    old = refused_case(world)
    Filing.objects.filter(pk=old.filing_id).update(channel="window", window_office=world.credit)
    new = again(world, fresh(old), actor=clerk)
    assert (new.filing.channel, new.filing.window_office) == ("window", world.credit)
    do(new, "discard", clerk)
    online = again(world, fresh(old), actor=world.clerk)
    assert online.filing.window_office is None, "who acts for the subject files online"


# -- reasons as a list of what to do


def note(world: World, **what: Any) -> list[Any]:
    case = submitted_case(world)
    return note_reasons(
        case=case, use=ReasonCode.Use.REFUSED, **{"codes": (), "text": "", "next_steps": "", **what}
    )


def test_ticked_and_free_reasons_stand_each_by_itself(world: World) -> None:
    rows = note(
        world,
        codes=["false_material", "duties_open"],
        text="行政处罚决定规定的义务尚未全部履行\n提交的材料与事实不符\n余款没有缴清\n\n 照片不是现场 ",
        next_steps="全部履行并取得凭证后重新申请。\n先缴清余款\n再拍现场照片",
    )
    assert [(row.position, row.code) for row in rows] == [
        (1, "duties_open"),
        (2, "false_material"),
        (3, ""),
        (4, ""),
    ]
    assert [row.text for row in rows[2:]] == ["余款没有缴清", "照片不是现场"]
    assert rows[0].advice == "全部履行并取得凭证后重新申请。" and rows[0].mends == "statement"
    assert "第36号" in rows[0].basis
    assert rows[3].advice == "先缴清余款\n再拍现场照片", "advice without a reason of its own stands last"


def test_ticked_reasons_alone_keep_further_advice_beside_their_own(world: World) -> None:
    [row] = note(world, codes=["duties_open"], next_steps="全部履行并取得凭证后重新申请。\n缴清后请来电")
    assert row.advice.splitlines() == ["全部履行并取得凭证后重新申请。", "缴清后请来电"]


def test_without_codes_nothing_is_looked_up(world: World) -> None:
    case = submitted_case(world)
    with CaptureQueriesContext(connection) as caught:
        note_reasons(case=case, use=ReasonCode.Use.REFUSED, codes=(), text="一\n二", next_steps="")
    assert [query["sql"].split()[0] for query in caught] == ["INSERT"]


def test_a_refusal_is_a_list_of_what_to_do(world: World) -> None:
    case = refused_case(world, "evidence_not_proving", next_steps="请补充银行回单")
    todo = reasons_for(case, today=TODAY, side=ME)
    assert todo is not None
    [only] = todo["items"]
    assert (only["number"], only["code"], only["redo"]) == (1, "BYXF-03", "重新上传证明材料")
    assert "第36号" in only["basis"] and only["note"] == "审批机关说明：理由见清单"
    assert only["advice"][-1] == "请补充银行回单" and len(only["advice"]) == 2
    assert "60日" in todo["remedies"] and "6个月" in todo["remedies"]
    assert todo["again_url"] == reverse("my_repair_again", args=[case.uuid])
    assert reasons_for(case, today=TODAY, side=WINDOW)["again_url"].startswith("/window/")  # type: ignore[index]


@pytest.mark.parametrize("codes", [(), ("duties_open", "false_material")], ids=["none", "two"])
def test_free_words_that_explain_no_one_reason_stand_by_themselves(
    world: World, codes: tuple[str, ...]
) -> None:
    todo = reasons_for(refused_case(world, *codes), today=TODAY, side=ME)
    assert todo is not None and len(todo["items"]) == len(codes) + 1
    own = todo["items"][-1]
    assert (own["text"], own["code"], own["note"]) == ("理由见清单", "", "")
    assert own["advice"] == ["按这一条改好，再重新申请。"]


def test_after_a_lapse_the_open_gaps_are_the_list(world: World) -> None:
    case = correction_case(world, items=[PROOF, *ONE_GAP])
    corrections.answer_item(case=case, actor=world.clerk, today=TODAY, position=2, text="已经整改")
    settlers.lapse_uncorrected(today=CORRECTION_OVER)
    todo = reasons_for(fresh(case), today=CORRECTION_OVER, side=ME)
    assert todo is not None
    assert [item["text"] for item in todo["items"]] == ["凭证看不清"]
    assert todo["remedies"] == "" and todo["again_url"]
    assert kinds(again(world, fresh(case), today=CORRECTION_OVER)) == ["commitment"]


@pytest.mark.parametrize("build", [submitted_case, approved_case])
def test_what_did_not_fail_has_no_such_list(world: World, build: Any) -> None:
    assert reasons_for(build(world), today=TODAY, side=ME) is None


def test_there_is_no_button_where_nothing_can_be_filed(world: World) -> None:
    case = refused_case(world)
    new = again(world, case)
    assert reasons_for(case, today=TODAY, side=ME)["again_url"], "it leads to the draft"  # type: ignore[index]
    do(new, "submit", world.clerk)
    assert reasons_for(case, today=TODAY, side=ME)["again_url"] == ""  # type: ignore[index]


# -- the button


def press(world: World, case: Case, user: Any = None) -> Any:
    client = Client()
    client.force_login(user or world.clerk)
    with assume(TODAY):
        return client.post(reverse("my_repair_again", args=[case.uuid]))


def test_one_click_leads_to_the_new_basket(world: World) -> None:
    old = refused_case(world)
    answer = press(world, old)
    new = Case.objects.get(record=world.record, state="draft")
    assert answer["Location"] == reverse("my_filing", args=[new.filing.uuid])
    assert press(world, old)["Location"] == answer["Location"]


def test_what_cannot_be_filed_again_is_said_where_it_stands(world: World) -> None:
    case = submitted_case(world)
    assert press(world, case)["Location"] == reverse("my_repair", args=[case.uuid])
    assert press(world, case, clerk_of(build_world().subject)).status_code == 404


def test_a_lapsed_application_is_told_by_mail_that_it_can_be_filed_again(world: World) -> None:
    case = lapsed_case(world)
    mail = Mail.objects.get(kind="repair_lapsed")
    assert "重新申请" in mail.body and reverse("my_repair", args=[case.uuid]) in mail.body
    assert Document.objects.filter(case_link__case=case, kind="correction_notice").exists()
