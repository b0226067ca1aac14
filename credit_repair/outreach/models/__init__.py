"""Rows of this package."""

from credit_repair.outreach.models.guidance import Guidance, GuidanceSetting
from credit_repair.outreach.models.proposals import PreparedApplication, PreparedRecord, ProposalPaper
from credit_repair.outreach.models.reminders import Reminder, ReminderBatch, ReminderItem

__all__ = [
    "Guidance",
    "GuidanceSetting",
    "PreparedApplication",
    "PreparedRecord",
    "ProposalPaper",
    "Reminder",
    "ReminderBatch",
    "ReminderItem",
]
