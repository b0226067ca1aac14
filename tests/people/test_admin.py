"""The administrators' pages go through the services: with audit, with permissions, without deleting."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.core.models import AuditEntry
from credit_repair.people import access
from credit_repair.people.models import Membership, Role
from tests.registry.factories import OfficeFactory
from tests.world import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(make_user("管理员", is_staff=True, is_superuser=True))
    return client


def test_a_membership_made_in_the_admin_opens_the_office_and_is_audited(administrator: Client) -> None:
    office, person = OfficeFactory(), make_user("王核")
    form = {"user": person.pk, "office": office.pk, "role": Role.VERIFIER, "since": "2026-01-05", "until": ""}

    administrator.post(reverse("admin:people_membership_add"), form)

    assert access.may_at_office(user=person, permission="verify", office=office, on=date(2026, 11, 20))
    assert AuditEntry.objects.get(action="people.join_office").actor_label == "管理员"


def test_a_membership_is_ended_but_never_rewritten_or_deleted(administrator: Client) -> None:
    office, person = OfficeFactory(), make_user("王核")
    form = {"user": person.pk, "office": office.pk, "role": Role.VERIFIER, "since": "2026-01-05", "until": ""}
    administrator.post(reverse("admin:people_membership_add"), form)
    membership = Membership.objects.get(user=person)

    page = reverse("admin:people_membership_change", args=[membership.pk])
    administrator.post(page, {"role": Role.APPROVER, "until": "2026-11-19"})
    deleting = administrator.post(
        reverse("admin:people_membership_delete", args=[membership.pk]), {"post": "yes"}
    )

    membership.refresh_from_db()
    assert (membership.role, membership.until) == (Role.VERIFIER, date(2026, 11, 19))
    assert deleting.status_code == 403
    assert not access.may_at_office(user=person, permission="verify", office=office, on=date(2026, 11, 20))
