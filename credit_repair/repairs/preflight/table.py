"""Every finding: its code, and the one function that looks for it."""

from collections.abc import Callable, Iterator

from credit_repair.repairs.preflight import contents, letters, looks, mandates
from credit_repair.repairs.preflight.around import Around, Material
from credit_repair.repairs.preflight.finding import Finding

#: About a file, in the order in which they are said.
OF_A_FILE: tuple[Callable[[Material, Around], Iterator[Finding]], ...] = (
    looks.cannot_be_opened,  # file_locked, file_unreadable
    looks.blank_pages,  # file_blank, page_blank
    looks.unreadable_pages,  # page_unreadable
    contents.number_differs,  # number_differs
    contents.subject_differs,  # subject_differs, subject_absent
    letters.not_a_proof,  # proof_is_letter
    letters.not_ours,  # letter_not_ours
    letters.unsigned,  # letter_unsigned, letter_spare
    letters.outdated,  # letter_outdated
    letters.letters_missing,  # letter_missing
    letters.letters_unused,  # letter_unused
    letters.no_code_read,  # letter_no_code
)

#: About the filing as a whole.
OF_A_FILING: tuple[Callable[[Around], Iterator[Finding]], ...] = (
    mandates.mandate_ends,  # mandate_ends, mandate_ends_soon
)
