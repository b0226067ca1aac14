"""How a part of a name is found: by pairs of neighbouring characters."""

import unicodedata


def bare_name(text: str) -> str:
    """Return a name as it is compared and searched: width, case and blanks aside."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def grams_of(name: str) -> set[str]:
    """Return the pairs of neighbouring characters in `name`, and its last character by itself.

    濉溪华泰 gives 濉溪, 溪华, 华泰 and 泰: so every character begins one of them.
    """
    bare = bare_name(name)
    return {bare[place : place + 2] for place in range(len(bare))}


def grams_to_find(text: str) -> list[str]:
    """Return the grams that every name with `text` in it has, in the order of the text.

    A name that has them all need not have the text: look at the name itself as well.
    """
    bare = bare_name(text)
    if len(bare) < 2:
        return [bare] if bare else []
    return list(dict.fromkeys(bare[place : place + 2] for place in range(len(bare) - 1)))
