"""How the beginning of a text, and a part of a document number, are asked of either database."""

from typing import Any

from django.db.models.lookups import Contains, StartsWith

#: Sorts behind every character that a text can have.
_LAST = "\U0010ffff"


class BeginsWith(StartsWith):
    """Begins with these characters, by the index that the column has. Case counts on either database.

    SQLite uses no index for the LIKE that startswith becomes, so there it is a range. PostgreSQL uses the
    pattern index that Django gives every unique column, whichever way the server sorts texts.
    """

    lookup_name = "begins_with"

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:
        """Write the range from the text itself to behind everything that begins with it."""
        column, params = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", [*params, self.rhs, *params, f"{self.rhs}{_LAST}"]

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        """Compare as startswith does."""
        return str(connection.operators["startswith"]) % rhs


class InDocumentNumber(Contains):
    """Has the text within the document number of a natural key: before its second last bar."""

    lookup_name = "in_document_number"
    param_pattern = "%%%s%%|%%|%%"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        """Compare as contains does."""
        return str(connection.operators["contains"]) % rhs
