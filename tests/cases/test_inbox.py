"""The inbox: its parts, counts, filters, saved filters, files, and what it costs."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases import inbox
from credit_repair.cases.inbox_forms import FilterForm
from credit_repair.cases.models import Case, Clock, Recusal, ReviewStep, SavedFilter
from credit_repair.cases.services.handling import claim
from credit_repair.cases.services.saved_filters import MOST
from credit_repair.cases.services.steps import forward_step
from credit_repair.core.clock import assume
from credit_repair.people.models import Role, Substitution, User
from credit_repair.people.services import grant_mandate, join_office
from credit_repair.registry.models import Sector
from tests.registry.factories import MOMENT, OfficeFactory, RecordFactory
from tests.world import (
    SINCE,
    TODAY,
    World,
    correction_case,
    deciding_case,
    member,
    signed_in,
    submitted_case,
    substitute_of,
    verifying_case,
)

pytestmark = pytest.mark.django_db

OWN = Substitution.Scope.OWN
MONDAY = date(2026, 11, 16)


def record(world: World, **fields: Any) -> Any:
    return RecordFactory(subject=world.subject, authority=world.authority, **fields)


def more(world: World, build: Callable[..., Case] = submitted_case, **fields: Any) -> Case:
    return build(world, record=record(world), **fields)


def desk(user: User, on: date = TODAY) -> inbox.Desk:
    return inbox.desk_of(user=User.objects.get(pk=user.pk), on=on)


def lies(user: User, part: str, on: date = TODAY) -> list[Case]:
    return [step.case for step in inbox.part(desk(user, on), part)]


def take(case: Case, user: User) -> None:
    claim(step=case.steps.get(state="open"), actor=user, today=TODAY)


def page(user: User, on: date = TODAY, **query: str) -> Any:
    with assume(on):
        answer = signed_in(user).get(reverse("office"), query)
    assert answer.status_code == 200
    return answer


def numbers(answer: Any) -> list[str]:
    return [row["case"].number for row in answer.context["rows"]]


# -- parts


def test_what_a_colleague_has_in_hand_is_the_offices_and_not_to_be_done(world: World) -> None:
    colleague = member(world.credit, Role.INTAKE)
    free, mine, theirs = submitted_case(world), more(world), more(world)
    take(mine, world.intake)
    take(theirs, colleague)
    assert lies(world.intake, inbox.ALL) == [free, mine]
    assert lies(world.intake, inbox.MINE) == [mine]
    assert lies(world.intake, inbox.UNCLAIMED) == [free]
    assert lies(world.intake, inbox.OFFICE) == [free, mine, theirs]
    assert lies(world.intake, inbox.INSTEAD) == lies(world.intake, inbox.TEAM) == []


def test_parts_by_day_hold_what_is_to_be_done(world: World) -> None:
    cases = {due: more(world) for due in (19, 20, 22, 23)}
    for due, case in cases.items():
        Clock.objects.filter(case=case, kind="acceptance").update(due_on=date(2026, 11, due))
    taken = more(world)
    Clock.objects.filter(case=taken).update(due_on=date(2026, 11, 19))
    take(taken, member(world.credit, Role.INTAKE))
    found = {name: lies(world.intake, name) for name in (inbox.OVERDUE, inbox.TODAY, inbox.WEEK)}
    assert found == {"overdue": [cases[19]], "today": [cases[20]], "week": [cases[22]]}


def test_what_waits_for_the_applicant_is_not_to_be_done(world: World) -> None:
    later, first = more(world, correction_case), more(world, correction_case, today=MONDAY)
    assert lies(world.intake, inbox.ALL) == lies(world.intake, inbox.UNCLAIMED) == []
    assert lies(world.intake, inbox.WAITING) == [first, later], "the nearest answer first"
    assert [step.waits_until for step in inbox.part(desk(world.intake), inbox.WAITING)] == [
        date(2026, 11, 30),
        date(2026, 12, 4),
    ]
    assert set(lies(world.intake, inbox.OFFICE)) == {first, later}
    assert lies(world.verifier, inbox.WAITING) == []


def test_what_was_sent_on_is_followed_until_its_end(world: World) -> None:
    case, other = submitted_case(world), OfficeFactory(credit=True, name="相山区信用办")
    forward_step(
        case=case,
        step=case.steps.get(state="open"),
        office=other,
        actor=world.intake,
        today=TODAY,
        reason="不属于本办受理范围",
        clock=case.clocks.get(kind="acceptance"),
    )
    case.save()
    assert lies(world.intake, inbox.SENT_ON) == [case] and lies(world.intake, inbox.ALL) == []
    there = member(other, Role.INTAKE)
    assert lies(there, inbox.ALL) == [case] and lies(there, inbox.SENT_ON) == []
    shown = page(world.intake, show="sent").content.decode()
    assert "相山区信用办" in shown and "期限</th>" not in shown, "no deadline is theirs any longer"
    Case.objects.filter(pk=case.pk).update(closed_on=TODAY)
    assert lies(world.intake, inbox.SENT_ON) == []


def test_a_substitute_has_the_members_work_apart(world: World) -> None:
    taken, free = submitted_case(world), more(world)
    take(taken, world.intake)
    whole = substitute_of(world.intake, OfficeFactory())
    assert lies(whole, inbox.INSTEAD) == lies(whole, inbox.ALL) == [taken, free]
    in_hand = substitute_of(world.intake, OfficeFactory(), scope=OWN)
    assert lies(in_hand, inbox.INSTEAD) == lies(in_hand, inbox.ALL) == [taken]
    (step,) = inbox.part(desk(in_hand), inbox.INSTEAD)
    assert (step.stands_for, step.stands_for_name) == (world.intake.pk, "李受")  # type: ignore[attr-defined]
    assert lies(in_hand, inbox.UNCLAIMED) == lies(in_hand, inbox.MINE) == []


def test_what_one_does_oneself_is_in_nobodys_place(world: World) -> None:
    submitted_case(world)
    colleague = member(world.credit, Role.INTAKE)
    Substitution.objects.create(
        membership=colleague.memberships.get(),
        substitute=world.intake,
        since=TODAY,
        until=TODAY,
        scope="all",
        reason="年休假",
        made_by=colleague,
        made_at=MOMENT,
    )
    assert lies(world.intake, inbox.INSTEAD) == [] and len(lies(world.intake, inbox.ALL)) == 1


def test_a_supervisor_sees_every_phase_of_the_office_and_begins_there(world: World) -> None:
    cases = [submitted_case(world), more(world, verifying_case), more(world, deciding_case)]
    supervisor = member(world.authority, Role.SUPERVISOR)
    assert set(lies(supervisor, inbox.TEAM)) == set(cases[1:])
    assert lies(supervisor, inbox.ALL) == []
    answer = page(supervisor)
    assert answer.context["chosen"] == inbox.TEAM and len(numbers(answer)) == 2


@pytest.mark.parametrize("part", inbox.PARTS)
def test_nobody_who_keeps_away_finds_the_case_in_any_part(world: World, part: str) -> None:
    user = member(world.credit, Role.INTAKE, Role.SUPERVISOR)
    seen = {inbox.WAITING: correction_case}.get(part, submitted_case)(world)
    if part == inbox.SENT_ON:
        seen.steps.filter(phase="intake").update(forwarded_to=OfficeFactory(), state="done", done_at=MOMENT)
    if part in (inbox.OVERDUE, inbox.TODAY, inbox.WEEK):
        due = {inbox.OVERDUE: 19, inbox.TODAY: 20, inbox.WEEK: 21}[part]
        Clock.objects.filter(case=seen).update(due_on=date(2026, 11, due))
    if part == inbox.MINE:
        take(seen, user)
    if part == inbox.INSTEAD:
        user = substitute_of(user, OfficeFactory())
    assert lies(user, part) == [seen]
    if part == inbox.TEAM:
        grant_mandate(user=user, subject=world.subject, since=SINCE)
    else:
        Recusal.objects.create(case=seen, user=user, reason="近亲属", declared_at=MOMENT)
    assert lies(user, part) == [] and inbox.counts(desk(user))[part] == 0


# -- counts and cost


def test_counts_are_those_of_the_parts_and_end_at_ninety_nine(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = member(world.credit, Role.INTAKE, Role.SUPERVISOR)
    for _each in range(3):
        more(world)
    take(more(world), user)
    more(world, correction_case)
    counted = inbox.counts(desk(user))
    assert counted == {name: len(lies(user, name)) for name in inbox.PARTS}
    assert counted[inbox.TEAM] == 5 and counted[inbox.WAITING] == 1
    monkeypatch.setattr(inbox, "MOST_COUNTED", 2)
    assert inbox.counts(desk(user))[inbox.TEAM] == 3
    assert inbox.count_text(3) == "2+" and inbox.count_text(2) == "2"


def queries(work: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        work()
    return [query["sql"] for query in caught]


@pytest.mark.parametrize("part", inbox.PARTS)
def test_every_part_asks_the_same_however_much_there_is(world: World, part: str) -> None:
    user = member(world.credit, Role.INTAKE, Role.SUPERVISOR)
    client = signed_in(substitute_of(user, OfficeFactory()) if part == inbox.INSTEAD else user)
    builds = {inbox.WAITING: correction_case}
    dues = {inbox.OVERDUE: 19, inbox.TODAY: 20, inbox.WEEK: 21}

    def add() -> None:
        case = more(world, builds.get(part, submitted_case))
        if part in dues:
            Clock.objects.filter(case=case).update(due_on=date(2026, 11, dues[part]))
        if part == inbox.MINE:
            take(case, user)
        if part == inbox.SENT_ON:
            case.steps.filter(phase="intake").update(
                forwarded_to=OfficeFactory(), state="done", done_at=MOMENT
            )

    def read() -> Any:
        with assume(TODAY):
            return client.get(reverse("office"), {"show": part})

    read()
    add()
    assert len(numbers(read())) == 1
    few = queries(read)
    for _each in range(4):
        add()
    assert len(numbers(read())) == 5
    many = queries(read)
    assert len(many) == len(few) <= 45
    counting = [sql for sql in many if "COUNT(" in sql and "cases_reviewstep" in sql]
    assert all("LIMIT" in sql or "GROUP BY" in sql for sql in counting), "nothing is counted to its end"


def test_whom_a_supervisor_can_assign_is_asked_the_same_for_one_office_and_for_many(world: World) -> None:
    supervisor = member(world.credit, Role.SUPERVISOR)
    case = submitted_case(world)
    few = queries(lambda: page(supervisor))
    for number in range(4):
        office = OfficeFactory(credit=True)
        member(office, Role.INTAKE, name=f"受理{number}")
        join_office(user=supervisor, office=office, role=Role.SUPERVISOR, since=TODAY)
    answer = page(supervisor)
    people = [label for _value, label in answer.context["assign_form"].fields["to"].choices]
    assert numbers(answer) == [case.number] and all(f"受理{n}（在办0件）" in people for n in range(4))
    assert len(queries(lambda: page(supervisor))) <= len(few) + 1  # the choice among offices


def test_further_pages_keep_the_choice_and_say_where_the_list_ends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credit_repair.cases.views.office.PAGE_SIZE", 2)
    monkeypatch.setattr("credit_repair.cases.views.office.MOST_LISTED", 4)
    for _each in range(5):
        more(world)
    answer = page(world.intake, show="unclaimed", page="2")
    assert len(numbers(answer)) == 2 and "只列出最急的4件" in answer.content.decode()
    assert "?show=unclaimed&amp;page=1" in answer.content.decode()


# -- filters


def test_filters_narrow_every_part(world: World) -> None:
    both = member(world.credit, Role.INTAKE)
    for role in (Role.VERIFIER, Role.APPROVER):
        join_office(user=both, office=world.authority, role=role, since=SINCE)
    food, drug = (
        Sector.objects.get_or_create(code=code, defaults={"name": code})[0] for code in ("f1", "d1")
    )
    intake = submitted_case(world, record=record(world, sector=food, doc_no="濉食罚〔2026〕7号"))
    verify = verifying_case(world, record=record(world, sector=drug))
    world.authority.sector = food
    world.authority.save()
    by_office = deciding_case(world, record=record(world))

    def found(**query: str) -> set[str]:
        return set(numbers(page(both, show="office", **query)))

    assert found() == {intake.number, verify.number, by_office.number}
    assert found(phase="verify") == {verify.number}
    assert found(office=world.credit.code) == {intake.number}
    assert found(sector="f1") == {intake.number, by_office.number}
    assert found(q="食罚〔2026〕7") == {intake.number}
    assert found(q=str(verify.number).lower()) == {verify.number}
    assert found(q=world.subject.name[1:4]) == {intake.number, verify.number, by_office.number}
    assert found(q="不存在") == set()


def test_a_foreign_office_and_nonsense_filter_nothing_and_say_so(world: World) -> None:
    case = submitted_case(world)
    answer = page(world.verifier, show="nonsense")
    assert answer.context["chosen"] == inbox.ALL
    both = member(world.credit, Role.INTAKE)
    join_office(user=both, office=world.authority, role=Role.VERIFIER, since=SINCE)
    answer = page(both, office=OfficeFactory().code, phase="xx", show="nonsense")
    assert numbers(answer) == [case.number]
    assert set(answer.context["filter_form"].errors) == {"office", "phase"}


def test_a_personal_number_is_not_sought_here(world: World) -> None:
    submitted_case(world)
    answer = page(world.intake, q="340621198001010011")
    assert "不能按证件号码查找" in answer.content.decode()
    assert answer.context["back"] == ""


# -- saved filters


def save(user: User, name: str, back: str) -> Any:
    with assume(TODAY):
        return signed_in(user).post(reverse("office_filter_save"), {"name": name, "back": back})


def test_a_choice_is_kept_as_its_form_understands_it_and_nothing_else(world: World) -> None:
    submitted_case(world)
    answer = save(
        world.intake, " 受理  急件 ", "show=overdue&phase=intake&next=//evil.example&page=7&office=zz"
    )
    saved = SavedFilter.objects.get()
    assert (saved.name, saved.query) == ("受理 急件", "show=overdue&phase=intake")
    assert answer["Location"] == "/office/?show=overdue&phase=intake"
    shown = page(world.intake).context["saved_filters"]
    assert [(each["name"], each["url"]) for each in shown] == [
        ("受理 急件", "/office/?show=overdue&phase=intake")
    ]
    save(world.intake, "受理 急件", "show=today")
    assert SavedFilter.objects.get().query == "show=today", "the same name gets the new choice"


@pytest.mark.parametrize("back", ["", "next=//evil.example", "//evil.example", "x" * 600, "show=all"])
def test_what_is_no_choice_is_not_kept(world: World, back: str) -> None:
    answer = save(world.intake, "名称", back)
    assert answer["Location"] == "/office/" and not SavedFilter.objects.exists()


def test_saved_filters_are_ones_own_named_and_few(world: World) -> None:
    for number in range(MOST):
        SavedFilter.objects.create(user=world.intake, name=f"第{number}个", query="show=mine")
    save(world.intake, "再来一个", "show=mine")
    save(world.intake, "", "show=mine")
    save(world.intake, "长" * 31, "show=mine")
    assert SavedFilter.objects.count() == MOST
    saved = SavedFilter.objects.first()
    assert saved is not None
    drop = reverse("office_filter_delete", args=[saved.pk])
    with assume(TODAY):
        assert signed_in(world.verifier).post(drop).status_code == 404
        answer = signed_in(world.intake).post(drop, {"back": "show=mine"})
    assert answer["Location"] == "/office/?show=mine" and SavedFilter.objects.count() == MOST - 1
    assert page(world.verifier).context["saved_filters"] == []


def test_a_long_search_text_stays_and_is_too_long_to_be_kept(world: World) -> None:
    """In an address a Chinese character takes nine; PostgreSQL would refuse what does not fit."""
    chosen = FilterForm(QueryDict("q=" + "公司" * 50), desk=desk(world.intake)).as_query()
    answer = press(world.intake, [submitted_case(world)], do="claim", back=chosen)
    assert answer.redirect_chain[-1][0] == f"/office/?{chosen}"
    kept = save(world.intake, "名称", chosen)
    assert kept["Location"] == f"/office/?{chosen}"
    assert not SavedFilter.objects.exists()


# -- several at once


def press(user: User, cases: list[Case], **form: Any) -> Any:
    steps = [str(case.steps.get(state="open").uuid) for case in cases]
    with assume(TODAY):
        return signed_in(user).post(reverse("office_steps"), {"step": steps, **form}, follow=True)


def taker(case: Case) -> User | None:
    return case.steps.get(state="open").taken_by


def test_ticked_steps_are_taken_up_each_by_itself_and_failures_are_listed(world: World) -> None:
    colleague = member(world.credit, Role.INTAKE, name="钱受")
    first, taken, last = submitted_case(world), more(world), more(world)
    take(taken, colleague)
    answer = press(world.intake, [first, taken, last], do="claim", back="show=office")
    assert [taker(case) for case in (first, taken, last)] == [world.intake, colleague, world.intake]
    text = answer.content.decode()
    assert (
        "已接手2件" in text and "有1件没有办成" in text and f"{taken.number}：这一环节刚刚由钱受接手" in text
    )
    assert answer.redirect_chain == [("/office/?show=office", 302)]
    press(world.intake, [first, last], do="give_back", why="调整分工")
    assert taker(first) is None and taker(last) is None
    assert "调整分工" in first.events.get(action="give_back_step").text


def test_a_supervisor_assigns_ticked_steps(world: World) -> None:
    supervisor, cases = member(world.credit, Role.SUPERVISOR), [submitted_case(world), more(world)]
    answer = page(supervisor)
    choices = [label for _value, label in answer.context["assign_form"].fields["to"].choices]
    assert "李受（在办0件）" in choices and not any("王核" in label for label in choices)
    press(supervisor, cases, do="assign", to=str(world.intake.pk))
    assert [taker(case) for case in cases] == [world.intake] * 2
    assert "李受（在办2件）" in page(supervisor).content.decode()
    press(supervisor, cases[:1], do="assign", to="nobody", why="重新分派")
    assert [taker(case) for case in cases] == [None, world.intake]


def test_who_does_not_supervise_assigns_nothing_and_foreign_steps_do_not_exist(world: World) -> None:
    case = submitted_case(world)
    assert press(world.intake, [case], do="assign", to=str(world.intake.pk)).status_code == 404
    assert "没有这样的操作" in press(world.intake, [case], do="nonsense").content.decode()
    elsewhere = member(OfficeFactory(credit=True), Role.INTAKE, Role.SUPERVISOR)
    assert "请先勾选" in press(elsewhere, [case], do="claim").content.decode()
    assert "不由您办理" in press(world.verifier, [case], do="claim").content.decode()
    assert taker(case) is None


def test_what_is_ticked_twice_or_is_no_step_does_no_harm(world: World) -> None:
    case = submitted_case(world)
    step = str(case.steps.get(state="open").uuid)
    with assume(TODAY):
        answer = signed_in(world.intake).post(
            reverse("office_steps"), {"step": [step, step, "x", "0" * 32], "do": "claim"}, follow=True
        )
    assert "已接手1件" in answer.content.decode() and "没有办成" not in answer.content.decode()


def test_what_assigning_needs_keeps_nobody_from_taking_a_step_up(world: World) -> None:
    """The list is one form: a field that assigning needs, folded away, must not stop the browser from
    sending it for anything else."""
    submitted_case(world)
    supervisor = member(world.credit, Role.SUPERVISOR, Role.INTAKE)
    text = page(supervisor, show="all").content.decode()
    form = text[text.index(f'<form method="post" action="{reverse("office_steps")}"') :]
    assert "novalidate" in form[: form.index(">")] and "data-dk-claim" in form


def test_rows_offer_what_the_person_can_do(world: World) -> None:
    free, mine = submitted_case(world), more(world)
    take(mine, world.intake)
    rows = {row["case"]: row for row in page(world.intake).context["rows"]}
    assert (rows[free]["claimable"], rows[free]["in_hand"]) == (True, False)
    assert (rows[mine]["claimable"], rows[mine]["in_hand"]) == (False, True)
    (row,) = page(member(world.credit, Role.SUPERVISOR), q=str(free.number)).context["rows"]
    assert (row["claimable"], row["in_hand"], row["tickable"]) == (False, False, True)


# -- files


@pytest.mark.parametrize("part", inbox.PARTS)
def test_every_part_is_a_file(world: World, part: str) -> None:
    user = member(world.credit, Role.INTAKE, Role.SUPERVISOR)
    case = submitted_case(world)
    listed = part in (inbox.ALL, inbox.UNCLAIMED, inbox.OFFICE, inbox.TEAM)
    with assume(TODAY):
        answer = signed_in(user).get(reverse("office"), {"show": part, "format": "csv"})
    lines = b"".join(answer).decode("utf-8-sig").splitlines()  # type: ignore[arg-type]
    assert lines[0].startswith("案件,期限,剩余工作日")
    assert [line.split(",")[0] for line in lines[1:]] == ([case.number] if listed else [])


def test_a_file_follows_the_filters(world: World) -> None:
    submitted_case(world)
    other = more(world)
    with assume(TODAY):
        answer = signed_in(world.intake).get(reverse("office"), {"q": str(other.number), "format": "csv"})
    assert len(b"".join(answer).decode().splitlines()) == 2  # type: ignore[arg-type]


def test_steps_of_an_ended_case_lie_nowhere(world: World) -> None:
    case = submitted_case(world)
    ReviewStep.objects.filter(case=case).update(state="cancelled")
    user = member(world.credit, Role.INTAKE, Role.SUPERVISOR)
    assert set(inbox.counts(desk(user)).values()) == {0}
