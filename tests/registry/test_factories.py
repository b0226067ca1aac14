from datetime import date

import pytest
from stdnum.cn import uscc

from tests.registry import factories as f

pytestmark = pytest.mark.django_db


def test_codes_are_valid():
    assert uscc.is_valid(f.OfficeFactory().code)
    assert uscc.is_valid(f.OfficeFactory(credit=True, division="370321").code)
    assert uscc.is_valid(f.SubjectFactory(sole_trader=True).code)


def test_the_record_is_as_its_docstring_says():
    record = f.RecordFactory()
    record.refresh_from_db()
    assert (record.rule_set, record.rule_class) == ("ndrc-36", "general")
    assert record.repairable_from == date(2026, 8, 7)
    assert record.effective_until == date(2027, 5, 6)


def test_every_kind_of_subject_can_be_made():
    for kind in ({}, {"sole_trader": True}, {"person": True}):
        f.RecordFactory(subject=f.SubjectFactory(**kind))
        f.SubjectFactory(**kind)
    f.PublicationFactory()
