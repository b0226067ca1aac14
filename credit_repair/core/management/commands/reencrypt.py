"""The change of FIELD_KEYS, as a command."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from credit_repair.core.reencryption import Place, write_anew


class Command(BaseCommand):
    help = (
        "Writes everything encrypted anew under the first of FIELD_KEYS; after that the others can go. "
        "It may be broken off and run again at any time, and the site may go on meanwhile. The status is 1 "
        "where something could be read with no key: keep the old keys then."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        def tell(place: Place) -> None:
            if options["verbosity"] > 1:
                self.stdout.write(str(place))

        done = write_anew(told=tell)
        self.stdout.write(f"重新加密 {done.anew} 项，已是新密钥 {done.already} 项")
        for what in done.unreadable[:20]:
            self.stderr.write(f"没有密钥能解开：{what}")
        if done.unreadable:
            self.stderr.write(f"共 {len(done.unreadable)} 项无法解开：请保留旧密钥并检查FIELD_KEYS。")
            sys.exit(1)
        self.stdout.write("旧密钥已经不再需要（备份除外）。")
