"""Mails about the account itself: codes, and notices of what has changed."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credit_repair.mail.services import queue_mail
from credit_repair.people.devices import device_name

#: What has changed, by allauth's name for it: the subject, and the sentence.
NOTICES = {
    "password_changed": (_("您的密码已修改"), _("您的登录密码刚刚修改。其他设备上的登录都已退出。")),
    "password_set": (_("您的密码已设置"), _("您的账号刚刚设置了登录密码。")),
    "password_reset": (
        _("您的密码已重设"),
        _("您的登录密码刚刚通过邮箱验证码重设。所有设备上的登录都已退出。"),
    ),
    "email_changed": (_("您的邮箱已更换"), _("您的账号刚刚更换了邮箱，今后的通知会发到新的邮箱。")),
    "email_deleted": (_("您的邮箱已删除"), _("您的账号刚刚删除了一个邮箱。")),
    "totp_activated": (_("已启用动态码"), _("您的账号刚刚启用了动态码，今后登录时要输入动态码。")),
    "totp_deactivated": (_("已停用动态码"), _("您的账号刚刚停用了动态码。")),
    "webauthn_added": (_("已添加通行密钥"), _("您的账号刚刚添加了一个通行密钥。")),
    "webauthn_removed": (_("已删除通行密钥"), _("您的账号刚刚删除了一个通行密钥。")),
    "recovery_codes_generated": (
        _("已生成新的恢复码"),
        _("您的账号刚刚生成了一组新的恢复码，以前的恢复码不能再用。"),
    ),
}
#: Mails with words of their own: templates/mails/<value>.txt.
LETTERS = {
    "email_confirmation": "account_confirm_address",
    "email_confirmation_signup": "account_confirm_address",
    "password_reset_code": "account_reset_code",
    "account_already_exists": "account_exists",
    "unknown_account": "account_unknown",
}


@transaction.atomic
def write(*, kind: str, to_address: str, context: dict[str, Any]) -> None:
    """Write the mail that allauth calls `kind`. Each goes out: every one has a key of its own."""
    user = context.get("user")
    shown: dict[str, Any] = {
        "phone": settings.SITE_PHONE,
        "code": context.get("code", ""),
        "address": to_address,
        "sign_in_path": reverse("account_login"),
        "register_path": reverse("account_signup"),
        "reset_path": reverse("account_reset_password"),
    }
    if kind in NOTICES:
        subject, what = NOTICES[kind]
        shown |= {
            "subject": subject,
            "what": what,
            "at": context.get("timestamp"),
            "device": device_name(context.get("user_agent", "")),
            "ip": context.get("ip", ""),
        }
    queue_mail(
        key=f"account:{kind}:{uuid4()}",
        kind=LETTERS[kind] if kind not in NOTICES else "account_notice",
        to_address=to_address,
        to_name=str(user) if user is not None else "",
        context=shown,
        first_time=True,
        secret=True,
    )
