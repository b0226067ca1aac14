"""The verbs on people, one module a concern."""

from credit_repair.people.services.groups import group_of, refresh_caches
from credit_repair.people.services.mandates import end_mandate, grant_mandate
from credit_repair.people.services.offices import join_office, leave_office

__all__ = [
    "end_mandate",
    "grant_mandate",
    "group_of",
    "join_office",
    "leave_office",
    "refresh_caches",
]
