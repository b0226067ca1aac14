"""The admin and the people: nobody is made there, no password set, no role given."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from credit_repair.people.models import User
from tests import world as county
from tests.registry.factories import OfficeFactory, SectorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(county.administrator("audit"))
    return client


def test_no_person_no_role_and_no_permission_is_in_the_admin() -> None:
    shown = {model._meta.app_label for model in admin.site._registry}
    assert shown == {"registry", "platforms", "cases", "admin"}


def test_a_password_is_changed_in_one_place_alone(auditor: Client) -> None:
    for name in ("password_change", "password_change_done"):
        assert auditor.get(reverse(f"admin:{name}"))["Location"] == reverse("account_change_password")


def test_signing_out_of_the_admin_is_signing_out(auditor: Client) -> None:
    auditor.post(reverse("admin:logout"))
    assert auditor.get(reverse("manage")).status_code == 302


def test_the_audit_administrator_reads_who_changed_reference_data(client: Client) -> None:
    system = county.administrator("system")
    User.objects.filter(pk=system.pk).update(display_name="吴系")
    client.force_login(system)
    client.post(reverse("admin:registry_sector_add"), {"code": "dust", "name": "扬尘"})
    client.force_login(county.administrator("audit"))

    page = client.get(reverse("admin:admin_logentry_changelist")).content.decode()
    assert "吴系" in page and "扬尘" in page
    entry = LogEntry.objects.get()
    change = reverse("admin:admin_logentry_change", args=[entry.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"object_repr": "x"}).status_code == 403


def test_an_administrator_whose_days_are_over_finds_no_admin(client: Client) -> None:
    user = county.administrator("system")
    client.force_login(user)
    assert client.get(reverse("admin:index")).status_code == 200
    user.administrations.update(until=county.SINCE)
    assert client.get(reverse("admin:index")).status_code == 404


def test_a_superuser_who_administers_gets_no_more_than_the_table_says(client: Client) -> None:
    user = county.administrator("audit")
    User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
    client.force_login(user)
    SectorFactory()
    OfficeFactory()
    assert client.get(reverse("admin:registry_office_changelist")).status_code == 403
    assert client.get(reverse("admin:registry_sector_add")).status_code == 403
