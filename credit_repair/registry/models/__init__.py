"""The register's tables, by what they are about."""

from credit_repair.registry.models.imports import ImportBatch, ImportLine
from credit_repair.registry.models.offices import Office, Platform, Sector
from credit_repair.registry.models.records import Publication, Record, RecordAlias, RecordEvent
from credit_repair.registry.models.subjects import Subject

__all__ = [
    "ImportBatch",
    "ImportLine",
    "Office",
    "Platform",
    "Publication",
    "Record",
    "RecordAlias",
    "RecordEvent",
    "Sector",
    "Subject",
]
