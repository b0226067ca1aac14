"""The nightly refresh of the cached permissions as a command: after an update nobody waits for the night."""

from typing import Any

from django.core.management.base import BaseCommand

from credit_repair.core.clock import today
from credit_repair.people.services import refresh_caches


class Command(BaseCommand):
    help = "Gives every group and every mandate the permissions that roles and dates say today."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = refresh_caches(today=today())
        self.stdout.write(f"权限已刷新，变更 {changed} 项")
