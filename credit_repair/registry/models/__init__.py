"""The register's tables, by what they are about."""

from credit_repair.registry.models.imports import ImportBatch, ImportLine, NameConflict, SupplyCount
from credit_repair.registry.models.law import CalendarDay, CalendarYear, LawEdition, LawStamp, RuleOverride
from credit_repair.registry.models.offices import Office, Platform, Sector
from credit_repair.registry.models.records import Publication, Record, RecordAlias, RecordEvent, RecordFlag
from credit_repair.registry.models.subjects import FormerName, NameGram, Subject

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "FormerName",
    "ImportBatch",
    "ImportLine",
    "LawEdition",
    "LawStamp",
    "NameConflict",
    "NameGram",
    "Office",
    "Platform",
    "Publication",
    "Record",
    "RecordAlias",
    "RecordEvent",
    "RecordFlag",
    "RuleOverride",
    "Sector",
    "Subject",
    "SupplyCount",
]
