"""An administrator 破产管理人, whom a court has appointed, acts for a subject and may take it over."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from credit_repair.core import clock
from credit_repair.mail.models import Mail
from credit_repair.people import access
from credit_repair.people.errors import MandateRefused, NotInCharge
from credit_repair.people.mandate_selectors import administrators_of
from credit_repair.people.models import MandateApplication, User
from credit_repair.people.services.mandate_applications import apply_for_mandate, approve
from credit_repair.people.services.mandates import end_administrators
from tests.rulings.shielding import carried_out
from tests.world import TODAY, World, administrator, build_world, make_user, signed_in, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def asked(world: World, who: User, *, capacity: str = "administrator", **said: Any) -> MandateApplication:
    with clock.assume(TODAY):
        return apply_for_mandate(
            user=who,
            name=world.subject.name,
            number=world.subject.code or "",
            capacity=capacity,
            purpose="new",
            letter=upload("指定管理人决定书.pdf"),
            today=TODAY,
            **said,
        )


def acting(world: World) -> set[User]:
    return set(access.people_acting_for(subject=world.subject, on=TODAY))


def test_an_administrator_needs_no_last_day_and_leaves_the_others_alone(world: World) -> None:
    who = make_user("周律师")
    mandate = approve(application=asked(world, who), actor=world.intake, today=TODAY)
    assert mandate.until is None
    assert acting(world) == {who, world.clerk}
    assert [each.user for each in administrators_of(subject=world.subject, on=TODAY)] == [who]


def test_the_others_can_be_ended_in_one_go(world: World) -> None:
    who = make_user("周律师")
    approve(application=asked(world, who), actor=world.intake, today=TODAY, end_others=True)
    assert acting(world) == {who}
    ended = world.clerk.mandates.get()
    assert (ended.until, ended.end_reason) == (TODAY - timedelta(days=1), "法院已指定管理人接管")
    assert Mail.objects.filter(kind="mandate_ended_yours", to_address=world.clerk.email).exists()


def test_a_second_administrator_does_not_end_the_first(world: World) -> None:
    first, second = make_user("周律师"), make_user("吴会计")
    approve(application=asked(world, first), actor=world.intake, today=TODAY)
    approve(application=asked(world, second), actor=world.intake, today=TODAY, end_others=True)
    assert acting(world) == {first, second}


def test_a_clerk_ends_nobody(world: World) -> None:
    application = asked(world, make_user("新人"), capacity="clerk", until=TODAY + timedelta(days=90))
    approve(
        application=application,
        actor=world.intake,
        today=TODAY,
        until=TODAY + timedelta(days=90),
        end_others=True,
    )
    assert world.clerk in acting(world)


def test_only_who_takes_in_may_let_the_administrator_in(world: World) -> None:
    application = asked(world, make_user("周律师"))
    with pytest.raises(NotInCharge):
        approve(application=application, actor=world.verifier, today=TODAY, end_others=True)
    assert world.clerk in acting(world)


def test_the_end_of_the_proceedings_ends_their_mandates_alone(world: World) -> None:
    who = make_user("周律师")
    approve(application=asked(world, who), actor=world.intake, today=TODAY)
    tomorrow = TODAY + timedelta(days=1)
    carried_out(world)
    carried_out(world, "performed", today=tomorrow, made_on=tomorrow)
    assert set(access.people_acting_for(subject=world.subject, on=tomorrow)) == {world.clerk}
    mandate = who.mandates.get()
    assert (mandate.until, mandate.end_reason) == (TODAY, "重整计划执行完毕，管理人职务终止")
    told = Mail.objects.filter(to_address=who.email).values_list("kind", flat=True)
    assert {"subject_shield_confirmed", "mandate_ended_yours"} <= set(told)


def test_where_there_is_none_nothing_ends(world: World) -> None:
    assert end_administrators(subject=world.subject, today=TODAY, actor=None, reason="结束") == []
    assert acting(world) == {world.clerk}


def test_the_pages_say_whose_the_mandate_is(world: World) -> None:
    who = make_user("周律师")
    application = asked(world, who)
    url = reverse("office_mandate", args=[application.uuid])
    with clock.assume(TODAY):
        shown = signed_in(world.intake).get(url).content.decode()
        assert "管理人接管以后" in shown and "同时结束现有经办人的授权" in shown
        posted = {"decision": "approve", "approve-until": "", "approve-end_others": ""}
        assert signed_in(world.intake).post(url, posted).status_code == 302
        page = signed_in(world.clerk).get(reverse("my_subject", args=[world.subject.uuid])).content.decode()
        assert "法院已指定管理人" in page and "周律师" in page
        clerk = asked(world, make_user("新人"), capacity="clerk", until=TODAY + timedelta(days=90))
        later = signed_in(world.intake).get(reverse("office_mandate", args=[clerk.uuid])).content.decode()
        assert "法院已指定管理人" in later and "同时结束" not in later


def test_an_administrator_of_the_site_is_none_of_a_subject(world: World) -> None:
    with pytest.raises(MandateRefused):
        asked(world, administrator("system"))
