"""YAML with line numbers: the plain tree of a file, in which each value still knows where it stands."""

from dataclasses import dataclass
from typing import Any

import yaml
from yaml.constructor import ConstructorError, SafeConstructor


class RuleDataError(ValueError):
    """A rule file is wrong. The message begins with ``file:line``."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.file = file
        self.line = line


@dataclass(frozen=True)
class Located:
    """A value of a file with its place. Mappings are dicts of Located, lists are lists of Located."""

    value: Any
    file: str
    line: int

    def fail(self, message: str) -> RuleDataError:
        """The error to raise for this value."""
        return RuleDataError(self.file, self.line, message)

    def mapping(self) -> dict[str, "Located"]:
        """The value as a mapping.

        :raises RuleDataError: when it is none.
        """
        if not isinstance(self.value, dict):
            raise self.fail("这里应当是“键: 值”的对照")
        return self.value

    def items(self) -> list["Located"]:
        """The value as a list.

        :raises RuleDataError: when it is none.
        """
        if not isinstance(self.value, list):
            raise self.fail("这里应当是列表")
        return self.value

    def text(self) -> str:
        """The value as a text that is not blank.

        :raises RuleDataError: when it is none.
        """
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fail(f"这里应当是非空的文字，现为 {self.value!r}")
        return self.value

    def take(self, *, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, "Located"]:
        """The value as a mapping with exactly these keys.

        :raises RuleDataError: when a key is missing or unknown; a typing error must not pass for a default.
        """
        found = self.mapping()
        for key, child in found.items():
            if key not in required + optional:
                raise child.fail(f"不认识的键“{key}”")
        for key in required:
            if key not in found:
                raise self.fail(f"缺少“{key}”")
        return found

    def plain(self) -> Any:
        """The value without places, as plain Python."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value


def read_yaml(text: str, file: str) -> Located:
    """Read one YAML document and keep the line of each value.

    :param text: the document.
    :param file: the name to use in messages.
    :returns: the root of the tree.
    :raises RuleDataError: for what is not YAML, for a key that is there twice, for an empty document.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        line = place.line + 1 if place else 1
        raise RuleDataError(file, line, f"不是有效的 YAML：{error.problem}") from error
    except yaml.YAMLError as error:
        raise RuleDataError(file, 1, f"不是有效的 YAML：{error}") from error
    if root is None:
        raise RuleDataError(file, 1, "文件是空的")
    return _locate(root, file)


def _locate(node: yaml.Node, file: str) -> Located:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return Located(_locate_pairs(node, file), file, line)
    if isinstance(node, yaml.SequenceNode):
        return Located([_locate(child, file) for child in node.value], file, line)
    try:
        return Located(SafeConstructor().construct_object(node), file, line)
    except (ConstructorError, ValueError) as error:
        raise RuleDataError(file, line, f"看不懂的值：{error}") from error


def _locate_pairs(node: yaml.MappingNode, file: str) -> dict[str, Located]:
    pairs: dict[str, Located] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in pairs:
            raise RuleDataError(file, line, f"“{key}”写了两次")
        child = _locate(value_node, file)
        # A value may begin on a later line than its key; the key is what a reader looks for.
        pairs[key] = Located(child.value, file, line)
    return pairs
