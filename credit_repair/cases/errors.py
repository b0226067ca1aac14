"""Why an act was refused, in words the person can act on."""


class ActionRefused(Exception):
    """The act cannot be done now. `code` is stable, `words` are for the person: what to do instead."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class NotOffered(ActionRefused):
    """The act does not belong to a case such as this: a page does not even show it."""


class NotYours(Exception):
    """The case is not the actor's to see or to act on: at a door this is a 404."""
