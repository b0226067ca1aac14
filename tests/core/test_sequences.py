"""Numbers without a gap."""

import pytest
from django.db import transaction

from credit_repair.core.models import Sequence
from credit_repair.core.sequences import next_value
from tests.world import in_threads


@pytest.mark.django_db
def test_each_sequence_counts_from_one_for_itself() -> None:
    assert [next_value("a"), next_value("a"), next_value("b"), next_value("a")] == [1, 2, 1, 3]


@pytest.mark.django_db
def test_a_number_that_was_rolled_back_is_given_again() -> None:
    next_value("a")
    with pytest.raises(RuntimeError), transaction.atomic():
        assert next_value("a") == 2
        raise RuntimeError
    assert next_value("a") == 2


@pytest.mark.django_db(transaction=True)
def test_no_number_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        next_value("a")
    assert not Sequence.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_takers_at_once_get_twenty_numbers(postgres: None) -> None:
    def take(number: int) -> int | None:
        try:
            with transaction.atomic():
                taken = next_value("shared")
                if number % 4 == 0:
                    raise LookupError
                return taken
        except LookupError:
            return None

    results, errors = in_threads(20, take)
    assert not errors
    assert sorted(value for value in results if value) == list(range(1, 16)), "none twice, no gap"
