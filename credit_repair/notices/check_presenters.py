"""What the public check 文书核验 says of a document: the answer, and what can be compared."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import bracketed, day_text
from credit_repair.notices.models import Document
from credit_repair.notices.public_words import masked


def verdict(said: dict[str, Any], *, is_other_file: bool) -> dict[str, str]:
    """Return the answer in one banner. Of a valid document whose file is another, it is no good news."""
    if said["is_valid"]:
        return {
            "tone": "info" if is_other_file else "success",
            "title": _("这份文书是本站签发的，现在有效"),
            "text": _("请核对下面各项是否和您手里的文书一致；有一项不一致的，不要采信。"),
        }
    if said["standing"] == Document.Standing.VALID:
        return {
            "tone": "warning",
            "title": _("这份文书已过有效期，请不要再使用"),
            "text": _("它是本站签发的，但有效期已经过了。需要的，请向发文机关申请重新开具。"),
        }
    standing = Document.Standing
    if said["successor_is"] in (standing.REVOKED, standing.VOID):
        return {
            "tone": "danger",
            "title": _("这份文书已被替换，请不要再使用"),
            "text": _("替换它的文书后来也失效了，这两份文书现在都没有效力。需要了解情况的，请联系发文机关。"),
        }
    words = {
        standing.REPLACED: (
            _("这份文书已被替换，请不要再使用"),
            _("它是本站签发的，后来换成了新的文书。请以新的文书为准。"),
        ),
        standing.REVOKED: (
            _("这份文书已撤销，请不要再使用"),
            _("它是本站签发的，后来撤销了，现在没有效力。"),
        ),
        standing.VOID: (
            _("这份文书已作废，请不要再使用"),
            _("它没有正式送出就作废了，没有效力。"),
        ),
    }
    title, text = words[standing(said["standing"])]
    return {"tone": "danger", "title": title, "text": text}


def facts(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what can be compared with the paper in one's hand, in the order in which one looks for it."""
    until = said["valid_until"]
    found = [
        (pgettext("核验", "文书"), fixed_text(said["title"])),
        (_("持有人"), said.get("holder", "")),
        (_("统一社会信用代码"), said.get("holder_code", "")),
        (_("仍在公示的信息"), _still_public(said)),
        (_("文号"), said["number"] or _("这种文书不编文号")),
        (_("发文机关"), said["office"]),
        (_("成文日期"), day_text(said["issued_on"])),
        (_("有效期至"), _("%(day)s（含当日）") % {"day": day_text(until)} if until else ""),
        (_("核验码"), said["code"]),
        (_("失效时间"), day_text(said["ended_at"], "datetime") if said["ended_at"] else ""),
        (_("失效原因"), masked(said["ended_why"])),
        (_("替换为"), _successor(said)),
        (_("电子签章"), _signed(said)),
    ]
    return [{"key": key, "value": value} for key, value in found if value]


def _successor(said: dict[str, Any]) -> str:
    """Return the number of what took its place, and how that stands where it holds no longer."""
    number, standing = str(said["replaced_by"]), said["successor_is"]
    if not number or standing == Document.Standing.VALID:
        return number
    return number + bracketed(str(Document.Standing(standing).label))


def _signed(said: dict[str, Any]) -> str:
    """Return by which certificate it was signed and when; empty for a document without a signature."""
    if not said["signed_by"] or not said["signed_at"]:
        return str(said["signed_by"])
    return _("%(name)s，%(moment)s签署") % {
        "name": said["signed_by"],
        "moment": day_text(said["signed_at"], "datetime"),
    }


def _still_public(said: dict[str, Any]) -> str:
    """Return how many records a certificate names as still published; empty for other documents."""
    count = said.get("still_public")
    if count is None:
        return ""
    return _("%(count)s条") % {"count": count} if count else _("没有")
