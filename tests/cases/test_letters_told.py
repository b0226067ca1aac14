"""Mails about documents: one for each that is served on somebody, with a link to it and never the file."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from credit_repair.cases.flow import act_of
from credit_repair.cases.models import Case, CaseDocument
from credit_repair.cases.services import issue_for_case
from credit_repair.core import clock
from credit_repair.home import correspondence
from credit_repair.mail.models import Mail
from credit_repair.notices import contexts
from credit_repair.notices.models import Delivery
from credit_repair.repairs.states import RepairFlow
from tests.cases.served import made
from tests.registry.factories import RecordFactory
from tests.world import (
    TODAY,
    World,
    answer_gaps,
    build_world,
    clerk_of,
    correction_case,
    do,
    signed_in,
    submitted_case,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.assume(TODAY):
        yield


@pytest.fixture
def world() -> World:
    return build_world()


def mails_with(document: Any, reader: Any) -> int:
    """How many mails to `reader` link to the document."""
    address = reverse("my_letter", args=[document.uuid])
    return Mail.objects.filter(body__contains=address, to_address=reader.email).count()


def letters_of(case: Case) -> list[Any]:
    links = CaseDocument.objects.filter(case=case, document__addressee__isnull=False)
    return [link.document for link in links.select_related("document")]


def test_every_act_that_issues_a_document_mails_it_afterwards() -> None:
    for rows in RepairFlow.actions().values():
        for row in rows.values():
            names = [effect.__qualname__.split(".")[0] for effect in act_of(row).effects if effect]
            if "issue" in names:
                last = max(at for at, name in enumerate(names) if name == "issue")
                assert "mail_applicant" in names[last:], names


def test_whatever_happens_each_document_is_linked_in_one_mail_to_each_reader(world: World) -> None:
    colleague = clerk_of(world.subject, name="李会计")
    case = correction_case(world)
    answer_gaps(world, case)
    do(case, "resubmit", world.clerk)
    do(case, "accept", world.intake)
    do(case, "extend", world.approver, reason="案情复杂")
    do(case, "give_opinion", world.verifier, opinion="agree", text="经核实")
    do(case, "approve", world.approver)
    granted = letters_of(case)
    another = RecordFactory(subject=world.subject, authority=world.authority)

    do(second := submitted_case(world, record=another), "refuse_to_accept", world.intake, reason="缺")
    refused = letters_of(second)
    assert len(granted) == 5
    assert len(refused) == 2
    for document in granted + refused:
        for reader in (world.clerk, colleague):
            assert mails_with(document, reader) == 1, document
    for mail in Mail.objects.all():
        assert not [line for line in mail.body.splitlines() if line.endswith(".pdf")], "a link to the page"


def test_what_goes_out_with_no_act_has_a_mail_of_its_own(world: World) -> None:
    case = submitted_case(world)
    about: dict[str, Any] = {"case": case, "office": world.credit, "today": TODAY}
    link = issue_for_case(document=contexts.AcceptanceNotice.sample(), **about)
    mail = Mail.objects.get(kind="letter_issued")
    assert mails_with(link.document, world.clerk) == 1
    assert mail.subject.startswith("有新文书：")
    mine = correspondence.mails_of(user=world.clerk, on=TODAY)
    assert not mine.filter(pk=mail.pk).exists(), "the address is not confirmed"
    EmailAddress.objects.create(user=world.clerk, email=world.clerk.email, verified=True, primary=True)
    assert correspondence.mails_of(user=world.clerk, on=TODAY).filter(pk=mail.pk).exists()

    issue_for_case(document=contexts.CommitmentLetter.sample(), **{**about, "office": None})
    assert Mail.objects.filter(kind="letter_issued").count() == 1, "what the applicant signs is theirs"


def test_the_link_says_that_the_document_is_being_made_and_notes_nothing(world: World) -> None:
    case = submitted_case(world)
    (document,) = letters_of(case)
    client, address = signed_in(world.clerk), reverse("my_letter", args=[document.uuid])
    page = client.get(address).content.decode()
    assert "文书正在生成" in page
    assert "下载文书" not in page
    assert not Delivery.objects.exists()
    made(case)
    assert "下载文书" in client.get(address).content.decode()
    assert Delivery.objects.get().opened_at is not None
    assert signed_in(world.intake).get(address).status_code == 404
