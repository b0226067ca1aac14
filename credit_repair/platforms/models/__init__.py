"""Messages to platforms and what surrounds them: channels, files, receipts, reconciliation, measures."""

from credit_repair.platforms.models.channels import Alert, Channel, Flow, PlatformPause
from credit_repair.platforms.models.evidence import EffectEvidence, EffectKind
from credit_repair.platforms.models.exchange import FileBatch, InboundFile, ReceivedReceipt
from credit_repair.platforms.models.measures import Measure, MeasureKind, MeasureRule
from credit_repair.platforms.models.messages import Message, MessageAttempt
from credit_repair.platforms.models.reconciliation import Difference, Reconciliation, Sighting
from credit_repair.platforms.models.reports import SightingReport

__all__ = [
    "Alert",
    "Channel",
    "Difference",
    "EffectEvidence",
    "EffectKind",
    "FileBatch",
    "Flow",
    "InboundFile",
    "Measure",
    "MeasureKind",
    "MeasureRule",
    "Message",
    "MessageAttempt",
    "PlatformPause",
    "ReceivedReceipt",
    "Reconciliation",
    "Sighting",
    "SightingReport",
]
