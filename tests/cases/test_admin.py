"""Routes and reasons in the admin."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.models import ReasonCode, RouteStep
from credit_repair.people.models import User
from tests import world as county
from tests.world import build_world, lay_route, submitted_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    user = county.administrator("system")
    User.objects.filter(pk=user.pk).update(display_name="管理员")
    client.force_login(user)
    return client


def step_form(**changed):
    form = {"kind": "repair", "rule_class": "", "position": 4, "phase": "decide", "seat": "upper"}
    return form | changed


def reason_form(**changed):
    return {
        "kind": "repair",
        "use": "refused",
        "code": "fire_check",
        "text": "消防验收尚未通过",
        "advice": "验收通过后重新申请。",
        "position": 9,
        "active": "on",
    } | changed


def errors(response):
    return response.context["adminform"].form.errors


def test_a_changed_route_touches_no_running_case(administrator):
    case = submitted_case(build_world())
    before = list(case.steps.values_list("position", "phase", "office"))
    administrator.post(reverse("admin:cases_routestep_add"), step_form())
    assert RouteStep.objects.filter(position=4).exists()
    assert list(case.steps.values_list("position", "phase", "office")) == before
    assert (
        "正在办理的案件仍按提交时的路径办理"
        in administrator.get(reverse("admin:cases_routestep_changelist")).content.decode()
    )


def test_one_place_of_a_route_takes_one_step(administrator):
    lay_route()
    answer = administrator.post(reverse("admin:cases_routestep_add"), step_form(position=2))
    assert "第2步已经是“核查”" in str(errors(answer)["position"])


def test_a_route_with_a_gap_is_said_at_once(administrator):
    url = reverse("admin:cases_routestep_add")
    form = step_form(rule_class="serious", position=1, phase="intake", seat="intake_office")
    answer = administrator.post(url, form, follow=True)
    assert "还缺少“核查、审批”" in answer.content.decode()


def test_a_reason_is_made_changed_and_switched_off_but_not_deleted(administrator):
    administrator.post(reverse("admin:cases_reasoncode_add"), reason_form())
    reason = ReasonCode.objects.get(code="fire_check")
    url = reverse("admin:cases_reasoncode_change", args=[reason.pk])
    administrator.post(url, reason_form(code="other", text="消防验收未通过", active=""))
    deleting = administrator.post(reverse("admin:cases_reasoncode_delete", args=[reason.pk]), {"post": "yes"})
    reason.refresh_from_db()
    assert (reason.code, reason.text, reason.active) == ("fire_check", "消防验收未通过", False)
    assert deleting.status_code == 403
    assert reason.history.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("code", "消防", "小写英文字母"), ("text", "验收\U0001f600", "\U0001f600")],
)
def test_a_reason_that_could_not_be_counted_or_printed_is_refused(administrator, field, value, words):
    answer = administrator.post(reverse("admin:cases_reasoncode_add"), reason_form(**{field: value}))
    assert words in str(errors(answer)[field])


@pytest.mark.parametrize("name", ["routestep", "reasoncode"])
def test_no_list_asks_more_often_for_more_rows(administrator, name):
    url = reverse(f"admin:cases_{name}_changelist")

    def asked(start, n):
        for number in range(start, start + n):
            RouteStep.objects.create(
                kind="repair", rule_class="minor", position=number, phase="verify", seat="upper"
            )
            ReasonCode.objects.create(use="refused", code=f"c{number}", text=f"理由{number}")
        with CaptureQueriesContext(connection) as queries:
            assert administrator.get(url).status_code == 200
        return len(queries)

    administrator.get(url)
    assert asked(1, 2) == asked(10, 8)
