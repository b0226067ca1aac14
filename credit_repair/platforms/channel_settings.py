"""What the system administrator sets of a channel 通道设置, its certificate, and a try without sending."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import NameOID
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import today
from credit_repair.people import access
from credit_repair.people.models import Administration
from credit_repair.platforms.models import Channel
from credit_repair.platforms.transports import CannotList, OpenTransports, UnknownTransport
from credit_repair.registry.models import Platform

#: What the form sets, in its order. Keys and secrets are set by command alone.
FIELDS = (
    "per_minute",
    "parallel",
    "connect_seconds",
    "answer_seconds",
    "breaker_failures",
    "breaker_seconds",
    "windows",
    "receipts",
    "receipt_hours",
    "poll_minutes",
    "age_limit_minutes",
    "folder",
    "batch_size",
    "server_authority",
)
#: People are warned so long before a certificate ends.
WARN_BEFORE = timedelta(days=30)
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class ChannelNotChanged(ValueError):
    """A setting cannot be taken; `field` names it, the words say why."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field


class BadCertificate(ValueError):
    """The PEM text is no certificate with its own private key; the words say what is wrong."""


@dataclass(frozen=True)
class CertificateFacts:
    """What may be shown of a certificate: to whom it was given, and until when it runs."""

    subject: str
    until: datetime

    def ends_soon(self, now: datetime) -> bool:
        """Whether it ends within the time of warning, or has ended."""
        return self.until <= now + WARN_BEFORE


@dataclass(frozen=True)
class Tried:
    """What a try found out. `words` are for the administrator; `seconds` how long the answer took."""

    works: bool
    words: str
    seconds: float


@transaction.atomic
def change_channel(
    *, platform: Platform, values: Mapping[str, Any], actor: Any, certificate: str | None = None
) -> list[str]:
    """Set what `values` name of FIELDS, and the certificate pair: new PEM text, "" to remove it, None to
    leave it; return the names of what changed. History and audit say who did it, never the certificate.

    Raises ChannelNotChanged with its field where a value cannot be, and for nobody's but the system
    administrator's act.
    """
    if not access.administers(user=actor, kind=Administration.Kind.SYSTEM, on=today()):
        raise ChannelNotChanged(_("只有系统管理员可以修改通道设置。"))
    Platform.objects.select_for_update(no_key=True).get(pk=platform.pk)
    channel = Channel.objects.filter(platform=platform).first() or Channel(platform=platform)
    changed = [name for name in FIELDS if name in values and getattr(channel, name) != values[name]]
    for name in changed:
        setattr(channel, name, values[name])
    if certificate is not None and certificate != channel.client_certificate:
        if certificate:
            certificate_facts(certificate)
        channel.client_certificate = certificate
        changed.append("client_certificate")
    if not changed:
        return []
    _check_folder(channel)
    channel._history_user = actor  # type: ignore[attr-defined]
    channel.save()
    audit.record(
        actor=actor,
        action="platforms.change_channel",
        target=platform,
        data={"platform": platform.code, "fields": changed},
    )
    return changed


def _check_folder(channel: Channel) -> None:
    if not channel.folder:
        return
    if not _FOLDER.fullmatch(channel.folder):
        words = _("目录名只能用字母、数字、点、横线和下划线，不能有斜线。")
        raise ChannelNotChanged(words, field="folder")
    taken = Channel.objects.filter(folder=channel.folder).exclude(platform=channel.platform_id)
    if other := taken.select_related("platform").first():
        words = _("这个目录已由%(platform)s使用。两个平台不能共用目录，否则会拿错回执。")
        raise ChannelNotChanged(words % {"platform": other.platform}, field="folder")


def certificate_facts(pem: str) -> CertificateFacts:
    """Return what may be shown of a PEM text with a certificate and its private key.

    Raises BadCertificate where one of them is missing or unreadable, the key is locked by a password, or the
    two do not belong together.
    """
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise BadCertificate(_("文件里没有可用的证书（BEGIN CERTIFICATE）。")) from None
    try:
        key = load_pem_private_key(_key_part(pem), password=None)
    except TypeError:
        raise BadCertificate(_("私钥设有密码，请先去掉密码再上传；系统会加密保存。")) from None
    except ValueError:
        raise BadCertificate(_("文件里没有可用的私钥（BEGIN PRIVATE KEY）。")) from None
    as_written = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*as_written) != certificate.public_key().public_bytes(*as_written):
        raise BadCertificate(_("证书和私钥不是一对，请检查是否拿错了文件。"))
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    subject = str(names[0].value) if names else certificate.subject.rfc4514_string()
    return CertificateFacts(subject=subject, until=certificate.not_valid_after_utc)


def _key_part(pem: str) -> bytes:
    found = re.search(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", pem, re.S)
    return found.group().encode() if found else b""


def check_authority(pem: str) -> None:
    """Raise BadCertificate where `pem` holds no certificates that can be read."""
    try:
        x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise BadCertificate(_("没有可用的证书（BEGIN CERTIFICATE）。")) from None


def certificate_of(channel: Channel) -> CertificateFacts | None:
    """Return what may be shown of the channel's certificate; None where it has none, or an unreadable one."""
    try:
        return certificate_facts(channel.client_certificate) if channel.client_certificate else None
    except BadCertificate:
        return None


def try_channel(*, platform: Platform, actor: Any, transports: OpenTransports | None = None) -> Tried:
    """Ask the platform for what it shows, without sending anything, within the channel's own time-outs.

    First for the beginning of its list; a platform without one is asked for a record that does not exist.
    """
    began = time.monotonic()
    with transports or OpenTransports() as opened:
        works, words = _asked(platform, opened)
    tried = Tried(works=works, words=words, seconds=round(time.monotonic() - began, 2))
    audit.record(
        actor=actor,
        action="platforms.try_channel",
        target=platform,
        data={"platform": platform.code, "works": works},
    )
    return tried


def _asked(platform: Platform, opened: OpenTransports) -> tuple[bool, str]:
    try:
        used = opened.of(platform)
    except UnknownTransport:
        return False, _("这种接口方式不能测试连接。")
    try:
        next(iter(used.listing(platform, after="")), None)
    except CannotList as refused:
        if used.shown(uuid4(), platform) is None:
            return False, str(refused)
        return True, _("平台有应答，可以查询单条记录；它不提供清单，不能自动对账。")
    except Exception as error:  # a plugin's fault is the administrator's to know, not a page that breaks
        return False, _("测试程序出错：%(error)s") % {"error": type(error).__name__}
    return True, _("平台有应答，并且提供清单，可以自动对账。")
