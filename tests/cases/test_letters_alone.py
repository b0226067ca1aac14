"""Documents that an office issues to a subject outside any case: who reads, serves, and never sees them."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse

from credit_repair.cases import delivery_selectors as service
from credit_repair.cases import document_selectors, selectors
from credit_repair.cases.services import delivering as services
from credit_repair.cases.services.documents import issue_to_subject
from credit_repair.mail.models import Mail
from credit_repair.notices.guiding import GuidanceNotice
from credit_repair.notices.models import Delivery, Document
from credit_repair.notices.services import render
from credit_repair.people.models import Mandate, Role
from tests.cases.served import BY_HAND
from tests.registry.factories import OfficeFactory, SubjectFactory
from tests.world import TODAY, World, clerk_of, make_user, member, signed_in, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(world: World) -> Document:
    """A guidance of the authority to the world's enterprise, with its PDF."""
    row = issue_to_subject(
        document=GuidanceNotice.sample(),
        office=world.authority,
        subject=world.subject,
        today=TODAY,
    )
    return render(document_id=row.pk)


def test_who_acts_for_the_subject_is_told_once_finds_it_and_opens_it(world: World, letter: Document) -> None:
    (mail,) = Mail.objects.filter(kind="subject_letter")
    assert mail.to_address == world.clerk.email
    assert str(letter.uuid) in mail.body and "邮件里不附文书" in mail.body
    EmailAddress.objects.update_or_create(
        user=world.clerk, email=world.clerk.email, defaults={"verified": True, "primary": True}
    )
    client = signed_in(world.clerk)
    for page in (reverse("my_letters"), reverse("my_letter", args=[letter.uuid])):
        assert letter.number in client.get(page).content.decode()
    assert mail.subject in client.get(reverse("my_mails")).content.decode()
    assert client.get(reverse("document", args=[letter.uuid])).status_code == 200
    delivery = Delivery.objects.get(document=letter)
    assert delivery.opened_at and delivery.downloaded_at


def test_officials_of_the_issuing_office_alone_find_it(world: World, letter: Document) -> None:
    for user in (world.verifier, world.approver):
        assert selectors.document_for(user=user, uuid=letter.uuid, on=TODAY) == letter
        assert letter in document_selectors.register(user=user, on=TODAY)
    strangers = (
        make_user(),
        clerk_of(SubjectFactory()),
        member(OfficeFactory(), Role.VERIFIER),
        world.intake,
    )
    for user in strangers:
        with pytest.raises(ObjectDoesNotExist):
            selectors.document_for(user=user, uuid=letter.uuid, on=TODAY)


def test_an_official_who_acted_for_the_subject_does_not_find_it_as_an_official(
    world: World, letter: Document
) -> None:
    official = member(world.authority, Role.APPROVER)
    assert letter in document_selectors.register(user=official, on=TODAY)
    Mandate.objects.create(subject=world.subject, user=official, since=TODAY)
    assert letter not in document_selectors.register(user=official, on=TODAY)
    assert not service.not_served(user=official, on=TODAY, days=0).filter(document=letter).exists()


def test_it_waits_to_be_served_and_its_service_is_entered_and_proved(world: World, letter: Document) -> None:
    later = TODAY + timedelta(days=3)
    (delivery,) = service.not_served(user=world.approver, on=later)
    assert delivery.document == letter
    client = signed_in(world.approver)
    page = client.get(reverse("office_document_deliveries", args=[letter.uuid]))
    assert reverse("office_delivery_enter", args=[delivery.uuid]) in page.content.decode()
    assert client.get(reverse("office_delivery_enter", args=[delivery.uuid])).status_code == 200
    services.enter_service(
        delivery=delivery, actor=world.approver, today=later, handed=BY_HAND, scan=upload()
    )
    assert not service.not_served(user=world.approver, on=later).exists()
    delivery.refresh_from_db()
    proof = services.prove(delivery=delivery, case=None, actor=world.approver, today=TODAY)
    assert selectors.document_for(user=world.approver, uuid=proof.uuid, on=TODAY) == proof
    with pytest.raises(ObjectDoesNotExist):
        selectors.document_for(user=world.intake, uuid=proof.uuid, on=TODAY)
