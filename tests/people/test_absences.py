"""Who is away, who stands in: entered by the member or a supervisor, on days that make sense."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from credit_repair.core.clock import assume
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.people import access
from credit_repair.people.errors import AbsenceRefused, NotInCharge
from credit_repair.people.models import Absence, Membership, Role, Substitution, User
from credit_repair.people.reach import reach_of
from credit_repair.people.services import absences, join_office, leave_office, refresh_caches, substitutions
from credit_repair.people.services.substitutions import StandIn
from credit_repair.registry.models import Office
from tests.registry.factories import OfficeFactory
from tests.world import SINCE, TODAY, administrator, make_user, member, signed_in

pytestmark = pytest.mark.django_db

UNTIL = TODAY + timedelta(days=7)
ALL, OWN = Substitution.Scope.ALL, Substitution.Scope.OWN


@pytest.fixture(autouse=True)
def _today() -> Any:
    with assume(TODAY):
        yield


@pytest.fixture
def office() -> Office:
    made: Office = OfficeFactory(name="濉溪县市场监督管理局")
    return made


@pytest.fixture
def away(office: Office) -> User:
    return member(office, Role.VERIFIER, name="王核")


@pytest.fixture
def colleague(office: Office) -> User:
    return member(office, Role.INTAKE, name="李受")


@pytest.fixture
def boss(office: Office) -> User:
    return member(office, Role.SUPERVISOR, name="孙督")


def post(user: User) -> Membership:
    found: Membership = user.memberships.select_related("office", "user").get()
    return found


def stand_in(
    away: User, colleague: User, *, actor: User | None = None, scope: str = ALL, **changed: Any
) -> Substitution:
    given = {"since": TODAY, "until": UNTIL, "reason": "外出培训", "today": TODAY, **changed}
    return substitutions.enter_substitution(
        membership=post(away), substitute=colleague, actor=actor or away, scope=scope, **given
    )


def leave(away: User, *stand_ins: StandIn, actor: User | None = None, **changed: Any) -> Absence:
    given = {"since": TODAY, "until": UNTIL, "handover": "office", "today": TODAY, **changed}
    return absences.enter_absence(member=away, actor=actor or away, substitutes=stand_ins, **given)


def may(user: User, office: Office, permission: str = "verify", on: date = TODAY) -> bool:
    return access.may_at_office(
        user=User.objects.get(pk=user.pk), permission=permission, office=office, on=on
    )


# -- substitutes


def test_a_substitute_may_at_once_what_the_member_may_and_no_longer_than_that(
    office: Office, away: User, colleague: User
) -> None:
    stand_in(away, colleague)
    assert may(colleague, office) and may(colleague, office, on=UNTIL)
    assert not may(colleague, office, on=UNTIL + timedelta(days=1))
    assert not may(colleague, office, on=TODAY - timedelta(days=1))
    assert not may(colleague, office, "approve")
    refresh_caches(today=TODAY)
    assert may(colleague, office), "the night keeps it"
    refresh_caches(today=UNTIL + timedelta(days=1))
    assert {group.name.rpartition(":")[2] for group in colleague.groups.all()} == {"intake"}


def test_a_substitute_for_what_is_in_hand_may_nothing_at_the_office(
    office: Office, away: User, colleague: User
) -> None:
    stand_in(away, colleague, scope=OWN)
    assert not may(colleague, office)
    lent = reach_of(user=colleague, on=TODAY).in_hand("verify")
    assert [(loan.office, loan.member) for loan in lent] == [(office.pk, away.pk)]


def test_who_ends_their_membership_lends_nothing_any_longer(
    office: Office, away: User, colleague: User
) -> None:
    stand_in(away, colleague)
    leave_office(membership=post(away), until=TODAY)
    assert may(colleague, office)
    assert not may(colleague, office, on=TODAY + timedelta(days=1))


def test_the_member_and_a_supervisor_of_the_office_enter_it_and_nobody_else(
    away: User, colleague: User, boss: User
) -> None:
    other_boss = member(OfficeFactory(), Role.SUPERVISOR)
    for stranger in (colleague, other_boss, make_user(), make_user(is_superuser=True)):
        with pytest.raises(NotInCharge):
            stand_in(away, colleague, actor=stranger)
    assert stand_in(away, colleague, actor=boss).made_by == boss


def test_what_somebody_does_as_a_substitute_they_do_not_lend_on(
    office: Office, away: User, colleague: User, boss: User
) -> None:
    third = member(office, Role.WINDOW)
    stand_in(away, colleague)
    with pytest.raises(NotInCharge):
        stand_in(away, third, actor=colleague)
    # Whose place the colleague is taken in passes on their own role, never the lent one.
    substitutions.enter_substitution(
        membership=post(colleague),
        substitute=third,
        actor=colleague,
        scope=ALL,
        since=TODAY,
        until=UNTIL,
        reason="临时外出",
        today=TODAY,
    )
    assert may(third, office, "intake") and not may(third, office, "verify")


def test_who_stands_in_for_a_supervisor_supervises_but_does_not_lend_that_on(
    office: Office, away: User, colleague: User, boss: User
) -> None:
    stand_in(boss, colleague)
    third = member(office, Role.WINDOW)
    assert stand_in(away, third, actor=colleague).made_by == colleague
    with pytest.raises(NotInCharge):
        stand_in(boss, third, actor=colleague)


def test_nobody_gives_themself_the_work_of_another(office: Office, away: User, boss: User) -> None:
    with pytest.raises(AbsenceRefused) as refused:
        stand_in(away, boss, actor=boss)
    assert (refused.value.code, refused.value.field) == ("actor", "substitute")
    offered = substitutions.candidates(membership=post(away), actor=boss, on=TODAY)
    assert boss not in offered
    assert stand_in(away, boss, actor=away).substitute == boss, "the member may choose their supervisor"


def test_who_supervises_as_a_substitute_arranges_nothing_beyond_their_own_last_day(
    office: Office, away: User, colleague: User, boss: User
) -> None:
    stand_in(boss, colleague, until=TODAY)
    third = member(office, Role.WINDOW)
    for since in (TODAY, TODAY + timedelta(days=1)):
        with pytest.raises(AbsenceRefused) as refused:
            stand_in(away, third, actor=colleague, since=since)
        assert (refused.value.code, refused.value.field) == ("beyond_own", "until")
    with pytest.raises(AbsenceRefused) as refused:
        stand_in(away, colleague, actor=colleague, until=TODAY)
    assert refused.value.code == "actor"
    assert stand_in(away, third, actor=colleague, until=TODAY).until == TODAY
    own = stand_in(colleague, third, actor=colleague)
    assert own.until == UNTIL, "their own work they lend as long as they like"


def _inactive(office: Office) -> User:
    return member(office, Role.INTAKE, is_active=False)


def _elsewhere(office: Office) -> User:
    return member(OfficeFactory(), Role.VERIFIER)


def _leaving(office: Office) -> User:
    return member(office, Role.INTAKE, until=UNTIL - timedelta(days=1))


def _administrator(office: Office) -> User:
    user = administrator("system")
    Membership.objects.create(user=user, office=office, role=Role.INTAKE, since=SINCE)
    return user


def _root(office: Office) -> User:
    return member(office, Role.INTAKE, is_superuser=True)


def _away(office: Office) -> User:
    user = member(office, Role.INTAKE)
    leave(user)
    return user


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (_inactive, "inactive"),
        (_elsewhere, "not_serving"),
        (_leaving, "not_serving"),
        (_administrator, "administrator"),
        (_root, "administrator"),
        (_away, "away"),
    ],
)
def test_who_cannot_stand_in_all_the_time_is_refused_in_words(
    office: Office, away: User, make: Any, code: str
) -> None:
    with pytest.raises(AbsenceRefused) as refused:
        stand_in(away, make(office))
    assert (refused.value.code, refused.value.field) == (code, "substitute")
    assert not Substitution.objects.exists()


def test_nobody_stands_in_for_themself(away: User) -> None:
    with pytest.raises(AbsenceRefused, match="本人"):
        stand_in(away, away)


@pytest.mark.parametrize("line", ["parent", "child"])
def test_a_supervisor_may_take_somebody_of_the_office_above_or_below_the_member_may_not(
    office: Office, away: User, boss: User, line: str
) -> None:
    other = OfficeFactory()
    if line == "parent":
        Office.objects.filter(pk=office.pk).update(parent=other)
    else:
        Office.objects.filter(pk=other.pk).update(parent=office)
    helper = member(other, Role.VERIFIER)
    with pytest.raises(AbsenceRefused) as refused:
        stand_in(away, helper)
    assert refused.value.code == "not_serving"
    stand_in(away, helper, actor=boss)
    assert may(helper, office)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"since": TODAY - timedelta(days=1)}, "past"),
        ({"until": TODAY - timedelta(days=1)}, "reversed"),
        ({"until": TODAY + timedelta(days=90)}, "too_long"),
        ({"since": TODAY + timedelta(days=400), "until": TODAY + timedelta(days=401)}, "too_far"),
        ({"reason": "  "}, "no_reason"),
    ],
)
def test_days_and_reason_make_sense(away: User, colleague: User, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(AbsenceRefused) as refused:
        stand_in(away, colleague, **changed)
    assert refused.value.code == code


def test_ninety_days_are_the_most(away: User, colleague: User) -> None:
    assert stand_in(away, colleague, until=TODAY + timedelta(days=89)).until == TODAY + timedelta(days=89)


def test_the_same_two_do_not_overlap(away: User, colleague: User) -> None:
    stand_in(away, colleague)
    with pytest.raises(AbsenceRefused) as refused:
        stand_in(away, colleague, since=UNTIL, until=UNTIL + timedelta(days=3))
    assert refused.value.code == "overlap"
    stand_in(away, colleague, since=UNTIL + timedelta(days=1), until=UNTIL + timedelta(days=3))


def test_it_is_ended_from_a_day_and_from_today_it_opens_nothing(
    office: Office, away: User, colleague: User
) -> None:
    row = stand_in(away, colleague)
    day = TODAY + timedelta(days=3)
    substitutions.end_substitution(substitution=row, actor=away, on=day, today=TODAY)
    assert may(colleague, office, on=day - timedelta(days=1)) and not may(colleague, office, on=day)
    assert substitutions.end_substitution(substitution=row, actor=away, on=TODAY, today=TODAY) is None
    assert not may(colleague, office) and not Substitution.objects.exists()
    with pytest.raises(NotInCharge):
        substitutions.end_substitution(
            substitution=stand_in(away, colleague), actor=colleague, on=TODAY, today=TODAY
        )


def test_everybody_whom_it_concerns_gets_a_mail_and_the_audit_knows(
    away: User, colleague: User, boss: User
) -> None:
    row = stand_in(away, colleague)
    mails = Mail.objects.filter(kind="substitution_entered")
    assert {mail.to_name for mail in mails} == {"王核", "李受", "孙督"}
    assert "李受代办王核的工作" in mails[0].subject and "外出培训" in mails[0].body
    entry = AuditEntry.objects.get(action="people.enter_substitution")
    assert entry.data["for"] == away.pk and entry.data["substitute"] == colleague.pk
    substitutions.end_substitution(substitution=row, actor=boss, on=UNTIL, today=TODAY)
    assert Mail.objects.filter(kind="substitution_ended").count() == 3
    assert AuditEntry.objects.filter(action="people.end_substitution", actor_id=boss.pk).exists()


# -- absences


def test_an_absence_brings_its_substitutes(office: Office, away: User, colleague: User, boss: User) -> None:
    absence = leave(away, StandIn(post(away), colleague, ALL), handover="substitute", note="请盯紧两件急件")
    row = Substitution.objects.get(absence=absence)
    assert (row.since, row.until, row.substitute) == (TODAY, UNTIL, colleague)
    assert may(colleague, office)
    mails = Mail.objects.filter(kind="absence_entered")
    assert {mail.to_name for mail in mails} == {"王核", "李受", "孙督"}
    assert all("请盯紧两件急件" in mail.body and "李受" in mail.body for mail in mails)
    assert AuditEntry.objects.filter(action="people.enter_absence", object_id=str(absence.uuid)).exists()


@pytest.mark.parametrize(
    ("changed", "scope", "code"),
    [
        ({"handover": "substitute"}, None, "no_substitute"),
        ({"handover": "nobody"}, None, "handover"),
        ({"handover": "office"}, OWN, "nothing_in_hand"),
    ],
)
def test_the_work_in_hand_goes_somewhere(
    away: User, colleague: User, changed: dict[str, Any], scope: str | None, code: str
) -> None:
    given = [StandIn(post(away), colleague, scope)] if scope else []
    with pytest.raises(AbsenceRefused) as refused:
        leave(away, *given, **changed)
    assert refused.value.code == code
    assert not Absence.objects.exists()


def test_a_refused_substitute_leaves_no_absence_behind(away: User) -> None:
    with pytest.raises(AbsenceRefused):
        leave(away, StandIn(post(away), member(OfficeFactory(), Role.INTAKE), ALL))
    assert not Absence.objects.exists()


def test_nobody_is_away_twice_at_once_nor_while_they_stand_in(away: User, colleague: User) -> None:
    leave(away, StandIn(post(away), colleague, ALL))
    with pytest.raises(AbsenceRefused) as refused:
        leave(away, since=UNTIL, until=UNTIL + timedelta(days=2))
    assert refused.value.code == "overlap"
    with pytest.raises(AbsenceRefused) as refused:
        leave(colleague)
    assert refused.value.code == "stands_in"


def test_a_supervisor_enters_it_for_a_member_but_nobody_for_another_office(away: User, boss: User) -> None:
    assert leave(away, actor=boss).made_by == boss
    with pytest.raises(NotInCharge):
        leave(member(OfficeFactory(), Role.INTAKE), actor=boss)


def test_another_end_takes_the_substitutes_along(office: Office, away: User, colleague: User) -> None:
    absence = leave(away, StandIn(post(away), colleague, ALL), handover="substitute")
    later, sooner = UNTIL + timedelta(days=5), TODAY + timedelta(days=2)
    absences.change_end(absence=absence, until=later, actor=away, today=TODAY)
    assert may(colleague, office, on=later)
    absences.change_end(absence=absence, until=sooner, actor=away, today=TODAY)
    assert may(colleague, office, on=sooner) and not may(colleague, office, on=sooner + timedelta(days=1))
    with pytest.raises(AbsenceRefused):
        absences.change_end(absence=absence, until=TODAY + timedelta(days=200), actor=away, today=TODAY)


def test_who_is_back_is_back_and_the_substitute_stands_in_no_longer(
    office: Office, away: User, colleague: User
) -> None:
    absence = leave(away, StandIn(post(away), colleague, ALL), handover="substitute")
    day = TODAY + timedelta(days=2)
    kept = absences.cancel(absence=absence, on=day, actor=away, today=TODAY)
    assert kept is not None and kept.until == TODAY + timedelta(days=1)
    assert not may(colleague, office, on=day)
    assert absences.cancel(absence=kept, on=TODAY, actor=away, today=TODAY) is None
    assert not Absence.objects.exists() and not Substitution.objects.exists()
    assert Mail.objects.filter(kind="absence_cancelled", to_name="李受").exists()


def test_what_is_over_stays_as_it_was(away: User) -> None:
    absence = leave(away)
    after = UNTIL + timedelta(days=1)
    with pytest.raises(AbsenceRefused) as refused:
        absences.cancel(absence=absence, on=after, actor=away, today=after)
    assert refused.value.code == "ended"


def test_a_supervisors_substitute_prolongs_no_absence_that_they_profit_from(
    office: Office, away: User, colleague: User, boss: User
) -> None:
    join_office(user=boss, office=office, role=Role.VERIFIER, since=SINCE)
    rows = [StandIn(row, colleague, ALL) for row in boss.memberships.select_related("office", "user")]
    absence = leave(boss, *rows, handover="substitute")
    later = UNTIL + timedelta(days=5)
    with pytest.raises(AbsenceRefused) as refused:
        absences.change_end(absence=absence, until=later, actor=colleague, today=TODAY)
    assert refused.value.code == "not_in_charge" and "孙督" in refused.value.words

    absence = leave(away, StandIn(post(away), colleague, ALL), handover="substitute")
    with pytest.raises(AbsenceRefused) as refused:
        absences.change_end(absence=absence, until=later, actor=colleague, today=TODAY)
    assert refused.value.code == "actor"
    assert not may(colleague, office, on=later) and not may(colleague, office, "supervise", on=later)


@pytest.mark.parametrize("days", [12, 2])
def test_a_supervisor_moves_nothing_that_is_arranged_at_another_office(
    office: Office, away: User, colleague: User, boss: User, days: int
) -> None:
    other = OfficeFactory()
    join_office(user=away, office=other, role=Role.APPROVER, since=SINCE)
    there = away.memberships.select_related("office", "user").get(office=other)
    absence = leave(away, StandIn(there, helper := member(other, Role.DATA), ALL))
    moved = TODAY + timedelta(days=days)
    with pytest.raises(AbsenceRefused) as refused, transaction.atomic():
        absences.change_end(absence=absence, until=moved, actor=boss, today=TODAY)
    assert refused.value.code == "not_in_charge" and other.name in refused.value.words
    with pytest.raises(AbsenceRefused) as refused, transaction.atomic():
        absences.cancel(absence=absence, on=TODAY, actor=boss, today=TODAY)
    assert refused.value.code == "not_in_charge"
    absence.refresh_from_db()
    assert absence.until == UNTIL == Substitution.objects.get().until
    assert may(helper, other, "approve", on=UNTIL)
    assert not may(helper, other, "approve", on=UNTIL + timedelta(days=1))
    absences.change_end(absence=absence, until=moved, actor=away, today=TODAY)
    assert Substitution.objects.get().until == moved, "the member has a say in all of it"


def test_what_ended_earlier_neither_hinders_nor_moves(
    office: Office, away: User, colleague: User, boss: User
) -> None:
    absence = leave(away, StandIn(post(away), colleague, ALL), handover="substitute")
    day = TODAY + timedelta(days=2)
    substitutions.end_substitution(substitution=Substitution.objects.get(), actor=away, on=day, today=TODAY)
    before = AuditEntry.objects.filter(action__endswith="_substitution").count()
    absences.change_end(absence=absence, until=UNTIL + timedelta(days=3), actor=boss, today=TODAY)
    absences.cancel(absence=absence, on=UNTIL, actor=boss, today=TODAY)
    assert Substitution.objects.get().until == day - timedelta(days=1)
    assert AuditEntry.objects.filter(action__endswith="_substitution").count() == before


def test_the_page_says_why_an_absence_is_not_moved(office: Office, away: User, boss: User) -> None:
    absence = leave(away, StandIn(post(away), boss, ALL), handover="substitute")
    given = {"change-until": (UNTIL + timedelta(days=3)).isoformat()}
    answer = signed_in(boss).post(reverse("office_absence", args=[absence.uuid]), given)
    assert "您不能安排自己代办" in answer.content.decode()
    absence.refresh_from_db()
    assert absence.until == UNTIL


# -- pages


def test_a_member_enters_an_absence_on_the_page(away: User, colleague: User) -> None:
    client, membership = signed_in(away), post(away)
    page = client.get(reverse("office_absence_new"))
    assert "李受（本单位受理人员）" in page.content.decode()
    answer = client.post(
        reverse("office_absence_new"),
        {
            "since": TODAY.isoformat(),
            "until": UNTIL.isoformat(),
            "handover": "substitute",
            f"substitute_{membership.uuid}": colleague.pk,
            f"scope_{membership.uuid}": ALL,
        },
        follow=True,
    )
    assert "已登记王核的离岗" in answer.content.decode()
    assert Substitution.objects.get().substitute == colleague


def test_what_is_wrong_stands_at_its_field(away: User, colleague: User) -> None:
    client, membership = signed_in(away), post(away)
    answer = client.post(
        reverse("office_absence_new"),
        {
            "since": TODAY.isoformat(),
            "until": UNTIL.isoformat(),
            "handover": "substitute",
            f"scope_{membership.uuid}": ALL,
        },
    )
    assert f"substitute_{membership.uuid}" in answer.context["form"].errors
    assert not Absence.objects.exists()


def test_nobody_is_chosen_whom_the_page_does_not_offer(away: User) -> None:
    stranger, membership = member(OfficeFactory(), Role.VERIFIER), post(away)
    answer = signed_in(away).post(
        reverse("office_substitution_new"),
        {
            "membership": str(membership.uuid),
            "substitute": stranger.pk,
            "scope": ALL,
            "since": TODAY.isoformat(),
            "until": UNTIL.isoformat(),
            "reason": "外出培训",
        },
    )
    assert "substitute" in answer.context["form"].errors and not Substitution.objects.exists()


def test_another_persons_page_opens_to_their_supervisor_alone(
    away: User, colleague: User, boss: User
) -> None:
    address = f"{reverse('office_absence_new')}?for={post(away).uuid}"
    assert signed_in(boss).get(address).status_code == 200
    assert signed_in(colleague).get(address).status_code == 404
    assert signed_in(boss).get(f"{reverse('office_absence_new')}?for=nobody").status_code == 404


def test_the_supervisors_page_asks_no_more_often_for_more_people(
    office: Office, boss: User, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(boss)

    def people(count: int) -> int:
        for _each in range(count):
            one, other = member(office, Role.VERIFIER), member(office, Role.INTAKE)
            leave(one, StandIn(post(one), other, ALL), handover="substitute")
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("office_people")).status_code == 200
        return len(caught)

    people(1)
    assert people(1) == people(5)


def test_the_frame_says_in_whose_place_somebody_acts(away: User, colleague: User) -> None:
    client = signed_in(colleague)
    assert "代办：王核" not in client.get(reverse("office")).content.decode()
    stand_in(away, colleague)
    page = client.get(reverse("office")).content.decode()
    assert "代办：王核（核查人员）至11月27日" in page and "您正在代同事办理" in page
