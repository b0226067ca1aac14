"""Why something about a document's service 送达 was refused."""


class DeliveryRefused(ValueError):
    """It cannot be done now. `code` is stable, `words` are for the person, `field` is the form's, if one."""

    def __init__(self, code: str, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.code, self.words, self.field = code, words, field
