"""The pages of subjects and mandates: for people, who ask and switch, and for officials, who decide."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.core import clock
from credit_repair.people import access
from credit_repair.people.models import Mandate, MandateApplication, Role, User
from credit_repair.people.services import apply_for_mandate, end_mandate, grant_mandate
from credit_repair.registry.models import Office, Subject
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory, make_code, make_resident_id
from tests.world import (
    PNG,
    TODAY,
    build_world,
    clerk_of,
    complete_draft,
    make_user,
    member,
    signed_in,
    upload,
)

pytestmark = pytest.mark.django_db

State = MandateApplication.State
UNTIL = date(2027, 11, 19)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.assume(TODAY):
        yield


def text(client: Client, name: str, *args: Any, **query: Any) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, (name, response.status_code)
    return response.content.decode()


@pytest.fixture
def office() -> Office:
    made: Office = OfficeFactory(credit=True, name="濉溪县信用办")
    return made


@pytest.fixture
def official(office: Office) -> Client:
    return signed_in(member(office, Role.INTAKE, name="李受"))


@pytest.fixture
def person() -> User:
    return make_user("钱程")


@pytest.fixture
def two() -> tuple[Client, Subject, Subject]:
    """A person who acts for two subjects."""
    first, second = SubjectFactory(name="濉溪县甲公司"), SubjectFactory(name="濉溪县乙公司")
    user = clerk_of(first, name="何清")
    grant_mandate(user=user, subject=second, since=TODAY)
    return signed_in(user), first, second


def filled(**differs: Any) -> dict[str, Any]:
    said = {
        "purpose": "new",
        "capacity": "clerk",
        "name": "濉溪县远航货运有限公司",
        "number": make_code(777),
        "until": UNTIL.isoformat(),
        "letter": upload("授权书.pdf"),
    }
    return {**said, **differs}


def asked(person: User, office: Office, number: int = 777, **differs: Any) -> MandateApplication:
    said = {
        "user": person,
        "name": "濉溪县远航货运有限公司",
        "number": make_code(number),
        "capacity": "clerk",
        "purpose": "new",
        "office": office,
        "letter": upload("授权书.pdf"),
        "until": UNTIL,
        "today": TODAY,
    }
    return apply_for_mandate(**{**said, **differs})


# ---- for whom one acts --------------------------------------------------------------------------------


def test_who_acts_for_nobody_is_led_to_the_application(person: User, office: Office) -> None:
    client = signed_in(person)
    for name in ("me", "my_subjects", "my_calendar"):
        page = text(client, name)
        assert "还没有可办理的主体" in page
        assert reverse("my_mandate_new") in page


def test_the_chosen_subject_is_kept_and_named_on_every_page(two) -> None:
    client, first, second = two
    assert f'为它办理<span class="visually-hidden">：{second.name}' in text(client, "me").replace("\n", "")
    response = client.post(reverse("my_subject_switch", args=[second.uuid]), follow=True)
    assert f"现在为“{second.name}”办理。" in response.content.decode()
    for name in ("me", "my_cases", "my_calendar", "my_subjects"):
        page = text(client, name)
        assert f"<strong>{second.name}</strong>" in page
        assert second.code in page
    assert reverse("my_subjects") in text(client, "me")
    assert f"<strong>{first.name}</strong>" in text(client, "me", subject=first.uuid)


def test_the_calendar_asks_for_whom_and_goes_on(two) -> None:
    client, _first, second = two
    assert 'value="my_calendar"' in text(client, "my_calendar")
    switch = reverse("my_subject_switch", args=[second.uuid])
    assert client.post(switch, {"next": "my_calendar"}).headers["Location"] == reverse("my_calendar")
    assert client.post(switch, {"next": "https://evil.example/"}).headers["Location"] == reverse("me")


def test_only_ones_own_running_subjects_are_switched_to(two) -> None:
    client, _first, _second = two
    assert client.post(reverse("my_subject_switch", args=[SubjectFactory().uuid])).status_code == 404
    assert client.get(reverse("my_subject_switch", args=[_first.uuid])).status_code == 405


def test_a_chosen_subject_that_ended_falls_away(two) -> None:
    client, first, second = two
    third = SubjectFactory(name="濉溪县丙公司")
    user = User.objects.get(display_name="何清")
    grant_mandate(user=user, subject=third, since=TODAY)
    client.post(reverse("my_subject_switch", args=[first.uuid]), follow=True)
    mandate = Mandate.objects.get(user=user, subject=first)
    end_mandate(mandate=mandate, until=TODAY - timedelta(days=1), reason="离职")
    page = text(client, "me")
    assert first.name not in page
    assert second.name in page
    assert third.name in page


def test_a_case_of_another_subject_says_openly_whose_it_is() -> None:
    world = build_world()
    other = SubjectFactory(name="濉溪县另一公司")
    grant_mandate(user=world.clerk, subject=other, since=TODAY)
    case = complete_draft(world, record=RecordFactory(subject=world.subject, authority=world.authority))
    client = signed_in(world.clerk)
    client.post(reverse("my_subject_switch", args=[other.uuid]))
    for name in ("my_filing", "my_filing_statement", "my_filing_check"):
        page = text(client, name, case.filing.uuid)
        assert f"<strong>{world.subject.name}</strong>" in page
        assert "本页属于这个主体，不是您选择的“濉溪县另一公司”。" in page
    client.post(reverse("my_subject_switch", args=[world.subject.uuid]))
    assert "本页属于这个主体" not in text(client, "my_filing", case.filing.uuid)


def test_the_list_of_applications_can_show_all_subjects(two) -> None:
    client, first, _second = two
    client.post(reverse("my_subject_switch", args=[first.uuid]))
    assert "查看全部主体的申请" in text(client, "my_cases")
    assert "查看全部主体的申请" not in text(client, "my_cases", subject="all")


def test_one_sees_who_else_acts_and_ends_ones_own(two) -> None:
    client, first, _second = two
    user = User.objects.get(display_name="何清")
    assert "您是唯一的经办人" in text(client, "my_subject_end", first.uuid)
    grant_mandate(user=make_user("周小敏"), subject=first, since=TODAY, until=UNTIL)
    page = text(client, "my_subject", first.uuid)
    assert "周小敏" in page
    assert "2027年11月19日" in page
    assert client.post(reverse("my_subject_end", args=[first.uuid])).status_code == 302
    assert not access.may_act_for(user=user, subject=first, on=TODAY)
    assert client.get(reverse("my_subject", args=[first.uuid])).status_code == 404


# ---- asking -------------------------------------------------------------------------------------------


def test_an_application_is_sent_with_its_letter_and_followed(person: User, office: Office) -> None:
    client = signed_in(person)
    response = client.post(reverse("my_mandate_new"), filled())
    application = MandateApplication.objects.get()
    assert response.headers["Location"] == reverse("my_mandate", args=[application.uuid])
    assert application.office == office
    page = text(client, "my_mandate", application.uuid)
    assert "待审核" in page
    assert "等待濉溪县信用办审核" in page
    assert client.post(reverse("my_mandate_withdraw", args=[application.uuid])).status_code == 302
    assert "重新申请" in text(client, "my_mandate", application.uuid)
    again = text(client, "my_mandate_new", again=application.uuid)
    assert application.name in again
    assert application.code in again


def test_everything_that_is_wrong_is_said_at_once_at_its_field(person: User, office: Office) -> None:
    response = signed_in(person).post(
        reverse("my_mandate_new"), filled(number="91340621", until="", letter="")
    )
    page = response.content.decode()
    for words in (
        "统一社会信用代码不正确",
        "请填写授权书上写的截止日期",
        "请选择要上传的授权书或者证明",
    ):
        assert page.count(words) == 2, words  # at the field, and in the summary
    assert not MandateApplication.objects.exists()


def test_a_file_that_is_none_is_refused_at_its_field(person: User, office: Office) -> None:
    response = signed_in(person).post(
        reverse("my_mandate_new"), filled(letter=upload("授权书.pdf", b"no paper at all"))
    )
    assert response.content.decode().count("文件名是.pdf，内容却不是PDF。") == 2


def test_where_there_are_several_offices_one_is_chosen(person: User, office: Office) -> None:
    other = OfficeFactory(credit=True, name="桓台县信用办")
    client = signed_in(person)
    strange = {"number": make_code(9, division="110101")}
    page = client.post(reverse("my_mandate_new"), filled(**strange)).content.decode()
    assert "请选择审核授权的信用办。" in page
    page = client.post(reverse("my_mandate_new"), filled(**strange, office=other.code), follow=True)
    assert MandateApplication.objects.get().office == other
    assert "申请已提交，由桓台县信用办审核" in page.content.decode()


def test_where_the_office_is_known_it_is_said_and_not_asked(person: User, office: Office) -> None:
    assert f"由{office.name}审核" in text(signed_in(person), "my_mandate_new")
    other = OfficeFactory(credit=True, name="桓台县信用办")
    subject = SubjectFactory()
    RecordFactory(subject=subject, authority=OfficeFactory(parent=other))
    grant_mandate(user=person, subject=subject, since=TODAY)
    page = text(signed_in(person), "my_mandate_new", purpose="renew", subject=str(subject.uuid))
    assert "由桓台县信用办审核" in page and 'name="office"' not in page


def test_the_official_is_warned_where_another_office_usually_looks_at_the_letter(
    person: User, office: Office
) -> None:
    application = asked(person, office)
    client = signed_in(member(office, Role.INTAKE))
    assert "请先看由谁审核" not in text(client, "office_mandate", application.uuid)
    other = OfficeFactory(credit=True, name="桓台县信用办")
    subject = SubjectFactory(code=application.code, name=application.name)
    RecordFactory(subject=subject, authority=OfficeFactory(parent=other))
    page = text(client, "office_mandate", application.uuid)
    assert "请先看由谁审核" in page and "这个主体通常由桓台县信用办审核" in page


def test_the_official_is_warned_where_the_applicant_chose_the_office(person: User, office: Office) -> None:
    OfficeFactory(credit=True, name="桓台县信用办")
    application = asked(person, office, name="甲公司")
    MandateApplication.objects.update(code=make_code(9, division="110101"))
    page = text(signed_in(member(office, Role.INTAKE)), "office_mandate", application.uuid)
    assert "本单位是申请人选的" in page


def test_without_an_office_there_is_a_way_out_of_the_page(person: User) -> None:
    assert "暂时不能申请" in text(signed_in(person), "my_mandate_new")


def test_prolonging_asks_no_name_and_no_number(person: User, office: Office) -> None:
    subject = SubjectFactory()
    grant_mandate(user=person, subject=subject, since=TODAY, until=TODAY + timedelta(days=20))
    client = signed_in(person)
    address = f"{reverse('my_mandate_new')}?purpose=renew&subject={subject.uuid}"
    assert address.replace("&", "&amp;") in text(client, "my_subject", subject.uuid)
    page = client.get(address).content.decode()
    assert 'name="number"' not in page
    assert subject.name in page
    answers = {"capacity": "clerk", "until": UNTIL.isoformat(), "letter": upload()}
    assert client.post(address, answers).status_code == 302
    application = MandateApplication.objects.get()
    assert (application.purpose, application.code) == ("renew", subject.code)
    assert "延长申请正在审核" in text(client, "my_subject", subject.uuid)
    foreign = f"{reverse('my_mandate_new')}?purpose=renew&subject={SubjectFactory().uuid}"
    assert client.get(foreign).status_code == 404


def test_the_letter_is_handed_out_to_its_own_person_alone(person: User, office: Office) -> None:
    application = asked(person, office)
    response = signed_in(person).get(reverse("my_mandate_letter", args=[application.uuid]))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response).startswith(b"%PDF")
    for name in ("my_mandate", "my_mandate_letter"):
        assert signed_in(make_user()).get(reverse(name, args=[application.uuid])).status_code == 404
    default_storage.delete(application.letter.name)
    assert signed_in(person).get(reverse("my_mandate_letter", args=[application.uuid])).status_code == 404


def test_the_letter_to_print_names_the_subject_that_is_asked_for(two) -> None:
    client, first, _second = two
    assert first.name in text(client, "my_mandate_template", subject=first.uuid)
    assert "委托单位" in text(client, "my_mandate_template")


def test_asking_too_often_is_answered_so(person: User, office: Office, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"mandate": "1/h/user", "upload": "60/m/user"}
    client = signed_in(person)
    client.post(reverse("my_mandate_new"), {})
    assert client.post(reverse("my_mandate_new"), {}).status_code == 429


# ---- deciding -----------------------------------------------------------------------------------------


def test_an_official_approves_and_the_person_can_begin(
    person: User, office: Office, official: Client
) -> None:
    application = asked(person, office)
    assert "件待审核" in text(official, "office_mandates")
    page = text(official, "office_mandate", application.uuid)
    assert "登记中还没有这个代码" in page
    answers = {"decision": "approve", "approve-until": UNTIL.isoformat()}
    response = official.post(reverse("office_mandate", args=[application.uuid]), answers, follow=True)
    assert "已通过：钱程可以为“濉溪县远航货运有限公司”办理。" in response.content.decode()
    client = signed_in(person)
    assert "开始为它办理" in text(client, "my_mandate", application.uuid)
    assert "<strong>濉溪县远航货运有限公司</strong>" in text(client, "me")


def test_a_clerks_end_must_be_given_and_both_days_stay_readable(
    person: User, office: Office, official: Client
) -> None:
    address = reverse("office_mandate", args=[asked(person, office).uuid])
    page = official.post(address, {"decision": "approve", "approve-until": ""}).content.decode()
    assert page.count("请填写授权书上写的截止日期。") == 2
    shorter = UNTIL - timedelta(days=30)
    official.post(address, {"decision": "approve", "approve-until": shorter.isoformat()})
    rows = {row["key"]: row["value"] for row in official.get(address).context["rows"]}
    assert (rows["申请授权至"], rows["核准授权至"]) == (UNTIL, shorter)


def test_whoever_waits_reads_on_their_desk_and_the_page_that_it_is_reviewed_and_how_long(
    person: User, office: Office, official: Client
) -> None:
    application = asked(person, office)
    client = signed_in(person)
    desk = text(client, "me")
    assert "1件授权申请正在审核" in desk
    assert reverse("my_mandate", args=[application.uuid]) in desk
    assert "还没有可办理的主体" not in desk
    assert "一般3个工作日内有结果" in text(client, "my_mandate", application.uuid)
    empty_inbox = text(official, "office")
    assert "有1件授权等您审核" in empty_inbox
    assert "去审核授权" in empty_inbox


def test_another_name_is_shown_and_confirmed(person: User, office: Office, official: Client) -> None:
    SubjectFactory(code=make_code(777), name="濉溪县远洋货运有限公司")
    address = reverse("office_mandate", args=[asked(person, office).uuid])
    page = official.get(address).content.decode()
    assert "登记的名称：濉溪县远洋货运有限公司" in page
    assert "申请的名称：濉溪县远航货运有限公司" in page
    answers = {"decision": "approve", "approve-until": UNTIL.isoformat()}
    assert "请勾选确认再通过" in official.post(address, answers).content.decode()
    assert official.post(address, {**answers, "approve-name_confirmed": "on"}).status_code == 302


def test_who_is_replaced_is_chosen_by_the_official(person: User, office: Office, official: Client) -> None:
    subject = SubjectFactory(code=make_code(777), name="濉溪县远航货运有限公司")
    before = clerk_of(subject, name="周小敏")
    application = asked(person, office, purpose="replace")
    address = reverse("office_mandate", args=[application.uuid])
    assert "结束哪位经办人的授权" in official.get(address).content.decode()
    mandate = before.mandates.get()
    answers = {"decision": "approve", "approve-until": UNTIL.isoformat()}
    assert official.post(address, answers).status_code == 200
    assert official.post(address, {**answers, "approve-ends": mandate.uuid}).status_code == 302
    assert not access.may_act_for(user=before, subject=subject, on=TODAY)


def test_a_refusal_carries_the_usual_reason_with_its_advice(
    person: User, office: Office, official: Client
) -> None:
    application = asked(person, office)
    address = reverse("office_mandate", args=[application.uuid])
    page = official.post(address, {"decision": "refuse"}).content.decode()
    assert page.count("请写明不通过的理由，或者勾选常用理由。") == 2
    official.post(
        address, {"decision": "refuse", "refuse-codes": ["unsigned"], "refuse-reason": "另请附营业执照。"}
    )
    page = text(signed_in(person), "my_mandate", application.uuid)
    for words in ("没有加盖公章", "重新上传", "另请附营业执照。"):
        assert words in page


def test_what_is_decided_has_no_form_any_more(person: User, office: Office, official: Client) -> None:
    application = asked(person, office)
    address = reverse("office_mandate", args=[application.uuid])
    official.post(address, {"decision": "approve", "approve-until": UNTIL.isoformat()})
    assert 'name="decision"' not in official.get(address).content.decode()
    again = official.post(address, {"decision": "refuse", "refuse-reason": "不"})
    assert "这件申请已经有了结果" in again.content.decode()


def test_officials_of_other_offices_see_nothing(person: User, office: Office) -> None:
    application = asked(person, office)
    elsewhere = signed_in(member(OfficeFactory(credit=True), Role.INTAKE))
    assert application.name not in text(elsewhere, "office_mandates")
    for name in ("office_mandate", "office_mandate_letter"):
        assert elsewhere.get(reverse(name, args=[application.uuid])).status_code == 404


def test_an_official_sees_neither_their_own_nor_their_subjects_applications(
    person: User, office: Office
) -> None:
    user = member(office, Role.INTAKE)
    subject = SubjectFactory(code=make_code(778))
    grant_mandate(user=user, subject=subject, since=date(2024, 1, 1), until=date(2024, 2, 1))
    client = signed_in(user)
    for application in (asked(user, office), asked(person, office, 778)):
        assert client.get(reverse("office_mandate", args=[application.uuid])).status_code == 404
    assert "共0件申请" in text(client, "office_mandates")


def test_a_photograph_stands_beside_the_data(person: User, office: Office, official: Client) -> None:
    application = asked(person, office, letter=upload("照片.png", PNG))
    address = reverse("office_mandate_letter", args=[application.uuid])
    assert f'src="{address}"' in text(official, "office_mandate", application.uuid)


def test_a_natural_persons_number_is_masked_for_the_official(
    person: User, office: Office, official: Client
) -> None:
    number = make_resident_id(43)
    application = apply_for_mandate(
        user=person,
        name="钱程",
        number=number,
        capacity="self",
        purpose="new",
        office=office,
        letter=upload(),
        today=TODAY,
    )
    for page in (text(official, "office_mandates"), text(official, "office_mandate", application.uuid)):
        assert number not in page
        assert application.shown_number in page
    assert "钱程" in text(official, "office_mandates", q=number)


def test_the_list_is_filtered_and_handed_out_as_a_file(
    person: User, office: Office, official: Client
) -> None:
    asked(person, office)
    assert "没有符合条件的申请" in text(official, "office_mandates", state="refused")
    assert "远航货运" in text(official, "office_mandates", state="submitted", q="钱程")
    assert "没有符合条件的申请" in text(official, "office_mandates", q="没有的")
    response = official.get(reverse("office_mandates"), {"format": "csv"})
    assert "濉溪县远航货运有限公司" in b"".join(response).decode()


def test_an_official_ends_a_mandate_with_a_reason(person: User, office: Office, official: Client) -> None:
    mandate = grant_mandate(user=person, subject=SubjectFactory(), since=date(2026, 1, 5))
    address = reverse("office_mandate_end", args=[mandate.uuid])
    assert "请写明终止的原因。" in official.post(address, {}).content.decode()
    assert official.post(address, {"reason": "单位来函：已离职"}).status_code == 302
    assert not access.may_act_for(user=person, subject=mandate.subject, on=TODAY)
    assert official.get(address).status_code == 404


# ---- no list asks more often because it has more rows ---------------------------------------------------


def grows(client: Client, url: str, add: Callable[[int], Any]) -> int:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    client.get(url)
    add(2)
    few = queries()
    add(8)
    many = queries()
    assert many < 45
    return many - few


def test_the_lists_do_not_ask_more_for_more_rows(person: User, office: Office, official: Client) -> None:
    numbers = iter(range(1000, 2000))

    def applications(count: int) -> None:
        for _ in range(count):
            asked(make_user(), office, next(numbers))

    def subjects(count: int) -> None:
        for _ in range(count):
            grant_mandate(user=person, subject=SubjectFactory(), since=TODAY)
            asked(person, office, next(numbers))

    assert grows(official, reverse("office_mandates"), applications) == 0
    assert grows(signed_in(person), reverse("my_subjects"), subjects) == 0


def test_who_acts_for_a_subject_costs_the_same_for_many(person: User) -> None:
    subject = SubjectFactory()
    grant_mandate(user=person, subject=subject, since=TODAY, until=UNTIL)

    def people(count: int) -> None:
        for _ in range(count):
            clerk_of(subject)

    assert grows(signed_in(person), reverse("my_subject", args=[subject.uuid]), people) == 0
