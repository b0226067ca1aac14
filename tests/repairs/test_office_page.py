"""The officials' page of a case: what is on it, the checklist, and that a long story asks no more."""

import re
import secrets
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases import selectors
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case, Clock, Recusal, ReviewStep, StoredFile
from credit_repair.cases.services.clocks import pause_clock
from credit_repair.cases.services.notes import add_note
from credit_repair.core.clock import assume
from credit_repair.core.models import AuditEntry
from credit_repair.people.models import Role
from credit_repair.people.reach import one_reach
from credit_repair.registry.law import one_law
from credit_repair.repairs import checklist
from credit_repair.repairs.presenters.office import office_page
from credit_repair.repairs.presenters.office_around import around_case, clock_stories
from credit_repair.repairs.presenters.office_around import other_records as listed_records
from credit_repair.repairs.presenters.office_evidence import evidence_files
from credit_repair.repairs.services.checks import save_checks
from tests.registry.factories import MOMENT, OfficeFactory, RecordFactory
from tests.world import (
    DISAGREE,
    TODAY,
    World,
    answer_gaps,
    complete_draft,
    correction_case,
    deciding_case,
    do,
    fresh,
    make_user,
    member,
    signed_in,
    submitted_case,
    verifying_case,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def page(user: Any, case: Case, query: str = "") -> str:
    answer = signed_in(user).get(reverse("office_repair", args=[case.uuid]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def step_of(case: Case, phase: str = "intake") -> ReviewStep:
    return case.steps.get(phase=phase)


def seen_by(user: Any, case: Case) -> Case:
    return selectors.office_case(user=user, uuid=case.uuid, on=TODAY)


def brought(case: Case, *, name: str = "凭证.pdf", mime: str = "application/pdf", **facts: Any) -> Attachment:
    stored = StoredFile.objects.create(
        filing=case.filing,
        file="nowhere",
        name=name,
        mime=mime,
        size=1000,
        sha256=secrets.token_hex(32),
        uploaded_at=MOMENT,
        inspected_at=MOMENT,
        facts={"kind": "pdf", "pages": 1, "looks": [{}], "letters": [], "chars": 0, **facts},
    )
    return Attachment.objects.create(case=case, kind="proof", stored=stored, uploaded_at=MOMENT)


def other_records(world: World, count: int) -> list[Any]:
    return [RecordFactory(subject=world.subject, authority=world.authority) for _number in range(count)]


def acts_of(text: str) -> list[tuple[str, bool]]:
    """Return the folded acts of a page, in their order: the name, and whether it is open."""
    return [
        (name, bool(opened))
        for name, opened in re.findall(r'<details class="dk-act" id="act-(\w+)"( open)?', text)
    ]


# What is on the page


def test_what_carries_the_case_on_comes_first_and_is_open(world: World) -> None:
    acts = acts_of(page(world.approver, deciding_case(world)))
    assert acts == [("approve", True), ("refuse", False), ("send_back", False), ("extend", False)]
    acts = acts_of(page(world.intake, submitted_case(world, record=other_records(world, 1)[0])))
    assert acts[:2] == [("accept", True), ("refuse_to_accept", False)]


def test_why_nothing_can_be_done_is_said_once(world: World) -> None:
    case = submitted_case(world)
    ReviewStep.objects.filter(case=case, phase="intake").update(taken_by=world.intake)
    text = page(member(world.credit, Role.INTAKE), case)
    assert text.count("这一环节已由李受接手") == 1
    assert acts_of(text) == [] and 'href="#act-' not in text


def test_the_steps_say_who_has_one_in_hand(world: World) -> None:
    case = submitted_case(world)
    ReviewStep.objects.filter(case=case, phase="intake").update(taken_by=world.intake)
    opinions = page(world.verifier, case)
    opinions = opinions[opinions.index('id="opinions"') :]
    assert f"{world.credit.name} · 李受" in opinions[: opinions.index("</section>")]


def test_what_is_to_be_decided_and_by_when_stands_before_everything_else(world: World) -> None:
    case = submitted_case(world)
    text = page(world.intake, case)
    top = text[text.index("dk-case-top") : text.index('id="evidence"')]
    assert "濉溪县信用办" in top and "受理期限" in top and 'href="#act-accept"' in top
    order = [text.index(f'id="{part}"') for part in ("evidence", "checklist", "acts", "record", "timeline")]
    assert order == sorted(order)


def test_the_evidence_shows_every_page_and_what_was_found_in_a_file(world: World) -> None:
    case = submitted_case(world)
    blank = brought(case, pages=3, looks=[{}, {"blank": True}, {}])
    files = {file["uuid"]: file for file in evidence_files(seen_by(world.intake, case), today=TODAY)}
    assert [each["number"] for each in files[blank.uuid]["pages"]] == [1, 2, 3]
    assert len(files[blank.uuid]["findings"]) == 1
    text = page(world.intake, case)
    assert reverse("office_evidence", args=[blank.uuid, 3]) in text
    assert files[blank.uuid]["findings"][0]["title"] in text.replace("&quot;", '"')
    assert 'loading="lazy"' in text


def test_what_cannot_be_drawn_is_to_be_downloaded(world: World) -> None:
    case = submitted_case(world)
    drawn = brought(case, name="凭证.ofd", mime="application/ofd", pages=2)
    files = {file["uuid"]: file for file in evidence_files(seen_by(world.intake, case), today=TODAY)}
    assert files[drawn.uuid]["pages"] == [] and "下载" in files[drawn.uuid]["note"]
    assert reverse("attachment", args=[drawn.uuid]) in page(world.intake, case)


def test_answers_to_a_correction_are_evidence_once_they_are_handed_in(world: World) -> None:
    gap = {"code": "", "text": "凭证看不清", "advice": "重新拍照", "mends": "proof"}
    case = correction_case(world, items=[gap])
    answer_gaps(world, case)
    answers = set(Attachment.objects.filter(case=case, item__isnull=False).values_list("uuid", flat=True))

    def shown() -> set[Any]:
        return {file["uuid"] for file in evidence_files(seen_by(world.intake, case), today=TODAY)}

    assert answers and not answers & shown()
    do(case, "resubmit", world.clerk)
    assert answers <= shown()


def test_opinions_say_who_when_and_in_which_words(world: World) -> None:
    case = verifying_case(world)
    do(case, "give_opinion", world.verifier, **DISAGREE)
    text = page(world.approver, case)
    part = text[text.index('id="opinions"') :]
    assert "不同意修复" in part and "王核" in part and DISAGREE["text"] in part


def test_a_clock_tells_its_pauses_and_extensions_with_their_reasons(world: World) -> None:
    case = submitted_case(world)
    pause_clock(case=case, kind="acceptance", today=TODAY, reason="等待申请人补正")
    Clock.objects.get(case=case, kind="answer").extensions.create(
        days=10, granted_on=TODAY, reason="案情复杂"
    )
    told = clock_stories(seen_by(world.intake, case), today=TODAY)
    lines = [line for story in told for line in story["lines"]]
    assert "自2026年11月20日起暂停计时：等待申请人补正" in lines
    assert "2026年11月20日延长10个工作日：案情复杂" in lines


def test_the_timeline_shows_all_or_the_public_or_the_internal_events(world: World) -> None:
    case = submitted_case(world)
    add_note(case=case, actor=world.intake, today=TODAY, text="请核查人员留意缴款日期")

    def events(query: str) -> str:
        text = page(world.intake, case, query)
        return text[text.index('<ol class="dk-timeline">') : text.index('id="note"')]

    assert "请核查人员留意" in events("") and "提交申请" in events("")
    assert "请核查人员留意" in events("?timeline=internal") and "提交申请" not in events("?timeline=internal")
    assert "请核查人员留意" not in events("?timeline=public") and "提交申请" in events("?timeline=public")
    assert "请核查人员留意" in events("?timeline=nonsense")


# Other cases


def test_a_case_that_the_reader_may_not_see_is_number_and_state_and_no_link(world: World) -> None:
    hidden_office = OfficeFactory()
    mine, theirs = other_records(world, 2)
    case = submitted_case(world)
    seen = submitted_case(world, record=mine)
    unseen = submitted_case(world, record=theirs)
    unseen.steps.update(office=hidden_office)
    found = around_case(seen_by(world.intake, case), user=world.intake, today=TODAY)
    rows = {row["number"]: row for each in found["case_lists"] for row in each["rows"]}
    assert rows[seen.number]["url"] and mine.doc_no in rows[seen.number]["what"]
    assert rows[unseen.number]["url"] == "" and rows[unseen.number]["what"] == ""
    assert rows[unseen.number]["tag"]["label"]
    assert str(unseen.uuid) not in page(world.intake, case)


def test_drafts_of_the_subject_are_nobodys_business(world: World) -> None:
    case = submitted_case(world)
    complete_draft(world, record=other_records(world, 1)[0])
    found = around_case(seen_by(world.intake, case), user=world.intake, today=TODAY)
    assert found["case_lists"] == []
    assert len(found["other_records"]["rows"]) == 1


# The checklist


def test_the_conditions_stand_as_they_were_judged_when_it_was_filed(world: World) -> None:
    case = submitted_case(world)
    assert "项条件全部符合" in page(world.intake, case)
    first, *rest = case.explanation["conditions"]
    case.explanation["conditions"] = [{**first, "state": "unmet", "text": "罚款还没有缴清"}, *rest]
    case.save()
    shown = page(world.intake, case)
    assert "罚款还没有缴清" in shown and "项条件全部符合" not in shown
    assert f"另外{len(rest)}项符合" in shown


@pytest.mark.parametrize(("kind", "shown"), [("organisation", 2), ("person", 1)])
def test_of_a_natural_person_no_record_is_shown_that_has_ended(world: World, kind: str, shown: int) -> None:
    case = submitted_case(world)
    ended, _running = other_records(world, 2)
    type(ended).objects.filter(pk=ended.pk).update(standing="expired", ended_on=TODAY)
    case.subject.kind = kind
    assert len(listed_records(case)["rows"]) == shown


def test_the_checklist_is_kept_and_read_by_the_others(world: World) -> None:
    case = submitted_case(world)
    step = step_of(case)
    client = signed_in(world.intake)
    url = reverse("office_repair_check", args=[case.uuid, step.uuid])
    answer = client.post(url, {"check-subject": "yes", "check-letter": "no", "check-proof": "na"})
    assert answer.status_code == 302
    step.refresh_from_db()
    assert step.checks == {"subject": "yes", "letter": "no", "proof": "na"}
    entry = AuditEntry.objects.get(action="repair.check")
    assert entry.data == {"step": str(step.uuid), "checks": step.checks}
    text = page(world.verifier, case)
    assert "承诺书已签字或者盖章" in text and f'action="{url}"' not in text
    assert f'action="{url}"' in page(world.intake, case)


def test_a_script_is_told_in_a_word_that_it_is_saved(world: World) -> None:
    case = submitted_case(world)
    url = reverse("office_repair_check", args=[case.uuid, step_of(case).uuid])
    answer = signed_in(world.intake).post(url, {"check-subject": "yes"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "已保存" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_script_shows_at_once_where_a_fault_can_be_written(world: World) -> None:
    case = submitted_case(world)
    url = reverse("office_repair_check", args=[case.uuid, step_of(case).uuid])
    client = signed_in(world.intake)
    told = client.post(url, {"check-letter": "no"}, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-swap-oob="true"' in told and "信用修复承诺书没有签字或者盖章。" in told
    assert "写入“不予受理”" in told and "写入补正通知" in told
    told = client.post(url, {"check-letter": "yes"}, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-swap-oob="true"' in told and "写入" not in told


def test_what_the_checklist_does_not_know_is_not_kept(world: World) -> None:
    case = submitted_case(world)
    found = save_checks(
        case=case,
        step=step_of(case).uuid,
        actor=world.intake,
        today=TODAY,
        answers={"subject": "yes", "paid": "yes", "letter": "maybe", "x": "no"},
    )
    assert found == {"subject": "yes"}


def test_saving_the_same_twice_is_told_once(world: World) -> None:
    case = submitted_case(world)
    for _time in range(2):
        save_checks(
            case=case,
            step=step_of(case).uuid,
            actor=world.intake,
            today=TODAY,
            answers={"subject": "yes"},
        )
    assert AuditEntry.objects.filter(action="repair.check").count() == 1


def test_nobody_fills_in_the_list_of_a_step_that_is_a_colleagues_or_done(world: World) -> None:
    case = submitted_case(world)
    step = step_of(case)
    colleague = member(world.credit, Role.INTAKE)

    def save(actor: Any) -> dict[str, str]:
        return save_checks(case=case, step=step.uuid, actor=actor, today=TODAY, answers={"subject": "yes"})

    with pytest.raises(ActionRefused):
        save(world.verifier)
    ReviewStep.objects.filter(pk=step.pk).update(taken_by=world.intake)
    with pytest.raises(ActionRefused):
        save(colleague)
    assert save(world.intake) == {"subject": "yes"}
    do(case, "accept", world.intake)
    with pytest.raises(ActionRefused):
        save(world.intake)


def test_the_step_of_another_case_is_not_found_by_its_id(world: World) -> None:
    case = submitted_case(world)
    other = submitted_case(world, record=other_records(world, 1)[0])
    for step in (step_of(other).uuid, uuid4()):
        with pytest.raises(NotYours):
            save_checks(case=case, step=step, actor=world.intake, today=TODAY, answers={})


def test_nothing_that_is_missing_blocks_an_act(world: World) -> None:
    case = submitted_case(world)
    save_checks(case=case, step=step_of(case).uuid, actor=world.intake, today=TODAY, answers={"letter": "no"})
    do(case, "accept", world.intake)
    assert case.state == "verifying"


def test_what_is_answered_with_no_goes_into_the_notice_and_the_opinion(world: World) -> None:
    case = submitted_case(world)
    save_checks(
        case=case,
        step=step_of(case).uuid,
        actor=world.intake,
        today=TODAY,
        answers={"letter": "no", "proof": "no", "subject": "yes"},
    )
    lines = ["信用修复承诺书没有签字或者盖章。", "履行义务的证明材料不清晰或者不完整。"]
    notice = (
        signed_in(world.intake)
        .get(reverse("office_repair_correction", args=[case.uuid]) + "?fill=1")
        .content.decode()
    )
    assert all(line in notice for line in lines)
    filled = page(world.intake, case, "?fill=1")
    assert [name for name, opened in acts_of(filled) if opened] == ["refuse_to_accept"]
    acts = filled[filled.index('id="acts"') :]
    assert all(line in acts[: acts.index('id="record"')] for line in lines)
    plain = page(world.intake, case)
    assert not any(line in plain[plain.index('id="acts"') : plain.index('id="record"')] for line in lines)


def test_every_phase_has_a_short_list_with_a_line_for_each_fault() -> None:
    for phase in ("intake", "verify", "decide"):
        items = checklist.items_of(phase)
        assert 3 <= len(items) <= 6
        assert len({item.code for item in items}) == len(items)
        everything = {item.code: "no" for item in items}
        assert checklist.faults(phase, everything) == [str(item.fault) for item in items]


# Notes, and who gets in


def test_a_note_is_written_on_the_page_and_the_applicant_never_sees_it(world: World) -> None:
    case = submitted_case(world)
    url = reverse("office_repair_note", args=[case.uuid])
    assert signed_in(world.intake).post(url, {"note-text": "与交通局电话核实过"}).status_code == 302
    assert "与交通局电话核实过" in page(world.approver, case)
    applicant = signed_in(world.clerk).get(reverse("my_repair", args=[case.uuid])).content.decode()
    assert "与交通局电话核实过" not in applicant and "内部备注" not in applicant


def test_a_note_without_words_comes_back_with_the_reason(world: World) -> None:
    case = submitted_case(world)
    answer = signed_in(world.intake).post(reverse("office_repair_note", args=[case.uuid]), {"note-text": " "})
    assert answer.status_code == 422
    assert "请写备注的内容。" in answer.content.decode()
    assert not case.events.filter(action="note").exists()


def test_for_everybody_else_there_is_nothing_to_write_on(world: World) -> None:
    case = submitted_case(world)
    recused = member(world.credit, Role.INTAKE)
    Recusal.objects.create(case=case, user=recused, reason="亲属", declared_at=MOMENT)
    people = [
        world.clerk,
        make_user(),
        member(OfficeFactory(), Role.INTAKE, Role.VERIFIER, Role.APPROVER),
        recused,
        member(world.credit, Role.AUDITOR),
        member(world.credit, Role.WINDOW),
    ]
    urls = [
        (reverse("office_repair_note", args=[case.uuid]), {"note-text": "不应写入"}),
        (reverse("office_repair_check", args=[case.uuid, step_of(case).uuid]), {"check-subject": "yes"}),
    ]
    for user in people:
        assert [signed_in(user).post(url, data).status_code for url, data in urls] == [404, 404]
    assert not case.events.filter(action="note").exists()
    assert step_of(case).checks == {}


# How much it asks


def test_the_page_asks_the_same_for_many_files_events_cases_and_records(world: World) -> None:
    def asked(case: Case) -> int:
        user = type(world.approver).objects.get(pk=world.approver.pk)
        with (
            CaptureQueriesContext(connection) as found,
            assume(TODAY),
            one_law(),
            one_reach(),
        ):
            context = office_page(seen_by(user, case), user=user, today=TODAY, bound={})
            render_to_string("office/case_lists.html", context)
        return len(found)

    short = deciding_case(world)
    submitted_case(world, record=other_records(world, 1)[0])
    brought(short)
    first = asked(fresh(short))
    for record in other_records(world, 4):
        submitted_case(world, record=record)
    other_records(world, 5)
    for number in range(6):
        brought(short, pages=4, looks=[{"blank": True}] * 4)
        add_note(case=short, actor=world.intake, today=TODAY, text=f"第{number}条")
    assert asked(fresh(short)) == first
    assert first <= 50
