"""The administrators' pages: each kind finds its own, acts through the services, and sees no case."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessLog
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from credit_repair.core import audit, clock
from credit_repair.core.models import AuditEntry, Job
from credit_repair.mail.models import Mail
from credit_repair.people.audit_words import ACTIONS, action_name
from credit_repair.people.manage_selectors import key_of
from credit_repair.people.models import Invitation, Membership, Role, Unmasking, User
from tests import world as county
from tests.people.invited import TODAY, YESTERDAY, confirm, invite, lock_out, security
from tests.registry.factories import MOMENT, OfficeFactory, SubjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with clock.assume(TODAY):
        yield


@pytest.fixture
def guard() -> User:
    """The security administrator."""
    return security()


@pytest.fixture
def secured(client: Client, guard: User) -> Client:
    client.force_login(guard)
    return client


@pytest.fixture
def auditing(client: Client) -> Client:
    client.force_login(county.administrator("audit"))
    return client


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# -- each their own


@pytest.mark.parametrize(
    ("kind", "home"), [("security", "manage_people"), ("audit", "manage_audit"), ("system", "manage_system")]
)
def test_each_administrator_is_led_to_their_own_part_after_signing_in(
    client: Client, kind: str, home: str
) -> None:
    client.force_login(county.administrator(kind))
    assert client.get(reverse("after_sign_in"), follow=True).request["PATH_INFO"] == reverse(home)
    others = {"manage_people", "manage_audit", "manage_system"} - {home}
    text = page(client, home)
    assert not any(reverse(other) in text for other in others)
    assert [client.get(reverse(other)).status_code for other in others] == [404, 404]


def test_nobody_sees_or_sets_anothers_password() -> None:
    """No page but one's own forms and the secret link takes a password."""
    from django import forms

    from credit_repair.people import manage_forms

    for form in vars(manage_forms).values():
        if isinstance(form, type) and issubclass(form, forms.Form):
            widgets = [field.widget for field in form.base_fields.values()]
            assert not any(isinstance(widget, forms.PasswordInput) for widget in widgets)
    names = [str(name) for name in get_resolver().reverse_dict if isinstance(name, str)]
    assert not [name for name in names if name.startswith("manage") and "password" in name]


# -- people


def test_officials_are_found_by_part_of_a_name_an_applicant_by_the_whole_address_alone(
    secured: Client,
) -> None:
    county.member(OfficeFactory(), Role.INTAKE, name="李受理")
    clerk = confirm(county.clerk_of(SubjectFactory(), name="周小敏"))

    def found(**query: str) -> list[str]:
        return [str(row["user"]) for row in secured.get(reverse("manage_people"), query).context["rows"]]

    assert found(q="李受") == ["李受理"]
    assert "李受理" in found() and "周小敏" not in found()
    assert found(q="周小敏") == found(q=clerk.email[:-1]) == []
    assert found(q=clerk.email.upper()) == ["周小敏"]


def test_a_persons_page_is_not_found_by_counting(secured: Client) -> None:
    clerk = county.clerk_of(SubjectFactory())
    for key in (str(clerk.pk), f"{clerk.pk}:x", "x"):
        assert secured.get(reverse("manage_person", args=[key])).status_code == 404


def test_people_are_filtered_by_office(secured: Client) -> None:
    here, there = OfficeFactory(name="甲局"), OfficeFactory(name="乙局")
    county.member(here, Role.INTAKE, name="甲员")
    county.member(there, Role.INTAKE, name="乙员")
    text = page(secured, "manage_people", office=str(here.pk))
    assert "甲员" in text and "乙员" not in text


def test_a_person_is_invited_from_the_page(secured: Client) -> None:
    office = OfficeFactory()
    posted = {
        "email": "Qian@example.gov.cn",
        "display_name": "钱新",
        "what": "official",
        "office": office.pk,
        "roles": [Role.INTAKE, Role.VERIFIER],
        "administration": "",
        "since": str(TODAY),
        "until": "",
    }
    assert secured.post(reverse("manage_invite"), posted).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.administration) == ("qian@example.gov.cn", "")
    assert invitation.roles == [Role.INTAKE, Role.VERIFIER]
    assert "钱新" in page(secured, "manage_invitations")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"email": "no"}, "不是完整的邮箱"),
        ({"administration": "security"}, "不能同时邀请"),
        ({"roles": [Role.INTAKE, Role.AUDITOR]}, "审计人员不兼办业务"),
        ({"office": ""}, "请选择单位"),
        ({"roles": []}, "至少选择一个角色"),
        ({"roles": ["emperor"]}, "没有这个角色"),
        ({"what": "administrator", "administration": ""}, "请选择一种管理职责"),
        ({"until": str(YESTERDAY)}, "结束日"),
        ({"since": "x"}, "不是一个日期"),
    ],
)
def test_a_wrong_invitation_is_said_at_its_field(secured: Client, changed, words: str) -> None:
    posted = {
        "email": "a@example.gov.cn",
        "display_name": "钱新",
        "what": "official",
        "office": OfficeFactory().pk,
        "roles": [Role.INTAKE],
        "since": str(TODAY),
    }
    answer = secured.post(reverse("manage_invite"), {**posted, **changed})
    assert answer.status_code == 200 and words in answer.content.decode()
    assert not Invitation.objects.exists()


def test_an_invitation_is_sent_again_and_taken_back(secured: Client, guard: User) -> None:
    invitation = invite(guard)
    secured.post(reverse("manage_invitation_resend", args=[invitation.uuid]))
    assert Mail.objects.filter(kind="invitation").count() == 2
    secured.post(reverse("manage_invitation_revoke", args=[invitation.uuid]))
    assert "钱新" in page(secured, "manage_invitations", state="revoked")
    again = secured.post(reverse("manage_invitation_resend", args=[invitation.uuid]), follow=True)
    assert "已经撤销" in again.content.decode()


def test_roles_are_given_prolonged_and_ended(secured: Client) -> None:
    office, user = OfficeFactory(), county.member(OfficeFactory(), Role.DATA)
    posted = {"office": office.pk, "roles": [Role.INTAKE], "since": str(TODAY - timedelta(days=1))}
    secured.post(reverse("manage_membership_new", args=[key_of(user)]), posted)
    membership = user.memberships.get(office=office)
    url = reverse("manage_membership", args=[membership.uuid])

    wrong = secured.post(url, {"what": "day", "until": "", "reason": "调离"}).content.decode()
    assert "请填写最后一天" in wrong
    assert "请写明理由" in secured.post(url, {"what": "now"}).content.decode()
    last = TODAY + timedelta(days=30)
    secured.post(url, {"what": "day", "until": str(last), "reason": "借调"})
    membership.refresh_from_db()
    assert membership.until == last
    secured.post(url, {"what": "now", "reason": "调离"})
    membership.refresh_from_db()
    assert membership.until == YESTERDAY


def test_the_page_of_oneself_offers_nothing_that_one_may_not_do(secured: Client, guard: User) -> None:
    text = page(secured, "manage_person", key_of(guard))
    for name in ("manage_close", "manage_regain", "manage_membership_new", "manage_administration_new"):
        assert reverse(name, args=[key_of(guard)]) not in text


def test_an_account_is_closed_with_a_reason(secured: Client) -> None:
    user = county.member(OfficeFactory(), Role.DATA)
    url = reverse("manage_close", args=[key_of(user)])
    assert "请写明理由" in secured.post(url, {"reason": " "}).content.decode()
    secured.post(url, {"reason": "离职"})
    user.refresh_from_db()
    assert not user.is_active
    assert "已停用" in page(secured, "manage_person", key_of(user))


def test_all_sessions_of_a_person_are_ended(secured: Client) -> None:
    user = county.member(OfficeFactory(), Role.DATA)
    other = Client()
    other.force_login(user)
    UserSession.objects.create(user=user, session_key=other.session.session_key, ip="::1", user_agent="x")
    secured.post(reverse("manage_sessions", args=[key_of(user)]), {"reason": "电脑丢失"})
    assert other.get(reverse("office")).status_code == 302
    assert AuditEntry.objects.get(action="people.end_sessions").data["reason"] == "电脑丢失"


def test_an_administrator_is_appointed_and_ended(secured: Client) -> None:
    user = county.member(OfficeFactory(), Role.DATA, until=YESTERDAY)
    posted = {"kind": "audit", "since": str(TODAY)}
    secured.post(reverse("manage_administration_new", args=[key_of(user)]), posted)
    duty = user.administrations.get()
    assert duty.kind == "audit"
    secured.post(reverse("manage_administration", args=[duty.uuid]), {"reason": "轮岗"})
    assert not user.administrations.on(TODAY).exists()


def test_a_lock_out_is_lifted_with_a_reason_and_a_typed_password_is_never_shown(secured: Client) -> None:
    user = county.member(OfficeFactory(), Role.DATA, name="李受")
    attempt = lock_out(user)
    AccessAttempt.objects.create(
        username="hunter2-my-password",
        ip_address="192.0.2.8",
        user_agent="x",
        http_accept="",
        path_info="",
        get_data="",
        post_data="",
        failures_since_start=9,
    )
    text = page(secured, "manage_lockouts")
    assert "李受" in text and "hunter2" not in text
    secured.post(reverse("manage_lockout", args=[attempt.pk]), {"reason": "输错密码，已核实"})
    assert not AccessAttempt.objects.filter(pk=attempt.pk).exists()
    assert AuditEntry.objects.get(action="people.lift_lockout").object_id == str(user.pk)


# -- the logs


def entry(action: str = "people.join_office", **data: object) -> AuditEntry:
    return audit.record(actor=None, action=action, target=county.make_user(), data=data)


def test_the_log_says_what_was_done_in_words_and_an_unknown_action_by_its_code(auditing: Client) -> None:
    entry()
    entry("brand.new_action")
    text = page(auditing, "manage_audit")
    assert action_name("people.join_office") in text and "brand.new_action" in text


def test_the_log_is_searched(auditing: Client) -> None:
    user = county.make_user("李受理")
    mine = audit.record(actor=user, action="case.attach", target=user)
    old = entry("import_records")
    AuditEntry.objects.filter(pk=old.pk).update(at=MOMENT - timedelta(days=900))

    def found(**query: str) -> set[int]:
        shown = auditing.get(reverse("manage_audit"), query).context["shown"].rows
        return {row.pk for row in shown} & {mine.pk, old.pk}

    assert found(person="李受") == {mine.pk}
    assert found(person=user.username) == {mine.pk}
    assert found(action="import_records") == {old.pk}
    assert found(kind="people.user", number=str(user.pk)) == {mine.pk}
    assert found(first=str(TODAY)) == {mine.pk}
    assert found(last=str(TODAY - timedelta(days=30))) == {old.pk}
    assert found(first="2026-11-02", last="2026-11-01") == set()


def test_older_entries_follow_by_key_also_while_new_ones_come_in(auditing: Client) -> None:
    made = [entry() for _number in range(120)]
    seen: list[int] = []
    before = ""
    for _turn in range(3):
        shown = auditing.get(reverse("manage_audit"), {"before": before} if before else {}).context["shown"]
        seen += [row.pk for row in shown.rows]
        before = str(shown.older or "")
        entry()
    assert len(seen) == len(set(seen))
    assert {row.pk for row in made} <= set(seen)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "１２"])
def test_an_odd_mark_shows_the_newest(auditing: Client, before: str) -> None:
    newest = entry()
    assert auditing.get(reverse("manage_audit"), {"before": before}).context["shown"].rows[0] == newest


def test_an_entry_shows_ids_and_days_and_no_text_of_a_case(auditing: Client) -> None:
    user = county.make_user()
    case_like = AuditEntry.objects.create(
        at=MOMENT,
        actor_label="王核",
        action="repair.give_opinion",
        object_type="cases.case",
        object_id="6f9619ff-8b86-d011-b42d-00c04fc964ff",
        data={"from": "verifying", "opinion_text": "当事人已改正", "reason": "当事人家庭困难"},
    )
    text = page(auditing, "manage_audit_entry", case_like.pk)
    assert "verifying" in text and "6f9619ff" in text
    assert "当事人" not in text and "另有2项" in text
    closed = audit.record(
        actor=None, action="people.close_account", target=user, data={"reason": "离职，340621199003071234"}
    )
    shown = page(auditing, "manage_audit_entry", closed.pk)
    assert "离职" in shown and "340621199003071234" not in shown


def test_the_log_is_exported_and_that_is_logged(auditing: Client) -> None:
    entry()
    answer = auditing.get(reverse("manage_audit"), {"format": "csv"})
    assert "任职" in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert AuditEntry.objects.get(action="people.export_audit").data["rows"] >= 1


def test_who_came_in_is_shown_and_a_typed_password_is_not(auditing: Client) -> None:
    user = county.make_user("李受")
    AccessLog.objects.create(
        username=user.username,
        ip_address="192.0.2.9",
        user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
        http_accept="",
        path_info="",
    )
    lock_out(user)
    AccessAttempt.objects.create(
        username="hunter2-my-password",
        ip_address="192.0.2.8",
        user_agent="x",
        http_accept="",
        path_info="",
        get_data="",
        post_data="",
        failures_since_start=1,
    )
    text = page(auditing, "manage_sign_ins", person="李受")
    assert "192.0.2.9" in text and "Firefox" in text
    failed = page(auditing, "manage_failures")
    assert "李受" in failed and "192.0.2.8" in failed and "hunter2" not in failed


def test_who_looked_at_personal_data_is_shown_with_the_number_masked(auditing: Client) -> None:
    subject = SubjectFactory(person=True)
    Unmasking.objects.create(
        user=county.make_user("李受"), subject=subject, reason="电话核对", at=MOMENT, until=MOMENT
    )
    text = page(auditing, "manage_unmaskings")
    assert "电话核对" in text and subject.shown_number in text
    assert subject.personal_number not in text and subject.name not in text


def test_every_action_that_the_code_writes_has_a_name() -> None:
    """What is written by a literal name; those of a machine are made of its kind and its action."""
    import re
    from pathlib import Path

    from django.conf import settings

    root = Path(settings.BASE_DIR) / "credit_repair"
    written = {
        name
        for path in root.rglob("*.py")
        for name in re.findall(r'audit\.record\([^)]*?action="([a-z_.]+)"', path.read_text(), re.DOTALL)
    }
    assert len(written) > 20
    assert written - set(ACTIONS) == set()


# -- the machine


def test_the_system_administrator_sees_counts_and_no_content(client: Client) -> None:
    client.force_login(county.administrator("system"))
    now = timezone.now()
    Job.objects.create(
        name="send_mails", state="failed", due_at=now, created_at=now, last_error="secret trace", payload={}
    )
    Mail.objects.create(
        key="k",
        kind="x",
        to_address="someone@example.com",
        subject="关于某案",
        body="x",
        state="failed",
        next_attempt_at=now,
        created_at=now,
    )
    text = page(client, "manage_system")
    assert "send_mails" in text
    assert not any(word in text for word in ("secret trace", "关于某案", "someone@example.com"))
    assert reverse("admin:registry_office_changelist") in text


# -- lists


def _people(n: int) -> None:
    for _number in range(n):
        county.member(OfficeFactory(), Role.INTAKE, Role.DATA)


def _invitations(n: int) -> None:
    guard = User.objects.get(administrations__kind="security")
    for _number in range(n):
        invite(guard, email=f"x{Invitation.objects.count()}@example.gov.cn")


def _locks(n: int) -> None:
    for _number in range(n):
        lock_out(county.make_user())


def _entries(n: int) -> None:
    for _number in range(n):
        entry()


def _sign_ins(n: int) -> None:
    for _number in range(n):
        AccessLog.objects.create(
            username=county.make_user().username, user_agent="x", http_accept="", path_info=""
        )


def _unmaskings(n: int) -> None:
    for _number in range(n):
        Unmasking.objects.create(
            user=county.make_user(),
            subject=SubjectFactory(person=True),
            reason="核对",
            at=MOMENT,
            until=MOMENT,
        )


@pytest.mark.parametrize(
    ("kind", "name", "add"),
    [
        ("security", "manage_people", _people),
        ("security", "manage_invitations", _invitations),
        ("security", "manage_lockouts", _locks),
        ("audit", "manage_audit", _entries),
        ("audit", "manage_sign_ins", _sign_ins),
        ("audit", "manage_failures", _locks),
        ("audit", "manage_unmaskings", _unmaskings),
    ],
)
def test_no_list_asks_more_often_for_more_rows(client: Client, kind: str, name: str, add) -> None:
    client.force_login(county.administrator(kind))

    def asked(n: int) -> int:
        add(n)
        with CaptureQueriesContext(connection) as queries:
            page(client, name)
        return len(queries)

    client.get(reverse(name))
    assert asked(2) == asked(8)


def test_a_persons_page_asks_no_more_often_for_more_roles(secured: Client) -> None:
    user = county.member(OfficeFactory(), Role.INTAKE)

    def asked(n: int) -> int:
        for _number in range(n):
            Membership.objects.create(user=user, office=OfficeFactory(), role=Role.DATA, since=TODAY)
        with CaptureQueriesContext(connection) as queries:
            page(secured, "manage_person", key_of(user))
        return len(queries)

    asked(0)
    assert asked(2) == asked(8)
