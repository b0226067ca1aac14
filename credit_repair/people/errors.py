"""What is refused, in words that a person can act on."""


class PeopleRefused(Exception):
    """What was asked for cannot be done; the words say why and what to do."""


class NotYours(PeopleRefused):
    """Whoever asks may not do this at all: a view answers as if it did not exist."""


class AbsenceRefused(ValueError):
    """An absence or a substitution cannot be entered so; the words say why, and what to do instead.

    `code` is for tests and programs; `field` names the form's field that the words belong to, if one.
    """

    def __init__(self, code: str, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.code, self.words, self.field = code, words, field


class NotInCharge(LookupError):
    """The person has no say in this; for them it does not exist."""


class MandateRefused(ValueError):
    """What is asked about a mandate cannot be done; the words say why, and what to do instead.

    `code` is for tests and programs; `field` names the form's field that the words belong to, if one.
    """

    def __init__(self, code: str, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.code, self.words, self.field = code, words, field
