"""The benchmark itself still runs and measures what it says; how long it takes is no matter of a test."""

import pytest

from credit_repair.registry.models import Record, Subject
from tests.benchmarks.import_benchmark import measure, write_table

pytestmark = pytest.mark.slow


@pytest.mark.django_db
def test_it_measures_an_import_in_which_every_row_is_new(tmp_path):
    path = tmp_path / "table.csv"
    write_table(path, rows=1000)
    figures = measure(path)
    # The rows that the import wrote stand in their tables again when it is over.
    assert (figures.rows, Record.objects.count(), Subject.objects.count()) == (1000, 1000, 334)
    assert figures.written > 2000
    assert str(figures).count("\n") == 6
