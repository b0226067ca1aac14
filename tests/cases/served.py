"""Documents of cases whose PDF is there, and how their service stands."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from credit_repair.cases.models import Case, CaseDocument
from credit_repair.cases.services import delivering as services
from credit_repair.notices import arrival
from credit_repair.notices.delivering import Handed
from credit_repair.notices.models import Delivery, Document
from tests.world import TODAY, World, submitted_case

LATER = TODAY + timedelta(days=1)
BY_HAND = Handed("direct", TODAY, "李明华", "法定代表人", "工业路8号")


def made(case: Case) -> Document:
    """The case's latest document, its PDF there, as rendering leaves it."""
    document = CaseDocument.objects.filter(case=case, document__addressee__isnull=False).latest("pk").document
    with transaction.atomic():
        document.file.name, document.sha256, document.size = f"documents/{document.uuid}.pdf", "a" * 64, 9
        document.state = Document.State.READY
        document.save()
        arrival.arrive(document)
    return document


def waiting(world: World) -> Delivery:
    """A receipt that waits to be served."""
    return Delivery.objects.get(document=made(submitted_case(world)))


def failed(delivery: Delivery, world: World, *, failure: str = "failed") -> Delivery:
    """It came back."""
    return services.enter_failure(
        delivery=delivery,
        actor=world.intake,
        today=TODAY,
        failure=failure,
        day=TODAY,
        why="查无此址，邮件退回",
    )


def announced(delivery: Delivery, world: World, **changed: Any) -> Delivery:
    """It came back, and is announced from the next day on."""
    given = {"actor": world.intake, "today": LATER, "place": "本单位公告栏", **changed}
    return services.announce(delivery=failed(delivery, world), **given)


def copies_of(delivery: Delivery, count: int) -> None:
    """More services like one, each of a document of its own."""
    document = delivery.document
    for number in range(count):
        copy = Document.objects.get(pk=document.pk)
        copy.pk, copy.check_code, copy.number = None, f"{number:016}", None
        copy.year = copy.serial = None
        copy.uuid = uuid4()
        copy._state.adding = True
        copy.save()
        CaseDocument.objects.create(case=document.case_link.case, document=copy)
        again = Delivery.objects.get(pk=delivery.pk)
        again.pk, again.uuid, again.document = None, uuid4(), copy
        again._state.adding = True
        again.save()
