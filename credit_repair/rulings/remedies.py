"""Where an adverse answer can be taken 救济途径, for pages and mails: within which time, to whom."""

from datetime import date
from typing import Any

from credit_repair.cases.on_paper import remedies_of
from credit_repair.registry.law import current_book
from credit_repair.registry.models import Office


def remedy_words(office: Office, *, on: date) -> dict[str, Any]:
    """Return review body and court for an answer of `office`, with review_days (calendar days) and
    lawsuit_months, by the rules of that day."""
    general, remedies = current_book().view("general", on=on), remedies_of(office)
    return {
        "review_body": remedies.review_body,
        "court": remedies.court,
        "review_days": general["remedy.review.days"].value,
        "lawsuit_months": general["remedy.lawsuit.months"].value,
    }
