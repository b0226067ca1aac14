"""The tables that every kind of case stands on."""

from credit_repair.cases.models.cases import CODE_ALPHABET, Case, Filing, new_query_code
from credit_repair.cases.models.clocks import Clock, ClockExtension, ClockPause
from credit_repair.cases.models.materials import Attachment, StoredFile, Upload, UploadPart
from credit_repair.cases.models.rating import CaseRating
from credit_repair.cases.models.reasons import CaseReason, CorrectionItem, Mends, ReasonCode
from credit_repair.cases.models.steps import CaseActor, Phase, ReviewStep, RouteStep
from credit_repair.cases.models.timeline import CaseDocument, TimelineEvent

__all__ = [
    "CODE_ALPHABET",
    "Attachment",
    "Case",
    "CaseActor",
    "CaseDocument",
    "CaseRating",
    "CaseReason",
    "Clock",
    "ClockExtension",
    "ClockPause",
    "CorrectionItem",
    "Filing",
    "Mends",
    "Phase",
    "ReasonCode",
    "ReviewStep",
    "RouteStep",
    "StoredFile",
    "TimelineEvent",
    "Upload",
    "UploadPart",
    "new_query_code",
]
