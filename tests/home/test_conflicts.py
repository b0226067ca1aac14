"""Names that differ, on their pages."""

import pytest
from django.urls import reverse

from credit_repair.registry.models import NameConflict, Record, Subject
from credit_repair.registry.services import import_file
from tests.home.conftest import TODAY
from tests.home.test_queries import grows
from tests.registry.tables import as_csv, row

pytestmark = pytest.mark.django_db
LIST = reverse("office_conflicts")
NEW_NAME = "淮北新途运输有限公司"


def bring(*rows):
    return import_file(path_or_file=as_csv(rows), file_name="表.csv", as_of=TODAY)


def conflict_of(n=1):
    bring(row(n))
    bring(row(n, name=NEW_NAME, doc_no=f"甲〔2026〕{n}号"))
    return NameConflict.objects.get(subject__name__endswith=f"公司{n}")


@pytest.fixture
def data_officer(official, credit):
    return official("data", credit)


def page_of(conflict):
    return reverse("office_conflict", args=[conflict.uuid])


def test_an_accepted_change_of_name_is_told_with_what_became_of_the_row(data_officer):
    conflict = conflict_of()
    assert NEW_NAME in data_officer.get(LIST).content.decode()
    answer = data_officer.post(page_of(conflict), {"decision": "accept", "reason": "已核对"}, follow=True)
    assert f"已更名为“{NEW_NAME}”，1行已重新收录。" in answer.content.decode()
    assert Subject.objects.get().name == NEW_NAME
    assert Record.objects.count() == 2
    assert NEW_NAME in data_officer.get(LIST, {"show": "decided"}).content.decode()
    assert "曾" not in data_officer.get(page_of(conflict)).context["page_title"]


def test_a_name_that_is_kept_leaves_the_row_refused(data_officer):
    conflict = conflict_of()
    data_officer.post(page_of(conflict), {"decision": "keep", "reason": "来表填错"})
    conflict.refresh_from_db()
    assert (conflict.state, Record.objects.count()) == ("dismissed", 1)


@pytest.mark.parametrize(
    "said", [{}, {"decision": "accept"}, {"reason": "已核对"}, {"decision": "x", "reason": "y"}]
)
def test_a_decision_without_its_reason_is_asked_for_again(data_officer, said):
    conflict = conflict_of()
    answer = data_officer.post(page_of(conflict), said)
    assert answer.context["form"].errors
    conflict.refresh_from_db()
    assert conflict.state == "open"


def test_a_row_that_waits_for_its_turn_is_taken_up_by_hand(data_officer):
    conflict = conflict_of()
    Subject.objects.update(name=NEW_NAME)
    NameConflict.objects.update(state="accepted", reason="已核对")
    url = reverse("office_conflict_take_up", args=[conflict.uuid])
    assert url in data_officer.get(page_of(conflict)).content.decode()
    data_officer.post(url)
    assert Record.objects.count() == 2
    assert url not in data_officer.get(page_of(conflict)).content.decode()


def test_conflicts_of_everybodys_data_are_not_for_one_authority(official, credit, authority):
    conflict = conflict_of()
    client = official("data", authority)
    assert NEW_NAME not in client.get(LIST).content.decode()
    assert client.get(page_of(conflict)).status_code == 404


def test_the_list_asks_no_more_for_more_rows(data_officer):
    numbers = iter(range(1, 100))
    assert grows(data_officer, LIST, lambda n: [conflict_of(next(numbers)) for _ in range(n)]) == 0
