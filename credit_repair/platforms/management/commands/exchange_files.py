"""The file exchange as a command: one pass, or a loop; and making a platform's folders."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from credit_repair.core.loops import run_until_stopped
from credit_repair.platforms.exchange.folders import ExchangeBroken, prepare_folders
from credit_repair.platforms.exchange.passes import exchange_once
from credit_repair.registry.models import Platform


class Command(BaseCommand):
    help = (
        "Exchanges files with the platforms that have a folder: one pass, or with --loop until SIGTERM or "
        "Ctrl-C. With --prepare, makes the folders of one platform and exchanges nothing. The status is 1 "
        "where a folder cannot be used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until told to stop")
        parser.add_argument("--pause", type=float, default=30.0, help="seconds between two passes of --loop")
        parser.add_argument("--platform", metavar="PLATFORM_CODE", default="", help="this platform alone")
        parser.add_argument("--prepare", metavar="PLATFORM_CODE", help="make the folders of this platform")

    def handle(
        self, *args: Any, loop: bool, pause: float, platform: str, prepare: str | None = None, **options: Any
    ) -> None:
        if prepare is not None:
            self._prepare(prepare)
            return
        if not loop:
            if not self._pass(platform):
                raise CommandError("有交换目录不能使用，见上。消息都还在，排除以后会自动继续。")
            return
        run_until_stopped(partial(self._once_more, platform), pause=pause)

    def _once_more(self, platform: str, is_stopped: Callable[[], bool]) -> bool:
        self._pass(platform, stop=is_stopped, quiet=True)
        return False

    def _pass(self, only: str, *, stop: Callable[[], bool] = lambda: False, quiet: bool = False) -> bool:
        report = exchange_once(only=only, stop=stop)
        if not quiet or report.sent or report.read or report.refused:
            self.stdout.write(
                f"写出消息 {report.sent} 条，收到文件 {report.read} 份，退回 {report.refused} 份，"
                f"回执齐全的批次 {report.closed} 个"
            )
        for code, words in report.broken.items():
            self.stderr.write(f"{code}：{words}")
        return not report.broken

    def _prepare(self, code: str) -> None:
        platform = Platform.objects.filter(code=code).select_related("channel").first()
        if platform is None:
            known = "、".join(Platform.objects.values_list("code", flat=True)) or "（还没有设置）"
            raise CommandError(f"没有代码为{code}的平台。可用的平台：{known}。")
        try:
            folders = prepare_folders(platform)
        except ExchangeBroken as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{platform.name}的交换目录：{folders.base}")
