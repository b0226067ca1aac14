"""The tables that every kind of case stands on."""

from credit_repair.cases.models.aids import SavedFilter, TextBlock
from credit_repair.cases.models.cases import QUERY_CODE_LETTERS, Case, Filing, new_query_code
from credit_repair.cases.models.clocks import Clock, ClockExtension, ClockPause
from credit_repair.cases.models.enquiries import Enquiry
from credit_repair.cases.models.fairness import FourEyesOverride, Recusal
from credit_repair.cases.models.materials import Attachment, StoredFile, Upload, UploadPart
from credit_repair.cases.models.papers import Paper
from credit_repair.cases.models.rating import CaseRating
from credit_repair.cases.models.reasons import CaseReason, CorrectionItem, Mends, ReasonCode
from credit_repair.cases.models.steps import ROUTE_PHASES, CaseActor, Phase, ReviewStep, RouteStep
from credit_repair.cases.models.timeline import CaseDocument, TimelineEvent

__all__ = [
    "QUERY_CODE_LETTERS",
    "ROUTE_PHASES",
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
    "Enquiry",
    "Filing",
    "FourEyesOverride",
    "Mends",
    "Paper",
    "Phase",
    "ReasonCode",
    "Recusal",
    "ReviewStep",
    "RouteStep",
    "SavedFilter",
    "StoredFile",
    "TextBlock",
    "TimelineEvent",
    "Upload",
    "UploadPart",
    "new_query_code",
]
