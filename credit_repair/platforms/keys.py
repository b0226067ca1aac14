"""The keys shared with a platform 签名密钥, and how they are changed without losing a message.

Three steps, between which the platform follows: `prepare_key` makes the coming key, which is accepted on
call-backs from then on; `switch_key` signs with it, and still accepts the former one; `forget_former_key`
ends that. What is in flight is signed anew at its next attempt, so no step loses anything.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import today
from credit_repair.platforms.channels import channel_of
from credit_repair.platforms.models import Channel
from credit_repair.registry.models import Platform


class KeyRefused(ValueError):
    """The step does not fit the keys as they stand; the words say why."""


@dataclass(frozen=True)
class Key:
    """A key with its name, which may be empty."""

    id: str
    secret: str

    def __repr__(self) -> str:
        return f"Key({self.id!r})"


def signing_key(platform: Platform) -> Key:
    """Return the key that signs what goes to `platform`; its secret is empty where none is set."""
    return Key(channel_of(platform).key_id, platform.secret)


def accepted_keys(platform: Platform) -> list[Key]:
    """Return the keys of which `platform` may use any now: current, coming and former."""
    channel = channel_of(platform)
    keys = [
        Key(channel.key_id, platform.secret),
        Key(channel.coming_key_id, channel.coming_secret),
        Key(channel.former_key_id, channel.former_secret),
    ]
    return [key for key in keys if key.secret]


@transaction.atomic
def prepare_key(*, platform: Platform, actor: Any) -> Key:
    """Make the key that comes next and return it: it is shown to nobody again.

    A coming key that was never switched to is replaced.
    """
    channel = _locked(platform)
    key = Key(f"{today():%Y%m%d}-{secrets.token_hex(2)}", secrets.token_urlsafe(32))
    replaced = channel.coming_key_id
    channel.coming_key_id, channel.coming_secret = key.id, key.secret
    channel.save(update_fields=["coming_key_id", "coming_secret"])
    audit.record(
        actor=actor,
        action="platforms.prepare_key",
        target=platform,
        data={"key": key.id, "replaced": replaced},
    )
    return key


@transaction.atomic
def switch_key(*, platform: Platform, actor: Any) -> str:
    """Sign with the coming key from now on, and go on accepting the former one; return the key's name.

    Raises KeyRefused where none was prepared, or the one before the present is still accepted.
    """
    channel = _locked(platform)
    if not channel.coming_secret:
        raise KeyRefused(_("还没有准备新密钥，请先执行prepare。"))
    if channel.former_secret:
        raise KeyRefused(_("上一次更换的旧密钥还在使用，请先确认平台已经停用它，再执行forget。"))
    current = Platform.objects.select_for_update().get(pk=platform.pk)
    channel.former_key_id, channel.former_secret = channel.key_id, current.secret
    current.secret = channel.coming_secret
    channel.key_id, channel.coming_key_id, channel.coming_secret = channel.coming_key_id, "", ""
    current.save(update_fields=["secret"])
    channel.save(update_fields=["key_id", "former_key_id", "former_secret", "coming_key_id", "coming_secret"])
    audit.record(
        actor=actor,
        action="platforms.switch_key",
        target=platform,
        data={"key": channel.key_id, "former": channel.former_key_id},
    )
    return channel.key_id


@transaction.atomic
def forget_former_key(*, platform: Platform, actor: Any) -> None:
    """Accept the former key no longer. Raises KeyRefused where there is none."""
    channel = _locked(platform)
    if not channel.former_secret:
        raise KeyRefused(_("没有需要停用的旧密钥。"))
    forgotten = channel.former_key_id
    channel.former_key_id, channel.former_secret = "", ""
    channel.save(update_fields=["former_key_id", "former_secret"])
    audit.record(actor=actor, action="platforms.forget_key", target=platform, data={"key": forgotten})


def _locked(platform: Platform) -> Channel:
    # First the platform, as whoever saves the channel's settings does: they write back all of its row.
    Platform.objects.select_for_update(no_key=True).get(pk=platform.pk)
    Channel.objects.get_or_create(platform=platform)
    return Channel.objects.select_for_update().get(platform=platform)
