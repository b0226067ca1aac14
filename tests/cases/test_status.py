"""Asking how a case stands, with number and query code: what anybody is told, and what nobody is."""

import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases import kinds
from credit_repair.cases.models import Case, new_query_code
from credit_repair.cases.status import case_with, has_strange_letters, read_code, read_number
from credit_repair.core.clock import assume
from credit_repair.core.codes import ALPHABET
from credit_repair.core.logs import without_secrets
from credit_repair.mail.models import Mail
from credit_repair.notices.services import render
from credit_repair.registry.models import Office
from credit_repair.repairs import services as repairs
from credit_repair.repairs.states import RepairFlow, RepairState
from tests.world import (
    ANSWERS,
    TODAY,
    World,
    build_world,
    complete_draft,
    deciding_case,
    do,
    draft,
    fresh,
    submitted_case,
)

NOTHING = "没有查到"


@pytest.fixture
def limits(settings: Any) -> Iterator[Any]:
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"case_status": "4/m/ip", "case_status_wrong": "2/h/key"}
    yield settings
    cache.clear()


def ask(number: str | None, code: str, *, today: date = TODAY, client: Client | None = None) -> Any:
    with assume(today):
        return (client or Client()).post(reverse("case_status"), {"number": number or "", "code": code})


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


# -- what people type


@pytest.mark.parametrize(
    "typed",
    [
        "XF-2026-000118",
        " xf-2026-000118 ",
        "XF 2026 000118",
        "ＸＦ－２０２６－０００１１８",
        "xf2026000118",
        "XF—2026—000118",
    ],
)
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert read_number(typed) == "XF-2026-000118"


@pytest.mark.parametrize("typed", ["", "118", "XF-2026", "2026-000118", "XF-2026-000118-1", "XF-26-000118"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert read_number(typed) is None


@pytest.mark.parametrize(
    "typed",
    ["K7Q4-29XM-ABCD", "k7q429xmabcd", " K7Q4 29XM ABCD ", "Ｋ７Ｑ４－２９ＸＭ－ＡＢＣＤ", "k7q4–29xm–abcd"],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == "K7Q4-29XM-ABCD"


@pytest.mark.parametrize("typed", ["", "K7Q4-29XM", "K7Q4-29XM-ABCDE", "O7Q4-29XM-ABCD", "K7Q4-29XM-AB1D"])
def test_no_letter_is_guessed_at(typed: str) -> None:
    assert read_code(typed) is None


def test_every_code_is_read_as_it_was_made_and_has_no_letter_that_is_mistaken_for_another() -> None:
    assert not has_strange_letters(ALPHABET)
    for _number in range(50):
        code = new_query_code()
        assert read_code(code.lower().replace("-", "")) == code


@pytest.mark.django_db
def test_a_letter_that_no_code_has_is_pointed_out() -> None:
    shown = text_of(ask("XF-2026-000118", "O7Q4-29XM-ABCD"))
    assert "请核对是不是看错了" in shown


@pytest.mark.django_db
def test_what_is_missing_is_asked_for() -> None:
    shown = text_of(ask("", ""))
    assert "请填写申请编号" in shown and "请填写查询码" in shown


# -- what is told


@pytest.mark.django_db
def test_with_both_anybody_reads_how_it_stands(world: World) -> None:
    case = submitted_case(world)
    Office.objects.filter(pk=world.credit.pk).update(phone="0557-6077123")
    answer = ask(case.number, case.filing.query_code)
    shown = text_of(answer)
    assert answer.status_code == 200
    for words in ("信用修复", "待受理", "濉溪县信用办", "自2026年11月20日", "还剩3个工作日", "0557-6077123"):
        assert words in shown, words


@pytest.mark.django_db
def test_the_answer_says_who_holds_it_and_that_there_are_documents_but_gives_none(world: World) -> None:
    case = submitted_case(world)
    link = case.documents.get()
    render(document_id=link.document_id)
    do(case, "accept", world.intake)
    shown = text_of(ask(case.number, case.filing.query_code))
    assert "濉溪县交通运输局" in shown and "核查" in shown
    assert "已有1份，请申请人登录后查看和下载" in shown
    assert str(link.document.uuid) not in shown and str(case.uuid) not in shown


@pytest.mark.django_db
def test_nobody_is_named_and_no_reason_given(world: World) -> None:
    case = deciding_case(world)
    do(case, "refuse", world.approver, reason="罚款还差三千元没有缴清")
    shown = text_of(ask(case.number, case.filing.query_code))
    assert "没有准予修复" in shown
    record = case.record
    assert record is not None
    for secret in (
        world.subject.name,
        world.subject.code,
        world.subject.legal_representative,
        record.doc_no,
        record.conduct,
        record.content,
        ANSWERS["contact_name"],
        ANSWERS["contact_phone"],
        ANSWERS["statement"],
        "三千元",
        world.approver.display_name,
        world.intake.display_name,
        case.filing.query_code,
    ):
        assert not secret or secret not in shown, secret


@pytest.mark.django_db
def test_a_correction_is_with_the_applicant_and_the_clock_stands(world: World) -> None:
    case = submitted_case(world)
    do(case, "ask_correction", world.intake, items=[{"text": "缴款凭证看不清"}])
    shown = text_of(ask(case.number, case.filing.query_code))
    assert "申请人" in shown and "补正材料" in shown and "暂停计时" in shown
    assert "缴款凭证看不清" not in shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    "state", [state for state in RepairState if state not in ("draft", "scheduled", "discarded")]
)
def test_every_state_that_can_be_asked_for_has_words_for_everybody(world: World, state: RepairState) -> None:
    case = submitted_case(world)
    Case.objects.filter(pk=case.pk).update(state=state)
    status = kinds.kind_of(case).status(fresh(case), TODAY)
    assert status.words and status.tone
    if state in RepairFlow.ENDS:
        Case.objects.get(pk=case.pk).steps.update(state="cancelled")
        assert kinds.kind_of(case).status(fresh(case), TODAY).holders == []
    assert "您" not in status.words, "who asks may be anybody"
    assert ask(case.number, case.filing.query_code).status_code == 200


# -- what is not found


@pytest.mark.django_db
def test_a_wrong_number_and_a_wrong_code_get_one_answer(world: World) -> None:
    case = submitted_case(world)
    answers = [
        ask("XF-2026-999999", case.filing.query_code),
        ask(case.number, new_query_code()),
        ask("XF-2026-999999", new_query_code()),
    ]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert all(NOTHING in text_of(answer) for answer in answers)
    assert all(case.number not in text_of(answer).split("<form")[0] for answer in answers if case.number)


@pytest.mark.django_db
def test_a_code_of_another_filing_opens_nothing(world: World) -> None:
    case, other = submitted_case(world), submitted_case(build_world())
    assert case_with(number=case.number or "", code=other.filing.query_code) is None
    assert case_with(number=case.number or "", code=case.filing.query_code) == case


@pytest.mark.django_db
def test_wrong_number_and_wrong_code_cost_the_same_work(world: World) -> None:
    case = submitted_case(world)

    def queries(number: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            case_with(number=number, code=new_query_code())
        return len(caught)

    assert queries(case.number or "") == queries("XF-2026-999999") == 1


@pytest.mark.django_db
def test_drafts_and_what_waits_for_its_day_are_not_found() -> None:
    world = build_world(record={"decision_date": date(2026, 8, 24)})
    case = complete_draft(world)
    repairs.submit_filing(filing=case.filing, actor=world.clerk, today=TODAY)
    begun = draft(build_world())
    for hidden in (fresh(case), begun):
        assert hidden.number is None
        for number in ("", "None", "草稿", "XF-2026-000001"):
            assert ask(number, hidden.filing.query_code).status_code == 422


# -- how it is kept from being tried without end, and from being read


@pytest.mark.django_db
def test_it_is_not_tried_without_end(world: World, limits: Any) -> None:
    tries = [ask(f"XF-2026-{number:06d}", new_query_code()).status_code for number in range(6)]
    assert tries == [422] * 4 + [429] * 2


@pytest.mark.django_db
def test_wrong_codes_are_counted_for_number_and_sender(world: World, limits: Any) -> None:
    limits.ACCOUNT_RATE_LIMITS = {"case_status_wrong": "2/h/key", "case_status_wrong_all": "9/h/key"}
    case, other = submitted_case(world), submitted_case(build_world())
    tries = [ask(case.number, new_query_code(), client=sender(1)).status_code for _number in range(3)]
    assert tries == [422, 422, 429]
    assert ask(case.number, case.filing.query_code, client=sender(1)).status_code == 429
    assert ask(other.number, other.filing.query_code, client=sender(1)).status_code == 200
    assert ask(case.number, case.filing.query_code, client=sender(2)).status_code == 200


@pytest.mark.django_db
def test_many_senders_do_not_guess_a_code_without_end(world: World, limits: Any) -> None:
    limits.ACCOUNT_RATE_LIMITS = {"case_status_wrong": "1/h/key", "case_status_wrong_all": "2/h/key"}
    case = submitted_case(world)
    tries = [ask(case.number, new_query_code(), client=sender(each)).status_code for each in (1, 1, 2, 3)]
    assert tries == [422, 429, 422, 429]


def sender(number: int) -> Client:
    return Client(REMOTE_ADDR=f"192.0.2.{number}")


@pytest.mark.django_db
def test_the_right_code_is_not_counted_as_a_wrong_one(world: World, limits: Any) -> None:
    limits.ACCOUNT_RATE_LIMITS = {"case_status_wrong": "2/h/key"}
    case = submitted_case(world)
    assert [ask(case.number, case.filing.query_code).status_code for _number in range(4)] == [200] * 4


@pytest.mark.django_db
def test_number_and_code_in_an_address_are_not_read(world: World) -> None:
    case = submitted_case(world)
    with assume(TODAY):
        answer = Client().get(reverse("case_status"), {"number": case.number, "code": case.filing.query_code})
    assert (answer.status_code, answer["Location"]) == (302, reverse("case_status"))


@pytest.mark.django_db
def test_no_answer_is_kept_by_a_browser_or_on_the_way(world: World) -> None:
    case = submitted_case(world)
    assert "no-store" in ask(case.number, case.filing.query_code)["Cache-Control"]


def test_no_code_gets_into_a_log() -> None:
    code = new_query_code()
    assert code not in without_secrets(f"somebody typed {code} there")
    assert (
        without_secrets("2026-11-20 10:00 job settle_cases-2026") == "2026-11-20 10:00 job settle_cases-2026"
    )


@pytest.mark.django_db
def test_nothing_that_was_typed_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    case = submitted_case(world)
    with caplog.at_level(logging.DEBUG, logger="credit_repair"):
        ask(case.number, case.filing.query_code)
        ask(case.number, new_query_code())
    assert case.filing.query_code not in caplog.text


@pytest.mark.django_db
def test_the_answer_asks_the_same_for_one_step_and_for_many(world: World) -> None:
    case = deciding_case(world)
    number, code = case.number, case.filing.query_code

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            assert ask(number, code).status_code == 200
        return [query["sql"] for query in caught]

    queries()
    few = queries()
    for _round in range(3):
        do(case, "send_back", world.approver, reason="再查")
        do(case, "give_opinion", world.verifier, opinion="agree", text="查过")
    many = queries()
    assert len(many) == len(few), "\n".join(sql[:90] for sql in (*few, "then", *many))


@pytest.mark.django_db
def test_the_way_there_is_on_the_front_page_and_in_the_mail(world: World) -> None:
    submitted_case(world)
    address = reverse("case_status")
    assert f'href="{address}"' in text_of(Client().get(reverse("front")))
    assert address in Mail.objects.get(kind="repair_submitted").body
