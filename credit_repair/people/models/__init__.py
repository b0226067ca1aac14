"""People, the offices they serve, and the subjects they act for."""

from credit_repair.people.models.administrators import Administration
from credit_repair.people.models.dated import DatedQuerySet
from credit_repair.people.models.invitations import Invitation
from credit_repair.people.models.mandates import Mandate, MandateApplication
from credit_repair.people.models.offices import Absence, Membership, Role, Substitution
from credit_repair.people.models.unmaskings import Unmasking
from credit_repair.people.models.users import User

__all__ = [
    "Absence",
    "Administration",
    "DatedQuerySet",
    "Invitation",
    "Mandate",
    "MandateApplication",
    "Membership",
    "Role",
    "Substitution",
    "Unmasking",
    "User",
]
