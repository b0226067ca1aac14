"""Mandates that an identity plugin proves: granted at once, never against what was ended on purpose."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from credit_repair.core import clock
from credit_repair.mail.models import Mail
from credit_repair.people import access
from credit_repair.people.identity import Proof, TrustedClaims, identity_plugin
from credit_repair.people.models import Mandate, MandateApplication, Role, User
from credit_repair.people.services import apply_for_mandate, grant_mandate, prove_by_claims
from credit_repair.people.services.mandates import end_mandate_by_office
from credit_repair.registry.models import Office, Subject
from tests.registry.factories import OfficeFactory, SubjectFactory, make_code
from tests.world import TODAY, administrator, clerk_of, make_user, member, upload

pytestmark = pytest.mark.django_db

CODE = make_code(888)
CLAIMS = {"org_code": CODE, "org_name": "濉溪县远航货运有限公司"}
TRUSTED = "credit_repair.people.identity.TrustedClaims"


class Chamber:
    """A plugin of an installation's own: it knows one person, as the representative, without an end."""

    def prove(
        self, *, user: User, code: str, name: str, claims: Mapping[str, Any], today: date
    ) -> Proof | None:
        if claims.get("member") != "yes":
            return None
        return Proof(code=claims["code"], name="别名", capacity="representative", label="工商联会员库")


@pytest.fixture(autouse=True)
def _today(settings: Any) -> Iterator[None]:
    settings.IDENTITY_PLUGIN = TRUSTED
    with clock.assume(TODAY):
        yield


@pytest.fixture(autouse=True)
def office(db: None) -> Office:
    made: Office = OfficeFactory(credit=True)
    return made


@pytest.fixture
def person() -> User:
    return make_user("钱程")


def prove(person: User, claims: Mapping[str, Any] = CLAIMS, today: date = TODAY) -> Mandate | None:
    return prove_by_claims(user=person, claims=claims, today=today)


def test_a_trusted_claim_lets_in_at_once_and_says_who_proved_it(person: User, office: Office) -> None:
    mandate = prove(person)
    assert mandate is not None
    assert access.may_act_for(user=person, subject=mandate.subject, on=TODAY)
    assert mandate.until == TODAY + TrustedClaims.HOLDS
    application = MandateApplication.objects.get()
    assert (application.state, application.proved_by, application.decided_by, application.office) == (
        MandateApplication.State.APPROVED,
        "统一身份认证",
        None,
        office,
    )
    assert Mail.objects.filter(kind="mandate_approved").count() == 1


def test_the_others_are_told(person: User) -> None:
    colleague = clerk_of(SubjectFactory(code=CODE))
    prove(person)
    assert [mail.to_address for mail in Mail.objects.filter(kind="mandate_new_person")] == [colleague.email]


def test_each_sign_in_prolongs_but_not_every_one_is_an_act(person: User) -> None:
    first = prove(person)
    assert first is not None
    assert prove(person, today=TODAY + timedelta(days=3)) == first
    assert Mandate.objects.get().until == first.until
    prove(person, today=TODAY + timedelta(days=40))
    assert Mandate.objects.get().until == TODAY + timedelta(days=40) + TrustedClaims.HOLDS
    assert MandateApplication.objects.count() == 1


def test_a_mandate_without_an_end_is_left_alone(person: User) -> None:
    mandate = grant_mandate(user=person, subject=SubjectFactory(code=CODE), since=TODAY)
    assert prove(person) == mandate
    mandate.refresh_from_db()
    assert mandate.until is None
    assert not MandateApplication.objects.exists()


@pytest.mark.parametrize(
    "claims", [{}, {"org_code": CODE}, {"org_name": "只有名称"}, {**CLAIMS, "org_code": CODE[:-1] + "*"}]
)
def test_claims_that_name_no_valid_organisation_prove_nothing(person: User, claims: dict[str, str]) -> None:
    assert prove(person, claims) is None
    assert not Subject.objects.filter(code=CODE).exists()


def test_without_a_plugin_claims_prove_nothing(person: User, settings: Any) -> None:
    settings.IDENTITY_PLUGIN = ""
    assert identity_plugin() is None
    assert prove(person) is None


def test_an_administrator_is_granted_nothing() -> None:
    assert prove(administrator("system")) is None
    assert not Mandate.objects.exists()


def test_a_sign_in_does_not_revive_what_was_ended_on_purpose(person: User, office: Office) -> None:
    mandate = prove(person)
    assert mandate is not None
    actor = member(office, Role.INTAKE)
    end_mandate_by_office(mandate=mandate, actor=actor, today=TODAY, reason="单位来函：已离职")
    assert prove(person, today=TODAY + timedelta(days=1)) is None
    assert not access.may_act_for(user=person, subject=mandate.subject, on=TODAY + timedelta(days=1))


def test_the_application_that_waits_is_the_one_that_is_approved(person: User, office: Office) -> None:
    waiting = apply_for_mandate(
        user=person,
        name=CLAIMS["org_name"],
        number=CODE,
        capacity="clerk",
        purpose="new",
        office=office,
        letter=upload(),
        until=date(2027, 1, 1),
        today=TODAY,
    )
    mandate = prove(person)
    assert mandate is not None
    assert mandate.application == waiting
    assert MandateApplication.objects.get().proved_by == "统一身份认证"


def test_the_register_keeps_its_own_name(person: User) -> None:
    subject = SubjectFactory(code=CODE, name="登记的名称")
    mandate = prove(person)
    assert mandate is not None
    assert (mandate.subject, mandate.subject.name) == (subject, "登记的名称")


def test_an_installation_brings_its_own_plugin(person: User, settings: Any) -> None:
    settings.IDENTITY_PLUGIN = "tests.people.test_identity.Chamber"
    assert prove(person, {"member": "no", "code": CODE}) is None
    mandate = prove(person, {"member": "yes", "code": CODE})
    assert mandate is not None
    assert mandate.until is None
    application = MandateApplication.objects.get()
    assert (application.capacity, application.proved_by) == ("representative", "工商联会员库")
