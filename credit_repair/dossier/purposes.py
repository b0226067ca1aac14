"""What the site keeps of a person, what for, on what ground, and how long: one table, for the person to read.

`is_law` says that the period is the law's; the others are this site's own, and not verified.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Purpose:
    """One sort of data: what it is, what it is used for, the ground on which it is kept, and how long."""

    code: str
    what: Any
    used_for: Any
    ground: Any
    kept: Any
    is_law: bool = False


_DUTY = _("履行法定职责所必需")
_ASKED = _("本人申请办理")

PURPOSES: tuple[Purpose, ...] = (
    Purpose(
        "account",
        _("姓名、用户名、邮箱、手机号码"),
        _("登录、联系、在办理过程中署名"),
        _ASKED,
        _("账号使用期间；停用后，办理记录里的署名随档案保存"),
    ),
    Purpose(
        "factors",
        _("密码（只保存校验值）、两步验证方式"),
        _("确认是您本人登录"),
        _("保障网络安全的法定义务"),
        _("账号使用期间，或者到您自己取消为止"),
    ),
    Purpose(
        "sign_ins",
        _("登录时间、网络地址、浏览器名称"),
        _("发现和处置冒用、攻击"),
        _("保障网络安全的法定义务"),
        _("至少6个月"),
        is_law=True,
    ),
    Purpose(
        "mandates",
        _("授权书、为谁办理、起止日期、身份"),
        _("证明您可以为该主体办理"),
        _ASKED,
        _("随办件档案保存"),
    ),
    Purpose(
        "cases",
        _("申请、说明、上传的材料、在线签名、联系人"),
        _("办理信用修复等事项，制作和送达文书"),
        _DUTY,
        _("随办件档案保存，期限按档案管理规定"),
    ),
    Purpose(
        "mails",
        _("发给您的邮件及其发送情况"),
        _("告知办理进展，证明已经告知"),
        _DUTY,
        _("随办件档案保存；登录验证码等邮件发出后不留正文"),
    ),
    Purpose(
        "provision",
        _("向公示平台和有关部门提供信用记录的情况"),
        _("证明提供了什么、撤下了什么"),
        _("个人信息提供情况的留存义务"),
        _("至少3年"),
        is_law=True,
    ),
    Purpose(
        "audit",
        _("谁在什么时候做了什么、看了什么"),
        _("追溯责任，防止滥用"),
        _("保障网络安全的法定义务"),
        _("至少6个月"),
        is_law=True,
    ),
)
