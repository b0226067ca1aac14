"""The verbs on people, one module a concern."""

from credit_repair.people.services.groups import group_of, refresh_caches
from credit_repair.people.services.mandate_applications import apply_for_mandate
from credit_repair.people.services.mandate_proofs import prove_by_claims
from credit_repair.people.services.mandate_reminders import remind_of_ending_mandates
from credit_repair.people.services.mandates import (
    end_mandate,
    end_mandate_by_office,
    end_own_mandate,
    grant_mandate,
    prolong_mandate,
)
from credit_repair.people.services.offices import join_office, leave_office

__all__ = [
    "apply_for_mandate",
    "end_mandate",
    "end_mandate_by_office",
    "end_own_mandate",
    "grant_mandate",
    "group_of",
    "join_office",
    "leave_office",
    "prolong_mandate",
    "prove_by_claims",
    "refresh_caches",
    "remind_of_ending_mandates",
]
