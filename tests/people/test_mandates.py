"""How a person comes to act for a subject: asked, decided, replaced, prolonged, ended, reminded."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from viewflow.fsm import TransitionNotAllowed

from credit_repair.core import clock
from credit_repair.core.crypto import keyed_hash
from credit_repair.core.models import AuditEntry
from credit_repair.core.uploads import UploadRefused
from credit_repair.mail.models import Mail
from credit_repair.people import access, services
from credit_repair.people.errors import MandateRefused, NotInCharge
from credit_repair.people.mandate_selectors import applications_for, people_acting_for
from credit_repair.people.models import Administration, Mandate, MandateApplication, Role, User
from credit_repair.people.services import mandate_applications as applications
from credit_repair.people.services.mandate_applications import apply_for_mandate, approve, refuse, withdraw
from credit_repair.people.services.mandates import end_mandate_by_office, end_own_mandate
from credit_repair.people.states import MandateFlow
from credit_repair.registry.models import NameGram, Office, Subject
from credit_repair.registry.services.subjects import subject_for
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory, make_code, make_resident_id
from tests.world import TODAY, administrator, clerk_of, in_threads, make_user, member, upload

pytestmark = pytest.mark.django_db

State, Purpose, Capacity = (
    MandateApplication.State,
    MandateApplication.Purpose,
    MandateApplication.Capacity,
)
UNTIL = date(2027, 11, 19)
CODE = make_code(777)
NAME = "濉溪县远航货运有限公司"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.assume(TODAY):
        yield


@pytest.fixture
def office() -> Office:
    made: Office = OfficeFactory(credit=True)
    return made


@pytest.fixture
def intake(office: Office) -> User:
    return member(office, Role.INTAKE, name="李受")


@pytest.fixture
def person() -> User:
    return make_user("钱程")


@pytest.fixture
def ask(office: Office, person: User) -> Callable[..., MandateApplication]:
    """Ask to act for a subject that the register does not know; what differs is named."""

    def asked(**differs: Any) -> MandateApplication:
        said = {
            "user": person,
            "name": NAME,
            "number": CODE,
            "capacity": Capacity.CLERK,
            "purpose": Purpose.NEW,
            "office": office,
            "letter": upload("授权书.pdf"),
            "until": UNTIL,
            "today": TODAY,
        }
        return apply_for_mandate(**{**said, **differs})

    return asked


def agree(application: MandateApplication, actor: User, **how: Any) -> Mandate:
    return approve(**{"application": application, "actor": actor, "today": TODAY, "until": UNTIL, **how})


def may(person: User, subject: Subject | None, on: date = TODAY) -> bool:
    return access.may_act_for(user=person, subject=subject, on=on)


def mails(kind: str) -> list[str]:
    return list(Mail.objects.filter(kind=kind).order_by("to_address").values_list("to_address", flat=True))


def audited(action: str) -> bool:
    return AuditEntry.objects.filter(action=f"people.{action}").exists()


# ---- asking -------------------------------------------------------------------------------------------


def test_what_was_asked_is_kept_as_it_was_typed(ask, person: User) -> None:
    application = ask(number=f" {CODE.lower()} ")
    assert (application.code, application.name, application.state) == (CODE, NAME, State.SUBMITTED)
    assert application.letter_mime == "application/pdf"
    assert application.letter_size > 0
    assert len(application.letter_sha256) == 64
    assert application.subject is None
    assert not Subject.objects.filter(code=CODE).exists()
    assert not may(person, None)
    assert audited("apply_for_mandate")


@pytest.mark.parametrize(
    "number", [CODE[:-1] + ("0" if CODE[-1] != "0" else "1"), "", "91340621", make_resident_id(3)]
)
def test_a_credit_code_with_a_wrong_check_character_is_refused(ask, number: str) -> None:
    with pytest.raises(MandateRefused) as refused:
        ask(number=number)
    assert (refused.value.code, refused.value.field) == ("bad_number", "number")


def test_a_persons_number_is_kept_encrypted_and_found_by_its_hash(ask) -> None:
    number = make_resident_id(41)
    application = ask(capacity=Capacity.SELF, number=number, name="钱程", until=None)
    assert (application.code, application.number_hash) == ("", keyed_hash(number))
    with transaction.atomic():
        raw = MandateApplication.objects.extra(select={"raw": "personal_number"}).get(pk=application.pk).raw
    assert number not in raw
    assert number not in application.shown_number
    with pytest.raises(MandateRefused):
        ask(capacity=Capacity.SELF, number=CODE)


def test_the_letter_is_looked_at_by_its_content(ask) -> None:
    with pytest.raises(UploadRefused):
        ask(letter=upload("授权书.pdf", b"<html>not a letter</html>"))
    assert not MandateApplication.objects.exists()


@pytest.mark.parametrize(
    ("until", "code"),
    [(None, "no_end"), (TODAY - timedelta(days=1), "over"), (date(2206, 1, 1), "too_long")],
)
def test_a_clerks_mandate_has_an_end_that_can_be(ask, until: date | None, code: str) -> None:
    with pytest.raises(MandateRefused) as refused:
        ask(until=until)
    assert (refused.value.code, refused.value.field) == (code, "until")


def test_one_application_is_open_at_a_time(ask) -> None:
    first = ask()
    with pytest.raises(MandateRefused) as refused:
        ask()
    assert refused.value.code == "open_already"
    withdraw(application=first, actor=first.user, today=TODAY)
    assert ask().state == State.SUBMITTED
    with pytest.raises(IntegrityError), transaction.atomic():
        MandateApplication.objects.filter(pk=first.pk).update(state=State.SUBMITTED)


def test_who_acts_already_may_only_prolong_and_who_does_not_may_not(ask, person: User) -> None:
    with pytest.raises(MandateRefused) as refused:
        ask(purpose=Purpose.RENEW)
    assert refused.value.code == "nothing_to_renew"
    subject = SubjectFactory(code=CODE, name=NAME)
    services.grant_mandate(user=person, subject=subject, since=TODAY, until=UNTIL)
    with pytest.raises(MandateRefused) as refused:
        ask()
    assert refused.value.code == "runs_already"
    assert ask(purpose=Purpose.RENEW).purpose == Purpose.RENEW


def test_only_a_credit_office_is_asked(ask) -> None:
    with pytest.raises(MandateRefused) as refused:
        ask(office=OfficeFactory())
    assert refused.value.code == "no_such_office"


@pytest.fixture
def abroad() -> Office:
    """Another credit office, of a division of its own, with an authority below it."""
    made: Office = OfficeFactory(
        credit=True, division="370321", document_prefix="桓信修", name="桓台县信用办"
    )
    return made


def test_the_office_of_the_records_looks_at_the_letter_whichever_was_chosen(ask, abroad: Office) -> None:
    subject = SubjectFactory(code=CODE, name=NAME)
    RecordFactory(subject=subject, authority=OfficeFactory(parent=abroad))
    for wish in ({}, {"office": None}):
        application = ask(**wish)
        assert application.office == abroad
        withdraw(application=application, actor=application.user, today=TODAY)


def test_the_newest_record_says_which_office(ask, office: Office, abroad: Office) -> None:
    subject = SubjectFactory(code=CODE, name=NAME)
    RecordFactory(subject=subject, authority=OfficeFactory(parent=abroad), decision_date=date(2025, 1, 6))
    RecordFactory(subject=subject, authority=OfficeFactory(parent=office), decision_date=date(2026, 5, 6))
    assert ask(office=abroad).office == office


def test_without_a_record_the_division_in_the_code_says_it(ask, office: Office, abroad: Office) -> None:
    assert ask(number=make_code(9, division="370321"), office=office).office == abroad


def test_where_no_rule_names_an_office_the_choice_counts_else_the_hosts(
    ask, office: Office, abroad: Office, settings: Any
) -> None:
    strange = make_code(9, division="110101")
    assert ask(number=strange, office=abroad).office == abroad
    settings.SITE_HOST_NAME = abroad.name
    assert ask(number=make_code(10, division="110101"), office=None).office == abroad
    settings.SITE_HOST_NAME = ""
    first = min((office, abroad), key=lambda each: each.code)
    assert ask(number=make_code(11, division="110101"), office=None).office == first


def test_a_person_without_a_record_chooses_and_with_one_does_not(ask, office: Office, abroad: Office) -> None:
    number = make_resident_id(41)
    own = {"capacity": Capacity.SELF, "number": number, "name": "钱程", "until": None}
    application = ask(**own, office=abroad)
    assert application.office == abroad
    withdraw(application=application, actor=application.user, today=TODAY)
    subject, _made = subject_for(name="钱程", personal_number=number)
    RecordFactory(subject=subject, authority=OfficeFactory(parent=office))
    assert ask(**own, office=abroad).office == office


def test_an_administrator_asks_for_no_mandate_and_gets_none(ask) -> None:
    with pytest.raises(MandateRefused) as refused:
        ask(user=administrator("security"))
    assert refused.value.code == "administrator"
    with pytest.raises(MandateRefused):
        services.grant_mandate(user=administrator("audit"), subject=SubjectFactory(), since=TODAY)


def test_who_became_an_administrator_meanwhile_is_not_let_in(ask, intake: User, person: User) -> None:
    application = ask()
    Administration.objects.create(user=person, kind="system", since=TODAY + timedelta(days=30))
    with pytest.raises(MandateRefused):
        agree(application, intake)
    assert MandateApplication.objects.get().state == State.SUBMITTED
    assert not Subject.objects.filter(code=CODE).exists()


# ---- deciding -----------------------------------------------------------------------------------------


def test_approval_makes_the_subject_grants_the_mandate_and_tells(ask, intake: User, person: User) -> None:
    mandate = agree(ask(), intake)
    subject = Subject.objects.get(code=CODE)
    assert (subject.name, subject.kind) == (NAME, Subject.Kind.ORGANISATION)
    assert NameGram.objects.filter(subject=subject, gram="远航").exists()
    assert (mandate.since, mandate.until, mandate.approved_by) == (TODAY, UNTIL, intake)
    assert mandate.application.state == State.APPROVED
    assert may(person, subject, UNTIL)
    assert not may(person, subject, UNTIL + timedelta(days=1))
    assert mails("mandate_approved") == [person.email]
    assert audited("approve_mandate_application")
    assert audited("grant_mandate")


@pytest.mark.parametrize(("until", "code"), [(None, "no_end"), (TODAY + timedelta(days=366 * 6), "too_long")])
def test_an_official_gives_no_clerk_an_endless_mandate(
    ask, intake: User, until: date | None, code: str
) -> None:
    application = ask()
    with pytest.raises(MandateRefused) as refused:
        agree(application, intake, until=until)
    assert (refused.value.code, refused.value.field) == (code, "until")
    assert not Mandate.objects.exists()


def test_the_application_keeps_the_day_asked_for_beside_the_day_granted(ask, intake: User) -> None:
    shorter = UNTIL - timedelta(days=30)
    mandate = agree(ask(), intake, until=shorter)
    application = MandateApplication.objects.get()
    assert (application.until, mandate.until) == (UNTIL, shorter)
    mail = Mail.objects.get(kind="mandate_approved")
    assert f"授权到{shorter:%Y}年{shorter.month}月{shorter.day}日为止" in mail.body


def test_a_natural_person_becomes_a_subject_of_their_own(ask, intake: User, person: User) -> None:
    number = make_resident_id(42)
    mandate = agree(ask(capacity=Capacity.SELF, number=number, name="钱程", until=None), intake, until=None)
    assert (mandate.subject.kind, mandate.subject.personal_number) == (Subject.Kind.PERSON, number)
    assert may(person, mandate.subject)


def test_a_name_that_differs_from_the_register_is_confirmed_first(ask, intake: User) -> None:
    SubjectFactory(code=CODE, name="濉溪县远洋货运有限公司")
    application = ask()
    with pytest.raises(MandateRefused) as refused:
        agree(application, intake)
    assert refused.value.code == "name_differs"
    assert "远洋" in refused.value.words
    assert "远航" in refused.value.words
    mandate = agree(application, intake, name_confirmed=True)
    assert mandate.subject.name == "濉溪县远洋货运有限公司"


def test_refusal_says_why_and_what_to_do(ask, intake: User, person: User) -> None:
    application = ask()
    with pytest.raises(MandateRefused):
        refuse(application=application, actor=intake, today=TODAY, reason="  ")
    refuse(application=application, actor=intake, today=TODAY, reason="没有盖章。请盖章后重新上传。")
    mail = Mail.objects.get(kind="mandate_refused")
    assert "没有盖章" in mail.body
    assert str(application.uuid) in mail.body
    assert not Mandate.objects.filter(user=person).exists()


def test_only_who_takes_in_at_that_office_on_that_day_decides(ask, office: Office) -> None:
    application = ask()
    others = [
        member(OfficeFactory(credit=True), Role.INTAKE),
        member(office, Role.APPROVER),
        member(office, Role.INTAKE, until=TODAY - timedelta(days=1)),
        make_user("超级用户", is_superuser=True),
    ]
    for actor in others:
        for act in (
            lambda actor=actor: agree(application, actor),
            lambda actor=actor: refuse(application=application, actor=actor, today=TODAY, reason="不"),
        ):
            with pytest.raises(NotInCharge):
                act()
    assert MandateApplication.objects.get().state == State.SUBMITTED


def test_nobody_decides_their_own_or_for_a_subject_they_ever_acted_for(ask, office: Office) -> None:
    own = member(office, Role.INTAKE)
    subject = SubjectFactory(code=CODE, name=NAME)
    partial = member(office, Role.INTAKE)
    services.grant_mandate(user=partial, subject=subject, since=date(2024, 1, 1), until=date(2024, 2, 1))
    for application, actor in ((ask(user=own), own), (ask(), partial)):
        with pytest.raises(MandateRefused) as refused:
            agree(application, actor)
        assert refused.value.code == "recusal"
        assert application not in applications_for(user=actor, on=TODAY)
    assert applications_for(user=own, on=TODAY).count() == 1


def test_what_is_decided_is_decided_once(ask, intake: User, person: User) -> None:
    application = ask()
    agree(application, intake)
    for act in (
        lambda: agree(application, intake),
        lambda: refuse(application=application, actor=intake, today=TODAY, reason="不"),
        lambda: withdraw(application=application, actor=person, today=TODAY),
    ):
        with pytest.raises(MandateRefused) as refused:
            act()
        assert refused.value.code == "not_open"
    assert len(mails("mandate_approved")) == 1


def test_only_the_applicant_withdraws(ask, intake: User) -> None:
    application = ask()
    with pytest.raises(NotInCharge):
        withdraw(application=application, actor=intake, today=TODAY)
    assert withdraw(application=application, actor=application.user, today=TODAY).state == State.WITHDRAWN
    assert audited("withdraw_mandate_application")


@given(acts=st.lists(st.sampled_from(["approve", "refuse", "withdraw"]), min_size=1, max_size=6))
def test_the_machine_moves_once_and_never_again(acts: list[str]) -> None:
    application = MandateApplication()
    flow = MandateFlow(application)
    getattr(flow, acts[0])()
    end = {"approve": State.APPROVED, "refuse": State.REFUSED, "withdraw": State.WITHDRAWN}[acts[0]]
    for act in acts[1:]:
        with pytest.raises(TransitionNotAllowed):
            getattr(flow, act)()
    assert application.state == end
    assert end in MandateFlow.ENDS


def test_two_officials_at_once_decide_once(postgres: None, ask, intake: User, office: Office) -> None:
    second = member(office, Role.INTAKE)
    application = ask()

    def decide(number: int) -> Any:
        with clock.assume(TODAY):
            if number:
                return refuse(application=application, actor=second, today=TODAY, reason="不")
            return agree(application, intake)

    results, errors = in_threads(2, decide)
    assert len(results) == 1
    assert [type(error) for error in errors] == [MandateRefused]


# ---- the others, replacing, prolonging ----------------------------------------------------------------


@pytest.fixture
def colleague() -> User:
    return clerk_of(SubjectFactory(code=CODE, name=NAME), name="周小敏")


def test_the_others_are_told_of_somebody_new(ask, intake: User, colleague: User) -> None:
    stranger, left = clerk_of(SubjectFactory()), make_user("已离开")
    subject = Subject.objects.get(code=CODE)
    services.grant_mandate(user=left, subject=subject, since=date(2024, 1, 1), until=date(2024, 2, 1))
    agree(ask(), intake)
    assert mails("mandate_new_person") == [colleague.email]
    assert stranger.email not in mails("mandate_new_person")
    assert may(colleague, subject)


def test_a_replaced_person_is_out_from_today_and_told(ask, intake: User, colleague: User) -> None:
    replaced, third = colleague.mandates.get(), make_user("第三人")
    services.grant_mandate(user=third, subject=replaced.subject, since=date(2026, 1, 5))
    mandate = agree(ask(purpose=Purpose.REPLACE), intake, ends=replaced)
    replaced.refresh_from_db()
    assert replaced.until == TODAY - timedelta(days=1)
    assert "钱程" in replaced.end_reason
    assert not may(colleague, mandate.subject)
    assert may(mandate.user, mandate.subject)
    assert mails("mandate_ended_yours") == [colleague.email]
    assert mails("mandate_ended") == [third.email]
    assert mandate.application.replaces == replaced


def test_who_began_today_and_is_replaced_today_is_out_at_once(ask, intake: User) -> None:
    subject, early = SubjectFactory(code=CODE, name=NAME), make_user("早")
    replaced = services.grant_mandate(user=early, subject=subject, since=TODAY)
    agree(ask(purpose=Purpose.REPLACE), intake, ends=replaced)
    assert not may(early, subject)
    services.refresh_caches(today=TODAY)
    assert not may(early, subject)
    assert early not in people_acting_for(subject=subject, on=TODAY)
    services.grant_mandate(user=early, subject=subject, since=TODAY, until=UNTIL)
    assert may(early, subject)


def test_only_a_running_mandate_of_the_same_subject_is_replaced(ask, intake: User) -> None:
    elsewhere = clerk_of(SubjectFactory()).mandates.get()
    with pytest.raises(MandateRefused) as refused:
        agree(ask(purpose=Purpose.REPLACE), intake, ends=elsewhere)
    assert refused.value.code == "nobody_to_replace"
    assert may(elsewhere.user, elsewhere.subject)
    assert MandateApplication.objects.get().state == State.SUBMITTED


def test_prolonging_moves_the_end_and_makes_no_second_mandate(ask, intake: User, person: User) -> None:
    first = agree(ask(until=TODAY + timedelta(days=20)), intake, until=TODAY + timedelta(days=20))
    again = agree(ask(purpose=Purpose.RENEW), intake)
    assert again == first
    assert Mandate.objects.get(user=person).until == UNTIL
    assert again.application.purpose == Purpose.RENEW
    assert mails("mandate_new_person") == []
    assert len(mails("mandate_approved")) == 2
    assert audited("prolong_mandate")


# ---- ending -------------------------------------------------------------------------------------------


def test_who_ends_their_own_is_out_at_once_and_the_others_read_it(colleague: User) -> None:
    mandate = colleague.mandates.get()
    other = make_user("另一位")
    services.grant_mandate(user=other, subject=mandate.subject, since=date(2026, 1, 5))
    with pytest.raises(NotInCharge):
        end_own_mandate(mandate=mandate, actor=other, today=TODAY)
    end_own_mandate(mandate=mandate, actor=colleague, today=TODAY)
    assert not may(colleague, mandate.subject)
    assert mails("mandate_ended") == [other.email]
    assert mails("mandate_ended_yours") == []
    assert Mandate.objects.get(pk=mandate.pk).end_reason == "本人终止"
    with pytest.raises(MandateRefused):
        end_own_mandate(mandate=mandate, actor=colleague, today=TODAY)


def test_an_office_ends_anothers_mandate_with_a_reason(
    ask, intake: User, person: User, office: Office
) -> None:
    mandate = agree(ask(), intake)
    for actor in (member(OfficeFactory(credit=True), Role.INTAKE), member(office, Role.WINDOW), person):
        with pytest.raises(NotInCharge):
            end_mandate_by_office(mandate=mandate, actor=actor, today=TODAY, reason="离职")
    with pytest.raises(MandateRefused):
        end_mandate_by_office(mandate=mandate, actor=intake, today=TODAY, reason=" ")
    end_mandate_by_office(mandate=mandate, actor=intake, today=TODAY, reason="单位来函：已离职")
    assert not may(person, mandate.subject)
    assert mails("mandate_ended_yours") == [person.email]
    assert "已离职" in Mail.objects.get(kind="mandate_ended_yours").body


def test_an_official_does_not_end_their_own_mandate_as_the_office(office: Office) -> None:
    both = member(office, Role.INTAKE)
    mandate = services.grant_mandate(user=both, subject=SubjectFactory(), since=date(2026, 1, 5))
    with pytest.raises(NotInCharge):
        end_mandate_by_office(mandate=mandate, actor=both, today=TODAY, reason="离职")


# ---- reminding ----------------------------------------------------------------------------------------


def test_an_ending_mandate_is_told_thirty_and_seven_days_before_once_each(person: User) -> None:
    subject = SubjectFactory()
    services.grant_mandate(user=person, subject=subject, since=TODAY, until=UNTIL)
    found = [
        services.remind_of_ending_mandates(today=UNTIL - timedelta(days=days))
        for days in (31, 30, 29, 8, 7, 6, 0, -1)
    ]
    assert found == [0, 1, 0, 0, 1, 0, 0, 0]
    assert f"purpose=renew&subject={subject.uuid}" in Mail.objects.first().body  # type: ignore[union-attr]


def test_a_missed_day_is_made_up_for_and_a_new_end_reminds_anew(person: User) -> None:
    mandate = services.grant_mandate(user=person, subject=SubjectFactory(), since=TODAY, until=UNTIL)
    assert services.remind_of_ending_mandates(today=UNTIL - timedelta(days=5)) == 1
    services.prolong_mandate(mandate=mandate, until=UNTIL + timedelta(days=10))
    assert services.remind_of_ending_mandates(today=UNTIL) == 1


def test_nobody_is_reminded_of_an_end_that_was_meant_or_is_none(person: User, colleague: User) -> None:
    near = TODAY + timedelta(days=3)
    mandate = colleague.mandates.get()
    services.end_mandate(mandate=mandate, until=near, reason="离职")
    subject = SubjectFactory()
    services.grant_mandate(user=person, subject=subject, since=date(2026, 1, 5), until=near)
    services.grant_mandate(user=person, subject=subject, since=TODAY)
    gone = clerk_of(SubjectFactory(), until=near)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert services.remind_of_ending_mandates(today=TODAY) == 0


def test_the_number_is_read_for_the_capacity() -> None:
    for capacity in (Capacity.CLERK, Capacity.REPRESENTATIVE, Capacity.ADMINISTRATOR):
        assert applications.read_number(text=CODE, capacity=capacity).code == CODE
