"""What the two commands have in common: one request or a file of them, JSON or text, exit status 2 or 1."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ..cli import Answer, BadInput, answer_file, to_json

BAD_LINES = 1
BAD_INPUT = 2
#: So many of the bad lines are named at the end; each has its error in its own place besides.
NAMED_LINES = 10


class AnsweringCommand(BaseCommand):
    """Answers requests without a database: only the answer and the words for it differ."""

    requires_system_checks: list[str] = []
    option_names: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出 JSON")
        parser.add_argument("--batch", metavar="FILE", help="每行一个 JSON 对象的文件，逐行作答")

    def answerer(self) -> Answer:
        """The function that answers one request."""
        raise NotImplementedError

    def as_text(self, answer: Mapping[str, Any]) -> str:
        """An answer for a person to read."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        request = {name: options[f"ask_{name}"] for name in self.option_names}
        given = {name: value for name, value in request.items() if value is not None}
        try:
            if options["batch"] is not None:
                self._answer_file(options["batch"], given)
                return
            answer = self.answerer()(given)
        except BadInput as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        self.stdout.write(to_json(answer) if options["json"] else self.as_text(answer))

    def _answer_file(self, path: str, given: Mapping[str, Any]) -> None:
        if given:
            raise BadInput("bad_options", "--batch 不能与其他查询选项同时使用")
        bad = answer_file(path, self.answerer(), self.stdout.write)
        if bad:
            raise CommandError(_bad_lines(bad), returncode=BAD_LINES)


def _bad_lines(numbers: Sequence[int]) -> str:
    named = "、".join(str(number) for number in numbers[:NAMED_LINES])
    more = "等" if len(numbers) > NAMED_LINES else ""
    return f"有 {len(numbers)} 行无法作答：第{named}{more}行。原因写在输出的同一行。"
