"""Routes and reasons in the admin."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.models import ReasonCode, RouteStep
from credit_repair.people.models import User
from tests import world as county
from tests.world import lay_route

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    user = county.administrator("system")
    User.objects.filter(pk=user.pk).update(display_name="管理员")
    client.force_login(user)
    return client


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


def test_routes_are_read_here_and_set_elsewhere(administrator):
    lay_route()
    step = RouteStep.objects.get(position=2)
    url = reverse("admin:cases_routestep_change", args=[step.pk])
    form = {"kind": "repair", "rule_class": "", "position": 2, "phase": "decide", "seat": "upper"}
    assert administrator.get(url).status_code == 200
    assert administrator.post(url, form).status_code == 403
    assert administrator.get(reverse("admin:cases_routestep_add")).status_code == 403
    step.refresh_from_db()
    assert (step.phase, step.seat) == ("verify", "authority")
    listed = administrator.get(reverse("admin:cases_routestep_changelist")).content.decode()
    assert "“办理路径”页面整条修改" in listed


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
