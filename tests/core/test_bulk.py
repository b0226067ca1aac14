"""Rows that are inserted by the driver's own means are as if saved one by one."""

from datetime import date
from decimal import Decimal
from itertools import repeat
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from credit_repair.core import bulk
from credit_repair.registry.models import NameGram, Record, RecordEvent, Subject
from tests.registry.factories import MOMENT, OfficeFactory, RecordFactory, SubjectFactory, make_resident_id

pytestmark = pytest.mark.django_db


def as_saved(record):
    return Record.objects.filter(pk=record.pk).values().get()


def test_a_row_is_what_save_would_have_written():
    saved = RecordFactory(fine=Decimal("1.5"), own_until=date(2027, 5, 6), remarks="制表\t换行\n反斜杠\\")
    copy = Record.objects.get(pk=saved.pk)
    copy.pk, copy.uuid, copy.natural_key = None, uuid4(), "another"
    bulk.insert([copy])
    ours = {"id", "uuid", "natural_key"}
    expected = {name: value for name, value in as_saved(saved).items() if name not in ours}
    assert {name: value for name, value in as_saved(copy).items() if name not in ours} == expected
    copy.remarks = "已改"
    copy.save()
    assert Record.objects.count() == 2


def test_keys_go_on_where_they_were_and_leave_the_next_insert_its_own():
    subjects = [SubjectFactory.build() for _number in range(3)]
    first = SubjectFactory()
    bulk.insert(subjects)
    last = SubjectFactory()
    keys = [first.pk, *(subject.pk for subject in subjects), last.pk]
    assert keys == sorted(set(keys))
    assert Subject.objects.count() == 5


def test_what_is_encrypted_comes_out_different_every_time():
    number = make_resident_id(1)
    people = [SubjectFactory.build(representative_number=number) for _number in range(2)]
    bulk.insert(people)
    with connection.cursor() as cursor:
        cursor.execute("SELECT representative_number FROM registry_subject")
        stored = [value for (value,) in cursor.fetchall()]
    assert len(set(stored)) == 2
    assert number not in str(stored)
    assert Subject.objects.first().representative_number == number


def test_rows_by_column_with_what_is_the_same_in_all():
    records = [RecordFactory(), RecordFactory()]
    bulk.insert_columns(
        RecordEvent,
        {
            "record_id": [record.pk for record in records],
            "uuid": [uuid4(), uuid4()],
            "what": repeat("changed"),
            "at": repeat(MOMENT),
            "on": repeat(date(2026, 11, 20)),
            "actor_label": repeat(""),
            "data": repeat({"原因": "更正"}),
        },
    )
    found = RecordEvent.objects.order_by("pk").values_list("record", "at", "on", "data")
    assert list(found) == [(record.pk, MOMENT, date(2026, 11, 20), {"原因": "更正"}) for record in records]


def test_nothing_to_insert_is_nothing():
    bulk.insert([])
    bulk.insert_columns(NameGram, {"gram": [], "subject_id": []})
    assert not NameGram.objects.exists()


def test_what_is_there_already_is_an_integrity_error_as_ever():
    office = OfficeFactory()
    subject = SubjectFactory()
    twin = SubjectFactory.build(code=subject.code)
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert([twin])
    assert Subject.objects.get() == subject
    assert office.pk


def test_a_new_object_is_what_the_model_makes_of_the_same_values():
    values = {"doc_no": "1号", "decision_date": date(2026, 1, 2), "created_at": MOMENT, "uuid": uuid4()}
    quick, usual = bulk.new(Record, values), Record(**values)
    fields = [field.attname for field in Record._meta.concrete_fields]
    assert [getattr(quick, name) for name in fields] == [getattr(usual, name) for name in fields]
    assert quick.pk is None and quick._state.adding


def test_each_new_object_has_defaults_of_its_own():
    one, other = bulk.new(Record, {}), bulk.new(Record, {})
    assert one.uuid != other.uuid
    assert one.penalty_types is not other.penalty_types
    assert one._state is not other._state


def test_json_that_rows_share_is_stored_like_any_other():
    shared = bulk.SharedJSON({"basis": [{"说明": "一"}]})
    record = RecordFactory.build(
        subject=SubjectFactory(), authority=OfficeFactory(), assessment=shared, fine=None
    )
    bulk.insert([record])
    assert Record.objects.get().assessment == {"basis": [{"说明": "一"}]}
    record.save()
    assert Record.objects.get().assessment == {"basis": [{"说明": "一"}]}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite is given room by its connection")
def test_a_large_write_leaves_the_connection_as_it_was_also_after_a_fault():
    def room():
        with connection.cursor() as cursor:
            names = ("cache_size", "wal_autocheckpoint")
            return [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    before = room()
    with pytest.raises(ValueError), bulk.large_write(Record):
        assert room() == [-65_536, 16_384]
        raise ValueError
    assert room() == before
