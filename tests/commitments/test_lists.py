"""Item lists: added and changed by who supervises at the office, from the version that was seen."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.commitments import services
from credit_repair.commitments.models import CommitmentList
from credit_repair.people.models import Role
from tests.commitments.conftest import SAID, add_list
from tests.world import TODAY, member


def change(row, actor, *, version=1, **changed):
    return services.change_list(
        row=row, said=replace(SAID, **changed), version=version, actor=actor, today=TODAY
    )


def test_only_who_supervises_there_edits_it(world, row):
    for actor in (world.verifier, world.approver, member(world.credit, Role.SUPERVISOR)):
        with pytest.raises(NotYours):
            add_list(world, actor, title="另一项")
        with pytest.raises(NotYours):
            change(row, actor, title="另一项")


def test_a_change_from_an_old_version_is_refused_and_each_is_kept(world, row, supervisor):
    change(row, supervisor, items=("只有一项",))
    with pytest.raises(ActionRefused) as refused:
        change(row, supervisor, title="又改")
    assert refused.value.code == "changed"
    row.refresh_from_db()
    assert (row.version, row.items) == (2, ["只有一项"])
    assert sorted(row.history.values_list("version", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"items": ()}, "no_items"),
        ({"published_basis": " "}, "no_basis"),
        ({"items": ("身份证340621199001011234",)}, "personal"),
        ({"title": "未知字\U0003ffff"}, "glyphs"),
    ],
)
def test_what_cannot_be_signed_or_published_is_refused(world, supervisor, changed, code):
    with pytest.raises(ActionRefused) as refused:
        add_list(world, supervisor, **changed)
    assert refused.value.code == code


def test_an_office_has_one_list_of_a_title_in_use(world, row, supervisor):
    with pytest.raises(ActionRefused) as refused:
        add_list(world, supervisor)
    assert refused.value.code == "title_taken"
    change(row, supervisor, active=False)
    assert add_list(world, supervisor).active


@pytest.mark.parametrize("changed", [{"kind": "repair"}, {"published_basis": ""}, {"check_after": 0}])
def test_the_database_refuses_what_no_list_is(world, row, changed):
    with pytest.raises(IntegrityError), transaction.atomic():
        CommitmentList.objects.filter(pk=row.pk).update(**changed)
