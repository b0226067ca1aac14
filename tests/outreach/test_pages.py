"""The pages: what each shows and leads to, and that none asks more often because it has more rows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.file_parts import OFFICE, SUBJECT, FileReader
from credit_repair.cases.models import Case
from credit_repair.core.models import AuditEntry
from credit_repair.outreach.file_parts import guidance_lines, proposal_lines, reminder_lines
from credit_repair.outreach.models import Guidance, GuidanceSetting, PreparedApplication, ReminderBatch
from credit_repair.outreach.services.guiding import guide_by_hand
from credit_repair.people.models import Role
from credit_repair.people.services import join_office
from tests.outreach.made import (
    PERFORMED,
    STATEMENT,
    asked_batch,
    made_batch,
    proof,
    proposed,
    repairable_record,
)
from tests.registry.factories import OfficeFactory, RecordFactory, SectorFactory, SubjectFactory
from tests.repairs.signing import AS_SENT
from tests.world import SINCE, TODAY, World, draft, member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

ANSWER = {
    "contact_name": "周小敏",
    "contact_number": "13800000000",
    "name": "周小敏",
    "strokes": AS_SENT,
    "agreed": "on",
}


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.fixture
def intake(world: World) -> Client:
    return signed_in(world.intake)


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_list_shows_what_could_be_repaired_and_who_acts(world: World, intake: Client) -> None:
    alone = repairable_record(world)
    page = intake.get(reverse("office_outreach"))
    rows = {row["record"].pk: row for row in page.context["rows"]}
    assert (rows[world.record.pk]["represented"], rows[alone.pk]["represented"]) == (True, False)
    assert "已有106天" in page.content.decode()  # 2026-08-07 to 2026-11-20, both included


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"represented": "no"}, False),
        ({"represented": "yes"}, True),
        ({"reminded": "yes"}, False),
        ({"waiting": "3"}, True),
        ({"waiting": "6"}, False),
        ({"ending": "30"}, False),
        ({"ending": "over90"}, True),
        ({"sector": "food"}, False),
    ],
)
def test_the_filters_find_what_they_say(
    world: World, intake: Client, filters: dict[str, str], found: bool
) -> None:
    SectorFactory()
    page = intake.get(reverse("office_outreach"), filters)
    assert page.context["filter_form"].is_valid(), page.context["filter_form"].errors
    assert bool(page.context["rows"]) is found


def test_an_approver_looks_and_writes_to_nobody(world: World) -> None:
    page = signed_in(world.approver).get(reverse("office_outreach"))
    assert page.context["rows"]
    assert not page.context["acting"]
    assert "备好申请" not in page.content.decode().split("<main")[1].split("</nav>")[-1]


def test_a_natural_persons_name_is_masked_where_it_is_nobodys_own(world: World, intake: Client) -> None:
    person = RecordFactory(subject=SubjectFactory(person=True, name="欧阳建国"))
    said = text_of(intake, reverse("office_outreach"))
    assert "欧**国" in said
    assert person.subject.name not in said


@pytest.mark.parametrize("name", ["office_outreach", "office_outreach_figures"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lists_are_exported_under_the_same_filters(
    world: World, intake: Client, name: str, kind: str
) -> None:
    answer = intake.get(reverse(name), {"format": kind})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer.status_code == 200
    if kind == "csv":
        assert world.authority.name in content.decode()


def test_who_takes_the_list_along_stands_in_the_audit(world: World, intake: Client) -> None:
    intake.get(reverse("office_outreach"), {"format": "csv", "represented": "yes", "q": world.record.doc_no})
    entry = AuditEntry.objects.get(action="export_repairable")
    assert entry.actor_id == world.intake.pk
    assert entry.data == {"format": "csv", "rows": 1, "filters": {"represented": "yes"}, "searched": True}


def test_no_list_asks_more_often_because_it_has_more_rows(world: World, intake: Client) -> None:
    addresses = [
        reverse(name)
        for name in (
            "office_outreach",
            "office_outreach_figures",
            "office_reminder_batches",
            "office_outreach_uptake",
            "office_proposals",
            "office_guidance",
        )
    ]

    def add() -> None:
        record, other = repairable_record(world), repairable_record(world)
        made_batch(world, record)
        proposed(world, other)
        guide_by_hand(record=record, office=world.credit, actor=world.intake, today=TODAY)

    for _turn in range(2):
        add()
    for address in addresses:
        intake.get(address)
    few = [queries(intake, address) for address in addresses]
    for _turn in range(6):
        add()
    assert [queries(intake, address) for address in addresses] == few
    assert max(few) < 40


def test_one_batch_asks_the_same_however_many_records(world: World, intake: Client) -> None:
    small = made_batch(world, *[repairable_record(world) for _number in range(2)])
    large = made_batch(world, *[repairable_record(world) for _number in range(9)])
    addresses = [reverse("office_reminder_batch", args=[batch.uuid]) for batch in (small, large)]
    intake.get(addresses[0])
    assert queries(intake, addresses[0]) == queries(intake, addresses[1])


def test_what_is_ticked_is_looked_at_and_then_written(world: World, intake: Client) -> None:
    repairable_record(world)
    address = reverse("office_outreach_remind")
    page = intake.post(address, {"record": [str(world.record.uuid)]})
    assert (page.context["chosen"], page.context["subjects"], page.context["by_mail"]) == (1, 1, 1)
    done = intake.post(
        address,
        {
            "record": [str(world.record.uuid)],
            "step": "confirm",
            "office": world.credit.code,
            "expected": page.context["expected"],
        },
    )
    batch = ReminderBatch.objects.get()
    assert done["Location"] == reverse("office_reminder_batch", args=[batch.uuid])
    assert batch.total == 1


def test_all_that_a_filter_finds_is_kept_with_its_words(world: World, intake: Client) -> None:
    address = f"{reverse('office_outreach_remind')}?represented=yes"
    repairable_record(world)
    page = intake.post(address, {"everything": "1"})
    intake.post(
        address,
        {
            "everything": "1",
            "step": "confirm",
            "office": world.credit.code,
            "expected": page.context["expected"],
        },
    )
    batch = ReminderBatch.objects.get()
    assert (batch.total, batch.criteria) == (1, [["有无经办人", "有人可以办理"]])


def test_where_the_list_has_changed_it_is_shown_again(world: World, intake: Client) -> None:
    address = reverse("office_outreach_remind")
    page = intake.post(address, {"everything": "1"})
    repairable_record(world)
    given = {"everything": "1", "step": "confirm", "office": world.credit.code}
    again = intake.post(address, given | {"expected": page.context["expected"]})
    assert again.context["chosen"] == 2
    assert not ReminderBatch.objects.exists()


def test_a_batch_under_way_shows_its_progress(world: World, intake: Client) -> None:
    batch = asked_batch(world)
    assert "已处理0条，共1条" in text_of(intake, reverse("office_reminder_batch", args=[batch.uuid]))
    piece = intake.get(
        reverse("office_reminder_batch_progress", args=[batch.uuid]), headers={"HX-Request": "true"}
    )
    assert "batch-progress" in piece.content.decode()


def test_a_proposal_is_made_by_the_form(world: World) -> None:
    client = signed_in(world.verifier)
    address = f"{reverse('office_proposal_new')}?record={world.record.uuid}"
    page = client.get(address)
    ((_record, field),) = page.context["form"].days
    given = {"office": world.authority.code, "statement": STATEMENT, "papers": proof()}
    refused = client.post(address, {**given, "papers": proof()})
    assert "请至少为一条信息填写履行完毕的日期" in refused.content.decode()
    done = client.post(address, {**given, "papers": proof(), field.html_name: PERFORMED.isoformat()})
    assert done["Location"] == reverse("office_proposal", args=[PreparedApplication.objects.get().uuid])


def test_who_serves_two_offices_proposes_in_the_name_of_one(world: World) -> None:
    other = RecordFactory(subject=world.subject, authority=OfficeFactory(name="濉溪县水务局"))
    both = member(world.authority, Role.VERIFIER)
    join_office(user=both, office=other.authority, role=Role.VERIFIER, since=SINCE)
    page = signed_in(both).get(f"{reverse('office_proposal_new')}?record={world.record.uuid}")
    assert [record for record, _field in page.context["form"].days] == [world.record]


def test_the_desk_says_what_can_be_confirmed(world: World) -> None:
    proposal = proposed(world)
    said = text_of(signed_in(world.clerk), reverse("me"))
    assert "1条信息的修复申请已经备好，可以直接确认" in said
    assert reverse("my_proposal", args=[proposal.uuid]) in said


def test_the_enterprise_confirms_by_the_form(world: World) -> None:
    proposal = proposed(world)
    client, address = signed_in(world.clerk), reverse("my_proposal", args=[proposal.uuid])
    assert STATEMENT in text_of(client, address)
    refused = client.post(address, ANSWER | {"strokes": ""})
    assert refused.status_code == 422
    done = client.post(address, ANSWER)
    assert done.status_code == 302
    case = Case.objects.get()
    assert case.state == "submitted"
    assert done["Location"] == reverse("my_filing_filed", args=[case.filing.uuid])


def test_the_contact_can_be_corrected(world: World) -> None:
    proposal = proposed(world)
    given = ANSWER | {"contact_name": "吴敏", "contact_number": "0561-1234567"}
    signed_in(world.clerk).post(reverse("my_proposal", args=[proposal.uuid]), given)
    repair = Case.objects.get().repair
    assert (repair.contact_name, repair.contact_phone) == ("吴敏", "0561-1234567")


def test_what_was_declined_says_so_to_both_sides(world: World) -> None:
    proposal = proposed(world)
    clerk = signed_in(world.clerk)
    clerk.post(reverse("my_proposal_decline", args=[proposal.uuid]), {"reason": "罚款还没有缴清"})
    mine = text_of(clerk, reverse("my_proposal", args=[proposal.uuid]))
    office = text_of(signed_in(world.verifier), reverse("office_proposal", args=[proposal.uuid]))
    assert "罚款还没有缴清" in mine
    assert "罚款还没有缴清" in office


def test_the_verifier_sees_on_the_case_by_whose_proposal_it_came(world: World) -> None:
    proposal = proposed(world)
    signed_in(world.clerk).post(reverse("my_proposal", args=[proposal.uuid]), ANSWER)
    said = text_of(signed_in(world.intake), reverse("office_repair", args=[Case.objects.get().uuid]))
    assert "由单位提议的预制申请" in said


def test_guidance_is_made_from_the_record_and_found_there_again(world: World) -> None:
    client = signed_in(world.verifier)
    page = reverse("office_record", args=[world.record.uuid])
    assert reverse("office_guidance_make", args=[world.record.uuid]) in text_of(client, page)
    done = client.post(reverse("office_guidance_make", args=[world.record.uuid]))
    document = Guidance.objects.get().document
    assert document is not None
    assert done["Location"] == reverse("office_document", args=[document.uuid])
    assert reverse("office_document", args=[document.uuid]) in text_of(client, page)


def test_a_supervisor_switches_guidance_on_and_off(world: World) -> None:
    client = signed_in(member(world.credit, Role.SUPERVISOR))
    address = reverse("office_guidance_settings")
    client.post(address, {"authority": world.authority.code, "is_on": "on", "issuer": "authority"})
    assert GuidanceSetting.objects.get().is_on
    client.post(address, {"authority": world.authority.code, "issuer": "authority"})
    assert not GuidanceSetting.objects.get().is_on


def test_the_file_of_a_subject_tells_each_reader_what_is_theirs(world: World) -> None:
    other = RecordFactory(subject=world.subject, authority=world.authority)
    made_batch(world, world.record)
    proposed(world, other)
    guide_by_hand(record=world.record, office=world.authority, actor=world.verifier, today=TODAY)
    foreign = member(RecordFactory().authority, Role.VERIFIER)
    readers = [
        FileReader(user=world.clerk, on=TODAY, side=SUBJECT),
        FileReader(user=world.verifier, on=TODAY, side=OFFICE),
        FileReader(user=foreign, on=TODAY, side=OFFICE),
    ]
    counts = [
        [len(lines(world.subject, reader, 10)) for lines in (reminder_lines, proposal_lines, guidance_lines)]
        for reader in readers
    ]
    assert counts == [[1, 1, 1], [1, 1, 1], [0, 0, 0]]


def test_nothing_to_apply_for_says_so(world: World, intake: Client) -> None:
    draft(world)
    assert "没有可修复而未申请的信息" in text_of(intake, reverse("office_outreach"))
