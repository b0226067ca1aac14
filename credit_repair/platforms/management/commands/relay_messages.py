"""The relay as a command: one pass, or a loop."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from credit_repair.core.loops import run_until_stopped
from credit_repair.platforms import services
from credit_repair.platforms.relay import relay_once
from credit_repair.registry.models import Platform


class Command(BaseCommand):
    help = (
        "Sends the messages that are due: one pass, or with --loop until SIGTERM or Ctrl-C. "
        "With --replay-failed, puts the failed messages of one platform back into the queue and sends "
        "nothing itself: the worker does, or the next call without it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until told to stop")
        parser.add_argument("--pause", type=float, default=2.0, help="seconds between two passes of --loop")
        parser.add_argument("--limit", type=int, help="at most so many attempts in a pass")

        parser.add_argument(
            "--replay-failed",
            metavar="PLATFORM_CODE",
            help="queue all failed messages of this platform again, unchanged, and say how many; "
            "do so once the cause is mended",
        )

    def handle(
        self,
        *args: Any,
        loop: bool,
        pause: float,
        limit: int | None,
        replay_failed: str | None = None,
        **options: Any,
    ) -> None:
        if replay_failed is not None:
            self._replay(replay_failed)
            return
        if not loop:
            self._pass(limit, stop=lambda: False)
            return
        run_until_stopped(lambda is_stopped: self._pass(limit, stop=is_stopped, quiet=True), pause=pause)

    def _replay(self, code: str) -> None:
        platform = Platform.objects.filter(code=code).first()
        if platform is None:
            known = "、".join(Platform.objects.values_list("code", flat=True)) or "（还没有设置）"
            raise CommandError(f"没有代码为{code}的平台。可用的平台：{known}。")
        count = services.replay_failed(platform=platform, actor=None)
        self.stdout.write(f"{platform.name}：{count} 条发送失败的消息已重新排队")

    def _pass(self, limit: int | None, *, stop: Callable[[], bool], quiet: bool = False) -> bool:
        """Run one pass, say what it did, and return whether more may be due."""
        report = relay_once(limit=limit, stop=stop)
        if report.sent or not quiet:
            self.stdout.write(
                f"已回执 {report.confirmed} 条，待回执 {report.accepted} 条，"
                f"稍后重发 {report.retried} 条，失败 {report.failed} 条"
            )
        return report.more
