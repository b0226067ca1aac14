"""What this package refuses, with words for a person."""


class RulingRefused(ValueError):
    """An act is not possible as it was asked for; the words say why. `field` is where a form shows them."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field
