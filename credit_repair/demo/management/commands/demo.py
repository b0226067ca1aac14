"""`demo`: the site with all its parts in one command; `demo --once --json`: the whole way, unattended."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

from credit_repair.core import clock
from credit_repair.demo import journey, seed
from credit_repair.demo.supervisor import Supervisor, free_port, site_url, start_platform
from credit_repair.home.demo_accounts import demo_accounts


class Command(BaseCommand):
    help = (
        "Serves the demo site until Ctrl-C; with --once, walks the whole journey and prints what came of it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="walk the journey once, without a browser")
        parser.add_argument("--json", action="store_true", help="with --once: one JSON object on stdout")
        parser.add_argument("--port", type=int, default=8000, help="the site's port")
        parser.add_argument("--platform-port", type=int, default=8010, help="the stand-in platform's port")
        parser.add_argument(
            "--without-records", action="store_true", help="leave the import to be done in the browser"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            self._refuse_to_disturb()
            self._once(as_json=options["json"])
        else:
            self._serve(**options)

    def _once(self, *, as_json: bool) -> None:
        # The mails go to a folder, and the documents say that they come from a demonstration.
        with override_settings(
            DEMO=True,
            EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend",
            EMAIL_FILE_PATH=settings.VAR_DIR / "mails",
            CELERY_BROKER_URL="",
        ):
            result = journey.walk()
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(journey.in_words(result))
        if not journey.is_success(result):
            sys.exit(1)

    def _refuse_to_disturb(self) -> None:
        if seed.would_disturb():
            raise CommandError(
                "这个数据库里有真实的用户，不能用作演示：演示会推进日期、处理全部任务，并建立公开密码的账号。"
                "请用DATABASE_URL指定一个空的数据库。"
            )

    def _serve(self, *, port: int, platform_port: int, without_records: bool, **options: Any) -> None:
        port = free_port(port)
        # The mails of the demo data lead to the very address that is served.
        with override_settings(DEMO=True, SITE_URL=site_url(port)):
            call_command("migrate", verbosity=0, interactive=False)
            self._refuse_to_disturb()
            platform, platform_url = start_platform(platform_port)
            try:
                if not seed.is_seeded():
                    self.stdout.write("正在装入演示数据……")
                    seed.load(with_records=not without_records)
                seed.set_platform_address(platform_url)
                supervisor = Supervisor(port=port, platform_url=platform_url, platform=platform)
            except BaseException:
                platform.terminate()
                raise
        died = supervisor.run(on_ready=lambda: self._announce(supervisor.site_url, platform_url))
        if died:
            self.stderr.write(f"“{died}”意外退出，演示已停止。")
            sys.exit(1)
        self.stdout.write("演示已停止，数据保留在 var/。")

    def _announce(self, site_url: str, platform_url: str) -> None:
        lines = [
            "",
            f"  网站        {site_url}",
            f"  公示平台    {platform_url}",
            f"  邮件        {site_url}/demo/mails/",
            "",
            f"  演示账号（密码都是 {settings.DEMO_PASSWORD}）：",
        ]
        lines += [f"    {line}" for line in _accounts()]
        self.stdout.write("\n".join([*lines, "", "  按 Ctrl-C 停止。"]))
        self.stdout.flush()


def _accounts() -> list[str]:
    return [
        f"{account.username:8} {account.name}　{account.place}" for account in demo_accounts(on=clock.today())
    ]
