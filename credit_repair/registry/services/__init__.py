"""The register's verbs."""

from credit_repair.registry.services.imports import import_file, receive_file, reimport_line, run_batch
from credit_repair.registry.services.records import (
    ASSESSED_FIELDS,
    RecordHasEnded,
    assess_record,
    end_record,
    facts_of,
    settle_standing,
)

__all__ = [
    "ASSESSED_FIELDS",
    "RecordHasEnded",
    "assess_record",
    "end_record",
    "facts_of",
    "import_file",
    "receive_file",
    "reimport_line",
    "run_batch",
    "settle_standing",
]
