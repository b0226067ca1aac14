"""Alerts in words: what is the matter, since when, how much, and the one thing to do."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.core.wording import clauses, day_text
from credit_repair.platforms.models import Alert

Kind = Alert.Kind

#: The one thing to do first. docs/runbooks.md goes on from there, under the same names.
TODO: dict[str, Promise] = {
    Kind.AGE: _l("打开平台页面，看最早一条消息卡在哪一步；平台没有应答的，联系平台。"),
    Kind.FAILED: _l("打开平台消息页面，看失败原因；平台方面改好以后重发，确实不用发的放弃并写明理由。"),
    Kind.SILENT: _l("请联系平台确认服务是否正常；系统会自动恢复发送，不用重发。"),
    Kind.FILES: _l("检查前置机目录能不能读写，并看退回的文件写明的原因。"),
    Kind.DIFFERENCE: _l("打开对账页面，逐条核实平台仍在公示而应当撤下的记录。"),
}


#: The same for the system administrator, who sees no message.
TODO_MACHINE: dict[str, Promise] = {
    Kind.AGE: _l("在平台通道页面测试连接，检查接口地址、密钥和网络；消息由数据专员处理。"),
    Kind.FAILED: _l("消息由数据专员处理；原因是签名、权限或者地址不对的，请改正设置。"),
    Kind.SILENT: _l("在平台通道页面测试连接，检查网络和证书，必要时联系平台的技术人员。"),
    Kind.FILES: _l("检查前置机目录能不能读写、磁盘有没有写满，以及平台一侧有没有取走文件。"),
    Kind.DIFFERENCE: _l("由数据专员在对账页面核实；多条同时出现的，请与平台的技术人员查明原因。"),
}


def todo_words(alert: Alert, *, for_machine: bool = False) -> str:
    """Return the one thing to do about the alert; `for_machine`: for the system administrator."""
    return str((TODO_MACHINE if for_machine else TODO)[alert.kind])


def facts_words(alert: Alert) -> str:
    """Return since when and how much, as far as the alert says."""
    facts = alert.facts
    parts = [_count(alert)] if facts.get("count") else []
    if since := _moment(facts.get("since")):
        parts.append(_since(alert, since))
    if words := facts.get("words"):
        parts.append(str(words).rstrip("。"))
    return clauses(parts)


def _count(alert: Alert) -> str:
    given = {"n": alert.facts["count"]}
    if alert.kind == Kind.SILENT:
        return _("已经连续失败%(n)s次") % given
    if alert.kind == Kind.FILES:
        return _("共%(n)s个文件") % given
    if alert.facts.get("more"):
        return _("超过%(n)s条") % given
    return _("共%(n)s条") % given


def _since(alert: Alert, since: datetime) -> str:
    at = day_text(since, "datetime")
    if alert.kind in (Kind.AGE, Kind.FAILED):
        return _("最早一条产生于%s") % at
    return _("自%s起") % at


def _moment(written: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(written)) if written else None
    except ValueError:
        return None
