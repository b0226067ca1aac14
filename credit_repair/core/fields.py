"""Columns that are encrypted at rest."""

from typing import Any

from django.db import models

from credit_repair.core.crypto import box


class EncryptedTextField(models.TextField):
    """Text that the database holds only encrypted; an empty text stays empty.

    It cannot be searched or sorted: keep a keyed hash beside it where it must be found.
    """

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return box().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return box().decrypt(value.encode()).decode() if value else value
