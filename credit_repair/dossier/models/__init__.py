"""What is entered about a subject beside its records, and what people ask about their own data."""

from credit_repair.dossier.models.events import SubjectEvent
from credit_repair.dossier.models.requests import DataRequest, RequestedField

__all__ = ["DataRequest", "RequestedField", "SubjectEvent"]
