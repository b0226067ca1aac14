"""Who proves for whom a person may act: an interface, and what keeps it.

Without a plugin an official looks at a letter. IDENTITY_PLUGIN names a class by its dotted path; it is made
without arguments, and asked after each sign-in by single sign-on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from credit_repair.core.languages import said_by_site
from credit_repair.people.models import MandateApplication, User

Capacity = MandateApplication.Capacity


@dataclass(frozen=True)
class Proof:
    """That a person may act for an organisation.

    code, name  the organisation's unified social credit code, and its name as the prover has it
    capacity    as what the person acts: clerk, representative, administrator (of an insolvency)
    until       the last day on which the proof holds; None for no end
    label       who proved it, in a few words of the site's language: it stands on the application
    """

    code: str
    name: str
    capacity: str = Capacity.CLERK
    until: date | None = None
    label: str = ""


class IdentityPlugin(Protocol):
    """What IDENTITY_PLUGIN names."""

    def prove(
        self, *, user: User, code: str, name: str, claims: Mapping[str, Any], today: date
    ) -> Proof | None:
        """Return the proof that `user` may act for the organisation of `code`, or None.

        `code` and `name` are what the claims name under SSO_CODE_CLAIM and SSO_ORGANISATION_CLAIM, empty
        where they name nothing. It must answer soon: a person waits. What it raises is logged, and proves
        nothing: who has signed in can still ask with a letter.
        """
        ...


class TrustedClaims:
    """Takes the word of the enterprises' single sign-on 统一身份认证: whom it names, its user acts for.

    For providers that have proved the person's place in the organisation themselves. A proof holds for some
    weeks and is renewed by each sign-in, so that who leaves the organisation does not act for it for ever.
    """

    HOLDS = timedelta(days=90)

    def prove(
        self, *, user: User, code: str, name: str, claims: Mapping[str, Any], today: date
    ) -> Proof | None:
        """Believe the claims, where they name a code and a name."""
        if not code or not name:
            return None
        label = said_by_site(_("统一身份认证"))
        return Proof(code=code, name=name, until=today + self.HOLDS, label=label)


def identity_plugin() -> IdentityPlugin | None:
    """Return the plugin that this installation has chosen; None where an official looks at letters."""
    if not settings.IDENTITY_PLUGIN:
        return None
    plugin: IdentityPlugin = import_string(settings.IDENTITY_PLUGIN)()
    return plugin
