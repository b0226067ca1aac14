"""import_records: take a penalty table into the register."""

import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from credit_repair.core.clock import today
from credit_repair.registry.importing.columns import ImportUnreadable
from credit_repair.registry.importing.report import Outcome, RowOutcome, csv_report
from credit_repair.registry.models import ImportBatch, Platform
from credit_repair.registry.services import import_file
from credit_repair.rules import parse_date

#: How many lines are shown on the screen where no report was asked for.
SHOWN_LINES = 20
SOME_REFUSED = 1
NOT_IMPORTED = 2


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = (
        "导入“双公示”行政处罚信息表（CSV或.xlsx）。"
        "没有拒收的行时退出状态为0，有拒收的行时为1，文件无法读取因而没有导入时为2。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="要导入的文件")
        parser.add_argument("--report", metavar="REPORT.csv", type=Path, help="逐行结果写入这个CSV文件")
        parser.add_argument("--as-of", metavar="DATE", type=_day, help="导入日，默认为今天")
        parser.add_argument(
            "--platform",
            metavar="CODE",
            action="append",
            default=[],
            help="在这个平台公示，可以写多次；不写则不公示",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file = Path(options["file"])
        platforms = self._platforms(options["platform"])
        if options["report"] is not None and _are_one(file, options["report"]):
            self._give_up("报告不能写到要导入的文件里，请另选一个文件名。")
        with self._report(options["report"]) as report:
            try:
                batch = import_file(
                    path_or_file=file,
                    file_name=file.name,
                    as_of=options["as_of"] or today(),
                    platforms=platforms,
                    report=report,
                )
            except ImportUnreadable as error:
                self._give_up(f"{file}：{error}")
        self._tell(batch, options["report"])
        if batch.refused:
            sys.exit(SOME_REFUSED)

    def _platforms(self, codes: list[str]) -> list[Platform]:
        found = {platform.code: platform for platform in Platform.objects.filter(code__in=codes, active=True)}
        unknown = [code for code in codes if code not in found]
        if unknown:
            known = Platform.objects.filter(active=True).values_list("code", flat=True)
            self._give_up(
                f"没有启用的平台：{'、'.join(unknown)}。可用的平台：{'、'.join(known) or '（还没有设置）'}。"
            )
        return list(found.values())

    @contextmanager
    def _report(self, path: Path | None) -> Iterator[Callable[[RowOutcome], None] | None]:
        """Open the report before anything is imported: a result that cannot be written helps nobody."""
        if path is None:
            yield None
            return
        try:
            file = path.open("w", encoding="utf-8", newline="")
        except OSError as error:
            words = (
                "所在的文件夹不存在" if isinstance(error, FileNotFoundError) else "没有权限，或这是一个文件夹"
            )
            self._give_up(f"报告无法写入{path}：{words}。没有导入任何数据，请换一个文件名。")
        with file:
            yield csv_report(file)

    def _tell(self, batch: ImportBatch, report: Path | None) -> None:
        self.stdout.write(
            f"共{batch.rows}行：新增{batch.taken}行，更新{batch.updated}行，"
            f"未变{batch.unchanged}行，拒收{batch.refused}行。"
        )
        warned = batch.lines.exclude(outcome=Outcome.REFUSED).count()
        if warned:
            self.stdout.write(f"已收的行中有{warned}行需要核对。")
        if report is not None:
            self.stdout.write(f"逐行结果见{report}。")
            return
        for line in batch.lines.all()[:SHOWN_LINES]:
            what = "拒收" if line.outcome == Outcome.REFUSED else "请核对"
            self.stdout.write(f"第{line.row}行（{line.field}）{what}：{line.reason}")
        if batch.refused + warned > SHOWN_LINES:
            self.stdout.write(f"以上是前{SHOWN_LINES}行。要看全部，导入时请加上 --report 报告文件名。")

    def _give_up(self, words: str) -> NoReturn:
        self.stderr.write(words)
        sys.exit(NOT_IMPORTED)


def _are_one(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
