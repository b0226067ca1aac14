"""import_records: take tables into the register."""

import sys
from argparse import ArgumentTypeError, BooleanOptionalAction
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandParser

from credit_repair.core.clock import today
from credit_repair.registry.importing.columns import LAYOUTS, ImportUnreadable
from credit_repair.registry.importing.progress import ProgressLine
from credit_repair.registry.importing.report import CsvReport, Outcome
from credit_repair.registry.models import ImportBatch, Platform
from credit_repair.registry.services import import_file
from credit_repair.rules import parse_date

#: How many lines are shown on the screen where no report was asked for.
SHOWN_LINES = 20
SOME_REFUSED = 1
NOT_IMPORTED = 2
_TABLES = (".csv", ".xlsx")


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = (
        "导入行政处罚信息表、严重失信主体名单、经营异常名录或其他失信信息表（CSV或.xlsx）。"
        "没有拒收的行时退出状态为0，有拒收的行时为1，有文件无法读取时为2。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files",
            metavar="FILE",
            nargs="+",
            type=Path,
            help="要导入的文件；也可以是文件夹，其中的CSV和.xlsx都会导入",
        )
        kinds = "；".join(f"{kind.value}是{layout.name}" for kind, layout in LAYOUTS.items())
        parser.add_argument(
            "--kind",
            choices=[kind.value for kind in LAYOUTS],
            help=f"表格种类，默认从列名识别：{kinds}",
        )
        parser.add_argument("--report", metavar="REPORT.csv", type=Path, help="逐行结果写入这个CSV文件")
        parser.add_argument("--as-of", metavar="DATE", type=_day, help="导入日，默认为今天")
        parser.add_argument(
            "--platform",
            metavar="CODE",
            action="append",
            default=[],
            help="在这个平台公示，可以写多次；不写则不公示",
        )
        parser.add_argument(
            "--progress",
            action=BooleanOptionalAction,
            default=None,
            help="是否显示进度，默认只在终端里显示",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files = self._tables(options["files"])
        platforms = self._platforms(options["platform"])
        path = options["report"]
        if path is not None and any(_are_one(file, path) for file in files):
            self._give_up("报告不能写到要导入的文件里，请另选一个文件名。")
        several = len(files) > 1
        group, batches, unread = uuid4(), [], 0
        with self._report(path, several=several) as report:
            for file in files:
                line = self._progress_line(file, options["progress"])
                try:
                    batch = import_file(
                        path_or_file=file,
                        file_name=file.name,
                        as_of=options["as_of"] or today(),
                        platforms=platforms,
                        report=report.of(str(file)) if report else None,
                        kind=options["kind"],
                        progress=line.show if line else None,
                        group=group,
                    )
                except ImportUnreadable as error:
                    self.stderr.write(f"{file}：{error}")
                    unread += 1
                    continue
                finally:
                    if line:
                        line.clear()
                batches.append(batch)
                self._tell(batch, path, heading=f"{file}：" if several else "")
        if path is not None and batches:
            self.stdout.write(f"逐行结果见{path}。")
        if unread:
            sys.exit(NOT_IMPORTED)
        if any(batch.refused for batch in batches):
            sys.exit(SOME_REFUSED)

    def _tables(self, paths: list[Path]) -> list[Path]:
        """The files to import: folders give all tables in them, in the order of their names."""
        files = []
        for path in paths:
            if not path.is_dir():
                files.append(path)
                continue
            found = sorted(
                file for file in path.iterdir() if file.suffix.lower() in _TABLES and _is_table(file)
            )
            if not found:
                self._give_up(f"{path}：文件夹里没有CSV或.xlsx文件。没有导入任何数据，请检查文件夹。")
            files += found
        return files

    def _progress_line(self, file: Path, wanted: bool | None) -> ProgressLine | None:
        if wanted is None:
            wanted = sys.stderr.isatty()
        return ProgressLine(sys.stderr, file.name) if wanted else None

    def _platforms(self, codes: list[str]) -> list[Platform]:
        publishing = Platform.objects.filter(active=True, kind=Platform.Kind.PUBLISHER)
        found = {platform.code: platform for platform in publishing.filter(code__in=codes)}
        unknown = [code for code in codes if code not in found]
        if unknown:
            known = publishing.values_list("code", flat=True)
            self._give_up(
                f"没有启用的平台：{'、'.join(unknown)}。可用的平台：{'、'.join(known) or '（还没有设置）'}。"
            )
        return list(found.values())

    @contextmanager
    def _report(self, path: Path | None, *, several: bool) -> Iterator[CsvReport | None]:
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
            yield CsvReport(file, with_file=several)

    def _tell(self, batch: ImportBatch, report: Path | None, *, heading: str) -> None:
        self.stdout.write(
            f"{heading}共{batch.rows}行：新增{batch.taken}行，更新{batch.updated}行，"
            f"未变{batch.unchanged}行，拒收{batch.refused}行。"
        )
        warned = batch.lines.exclude(outcome=Outcome.REFUSED).count()
        if warned:
            self.stdout.write(f"已收的行中有{warned}行需要核对。")
        if report is not None:
            return
        for line in batch.lines.all()[:SHOWN_LINES]:
            what = "拒收" if line.outcome == Outcome.REFUSED else "请核对"
            self.stdout.write(f"第{line.row}行（{line.field}）{what}：{line.reason}")
        if batch.refused + warned > SHOWN_LINES:
            self.stdout.write(f"以上是前{SHOWN_LINES}行。要看全部，导入时请加上 --report 报告文件名。")

    def _give_up(self, words: str) -> NoReturn:
        self.stderr.write(words)
        sys.exit(NOT_IMPORTED)


def _is_table(file: Path) -> bool:
    """Not a folder, nor what a spreadsheet or a system leaves beside an open file."""
    return file.is_file() and not file.name.startswith((".", "~$"))


def _are_one(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
