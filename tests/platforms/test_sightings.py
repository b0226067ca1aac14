"""Websites that are not ours: who has looked, what was seen, and the proof of it."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from credit_repair.cases.services.sweeping import sweep_orphans
from credit_repair.core.models import AuditEntry
from credit_repair.core.uploads import UploadRefused
from credit_repair.platforms import sightings
from credit_repair.platforms.models import Sighting
from credit_repair.platforms.sightings import NotRecorded, Seen, record_sighting
from credit_repair.registry.admin_forms import PlatformForm
from credit_repair.registry.models import Platform
from tests.registry.factories import AS_OF, PlatformFactory, RecordFactory
from tests.world import PNG, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def website():
    return third_party("qcc")


def third_party(code):
    return PlatformFactory(code=code, kind="third_party", transport="by_hand", required=False)


def repaired(**fields):
    return RecordFactory(standing="repaired", ended_on=AS_OF, assessed=False, **fields)


def picture(name="截图.png"):
    return SimpleUploadedFile(name, PNG, content_type="image/png")


def look(record, website, **fields):
    given = {"shown": False, "seen_at": timezone.now(), "note": "已查无此条", "actor": make_user("吴数")}
    return record_sighting(record=record, platform=website, **given | fields)


def to_look_at(*websites):
    return list(sightings.not_seen_gone(sightings.repaired_records(), at=websites))


def test_what_was_seen_is_kept_with_its_checksum_and_on_record(website):
    record = repaired()
    seen = look(record, website, evidence=picture(), address="https://example.com/1", note="")
    assert seen.sha256 == hashlib.sha256(PNG).hexdigest()
    assert seen.evidence.read() == PNG
    assert "截图" not in seen.evidence.name
    entry = AuditEntry.objects.get(action="platforms.record_sighting")
    assert (entry.object_id, entry.data["sha256"], entry.data["shown"]) == (
        str(seen.uuid),
        seen.sha256,
        False,
    )


def test_a_repaired_record_waits_until_it_was_seen_gone_everywhere(website):
    other, record = third_party("tyc"), repaired()
    RecordFactory()  # still public: nobody looks for it
    assert to_look_at(website, other) == [record]
    look(record, website)
    assert to_look_at(website, other) == [record]
    assert to_look_at(website) == []
    look(record, other, shown=True)
    assert to_look_at(other) == [record]
    look(record, other)
    assert to_look_at(website, other) == []
    assert to_look_at() == [], "no website, nothing to look at"


def test_what_was_seen_before_the_record_ended_proves_nothing(website):
    record = repaired()
    day_before = timezone.now().replace(year=AS_OF.year, month=AS_OF.month, day=AS_OF.day) - timedelta(2)
    look(record, website, seen_at=day_before)
    assert to_look_at(website) == [record]
    assert sightings.newest_sightings([record]) == {}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"seen_at": timezone.now() + timedelta(days=400)}, "seen_at"),
        ({"note": " "}, "evidence"),
    ],
)
def test_a_sighting_that_proves_nothing_is_refused(website, fields, field):
    with pytest.raises(NotRecorded) as refused:
        look(repaired(), website, **fields)
    assert refused.value.field == field
    assert not Sighting.objects.exists()


def test_a_platform_that_is_told_by_messages_is_not_looked_at_by_hand():
    with pytest.raises(NotRecorded):
        look(repaired(), PlatformFactory())


def test_only_a_picture_or_a_pdf_is_evidence(website):
    with pytest.raises(UploadRefused):
        look(repaired(), website, evidence=SimpleUploadedFile("a.png", b"<html>"))
    assert not Sighting.objects.exists()


def test_a_sighting_has_somebody_who_saw_and_its_evidence_a_checksum(website):
    for fields in ({"by": None}, {"by": make_user(), "evidence": "sightings/x.png"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Sighting.objects.create(
                record=repaired(), platform=website, shown=False, seen_at=timezone.now(), **fields
            )


def test_bytes_that_no_sighting_names_are_swept_and_evidence_stays(website):
    kept = look(repaired(), website, evidence=picture())
    lost = look(repaired(), website, evidence=picture())
    Sighting.objects.filter(pk=lost.pk).delete()
    sweep_orphans(now=timezone.now() + timedelta(days=2))
    storage = kept.evidence.storage
    assert (storage.exists(kept.evidence.name), storage.exists(lost.evidence.name)) == (True, False)


def test_a_website_that_is_not_ours_owes_no_receipt_and_is_sent_nothing():
    filled = {"name": "某查询网", "code": "qcc", "kind": "third_party", "active": True, "actions": "[]"}
    wrong = PlatformForm(filled | {"transport": "http", "required": True})
    assert set(wrong.errors) == {"transport", "required"}
    assert PlatformForm(filled | {"transport": "by_hand"}).is_valid()


class Robot:
    """A checker that knows one website, and fails on some records."""

    name = "示例核查程序"
    gone = True

    def look(self, record, platform: Platform) -> Seen | None:
        if platform.code != "qcc":
            return None
        if record.doc_no == "坏":
            raise RuntimeError
        return Seen(shown=not self.gone, address="https://example.com/", evidence=PNG, name="page.png")


def test_a_checker_looks_in_a_persons_place(website, monkeypatch):
    monkeypatch.setattr(sightings, "_checkers", [Robot])
    unknown = third_party("other")
    bad, good = repaired(doc_no="坏"), repaired()
    assert sightings.look_everywhere() == 1
    seen = Sighting.objects.get()
    assert (seen.record, seen.checker, seen.by, seen.shown) == (good, Robot.name, None, False)
    assert seen.sha256
    assert sightings.look_everywhere() == 0, "what was seen gone is not looked for again"
    assert set(to_look_at(website)) == {bad}
    assert set(to_look_at(unknown)) == {bad, good}


def test_without_a_checker_nothing_is_asked(website, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(sightings, "_checkers", [])
    repaired()
    with django_assert_num_queries(0):
        assert sightings.look_everywhere() == 0
