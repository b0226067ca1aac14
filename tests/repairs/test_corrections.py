"""A correction: every gap in one notice, each answered by itself, and nothing else changed."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case, CorrectionItem, ReasonCode
from credit_repair.cases.services import available_actions
from credit_repair.core.clock import assume
from credit_repair.core.uploads import UploadRefused
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.people.models import Role, User
from credit_repair.repairs.forms.correction import CorrectionNotice
from credit_repair.repairs.selectors import has_commitment
from credit_repair.repairs.services import corrections
from tests.world import (
    CORRECTION_OVER,
    ONE_GAP,
    PDF,
    TODAY,
    World,
    answer_gaps,
    build_world,
    clerk_of,
    correction_case,
    do,
    fresh,
    make_user,
    member,
    submitted_case,
    upload,
    verifying_case,
)

pytestmark = pytest.mark.django_db

LAST_DAY = date(2026, 12, 4)
GAPS = [
    {"code": "letter_unsigned", "text": "承诺书没有签字", "advice": "签字盖章后上传", "mends": "commitment"},
    {"code": "proof_unreadable", "text": "证明材料无法看清", "advice": "重新拍照", "mends": "proof"},
    {"code": "", "text": "没有说明整改情况", "advice": "", "mends": "statement"},
    {"code": "other_subject", "text": "名称不一致", "advice": "提供更名证明", "mends": ""},
]
LETTER, PROOF, STATEMENT, OTHER = 1, 2, 3, 4


@pytest.fixture
def case(world: World) -> Case:
    return correction_case(world, items=GAPS)


def words(world: World, case: Case, position: int, text: str, **changed: Any) -> CorrectionItem:
    about = {"case": case, "actor": world.clerk, "today": TODAY, "position": position, **changed}
    with transaction.atomic():
        return corrections.answer_item(**about, text=text)


def file(world: World, case: Case, position: int, content: bytes = PDF, **changed: Any) -> Attachment:
    about = {"case": case, "actor": world.clerk, "today": TODAY, "position": position, **changed}
    with transaction.atomic():
        return corrections.answer_with_file(**about, upload=upload(content=content + b"%"))


def answered(case: Case) -> list[int]:
    return [item.position for item in case.correction_items.all() if item.answered_at is not None]


# -- the notice


def test_the_notice_lists_every_gap_and_the_applicant_is_told(world: World, case: Case) -> None:
    assert case.state == "correction"
    assert [(item.position, item.code, item.mends) for item in case.correction_items.all()] == [
        (1, "letter_unsigned", "commitment"),
        (2, "proof_unreadable", "proof"),
        (3, "", "statement"),
        (4, "other_subject", ""),
    ]
    notice = Document.objects.get(case_link__case=case, kind="correction_notice").context
    assert notice["items"][0] == "承诺书没有签字，签字盖章后上传"
    assert notice["correct_by"] == "2026-12-04"
    mail = Mail.objects.get(kind="repair_correction")
    assert mail.to_address == world.clerk.email
    assert reverse("my_repair_correction", args=[case.uuid]) in mail.body
    assert not Mail.objects.filter(kind="case_resubmitted").exists()


def test_a_notice_without_a_gap_is_none(world: World) -> None:
    case = submitted_case(world)
    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        do(case, "ask_correction", world.intake, items=[])
    assert caught.value.code == "missing_items"


def test_there_is_one_notice_a_case(world: World) -> None:
    case = correction_case(world)
    answer_gaps(world, case)
    do(case, "resubmit", world.clerk)
    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        do(case, "ask_correction", world.intake, items=ONE_GAP)
    assert caught.value.code == "corrected_already"
    offered = {act.name: act.refusal for act in available_actions(case=case, actor=world.intake, today=TODAY)}
    assert "只能发一次" in offered["ask_correction"]


# -- the clocks


def due(case: Case) -> dict[str, tuple[date | None, date | None]]:
    """Kind of clock → due on, stopped on."""
    return {clock.kind: (clock.due_on, clock.stopped_on) for clock in case.clocks.all()}


def test_the_offices_clocks_stand_while_the_applicant_corrects(world: World) -> None:
    case = submitted_case(world)
    assert due(case)["acceptance"] == (date(2026, 11, 25), None)
    do(case, "ask_correction", world.intake, today=date(2026, 11, 23), items=ONE_GAP)
    assert due(case) == {
        "acceptance": (None, None),
        "answer": (None, None),
        "correction": (date(2026, 12, 7), None),
    }
    monday = date(2026, 11, 30)
    answer_gaps(world, case, today=monday)
    do(case, "resubmit", world.clerk, today=monday)
    assert due(case) == {
        "acceptance": (date(2026, 12, 2), None),
        "answer": (date(2026, 12, 11), None),
        "correction": (date(2026, 12, 7), monday),
    }
    do(case, "accept", world.intake, today=date(2026, 12, 2))
    assert due(case)["decision"] == (date(2026, 12, 11), None), "seven working days from the acceptance"
    assert due(case)["answer"] == (date(2026, 12, 11), None)


def test_asked_and_answered_on_one_day_moves_no_deadline(world: World) -> None:
    case = submitted_case(world)
    before = due(case)
    do(case, "ask_correction", world.intake, items=ONE_GAP)
    answer_gaps(world, case)
    do(case, "resubmit", world.clerk)
    assert {kind: due(case)[kind] for kind in before} == before


def test_who_has_the_case_is_told_of_the_answer(world: World) -> None:
    case = correction_case(world)
    answer_gaps(world, case)
    do(case, "resubmit", world.clerk)
    assert Mail.objects.filter(kind="case_resubmitted", to_address=world.intake.email).count() == 1


# -- item by item


def test_each_gap_is_answered_by_what_it_asks_for(world: World, case: Case) -> None:
    file(world, case, LETTER)
    assert answered(case) == [LETTER]
    words(world, case, PROOF, "见附件")
    assert answered(case) == [LETTER], "a proof is a file; words only stand beside it"
    file(world, case, PROOF, PDF + b"2")
    words(world, case, STATEMENT, " 已经更换设备。 ")
    words(world, case, OTHER, "公司已于五月更名。")
    assert answered(case) == [LETTER, PROOF, STATEMENT, OTHER]
    assert case.correction_items.get(position=STATEMENT).answer == "已经更换设备。"
    kinds = {item.item.position: item.kind for item in case.attachments.exclude(item=None)}
    assert kinds == {LETTER: "commitment", PROOF: "proof"}
    do(case, "resubmit", world.clerk)
    assert case.state == "submitted"


def test_a_file_for_something_else_is_further_material(world: World, case: Case) -> None:
    assert file(world, case, OTHER).kind == Attachment.Kind.OTHER
    assert answered(case) == [OTHER]


def test_a_file_that_the_case_has_already_answers_nothing(world: World, case: Case) -> None:
    before = case.attachments.get(kind="proof")
    with before.file.open("rb") as kept:
        content = kept.read()
    about: dict[str, Any] = {"case": case, "actor": world.clerk, "today": TODAY, "position": PROOF}
    with pytest.raises(UploadRefused, match=f"“{before.name}”是同一个文件"):
        corrections.answer_with_file(**about, upload=upload("新凭证.pdf", content))
    assert answered(case) == []
    assert file(world, case, PROOF) == file(world, case, PROOF), "the same answer twice is one"


def test_a_new_letter_counts_as_the_commitment(world: World, case: Case) -> None:
    case.attachments.filter(kind="commitment").delete()
    assert not has_commitment(fresh(case))
    file(world, case, LETTER)
    assert has_commitment(fresh(case))


@pytest.mark.parametrize(("position", "how"), [(LETTER, words), (STATEMENT, file)], ids=["words", "file"])
def test_what_is_no_answer_to_a_gap_is_refused(world: World, case: Case, position: int, how: Any) -> None:
    with pytest.raises(ActionRefused) as caught:
        how(world, case, position, PDF if how is file else "已签")
    assert caught.value.code in ("file_needed", "words_needed")
    assert answered(case) == []


def test_an_open_gap_keeps_the_answer_back_and_is_named(world: World, case: Case) -> None:
    file(world, case, LETTER)
    with pytest.raises(ActionRefused) as caught, transaction.atomic():
        do(case, "resubmit", world.clerk)
    assert caught.value.code == "item_open" and "证明材料无法看清" in caught.value.words


def test_an_answer_can_be_taken_back(world: World, case: Case) -> None:
    first, second = file(world, case, OTHER), file(world, case, OTHER, PDF + b"2")
    about: dict[str, Any] = {"case": case, "actor": world.clerk, "today": TODAY, "position": OTHER}
    corrections.drop_file(**about, attachment=first.uuid)
    assert answered(case) == [OTHER]
    corrections.drop_file(**about, attachment=second.uuid)
    assert answered(case) == []
    words(world, case, OTHER, "更名了")
    words(world, case, OTHER, "  ")
    assert answered(case) == []


def test_nothing_but_what_was_brought_for_the_gap_can_be_dropped(world: World, case: Case) -> None:
    before = case.attachments.get(kind="proof")
    file(world, case, PROOF)
    answer = case.attachments.exclude(item=None).get()
    for position, attachment in ((PROOF, before.uuid), (OTHER, answer.uuid), (PROOF, uuid4())):
        with pytest.raises(NotYours), transaction.atomic():
            corrections.drop_file(
                case=case, actor=world.clerk, today=TODAY, position=position, attachment=attachment
            )
    assert case.attachments.count() == 3


def test_a_bad_file_is_refused_and_leaves_the_gap_open(world: World, case: Case) -> None:
    with pytest.raises(UploadRefused):
        file(world, case, PROOF, b"no picture")
    assert answered(case) == []


def test_a_gap_that_was_never_listed_is_nobodys(world: World, case: Case) -> None:
    with pytest.raises(NotYours):
        words(world, case, 9, "多余的说明")


@pytest.mark.parametrize("who", ["intake", "verifier", "foreign", "stranger"])
def test_only_the_applicant_answers(world: World, case: Case, who: str) -> None:
    people = {"foreign": clerk_of(build_world().subject), "stranger": make_user()}
    with pytest.raises(NotYours):
        words(world, case, STATEMENT, "代填", actor=people.get(who) or getattr(world, who))


def test_another_person_of_the_firm_may_answer(world: World, case: Case) -> None:
    words(world, case, STATEMENT, "同事填写", actor=clerk_of(world.subject))
    assert answered(case) == [STATEMENT]


def test_the_last_day_still_counts_and_the_day_after_does_not(world: World, case: Case) -> None:
    words(world, case, STATEMENT, "赶上了", today=LAST_DAY)
    for change in (words, file):
        with pytest.raises(ActionRefused) as caught:
            change(world, case, OTHER, PDF if change is file else "迟了", today=CORRECTION_OVER)
        assert caught.value.code == "too_late" and "重新申请" in caught.value.words


@pytest.mark.parametrize("build", [submitted_case, verifying_case])
def test_outside_a_correction_nothing_is_answered(world: World, build: Any) -> None:
    case = build(world)
    with pytest.raises(ActionRefused) as caught:
        words(world, case, 1, "没人问")
    assert caught.value.code == "not_in_correction"


def test_what_was_handed_in_stays_as_it_was(world: World, case: Case) -> None:
    statement = case.repair.statement
    answer_gaps(world, case)
    do(case, "resubmit", world.clerk)
    with pytest.raises(ActionRefused):
        words(world, case, STATEMENT, "又改了")
    assert fresh(case).repair.statement == statement


def test_a_new_letter_is_there_to_print_while_one_is_asked_for(
    world: World, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credit_repair.notices.render.render_pdf", lambda **_: b"%PDF-1.7 letter")
    link = corrections.letter_in_correction(case=case, actor=world.clerk, today=TODAY)
    assert link.document.state == "ready" and link.document.context["case_number"] == case.number
    with pytest.raises(NotYours):
        corrections.letter_in_correction(case=case, actor=world.intake, today=TODAY)
    do(case, "withdraw", world.clerk)
    with pytest.raises(ActionRefused):
        corrections.letter_in_correction(case=case, actor=world.clerk, today=TODAY)


def test_no_letter_is_printed_where_none_is_asked_for(world: World) -> None:
    with pytest.raises(ActionRefused) as caught:
        corrections.letter_in_correction(case=correction_case(world), actor=world.clerk, today=TODAY)
    assert caught.value.code == "no_letter_asked"


# -- the official's page


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(user: User, case: Case, **fields: str) -> Any:
    with assume(TODAY):
        return client_of(user).post(
            reverse("office_repair_correction", args=[case.uuid]),
            {name.replace("__", "-"): value for name, value in {"lines": "1", **fields}.items()},
        )


TICKED = {"usual-proof_unreadable-chosen": "on", "usual-proof_unreadable-text": "第二页"}
WRITTEN = {"own-0-text": "缺整改照片", "own-0-advice": "补一张", "own-0-mends": "proof"}


def test_ticked_and_written_gaps_become_one_notice(world: World) -> None:
    case = submitted_case(world)
    answer = ask(world.intake, case, do="send", **TICKED, **WRITTEN)
    assert answer.status_code == 302
    assert [
        (item.code, item.text, item.advice, item.mends) for item in fresh(case).correction_items.all()
    ] == [
        ("proof_unreadable", "证明材料无法看清：第二页", "", "proof"),
        ("", "缺整改照片", "补一张", "proof"),
    ]


def test_a_preview_sends_nothing_and_says_what_the_applicant_reads(world: World) -> None:
    case = submitted_case(world)
    page = ask(world.intake, case, do="preview", **TICKED).content.decode()
    assert "证明材料无法看清：第二页" in page and "2026年12月4日" in page
    assert fresh(case).state == "submitted"


def test_what_was_typed_is_kept_where_something_is_wrong(world: World) -> None:
    case = submitted_case(world)
    answer = ask(world.intake, case, do="send", **{"own-0-advice": "只写了怎样做"})
    assert answer.status_code == 422
    assert "只写了怎样做" in answer.content.decode() and "请写明缺什么" in answer.content.decode()
    empty = ask(world.intake, case, do="send")
    assert empty.status_code == 422 and "至少写明一项" in empty.content.decode()
    assert 'href="#id_own-0-text"' in empty.content.decode()
    assert fresh(case).state == "submitted"


def test_one_more_line_keeps_what_was_typed(world: World) -> None:
    page = ask(world.intake, submitted_case(world), do="more", **WRITTEN).content.decode()
    assert "缺整改照片" in page and 'name="own-1-text"' in page


@pytest.mark.parametrize("lines", ["", "-3", "x", "999999999", "²"])
def test_a_made_up_number_of_lines_breaks_nothing(lines: str) -> None:
    assert 1 <= len(CorrectionNotice({"lines": lines}).own) <= 20


def test_only_gaps_in_use_are_offered() -> None:
    ReasonCode.objects.filter(use="correction").exclude(code="letter_unsigned").update(active=False)
    assert [form.reason.code for form in CorrectionNotice().usual] == ["letter_unsigned"]


@pytest.mark.parametrize("who", ["verifier", "approver", "clerk"])
def test_the_page_is_the_intake_officers(world: World, who: str) -> None:
    case = verifying_case(world)
    assert ask(getattr(world, who), case, do="send", **WRITTEN).status_code == 404
    assert fresh(case).state == "verifying"


def test_a_case_that_has_moved_on_is_said_in_words(world: World) -> None:
    case = verifying_case(world)
    answer = ask(world.intake, case, do="send", **WRITTEN)
    assert answer.status_code == 409 and "核查中" in answer.content.decode()


#: A link to a file, by its name.
FILE = '<span class="dk-doc__name">凭证.pdf</span>'


def test_the_official_reads_the_answers_beside_the_gaps(world: World, case: Case) -> None:
    words(world, case, STATEMENT, "已经更换全部设备。")
    for position in (LETTER, PROOF, OTHER):
        file(world, case, position, PDF + str(position).encode())

    def page() -> str:
        with assume(TODAY):
            return client_of(world.intake).get(reverse("office_repair", args=[case.uuid])).content.decode()

    before = page()
    assert "没有说明整改情况" in before and "未提交补正" in before
    assert "已经更换全部设备。" not in before and before.count(FILE) == 2, "not handed in yet"
    do(case, "resubmit", world.clerk)
    after = page()
    assert "已经更换全部设备。" in after and "已补正" in after
    assert after.count(FILE) == 5 + 3, "beside the gap, and as evidence"


# -- the applicant's page


def page_of(world: World, case: Case, user: User | None = None, day: date = TODAY) -> Any:
    with assume(day):
        return client_of(user or world.clerk).get(reverse("my_repair_correction", args=[case.uuid]))


def post(world: World, case: Case, **data: Any) -> Any:
    with assume(TODAY):
        return client_of(world.clerk).post(reverse("my_repair_correction", args=[case.uuid]), data)


def test_the_page_asks_for_what_is_listed_and_nothing_else(world: World, case: Case) -> None:
    page = page_of(world, case).content.decode()
    assert "2026年12月4日" in page and "还剩10个工作日" in page
    assert page.count('type="file"') == 6, "letter, proof, other: from the folder or the camera"
    assert page.count("<textarea") == 3, "proof, statement, other"
    assert page.index("item-4-words") < page.index("需要时上传材料") < page.index('id="file-4"')
    assert "提交补正" in page and 'value="resubmit"' not in page


def test_every_answer_is_saved_at_once(world: World, case: Case) -> None:
    assert post(world, case, item=STATEMENT, do="words", **{"item-3-words": "整改完成"}).status_code == 302
    assert (
        post(world, case, item=PROOF, file=[upload("a.pdf"), upload("b.pdf", PDF + b"2")]).status_code == 302
    )
    assert answered(case) == [PROOF, STATEMENT]
    assert case.attachments.filter(item__position=PROOF).count() == 2
    assert "已补正2项，共4项" in page_of(world, case).content.decode()


def test_a_bad_answer_is_said_at_its_field(world: World, case: Case) -> None:
    empty = post(world, case, item=STATEMENT, do="words", **{"item-3-words": " "})
    assert empty.status_code == 422 and 'href="#id_item-3-words"' in empty.content.decode()
    assert post(world, case, item=OTHER, do="words", **{"item-4-words": ""}).status_code == 302, (
        "a file can do"
    )
    bad = post(world, case, item=PROOF, file=upload("坏.pdf", b"text"))
    assert bad.status_code == 422 and 'href="#file-2"' in bad.content.decode()
    assert post(world, case, item=PROOF).status_code == 422
    assert post(world, case, item="x").status_code == 302
    assert post(world, case, item=77, file=upload()).status_code == 404


def test_handing_in_leads_to_the_application(world: World, case: Case) -> None:
    answer_gaps(world, case)
    answer = post(world, case, do="resubmit")
    assert answer["Location"] == reverse("my_repair", args=[case.uuid])
    assert fresh(case).state == "submitted"
    assert page_of(world, case).status_code == 302, "there is nothing to correct any more"


def test_too_late_is_said_before_the_system_has_ended_it(world: World, case: Case) -> None:
    page = page_of(world, case, day=CORRECTION_OVER).content.decode()
    assert "补正期限已经届满" in page and 'type="file"' not in page and "<textarea" not in page


def test_a_foreign_correction_does_not_exist(world: World, case: Case) -> None:
    assert page_of(world, case, clerk_of(build_world().subject)).status_code == 404
    assert page_of(world, case, member(world.credit, Role.SUPERVISOR)).status_code in (302, 404)
