"""Pre-flight 提交前检查: what can be found wrong before submission, as advice, never as a block.

finding   what a finding is
looking   from a filing to its findings; which letters are in a scan
table     every finding, one function each
"""

from credit_repair.repairs.preflight.finding import Finding, Tone, of_case, of_file, with_unsigned_letter
from credit_repair.repairs.preflight.looking import (
    Looking,
    files_of,
    findings_of,
    letters_among,
    letters_in,
    looking_at,
)

__all__ = [
    "Finding",
    "Looking",
    "Tone",
    "files_of",
    "findings_of",
    "letters_among",
    "letters_in",
    "looking_at",
    "of_case",
    "of_file",
    "with_unsigned_letter",
]
