"""By what a record is known again."""

import pytest

from credit_repair.registry.keys import document_key
from credit_repair.registry.models import Publication, Record
from tests.registry.factories import AS_OF, PlatformFactory
from tests.registry.tables import as_csv, row, take_in

AS_WRITTEN = "（濉）交罚〔2026〕1号"


@pytest.mark.parametrize(
    "doc_no",
    [
        "（濉）交罚[2026]1号",
        "(濉)交罚〔2026〕1号",
        "（濉）交罚【２０２６】１号",
        "（濉）交罚［2026］1号",
        "（ 濉）交罚〔2026〕\u30001 号",
    ],
)
@pytest.mark.django_db
def test_another_way_of_typing_is_the_same_document(doc_no):
    take_in(as_csv([row(1, doc_no=AS_WRITTEN)]), platforms=[PlatformFactory()])
    Record.objects.update(standing="repaired", ended_on=AS_OF)
    _batch, [found] = take_in(as_csv([row(1, doc_no=doc_no)]))
    record = Record.objects.get()
    assert (found.outcome, record.doc_no, record.standing) == ("unchanged", AS_WRITTEN, "repaired")
    assert Publication.objects.count() == 1


def test_case_is_no_difference_but_digits_are():
    assert document_key("濉hb〔2026〕1号") == document_key("濉HB〔2026〕1号")
    assert document_key("濉〔2026〕1号") != document_key("濉〔2026〕11号")


@pytest.mark.django_db
def test_a_number_that_is_too_long_for_the_key_is_refused():
    _batch, [found] = take_in(as_csv([row(1, doc_no="㈱" * 200)]))
    assert found.code == "over_long_facts"
