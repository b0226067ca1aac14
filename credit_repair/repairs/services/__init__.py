"""The verbs of an application on the applicant's side. What moves a state goes through cases.transition()."""

from credit_repair.repairs.services.baskets import (
    MOST_RECORDS,
    OwnAnswers,
    SharedAnswers,
    add_records,
    drafts_of,
    open_basket,
    save_answers,
    start,
)
from credit_repair.repairs.services.choosing import choose_records, discard_basket, drop_record
from credit_repair.repairs.services.following import change_contact, rate, rating_is_open
from credit_repair.repairs.services.letters import letter_to_sign, letters_in_one, sign_letters, unsign_letter
from credit_repair.repairs.services.materials import add_material, drop_material, use_material
from credit_repair.repairs.services.submitting import Outcome, submit_filing

__all__ = [
    "MOST_RECORDS",
    "Outcome",
    "OwnAnswers",
    "SharedAnswers",
    "add_material",
    "add_records",
    "change_contact",
    "choose_records",
    "discard_basket",
    "drafts_of",
    "drop_material",
    "drop_record",
    "letter_to_sign",
    "letters_in_one",
    "open_basket",
    "rate",
    "rating_is_open",
    "save_answers",
    "sign_letters",
    "start",
    "submit_filing",
    "unsign_letter",
    "use_material",
]
