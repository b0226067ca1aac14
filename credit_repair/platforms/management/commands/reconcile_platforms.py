"""Reconciliation as a command: what the schedule does at night, at once."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from credit_repair.core import clock
from credit_repair.platforms.models import Reconciliation
from credit_repair.platforms.reconciling.running import CannotReconcile, begin, go_on, to_reconcile
from credit_repair.registry.models import Platform

State = Reconciliation.State


class Command(BaseCommand):
    help = "Compares what platforms show with what they should; mends or raises what differs, and proves it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--platform", help="the code of one platform; all of them when left out")
        parser.add_argument("--as-of", type=date.fromisoformat, help="the assumed day, YYYY-MM-DD")

    def handle(self, *args: Any, platform: str | None, as_of: date | None, **options: Any) -> None:
        with clock.assume(as_of):
            runs = [self._reconcile(each) for each in self._platforms(platform)]
        if broken := [run for run in runs if run.state == State.BROKEN]:
            raise CommandError("；".join(f"{run.platform.code} 对账未完成：{run.note}" for run in broken))

    def _platforms(self, code: str | None) -> list[Platform]:
        if code is None:
            return to_reconcile()
        found = list(Platform.objects.filter(code=code))
        if not found:
            known = "、".join(each.code for each in to_reconcile()) or "（还没有设置）"
            raise CommandError(f"没有代码为 {code} 的平台。可以对账的平台：{known}")
        return found

    def _reconcile(self, platform: Platform) -> Reconciliation:
        day = clock.today()
        try:
            run = begin(platform=platform, today=day)
        except CannotReconcile as refused:
            raise CommandError(f"{platform.code}：{refused}") from refused
        while run.state == State.RUNNING:
            portion = go_on(platform=platform, today=day)
            if portion is None:
                raise CommandError(f"{platform.code} 正在由另一个进程对账，请稍后再看。")
            run = portion
            self.stdout.write(
                f"{platform.code} {run.get_state_display()}：比对 {run.compared} 条，一致 {run.agreed} 条，"
                f"在途 {run.under_way} 条，补发 {run.mended} 条，待人工处理 {run.raised} 条"
            )
        return run
