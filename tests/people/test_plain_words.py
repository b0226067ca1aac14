"""What people are told: telephones, names in the log, who could stand in, roles that exclude each other."""

import pytest
from django import forms
from django.test import Client
from django.urls import reverse

from credit_repair.core import audit
from credit_repair.people.errors import PeopleRefused
from credit_repair.people.models import Role
from credit_repair.people.phones import PhoneField
from credit_repair.people.services import join_office
from credit_repair.people.services.substitutions import StandIn
from credit_repair.people.sign_in_forms import RegisterForm
from credit_repair.people.substitute_words import named_with_posts, warnings_about
from tests import world as county
from tests.registry.factories import OfficeFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "text",
    [
        "13800000000",
        "138 0000 0000",
        "+86 13800000000",
        "008613800000000",
        "１３８００００００００",
        "0561-1234567",
        "(010)12345678",
        "0561-1234567-801",
        "+86 561 1234567",
    ],
)
def test_telephone_numbers_that_are_taken(text: str) -> None:
    assert PhoneField().clean(text)


@pytest.mark.parametrize(
    "text", ["1234567", "1380000000", "23800000000", "电话", "138000000001", "+1 2025550100"]
)
def test_what_is_no_telephone_number_is_refused_in_words(text: str) -> None:
    with pytest.raises(forms.ValidationError, match="11位手机号码"):
        PhoneField().clean(text)


def test_an_empty_registration_names_each_field() -> None:
    errors = RegisterForm({}).errors
    assert errors["display_name"] == ["请填写您的姓名。"] and errors["email"] == ["请填写邮箱。"]
    assert errors["password1"] == ["请设置密码。"] and "phone" not in errors


def test_the_log_names_what_was_done_and_keeps_the_number_for_the_entry(client: Client) -> None:
    world = county.build_world()
    case = county.submitted_case(world)
    entry = audit.record(actor=None, action="repair.submit", target=case)
    client.force_login(county.administrator("audit"))
    listed = client.get(reverse("manage_audit")).content.decode()
    assert case.number in listed and str(case.uuid) not in listed
    shown = client.get(reverse("manage_audit_entry", args=[entry.pk])).content.decode()
    assert case.number in shown and str(case.uuid) in shown


def test_who_could_stand_in_is_named_with_their_posts() -> None:
    office, other = OfficeFactory(), OfficeFactory(name="濉溪县税务局")
    person = county.member(office, Role.APPROVER, name="赵批")
    join_office(user=person, office=other, role=Role.VERIFIER, since=county.SINCE)
    (choice,) = named_with_posts([person], home=office, on=county.TODAY)
    assert choice[1] == "赵批（本单位审批人员；在濉溪县税务局任核查人员）"


@pytest.mark.parametrize("another", [False, True])
def test_the_only_approver_as_a_substitute_verifier_is_warned_of(another: bool) -> None:
    office = OfficeFactory()
    verifier, approver = (
        county.member(office, Role.VERIFIER),
        county.member(office, Role.APPROVER, name="赵批"),
    )
    if another:
        county.member(office, Role.APPROVER)
    chosen = StandIn(verifier.memberships.get(), approver, "all")
    words = "".join(warnings_about([chosen], on=county.TODAY))
    assert ("赵批是本单位唯一的审批人员" in words) is not another


@pytest.mark.parametrize(("first", "then"), [(Role.AUDITOR, Role.INTAKE), (Role.INTAKE, Role.AUDITOR)])
def test_who_audits_handles_nothing(first: str, then: str) -> None:
    person = county.member(OfficeFactory(), first)
    with pytest.raises(PeopleRefused, match="审计人员不兼办业务"):
        join_office(user=person, office=OfficeFactory(), role=then, since=county.SINCE)
