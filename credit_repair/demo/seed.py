"""Load fixtures/ into the database, once: a second start finds what is there and keeps it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Q

from credit_repair.cases.models import TextBlock
from credit_repair.core.clock import now, today
from credit_repair.core.jobs import dispatch
from credit_repair.demo import cases, commitments
from credit_repair.demo.standin import SECRET
from credit_repair.notices.models import OfficeStyle
from credit_repair.notices.proposals import approve, propose_style
from credit_repair.people.models import (
    Absence,
    Administration,
    Invitation,
    MandateApplication,
    Membership,
    Substitution,
    User,
)
from credit_repair.people.services import apply_for_mandate, grant_mandate, join_office
from credit_repair.people.services.absences import enter_absence
from credit_repair.people.services.invitations import invite
from credit_repair.people.services.substitutions import StandIn
from credit_repair.platforms.models import MeasureRule
from credit_repair.registry.models import Office, Platform, Subject
from credit_repair.registry.services import import_file

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
#: Memberships and mandates of the demo began long enough ago for every scene.
SINCE_DAYS = 365
#: What is asked for in the demo is to hold for so long.
MANDATE_DAYS = 365


def is_seeded() -> bool:
    """Whether the demo's people are there."""
    return User.objects.filter(username="qiye").exists()


def would_disturb() -> bool:
    """Whether the database has people who are none of the demo's: it is no place for a show."""
    invented = Q(email__endswith="@example.com") | Q(email__endswith="@example.gov.cn")
    return User.objects.exclude(invented).exists()


def load(*, with_records: bool = True) -> None:
    """Load offices, platform and people, and the demo's part of the penalty table.

    Without records, the import is left to be done by hand in the browser.
    """
    data = json.loads((FIXTURES / "demo.json").read_text(encoding="utf-8"))
    with transaction.atomic():
        for office in data["offices"]:
            Office.objects.update_or_create(code=office["code"], defaults=office)
        for platform in data["platforms"]:
            Platform.objects.get_or_create(code=platform["code"], defaults={**platform, "secret": SECRET})
        for measure in data["measures"]:
            _measure(measure)
    if with_records:
        table = FIXTURES / data["penalties"]
        import_file(
            path_or_file=table,
            file_name=table.name,
            as_of=today(),
            platforms=tuple(Platform.objects.filter(active=True, kind=Platform.Kind.PUBLISHER)),
        )
        dispatch("announce_publications", key="announce_publications")
    with transaction.atomic():
        password = make_password(settings.DEMO_PASSWORD)
        for person in data["people"]:
            _person(person, password)
        for asked in data["mandate_applications"]:
            _mandate_application(asked)
        for invitation in data["invitations"]:
            _invitation(invitation)
        for absence in data["absences"]:
            _absence(absence)
        _text_blocks(data["text_blocks"])
        for style in data["letter_styles"]:
            _letter_style(style)
        commitments.load(data["commitments"], today=today())
    if with_records:
        cases.load()


def _measure(told: dict[str, str]) -> None:
    """Let a department share records of a kind, or apply a sanction because of them."""
    rule: dict[str, Any] = {**told, "platform": Platform.objects.get(code=told["platform"])}
    MeasureRule.objects.get_or_create(**rule)


def _text_blocks(told: list[dict[str, str]]) -> None:
    offices = {office.code: office for office in Office.objects.all()}
    for position, each in enumerate(told, start=1):
        TextBlock.objects.get_or_create(
            office=offices.get(each["office"]),
            use=each["use"],
            title=each["title"],
            defaults={"text": each["text"], "position": position},
        )


def _letter_style(told: dict[str, str]) -> None:
    """Let the letters of an office have its own contact: one supervisor proposes it, another approves it."""
    office = Office.objects.get(code=told["office"])
    if OfficeStyle.objects.filter(office=office).exists():
        return
    people = {user.username: user for user in User.objects.filter(username__in=told.values())}
    proposal = propose_style(
        office=office, why=told["why"], actor=people[told["author"]], today=today(), hours=told["hours"]
    )
    approve(proposal=proposal, actor=people[told["reviewer"]], today=today())


def _person(person: dict[str, Any], password: str) -> None:
    user, _created = User.objects.get_or_create(
        username=person["username"],
        defaults={
            "display_name": person["name"],
            "email": person["email"],
            "phone": person["phone"],
            "password": password,
        },
    )
    EmailAddress.objects.get_or_create(user=user, email=user.email, primary=True, verified=True)
    since = today() - timedelta(days=SINCE_DAYS)
    for membership in person["memberships"]:
        join_office(
            user=user,
            office=Office.objects.get(code=membership["office"]),
            role=membership["role"],
            since=since,
        )
    if kind := person.get("administers"):
        Administration.objects.get_or_create(user=user, kind=kind, since=since)
    for code in person["mandates"]:
        subject = Subject.objects.filter(code=code).first()
        if subject is not None:
            grant_mandate(user=user, subject=subject, since=since)


def _mandate_application(asked: dict[str, Any]) -> None:
    """Let somebody ask to act for a subject: the letter waits for the intake officer."""
    user = User.objects.get(username=asked["username"])
    if MandateApplication.objects.filter(user=user).exists():
        return
    apply_for_mandate(
        user=user,
        name=asked["name"],
        number=asked["code"],
        capacity=MandateApplication.Capacity.CLERK,
        purpose=MandateApplication.Purpose.NEW,
        office=Office.objects.get(code=asked["office"]),
        letter=SimpleUploadedFile("授权委托书.png", (FIXTURES / asked["letter"]).read_bytes()),
        until=today() + timedelta(days=MANDATE_DAYS),
        today=today(),
    )


def _absence(away: dict[str, Any]) -> None:
    """Let somebody be away around the demo's day, with a colleague who does their work meanwhile."""
    user = User.objects.get(username=away["username"])
    if Absence.objects.filter(user=user).exists():
        return
    since = today() - timedelta(days=away["days_ago"])
    stand_in = StandIn(
        membership=Membership.objects.get(user=user, role=away["role"]),
        substitute=User.objects.get(username=away["substitute"]),
        scope=Substitution.Scope.ALL,
    )
    enter_absence(
        member=user,
        actor=user,
        since=since,
        until=today() + timedelta(days=away["days_left"]),
        handover=Absence.Handover.SUBSTITUTE,
        note=away["note"],
        substitutes=[stand_in],
        today=since,
    )


def _invitation(invited: dict[str, Any]) -> None:
    """Invite somebody who has not come yet: the link is in the demo's mails."""
    if Invitation.objects.filter(email=invited["email"]).exists():
        return
    invite(
        actor=User.objects.get(username=invited["by"]),
        email=invited["email"],
        display_name=invited["name"],
        office=Office.objects.get(code=invited["office"]),
        roles=invited["roles"],
        since=today(),
        now=now(),
    )


def set_platform_address(url: str) -> None:
    """Point the demo's platform at the stand-in that was just started."""
    Platform.objects.filter(code="source").update(endpoint=url)
