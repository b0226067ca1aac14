"""The three steps of changing a platform's key, as a command."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from credit_repair.platforms import keys
from credit_repair.registry.models import Platform


class Command(BaseCommand):
    help = (
        "Changes the key shared with a platform without losing a message. prepare: makes the new key and "
        "prints it once. switch: signs with it, once the platform has it. forget: accepts the old one no "
        "longer, once the platform has dropped it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("platform", metavar="PLATFORM_CODE")
        parser.add_argument("step", choices=["prepare", "switch", "forget"])

    def handle(self, *args: Any, platform: str, step: str, **options: Any) -> None:
        found = Platform.objects.filter(code=platform).first()
        if found is None:
            known = "、".join(Platform.objects.values_list("code", flat=True)) or "（还没有设置）"
            raise CommandError(f"没有代码为{platform}的平台。可用的平台：{known}。")
        try:
            self.stdout.write(self._do(found, step))
        except keys.KeyRefused as error:
            raise CommandError(str(error)) from error

    def _do(self, platform: Platform, step: str) -> str:
        match step:
            case "prepare":
                key = keys.prepare_key(platform=platform, actor=None)
                return (
                    f"{platform.name}的新密钥（只显示这一次，请用安全的方式交给平台）：\n"
                    f"密钥编号  {key.id}\n密钥      {key.secret}\n"
                    "平台两把密钥都能验证以后，请执行switch。"
                )
            case "switch":
                key_id = keys.switch_key(platform=platform, actor=None)
                return (
                    f"{platform.name}：现在用密钥{key_id}签名，旧密钥仍可用于回调。\n"
                    "平台停用旧密钥以后，请执行forget。"
                )
            case _:
                keys.forget_former_key(platform=platform, actor=None)
                return f"{platform.name}：旧密钥已停用。"
