"""Routes 办理路径: what makes one whole, how it is changed, and what a change leaves alone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import RouteStep
from credit_repair.cases.routes import (
    Line,
    cautions,
    editions,
    own_lines,
    problems,
    revision,
    running_cases,
)
from credit_repair.cases.services.routes import AS_SHIPPED, drop_route, save_route
from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.people.models import Role, User
from tests.registry.factories import OfficeFactory
from tests.world import TODAY, World, build_world, in_threads, lay_route, member, submitted_case

INTAKE = Line("intake", "intake_office")
VERIFY = Line("verify", "authority")
DECIDE = Line("decide", "authority")
UPPER = Line("decide", "upper")
SHIPPED = (INTAKE, VERIFY, DECIDE)
RECHECKED = (*SHIPPED, UPPER)


@pytest.fixture
def supervisor(world: World) -> User:
    return member(world.credit, Role.SUPERVISOR, name="孙督")


def save(
    actor: User, lines: Any, *, rule_class: str = "", seen: str | None = None, reason: str = "县里的规定"
) -> None:
    standing = own_lines(kind="repair", rule_class=rule_class)
    save_route(
        kind="repair",
        rule_class=rule_class,
        lines=lines,
        actor=actor,
        today=TODAY,
        reason=reason,
        seen=revision(standing) if seen is None else seen,
    )


def drop(actor: User, rule_class: str) -> None:
    seen = revision(own_lines(kind="repair", rule_class=rule_class))
    drop_route(kind="repair", rule_class=rule_class, actor=actor, today=TODAY, reason="不再需要", seen=seen)


# -- what a whole route is


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((INTAKE, VERIFY), "还缺少“审批”"),
        ((), "还缺少“受理、核查、审批”"),
        ((VERIFY, INTAKE, DECIDE), "次序不对"),
        ((INTAKE, DECIDE, VERIFY), "次序不对"),
        ((INTAKE, INTAKE, VERIFY, DECIDE), "受理只能有一步"),
        ((INTAKE, VERIFY, VERIFY, DECIDE), "已经有同一个单位"),
        ((Line("intake", "authority"), VERIFY, DECIDE), "受理由收到申请的信用办办理"),
        ((INTAKE, Line("verify", "named"), DECIDE), "请选择指定的单位"),
    ],
)
def test_what_is_no_whole_route_is_said(lines: tuple[Line, ...], words: str) -> None:
    assert words in "".join(problem.words for problem in problems(lines))


def test_several_verify_at_once_and_several_decide_one_after_the_other_are_a_route(world: World) -> None:
    named = Line("verify", "named", world.authority)
    assert problems((INTAKE, VERIFY, named, DECIDE, UPPER)) == []


# -- saving


def test_a_saved_route_is_what_the_next_application_is_copied_from(world: World, supervisor: User) -> None:
    joint = OfficeFactory(name="濉溪县生态环境局")
    member(joint, Role.VERIFIER)
    save(supervisor, (INTAKE, VERIFY, Line("verify", "named", joint), DECIDE))
    steps = submitted_case(world).steps.order_by("position")
    assert [(step.phase, step.office) for step in steps] == [
        ("intake", world.credit),
        ("verify", world.authority),
        ("verify", joint),
        ("decide", world.authority),
    ]


def test_an_office_that_is_named_to_verify_its_own_record_verifies_it_once(
    world: World, supervisor: User
) -> None:
    save(supervisor, (INTAKE, VERIFY, Line("verify", "named", world.authority), DECIDE))
    steps = submitted_case(world).steps.order_by("position")
    assert [(step.phase, step.office) for step in steps] == [
        ("intake", world.credit),
        ("verify", world.authority),
        ("decide", world.authority),
    ]


def test_a_change_touches_no_running_case(world: World, supervisor: User) -> None:
    case = submitted_case(world)
    before = list(case.steps.values_list("position", "phase", "office", "state"))
    save(supervisor, RECHECKED)
    assert own_lines(kind="repair", rule_class="") == RECHECKED
    assert list(case.steps.values_list("position", "phase", "office", "state")) == before
    assert list(running_cases(kind="repair", rule_class="")) == [case]


def test_running_cases_are_counted_where_they_would_be_filed_today(world: World, supervisor: User) -> None:
    submitted_case(world)
    assert world.record.rule_class == "general"
    save(supervisor, RECHECKED, rule_class="general")
    assert running_cases(kind="repair", rule_class="general").count() == 1
    assert running_cases(kind="repair", rule_class="").count() == 0
    assert running_cases(kind="repair", rule_class="serious").count() == 0


def test_a_route_that_is_not_whole_is_not_saved(world: World, supervisor: User) -> None:
    with pytest.raises(ActionRefused, match="还缺少“审批”"):
        save(supervisor, (INTAKE, VERIFY))
    assert own_lines(kind="repair", rule_class="") == SHIPPED


def test_nothing_is_saved_where_nothing_changed(world: World, supervisor: User) -> None:
    with pytest.raises(ActionRefused) as caught:
        save(supervisor, SHIPPED)
    assert caught.value.code == "unchanged"
    assert not AuditEntry.objects.filter(action="save_route").exists()


def test_who_changed_from_an_older_state_is_told(world: World, supervisor: User) -> None:
    seen = revision(own_lines(kind="repair", rule_class=""))
    save(supervisor, RECHECKED)
    with pytest.raises(ActionRefused, match="刚刚已被他人修改") as caught:
        save(supervisor, (INTAKE, VERIFY, UPPER), seen=seen)
    assert caught.value.code == "changed"
    assert own_lines(kind="repair", rule_class="") == RECHECKED


def test_only_supervisors_of_a_credit_office_set_routes(world: World) -> None:
    for person in (world.intake, world.approver, member(world.authority, Role.SUPERVISOR)):
        with pytest.raises(NotYours):
            save(person, RECHECKED)
    assert own_lines(kind="repair", rule_class="") == SHIPPED


def test_a_route_can_become_shorter_and_change_its_order(world: World, supervisor: User) -> None:
    other = Line("verify", "named", OfficeFactory(name="濉溪县生态环境局"))
    save(supervisor, (INTAKE, VERIFY, other, DECIDE, UPPER))
    save(supervisor, (INTAKE, other, VERIFY, DECIDE))
    assert own_lines(kind="repair", rule_class="") == (INTAKE, other, VERIFY, DECIDE)
    positions = RouteStep.objects.filter(kind="repair").values_list("position", flat=True)
    assert list(positions) == [1, 2, 3, 4]


def test_a_change_is_told_to_the_audit_in_words(world: World, supervisor: User) -> None:
    save(supervisor, RECHECKED)
    entry = AuditEntry.objects.get(action="save_route")
    assert entry.actor_id == supervisor.pk and entry.object_type == "cases.routestep"
    assert entry.data["from"] == "受理：受理的信用办；核查：认定单位；审批：认定单位"
    assert entry.data["to"].endswith("审批：认定单位、认定单位的上级单位")
    assert entry.data["reason"] == "县里的规定"


# -- classes of their own


def test_a_class_gets_lines_of_its_own_and_drops_them_again(world: World, supervisor: User) -> None:
    save(supervisor, (INTAKE, VERIFY, UPPER), rule_class="serious")
    assert own_lines(kind="repair", rule_class="") == SHIPPED
    drop(supervisor, "serious")
    assert own_lines(kind="repair", rule_class="serious") == ()
    assert AuditEntry.objects.get(action="drop_route").data["route"].endswith("严重失信")
    with pytest.raises(ActionRefused) as caught:
        drop(supervisor, "serious")
    assert caught.value.code == "unchanged"


def test_the_route_of_all_other_classes_is_never_dropped(world: World, supervisor: User) -> None:
    with pytest.raises(ActionRefused, match="不能取消"):
        drop(supervisor, "")
    assert own_lines(kind="repair", rule_class="") == SHIPPED


# -- editions


def test_every_edition_says_who_changed_what_and_why(world: World, supervisor: User) -> None:
    save(supervisor, RECHECKED, reason="上级复核试点")
    save(supervisor, SHIPPED, reason="试点结束")
    found = editions(kind="repair", rule_class="")
    assert [(each.reason, each.lines) for each in found] == [
        ("试点结束", SHIPPED),
        ("上级复核试点", RECHECKED),
        (AS_SHIPPED, SHIPPED),
    ]
    assert [each.by for each in found] == [supervisor, supervisor, None]


def test_editions_of_one_class_are_no_other_ones(world: World, supervisor: User) -> None:
    save(supervisor, RECHECKED, rule_class="serious")
    drop(supervisor, "serious")
    assert [each.lines for each in editions(kind="repair", rule_class="serious")] == [(), RECHECKED]
    assert editions(kind="repair", rule_class="") == []


# -- what is said before it is saved


def test_authorities_without_an_upper_office_and_offices_without_people_are_named(world: World) -> None:
    empty = OfficeFactory(name="濉溪县无人局", parent=world.credit)
    said = "".join(cautions((INTAKE, Line("verify", "named", empty), DECIDE, UPPER), on=TODAY))
    assert "没有设置上级单位的1个认定单位" in said and "濉溪县交通运输局" in said
    assert "濉溪县无人局现在没有办理“核查”的人员" in said
    assert cautions(SHIPPED, on=TODAY) == []


# -- the pages


def page(user: User, name: str, *args: str, **data: str) -> Any:
    client = Client()
    client.force_login(user)
    with clock.assume(TODAY):
        url = reverse(name, args=args)
        return client.post(url, data) if data else client.get(url)


def filled(lines: Any, *, do: str, rule_class: str = "", reason: str = "县里的规定") -> dict[str, str]:
    data = {"line-TOTAL_FORMS": str(len(lines)), "line-INITIAL_FORMS": str(len(lines))}
    for number, line in enumerate(lines):
        data[f"line-{number}-phase"] = line.phase
        data[f"line-{number}-seat"] = line.seat
        data[f"line-{number}-office"] = line.office.name if line.office else ""
    seen = revision(own_lines(kind="repair", rule_class=rule_class))
    return {**data, "do": do, "reason": reason, "seen": seen}


EDIT = ("office_route_edit", "repair", "others")


def test_a_route_is_previewed_and_then_confirmed(world: World, supervisor: User) -> None:
    submitted_case(world)
    shown = page(supervisor, *EDIT, **filled(RECHECKED, do="preview"))
    assert shown.status_code == 200
    text = shown.content.decode()
    assert "有1件申请正在办理，不受影响" in text and "最后一步是上级复核" in text
    assert own_lines(kind="repair", rule_class="") == SHIPPED
    done = page(supervisor, *EDIT, **filled(RECHECKED, do="confirm"))
    assert done.status_code == 302
    assert own_lines(kind="repair", rule_class="") == RECHECKED


def rows_of(answer: Any) -> list[tuple[str, str]]:
    return [(form["phase"].value(), form["seat"].value()) for form in answer.context["route"].lines]


def test_lines_are_added_moved_and_taken_out_without_saving(world: World, supervisor: User) -> None:
    added = page(supervisor, *EDIT, **filled(SHIPPED, do="add"))
    assert rows_of(added) == [(line.phase, line.seat) for line in SHIPPED] + [("decide", "")]
    moved = page(supervisor, *EDIT, **filled(SHIPPED, do="up:2"))
    assert [phase for phase, _seat in rows_of(moved)] == ["intake", "decide", "verify"]
    out = page(supervisor, *EDIT, **filled(SHIPPED, do="out:0"))
    assert [phase for phase, _seat in rows_of(out)] == ["verify", "decide"]
    assert out.context["route"].why["reason"].value() == "县里的规定"
    assert own_lines(kind="repair", rule_class="") == SHIPPED


def test_what_is_wrong_stands_at_its_line(world: World, supervisor: User) -> None:
    answer = page(supervisor, *EDIT, **filled((INTAKE, DECIDE, VERIFY), do="preview"))
    assert answer.status_code == 422
    assert "次序不对" in str(answer.context["route"].lines.forms[2].errors["phase"])
    nobody = Line("verify", "named")
    answer = page(supervisor, *EDIT, **{**filled((INTAKE, nobody, DECIDE), do="confirm")})
    assert "请选择指定的单位" in str(answer.context["route"].lines.forms[1].errors["office"])
    wrong = {**filled((INTAKE, nobody, DECIDE), do="confirm"), "line-1-office": "没有的单位"}
    answer = page(supervisor, *EDIT, **wrong)
    assert "没有找到“没有的单位”" in str(answer.context["route"].lines.forms[1].errors["office"])


def test_a_named_office_is_found_by_name_or_code(world: World, supervisor: User) -> None:
    data = filled((INTAKE, Line("verify", "named", world.authority), DECIDE), do="confirm")
    page(supervisor, *EDIT, **{**data, "line-1-office": world.authority.code})
    assert own_lines(kind="repair", rule_class="")[1].office == world.authority


def test_a_class_that_follows_begins_with_the_lines_it_follows(world: World, supervisor: User) -> None:
    answer = page(supervisor, "office_route_edit", "repair", "serious")
    assert [phase for phase, _seat in rows_of(answer)] == ["intake", "verify", "decide"]


def test_an_older_edition_is_taken_up_again(world: World, supervisor: User) -> None:
    save(supervisor, RECHECKED)
    first = editions(kind="repair", rule_class="")[-1]
    shown = page(supervisor, "office_route_editions", "repair", "others").content.decode()
    url = f"{reverse(EDIT[0], args=EDIT[1:])}?edition={first.number}"
    assert url in shown and "最初的路径" in shown
    client = Client()
    client.force_login(supervisor)
    with clock.assume(TODAY):
        answer = client.get(url)
        missing = client.get(f"{reverse(EDIT[0], args=EDIT[1:])}?edition=999999")
    assert [phase for phase, _seat in rows_of(answer)] == ["intake", "verify", "decide"]
    assert missing.status_code == 404


def test_a_class_drops_its_route_on_its_page(world: World, supervisor: User) -> None:
    save(supervisor, RECHECKED, rule_class="serious")
    seen = revision(RECHECKED)
    answer = page(supervisor, "office_route_drop", "repair", "serious", reason="试点结束", seen=seen)
    assert answer.status_code == 302
    assert own_lines(kind="repair", rule_class="serious") == ()


def test_readers_see_the_routes_with_their_own_credit_office_and_no_way_to_change(world: World) -> None:
    text = page(world.intake, "office_routes").content.decode()
    assert "濉溪县信用办" in text and "认定单位" in text
    assert reverse(EDIT[0], args=EDIT[1:]) not in text
    assert page(world.intake, *EDIT).status_code == 404


def test_a_number_without_end_is_no_number(supervisor: User) -> None:
    client = Client()
    client.force_login(supervisor)
    with clock.assume(TODAY):
        url = reverse(EDIT[0], args=EDIT[1:])
        assert client.get(url, {"edition": "9" * 5000}).status_code == 404
        sent = filled(SHIPPED, do="up:" + "9" * 5000)
        assert len(rows_of(client.post(url, sent))) == len(SHIPPED)
        assert rows_of(client.post(url, {**sent, "line-TOTAL_FORMS": "9" * 5000})) == []


@pytest.mark.parametrize("at", [("repair", "grave"), ("repair", ""), ("other", "others")])
def test_a_route_that_does_not_exist_is_not_found(supervisor: User, at: tuple[str, str]) -> None:
    if at[1]:
        assert page(supervisor, "office_route_edit", *at).status_code == 404
    client = Client()
    client.force_login(supervisor)
    with clock.assume(TODAY):
        assert client.get(f"/office/routes/{at[0]}/{at[1] or '-'}/editions/").status_code == 404


# -- at once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_supervisors_at_once_the_second_is_told(postgres: None) -> None:
    lay_route()
    world = build_world()
    people = [member(world.credit, Role.SUPERVISOR, name=name) for name in ("孙督", "钱督")]
    seen = revision(own_lines(kind="repair", rule_class=""))
    wanted = [RECHECKED, (INTAKE, VERIFY, UPPER)]
    _done, errors = in_threads(2, lambda number: save(people[number], wanted[number], seen=seen))
    assert [type(error) for error in errors] == [ActionRefused]
    assert errors[0].code == "changed"  # type: ignore[attr-defined]
    assert own_lines(kind="repair", rule_class="") in wanted
    assert AuditEntry.objects.filter(action="save_route").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_a_class_its_first_lines_at_once_the_second_is_told(postgres: None) -> None:
    lay_route()
    world = build_world()
    people = [member(world.credit, Role.SUPERVISOR, name=name) for name in ("孙督", "钱督")]
    _done, errors = in_threads(
        2, lambda number: save(people[number], RECHECKED, rule_class="serious", seen=revision(()))
    )
    assert [getattr(error, "code", error) for error in errors] == ["changed"]
    assert own_lines(kind="repair", rule_class="serious") == RECHECKED
