"""What moves an application without a person."""

from datetime import date, timedelta

import pytest

from credit_repair.cases.models import Case
from credit_repair.mail.models import Mail
from credit_repair.platforms.expiry import expire_records
from credit_repair.registry.models import Publication, Record
from credit_repair.repairs import settlers
from credit_repair.repairs.services import corrections
from credit_repair.repairs.services.again import file_again
from tests.registry.factories import MOMENT, PlatformFactory, PublicationFactory, RecordFactory
from tests.world import (
    CORRECTION_OVER,
    ONE_GAP,
    TODAY,
    World,
    approved_case,
    complete_draft,
    confirm_removal,
    correction_case,
    deciding_case,
    do,
    fresh,
    submitted_case,
    verifying_case,
)

pytestmark = pytest.mark.django_db


def confirm(publication: Publication) -> None:
    publication.state, publication.removed_at, publication.receipt = "removed", MOMENT, "R-2"
    publication.save()


def test_an_approved_case_is_completed_by_the_last_required_receipt(world: World) -> None:
    second = PublicationFactory(record=world.record, platform=PlatformFactory())
    case = approved_case(world)
    assert settlers.complete_confirmed(today=TODAY) == 0
    confirm(world.publication)
    assert settlers.complete_confirmed(today=TODAY) == 0
    confirm(second)
    assert settlers.complete_confirmed(today=TODAY) == 1
    assert (fresh(case).state, fresh(case).closed_on) == ("completed", TODAY)
    assert settlers.complete_confirmed(today=TODAY) == 0, "once"
    assert Mail.objects.filter(kind="repair_completed").count() == 1


def test_a_required_platform_that_is_switched_off_has_confirmed_nothing(world: World) -> None:
    PublicationFactory(record=world.record, platform=PlatformFactory(active=False))
    case = approved_case(world)
    confirm(Publication.objects.get(pk=world.publication.pk))
    assert settlers.complete_confirmed(today=TODAY) == 0
    assert fresh(case).state == "approved"


def test_a_platform_that_need_not_answer_holds_nothing(world: World) -> None:
    PublicationFactory(record=world.record, platform=PlatformFactory(required=False))
    case = approved_case(world)
    confirm_removal_of_first = Publication.objects.get(pk=world.publication.pk)
    confirm(confirm_removal_of_first)
    assert settlers.complete_confirmed(today=TODAY) == 1
    assert fresh(case).state == "completed"


def test_a_record_that_nobody_published_is_completed_at_once(world: World) -> None:
    Publication.objects.all().delete()
    case = approved_case(world)
    assert settlers.complete_confirmed(today=TODAY) == 1
    assert fresh(case).state == "completed"


def late_correction(world: World) -> Case:
    """A correction that is asked for so late that the record ends first."""
    return correction_case(world, today=date(2027, 5, 4))


@pytest.mark.parametrize(
    "stage",
    [complete_draft, submitted_case, late_correction, verifying_case, deciding_case],
    ids=lambda f: f.__name__,
)
def test_publicity_that_ends_by_time_closes_the_case(world: World, stage) -> None:  # type: ignore[no-untyped-def]
    case = stage(world)
    day_after = date(2027, 5, 7)
    assert world.record.effective_until == date(2027, 5, 6)
    assert expire_records(today=date(2027, 5, 6)) == 0, "the last day still belongs to the period"
    assert settlers.close_moot(today=date(2027, 5, 6)) == 0
    assert expire_records(today=day_after) == 1
    assert settlers.close_moot(today=day_after) == 1

    case = fresh(case)
    assert (case.state, case.closed_on) == ("closed_moot", day_after)
    assert not case.clocks.filter(stopped_on__isnull=True).exists()
    assert not case.steps.filter(state__in=["open", "planned"]).exists()
    assert Mail.objects.filter(kind="repair_closed_moot").count() == 1


# -- a correction that nobody answers


def test_a_correction_lapses_the_day_after_its_last_day(world: World) -> None:
    case = correction_case(world)
    assert settlers.lapse_uncorrected(today=CORRECTION_OVER - timedelta(days=1)) == 0
    assert settlers.lapse_uncorrected(today=CORRECTION_OVER) == 1
    case = fresh(case)
    assert (case.state, case.closed_on) == ("lapsed", CORRECTION_OVER)
    assert not case.clocks.filter(stopped_on__isnull=True).exists()
    assert not case.steps.filter(state__in=["open", "planned"]).exists()
    assert Mail.objects.filter(kind="repair_lapsed", to_address=world.clerk.email).count() == 1
    assert settlers.lapse_uncorrected(today=CORRECTION_OVER + timedelta(days=1)) == 0, "once"


def test_half_an_answer_lapses_too_and_one_that_came_in_time_does_not(world: World) -> None:
    half = correction_case(world, items=[*ONE_GAP, {**ONE_GAP[0], "mends": "proof"}])
    other = RecordFactory(subject=world.subject, authority=world.authority)
    whole = correction_case(world, record=other)
    for case in (half, whole):
        corrections.answer_item(case=case, actor=world.clerk, today=TODAY, position=1, text="已经整改")
    do(whole, "resubmit", world.clerk, today=CORRECTION_OVER - timedelta(days=1))
    assert settlers.lapse_uncorrected(today=CORRECTION_OVER) == 1
    assert (fresh(half).state, fresh(whole).state) == ("lapsed", "submitted")


def test_a_lapsed_case_can_be_filed_again(world: World) -> None:
    case = correction_case(world)
    settlers.lapse_uncorrected(today=CORRECTION_OVER)
    file_again(case=fresh(case), actor=world.clerk, today=CORRECTION_OVER)
    assert Case.objects.filter(record=world.record, state="draft").count() == 1


def test_a_withdrawn_record_closes_the_case(world: World) -> None:
    case = submitted_case(world)
    Record.objects.filter(pk=world.record.pk).update(standing="withdrawn", ended_on=TODAY)
    assert settlers.close_moot(today=TODAY) == 1
    assert fresh(case).state == "closed_moot"


def test_what_is_decided_is_not_closed_as_moot(world: World) -> None:
    case = approved_case(world)
    assert Record.objects.get(pk=world.record.pk).has_ended
    assert settlers.close_moot(today=TODAY) == 0
    assert fresh(case).state == "approved"


def test_a_case_that_cannot_be_moved_keeps_no_other_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = approved_case(world)
    other = RecordFactory(subject=world.subject, authority=world.authority)
    good = approved_case(world, record=other)
    confirm_removal(world)
    real = settlers.transition

    def sometimes(*, case: Case, **what: object) -> object:
        if case.pk == broken.pk:
            raise RuntimeError("broken")
        return real(case=case, **what)  # type: ignore[arg-type]

    monkeypatch.setattr(settlers, "transition", sometimes)
    with pytest.raises(RuntimeError, match="broken"):
        settlers.complete_confirmed(today=TODAY)
    assert fresh(good).state == "completed"
    assert fresh(broken).state == "approved"


def test_somebody_who_acted_in_the_same_moment_is_no_failure(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = submitted_case(world)
    Record.objects.filter(pk=world.record.pk).update(standing="withdrawn", ended_on=TODAY)
    real = settlers.transition

    def overtaken(**what: object) -> object:
        do(case, "withdraw", world.clerk)
        return real(**what)  # type: ignore[arg-type]

    monkeypatch.setattr(settlers, "transition", overtaken)
    assert settlers.close_moot(today=TODAY) == 0
    assert fresh(case).state == "withdrawn"
