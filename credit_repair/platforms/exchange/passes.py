"""One pass of the file exchange over all platforms that have a folder."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core.languages import in_site_language
from credit_repair.core.leases import lease
from credit_repair.platforms.alerts import clear_alert, raise_alert
from credit_repair.platforms.exchange.folders import ExchangeBroken, folders_of, sweep
from credit_repair.platforms.exchange.inbound import read_inbox
from credit_repair.platforms.exchange.outbound import close_answered, send_batches
from credit_repair.platforms.models import Alert, InboundFile
from credit_repair.registry.models import Platform

logger = logging.getLogger(__name__)

#: How long a pass over one platform is alone at most. Two at once would do the same twice, which is wasted
#: and harmless; after one that was killed the next one waits for so long.
ALONE_SECONDS = 180
#: A file that was refused is raised for so long.
_TOLD_FOR = timedelta(days=1)


@dataclass
class ExchangeReport:
    """What a pass did. `broken`: what hinders it, by the platform's code."""

    sent: int = 0
    read: int = 0
    refused: int = 0
    closed: int = 0
    broken: dict[str, str] = field(default_factory=dict)


def platforms_with_folder() -> list[Platform]:
    """Return the active platforms with a folder: those that get files, and those that only leave some."""
    found = Platform.objects.filter(active=True).exclude(channel__folder="").exclude(channel=None)
    found = found.exclude(kind=Platform.Kind.THIRD_PARTY)
    return list(found.select_related("channel__supplier").order_by("code"))


@in_site_language()
def exchange_once(*, only: str = "", stop: Callable[[], bool] = lambda: False) -> ExchangeReport:
    """Read what was left, then write what is due, for each platform; return what was done.

    `only` is a platform's code. One platform's broken folder keeps no other from its files: it is raised with
    people as an alert, and tried again with the next pass.
    """
    report = ExchangeReport()
    for platform in platforms_with_folder():
        if stop() or (only and platform.code != only):
            continue
        with lease(f"exchange_files:{platform.code}", seconds=ALONE_SECONDS) as mine:
            if mine:
                _exchange(platform, report, stop)
    return report


def _exchange(platform: Platform, report: ExchangeReport, stop: Callable[[], bool]) -> None:
    try:
        folders = folders_of(platform)
        found = read_inbox(platform, folders, stop=stop)
        report.read += found.taken
        report.refused += len(found.refused)
        if platform.transport == Platform.Transport.FILES and not stop():
            report.sent += send_batches(platform, folders)
        report.closed += close_answered(platform, folders)
        sweep(folders, keep_days=settings.EXCHANGE_KEEP_DAYS)
        if found.broken:
            raise ExchangeBroken(found.broken)
    except ExchangeBroken as error:
        logger.error("files are not exchanged with %s: %s", platform.code, error)
        report.broken[platform.code] = str(error)
        _raise(platform, str(error))
        return
    except Exception:  # nor must one platform keep the others from their files
        logger.exception("files could not be exchanged with %s", platform.code)
        report.broken[platform.code] = _("程序出错，请查看日志。")
        _raise(platform, report.broken[platform.code])
        return
    if found.refused:
        _raise(platform, _("退回了报送的文件：%(names)s") % {"names": "、".join(found.refused[:10])})
    else:
        _clear(platform)


def _raise(platform: Platform, words: str) -> None:
    raise_alert(platform, Alert.Kind.FILES, {"words": words})


def _clear(platform: Platform) -> None:
    recent = InboundFile.objects.filter(
        platform=platform,
        state=InboundFile.State.REFUSED,
        finished_at__gt=timezone.now() - _TOLD_FOR,
    )
    if not recent.exists():
        clear_alert(platform, Alert.Kind.FILES)
