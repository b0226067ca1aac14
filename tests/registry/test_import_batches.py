"""A file that is received now and imported by a worker, which may die at any row."""

import io
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from credit_repair.registry.importing.columns import ImportUnreadable
from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.models import (
    ImportBatch,
    ImportLine,
    LawEdition,
    NameConflict,
    NameGram,
    Record,
    RecordEvent,
    Subject,
    SupplyCount,
)
from credit_repair.registry.services import imports, receive_file, reimport_line, run_batch
from credit_repair.registry.services.law import set_rule
from credit_repair.registry.services.undo import undo_batch
from tests.registry.factories import AS_OF, PlatformFactory, SectorFactory, make_code, make_resident_id
from tests.registry.tables import AUTHORITY_CODE, as_csv, row, take_in

pytestmark = pytest.mark.django_db

#: Of every kind: taken, refused and mended, twice in the file, another name, a warning, an empty row.
ROWS = [
    row(1),
    row(2, fine="-1"),
    row(2),
    {},
    row(3, representative_number="1"),
    row(1),
    row(4, code=make_code(3), name="另一家公司"),
    row(5, source="濉溪县大数据局", source_code="", decision_date="2026/11/18", own_until=""),
    row(2),
]


class Killed(BaseException):
    """What no code can catch in time."""


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(imports, "BATCH_ROWS", 2)


def receive(rows=ROWS, **options):
    content = rows if isinstance(rows, bytes) else as_csv(rows).getvalue()
    given = {"kind": None, "as_of": AS_OF, "imported_by": None, "platforms": []} | options
    return receive_file(file=SimpleUploadedFile("处罚表.csv", content), file_name="处罚表.csv", **given)


def state_of(batch):
    batch.refresh_from_db()
    counts = (batch.taken, batch.updated, batch.unchanged, batch.refused)
    lines = list(batch.lines.values_list("row", "outcome", "code"))
    supply = sorted(
        batch.supply.values_list(
            "source_name", "rows", "refused", "warned", "taken", "late", "wrong_codes", "duplicate_codes"
        )
    )
    return batch.state, counts, batch.reached, lines, supply


def killed(reached, total):
    raise Killed


class TestReceiving:
    def test_it_waits_with_its_file_and_nothing_else_has_changed(self):
        platform = PlatformFactory()
        batch = receive(platforms=[platform])
        assert (batch.state, batch.total, batch.kind) == ("waiting", 8, "penalty")
        assert list(batch.platforms.all()) == [platform]
        assert batch.file.read() == as_csv(ROWS).getvalue()
        assert "处罚表" not in batch.file.name
        assert not Record.objects.exists()

    def test_what_cannot_be_read_is_not_kept(self):
        with pytest.raises(ImportUnreadable):
            receive(as_csv(ROWS).getvalue() + b"\xff\xff")
        assert not ImportBatch.objects.exists()

    def test_a_run_imports_it_publishes_where_named_and_forgets_the_file(self):
        platform = PlatformFactory()
        batch = run_batch(batch=receive(platforms=[platform]), scope=None)
        assert (batch.state, batch.rows, batch.taken, batch.refused) == ("done", 8, 4, 4)
        assert batch.finished_at is not None
        assert {pub.platform for record in Record.objects.all() for pub in record.publications.all()} == {
            platform
        }
        assert not batch.file

    def test_the_scope_is_asked(self):
        scope = ImportScope(offices=frozenset(), answers_for=lambda code: False)
        assert run_batch(batch=receive([row(1)]), scope=scope).refused == 1

    def test_once_done_it_stays_done(self):
        batch = run_batch(batch=receive(), scope=None)
        before, events = state_of(batch), RecordEvent.objects.count()
        run_batch(batch=batch, scope=None)
        assert (state_of(batch), RecordEvent.objects.count()) == (before, events)

    def test_a_file_that_is_gone_or_broken_makes_it_unreadable_in_words(self):
        gone, broken = receive(), receive()
        gone.file.storage.delete(gone.file.name)
        broken.file.storage.delete(broken.file.name)
        broken.file.save("x.csv", io.BytesIO(b"a,b\n1,2\n"))
        for batch in (gone, broken):
            found = run_batch(batch=batch, scope=None)
            assert found.state == "unreadable"
            assert "请" in found.problem
            assert not found.file


class TestBrokenOff:
    @pytest.mark.parametrize("after", [1, 2, 3])
    def test_a_successor_goes_on_and_counts_the_same(self, small_batches, monkeypatch, after):
        straight = run_batch(batch=receive(), scope=None)
        expected = state_of(straight)
        Record.objects.all().delete()
        NameConflict.objects.all().delete()
        Subject.objects.all().delete()

        batch = receive()
        calls = []
        real = imports.load_rows

        def dying(run, rows):
            if len(calls) == after:
                raise Killed
            calls.append(rows)
            return real(run, rows)

        monkeypatch.setattr(imports, "load_rows", dying)
        with pytest.raises(Killed):
            run_batch(batch=batch, scope=None)
        monkeypatch.setattr(imports, "load_rows", real)
        batch.refresh_from_db()
        assert (batch.state, batch.rows) == ("running", after * 2)
        assert batch.file
        run_batch(batch=batch, scope=None)
        assert state_of(batch) == expected
        assert NameConflict.objects.count() == 1

    def test_who_was_overtaken_writes_nothing_and_gives_way(self, small_batches, monkeypatch):
        batch = receive()
        real = imports.load_rows

        def overtaken(run, rows):
            ImportBatch.objects.filter(pk=batch.pk).update(reached=5)
            return real(run, rows)

        monkeypatch.setattr(imports, "load_rows", overtaken)
        found = run_batch(batch=batch, scope=None)
        assert (found.state, found.reached, found.rows) == ("running", 5, 0)
        assert not Record.objects.exists()

    def test_one_whose_file_is_gone_has_stopped_and_can_be_taken_back(self, small_batches):
        batch = receive()
        with pytest.raises(Killed):
            run_batch(batch=batch, scope=None, progress=killed)
        batch.refresh_from_db()
        batch.file.storage.delete(batch.file.name)
        found = run_batch(batch=batch, scope=None)
        assert (found.state, found.rows, found.file.name) == ("stopped", 2, "")
        assert "请重新上传" in found.problem
        undo_batch(batch=found, actor=None, today=AS_OF)
        assert not Record.objects.exists()

    @pytest.mark.parametrize("how", [KeyboardInterrupt, SystemExit, RuntimeError])
    def test_one_broken_off_at_the_command_line_has_stopped_and_can_be_taken_back(self, small_batches, how):
        def break_off(reached, total):
            raise how

        with pytest.raises(how):
            take_in(as_csv(ROWS), progress=break_off)
        batch = ImportBatch.objects.get()
        assert (batch.state, batch.rows) == ("stopped", 2)
        undo_batch(batch=batch, actor=None, today=AS_OF)
        assert not Record.objects.exists()

    @pytest.mark.parametrize("state", ["done", "undone"])
    @pytest.mark.parametrize("file_is_gone", [True, False])
    def test_who_comes_late_changes_nothing_of_what_has_ended(self, monkeypatch, state, file_is_gone):
        batch = receive([row(1)])
        real = imports._run_stored

        def ended_meanwhile(late, **options):
            if file_is_gone:
                late.file.storage.delete(late.file.name)
            ImportBatch.objects.filter(pk=late.pk).update(state=state)
            real(late, **options)

        monkeypatch.setattr(imports, "_run_stored", ended_meanwhile)
        found = run_batch(batch=batch, scope=None)
        assert (found.state, found.problem, found.rows) == (state, "", 0)
        assert not Record.objects.exists()

    def test_who_is_at_it_while_it_is_taken_back_writes_no_more(self, small_batches):
        batch = receive()

        def taken_back(reached, total):
            ImportBatch.objects.filter(pk=batch.pk).update(state="stopped")
            undo_batch(batch=batch, actor=None, today=AS_OF)

        found = run_batch(batch=batch, scope=None, progress=taken_back)
        assert (found.state, found.reached) == ("undone", 2)
        assert not Record.objects.exists()

    def test_progress_is_told_after_each_transaction(self, small_batches):
        told = []
        take_in(as_csv(ROWS), progress=lambda reached, total: told.append((reached, total)))
        assert told == [(2, 8), (5, 8), (7, 8), (8, 8)]


def test_the_rules_of_the_run_are_kept_once():
    take_in(as_csv(ROWS))
    take_in(as_csv(ROWS))
    hashes = set(Record.objects.values_list("rulebook_hash", flat=True))
    assert list(LawEdition.objects.values_list("hash", flat=True)) == list(hashes)


def test_a_part_of_a_name_finds_new_subjects():
    take_in(as_csv([row(1, name="华泰")]))
    assert set(NameGram.objects.values_list("gram", flat=True)) == {"华泰", "泰"}


def test_a_refused_row_is_kept_to_be_mended_and_encrypted():
    take_in(as_csv([row(1, fine="-1"), row(2, representative_number="1")]))
    refused, warned = ImportLine.objects.order_by("row")
    expected = {field: text for field, text in row(1, fine="-1").items() if text}
    assert json.loads(refused.cells) == expected
    assert warned.cells == ""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT cells FROM registry_importline")
        assert row(1)["representative_number"] not in str(cursor.fetchall())


class TestAnotherName:
    def test_it_becomes_a_conflict_for_a_person(self):
        take_in(as_csv([row(1)]))
        take_in(as_csv([row(1, doc_no="另一号", name="新名公司"), row(9, fine="-1")]))
        conflict = NameConflict.objects.get()
        assert (conflict.known_name, conflict.name, conflict.state) == (row(1)["name"], "新名公司", "open")
        assert conflict.subject.code == make_code(1)
        assert (conflict.line.row, conflict.line.code) == (1, "name_code_conflict")

    def test_after_the_change_the_row_is_taken_and_the_counts_follow(self):
        take_in(as_csv([row(1)]))
        batch, _outcomes = take_in(as_csv([row(1, doc_no="另一号", name="新名公司"), row(9, fine="-1")]))
        conflict = NameConflict.objects.get()
        assert reimport_line(line=conflict.line, scope=None, as_of=AS_OF).code == "name_code_conflict"
        Subject.objects.filter(pk=conflict.subject_id).update(name="新名公司")
        found = reimport_line(line=conflict.line, scope=None, as_of=AS_OF)
        batch.refresh_from_db()
        assert (found.outcome, batch.taken, batch.refused, batch.rows) == ("taken", 1, 1, 2)
        record = Record.objects.get(doc_no="另一号")
        assert record.events.get().data == {"batch": str(batch.uuid)}
        conflict.line.refresh_from_db()
        assert (conflict.line.outcome, conflict.line.code, conflict.line.cells) == ("taken", "", "")
        with pytest.raises(ValueError, match="refused"):
            reimport_line(line=conflict.line, scope=None, as_of=AS_OF)

    def test_a_line_without_a_conflict_goes_when_nothing_is_left_to_read(self):
        other = make_code(7, prefix="11")
        mine = ImportScope(offices=frozenset([other]), answers_for=lambda code: False)
        batch, _outcomes = take_in(as_csv([row(1)]), scope=mine)
        assert reimport_line(line=batch.lines.get(), scope=None, as_of=AS_OF).outcome == "taken"
        assert not batch.lines.exists()


class TestSupply:
    def counts(self):
        names = (
            "source_code",
            "rows",
            "refused",
            "warned",
            "taken",
            "late",
            "wrong_codes",
            "duplicate_codes",
        )
        return list(SupplyCount.objects.order_by("batch_id", "source_name").values_list(*names))

    def test_rows_faults_and_duplicates_by_source(self):
        other = make_code(8, prefix="11")
        rows = [
            row(1),
            row(1),
            row(2, code="1"),
            row(3, authority_code="1", source="", source_code=""),
            row(4, source="濉溪县大数据局", source_code=other, representative_number="1"),
            row(5, source="濉溪县大数据局", source_code=other, name=""),
        ]
        take_in(as_csv(rows))
        assert sorted(self.counts()) == sorted(
            [
                (AUTHORITY_CODE, 3, 2, 0, 1, 1, 1, 1),
                ("", 1, 1, 0, 0, 0, 1, 0),
                (other, 2, 1, 1, 1, 1, 1, 0),
            ]
        )
        assert {f"{month}" for month in SupplyCount.objects.values_list("month", flat=True)} == {"2026-11-01"}

    # 2026-11-11 is a Wednesday: its seventh working day is Friday the 20th, the day of the import.
    @pytest.mark.parametrize(("decided", "late"), [("2026/11/11", 0), ("2026/11/10", 1)])
    def test_late_is_what_came_after_seven_working_days(self, decided, late):
        take_in(as_csv([row(1, decision_date=decided, own_until="")]))
        assert SupplyCount.objects.get().late == late

    def test_late_is_judged_by_the_sector_that_the_legal_basis_names(self):
        set_rule(
            rule_set="ndrc-36",
            path="clock.publish_new.days",
            value=300,
            level="sector",
            sector=SectorFactory(code="food"),
            in_force_from=date(2026, 1, 1),
            in_force_to=None,
            basis="依据",
            reason="理由",
            actor=None,
        )
        food = row(1, legal_basis="《中华人民共和国食品安全法》第一百二十四条")
        take_in(as_csv([food, row(2)]))
        assert SupplyCount.objects.get().late == 1

    def test_an_identity_number_in_the_place_of_a_code_is_not_kept(self):
        number = make_resident_id(7)
        take_in(as_csv([row(1, source_code=number, source="张三"), row(2, source_code=number, source="")]))
        sources = SupplyCount.objects.values_list("source_code", "source_name")
        assert set(sources) == {("", "张三"), (AUTHORITY_CODE, row(2)["authority"])}

    def test_what_is_known_is_not_counted_as_new(self):
        for _time in range(2):
            take_in(as_csv([row(1)]))
        assert self.counts() == [(AUTHORITY_CODE, 1, 0, 0, 1, 1, 0, 0), (AUTHORITY_CODE, 1, 0, 0, 0, 0, 0, 0)]
