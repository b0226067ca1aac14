"""The first administrators: nobody is there yet who could invite them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.forms import ValidationError

from credit_repair.core import clock
from credit_repair.people.errors import PeopleRefused
from credit_repair.people.models import Administration
from credit_repair.people.services.invitation_rows import link_of
from credit_repair.people.services.invitations import invite_first


class Command(BaseCommand):
    """Mail and print the link by which an administrator makes their account."""

    help = (
        "发出首位管理员的邀请。已经有在任的同类管理员时拒绝，除非用--force并写明理由。"
        " Invites the first administrator of a kind."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which kind, and who."""
        parser.add_argument("--kind", required=True, choices=Administration.Kind.values)
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--force", action="store_true", help="although there is one; needs --reason")
        parser.add_argument("--reason", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Invite, and print the link once: it is kept nowhere."""
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError("邮箱地址不完整。 The address is not complete.") from error
        try:
            invitation, secret = invite_first(
                kind=options["kind"],
                email=options["email"],
                display_name=options["name"],
                force=options["force"],
                reason=options["reason"].strip(),
                now=clock.now(),
            )
        except PeopleRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"邀请已写入待发邮件，{invitation.expires_at:%Y-%m-%d %H:%M}以前有效。链接：")
        self.stdout.write(link_of(secret))
