"""Whatever the world is like: a file holds nothing of another subject, nor what its reader may not read."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credit_repair.cases.models import Case
from credit_repair.cases.record_access import records_for_official
from credit_repair.dossier import file
from credit_repair.dossier.access import open_files
from credit_repair.dossier.models import SubjectEvent
from credit_repair.people.models import Role
from credit_repair.registry.models import Record, Subject
from tests import world as county
from tests.dossier.conftest import TODAY, own
from tests.registry.factories import MOMENT, OfficeFactory, RecordFactory, SubjectFactory

#: What is in a world: of which subject, at which office, and whether it is a record or an event.
THINGS = st.lists(
    st.tuples(st.sampled_from([0, 1, 2]), st.sampled_from([0, 1]), st.sampled_from(["record", "event"])),
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(things=THINGS, person=st.booleans())
def test_a_file_holds_its_own_and_what_its_reader_may_read(things, person):
    from django.db import transaction

    with transaction.atomic():
        _hold_to_it(things, person)
        transaction.set_rollback(True)


def _hold_to_it(things, person):
    OfficeFactory(credit=True)
    offices = [OfficeFactory(), OfficeFactory()]
    subjects = [
        SubjectFactory(),
        SubjectFactory(),
        SubjectFactory(person=person) if person else SubjectFactory(),
    ]
    readers = [county.member(office, Role.VERIFIER, Role.DATA) for office in offices]
    clerks = [county.clerk_of(subject) for subject in subjects]
    for number, (whose, where, what) in enumerate(things):
        if what == "record":
            RecordFactory(subject=subjects[whose], authority=offices[where], doc_no=f"标〔{number}〕")
        else:
            SubjectEvent.objects.create(
                subject=subjects[whose],
                office=offices[where],
                kind="other",
                day=TODAY,
                body="法院",
                words=f"标〔{number}〕",
                entered_by=readers[where],
                entered_at=MOMENT,
                entered_on=TODAY,
            )
    marks = {
        subject.pk: {f"标〔{n}〕" for n, thing in enumerate(things) if subjects[thing[0]] == subject}
        for subject in subjects
    }
    for subject, clerk in zip(subjects, clerks, strict=True):
        assert _marks(subject, own(clerk)) == marks[subject.pk]
    for office, reader in zip(offices, readers, strict=True):
        at_office = {f"标〔{n}〕" for n, thing in enumerate(things) if offices[thing[1]] == office}
        files = set(open_files(user=reader, on=TODAY))
        known = set(Subject.objects.filter(records__in=records_for_official(user=reader, on=TODAY)))
        assert files == known
        for subject in files:
            assert _marks(subject, file.official(reader, TODAY)) == marks[subject.pk] & at_office
    assert not Case.objects.exists() and Record.objects.count() <= len(things)


def _marks(subject, reader):
    said = " ".join(
        f"{line.title} {line.text}"
        for part in file.sections(subject, reader, limit=50)
        for line in part.lines
    )
    return {f"标〔{n}〕" for n in range(20) if f"标〔{n}〕" in said}
