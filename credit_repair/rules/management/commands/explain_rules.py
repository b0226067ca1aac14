"""explain_rules: which rules hold for a penalty, from when it can be repaired, and why."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.management.base import CommandParser

from credit_repair.core.clock import today
from credit_repair.rules.cli import EXPLAIN_KEYS, Answer, explain_rules, explanation_text, sectors_text
from credit_repair.rules.loader import national_book
from credit_repair.rules.management.answering import AnsweringCommand

HELP = {
    "decision_date": "处罚决定日期，如 2026-04-10",
    "penalties": "处罚类别，如“罚款;没收违法所得”",
    "fine": "罚款金额（万元）",
    "procedure": "程序：simple 简易，ordinary 普通（默认）",
    "sector": "行业代码或名称，如 food 或 食品；list 列出全部行业",
    "authority_kind": "机关类别：market 市场监督管理部门，other 其他（默认）",
    "as_of": "假定的申请日期，默认为今天",
}

#: Asks for the sectors themselves.
LIST_SECTORS = "list"


class Command(AnsweringCommand):
    help = "说明一项行政处罚适用哪些信用修复规则、何时可以申请修复，以及依据。"
    option_names = EXPLAIN_KEYS

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        for name in EXPLAIN_KEYS:
            option = "--" + name.replace("_", "-")
            parser.add_argument(option, dest=f"ask_{name}", metavar="…", help=HELP[name])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["ask_sector"] == LIST_SECTORS:
            self.stdout.write(sectors_text(national_book()))
            return
        super().handle(*args, **options)

    def answerer(self) -> Answer:
        return partial(explain_rules, today=today(), book=national_book())

    def as_text(self, answer: Mapping[str, Any]) -> str:
        return explanation_text(answer)
