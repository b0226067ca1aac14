"""A county whose authority has an item list, and whose platform takes messages about commitments."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from credit_repair.commitments import services
from credit_repair.commitments.models import Commitment, CommitmentList
from credit_repair.core.clock import assume
from credit_repair.people.models import Role, User
from tests.repairs.signing import a_signature
from tests.world import TODAY, World, build_world, member, upload

SAID = services.ListSaid(
    title="道路货运经营许可告知承诺",
    items=("驾驶员取得从业资格证明", "遵守运输安全规定"),
    legal_basis="《道路货物运输及站场管理规定》",
    who="道路货运经营者",
    validity_months=12,
    check_after=20,
    check_unit="days",
    published=True,
    published_basis="《优化营商环境条例》",
)
SIGNED = services.Signed(name="周小敏", strokes=a_signature())
BROKEN = services.Found(finding="broken", text="三名驾驶员中一人没有证明。", reasons="没有取得从业资格证明")


@pytest.fixture(autouse=True)
def _assumed_today():
    with assume(TODAY):
        yield


@pytest.fixture
def world(db: None) -> World:
    made = build_world()
    made.platform.actions = ["commitment"]
    made.platform.save()
    return made


@pytest.fixture
def supervisor(world: World) -> User:
    return member(world.authority, Role.SUPERVISOR, name="孙督")


@pytest.fixture
def row(world: World, supervisor: User) -> CommitmentList:
    return add_list(world, supervisor)


def add_list(world: World, supervisor: User, **changed: Any) -> CommitmentList:
    return services.add_list(
        office=world.authority,
        kind="approval",
        said=replace(SAID, **changed),
        actor=supervisor,
        today=TODAY,
    )


def sign(world: World, row: CommitmentList, *, today: date = TODAY) -> Commitment:
    return services.sign_from_list(
        subject=world.subject, row=row, version=row.version, signed=SIGNED, actor=world.clerk, today=today
    )


def declare(world: World, **changed: Any) -> Commitment:
    said = {"title": "诚信经营承诺", "items": "明码标价\n不虚假宣传", "valid_until": None} | changed
    return services.declare(subject=world.subject, signed=SIGNED, actor=world.clerk, today=TODAY, **said)


def opened(world: World, row: CommitmentList) -> Commitment:
    """A commitment of which a check is open."""
    commitment = sign(world, row)
    services.open_check(commitment=commitment, actor=world.verifier, today=TODAY)
    return fresh(commitment)


def proposed(world: World, row: CommitmentList, *, by: User | None = None) -> Commitment:
    """A commitment that one official holds to be broken."""
    commitment = opened(world, row)
    services.find(commitment=commitment, found=BROKEN, uploads=[], actor=by or world.verifier, today=TODAY)
    return fresh(commitment)


def answered(world: World, row: CommitmentList) -> Commitment:
    """The same, and the subject has answered."""
    commitment = proposed(world, row)
    services.answer_check(
        commitment=commitment,
        text="该驾驶员已离职。",
        upload=upload("离职证明.pdf"),
        actor=world.clerk,
        today=TODAY,
    )
    return fresh(commitment)


def fresh(commitment: Commitment) -> Commitment:
    """The commitment as the database has it."""
    return Commitment.objects.get(pk=commitment.pk)
