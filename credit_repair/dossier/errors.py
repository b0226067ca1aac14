"""Why something was refused, in words the person can act on."""


class DossierRefused(ValueError):
    """What was asked for cannot be done; the words say why and what to do instead.

    `code` is for tests and programs; `field` names the form's field that the words belong to, if one.
    """

    def __init__(self, code: str, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.code, self.words, self.field = code, words, field


class NotInCharge(LookupError):
    """The person has no say in this; for them it does not exist."""
