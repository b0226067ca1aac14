"""The audit log in words: what each action is called, what it was done to, and which facts it shows.

An action that is not here is shown by its code; a fact that is not here is not shown at all, so that no text
of a case and no number of a person gets into the log's pages by way of a new action.
"""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from credit_repair.core.models import AuditEntry
from credit_repair.registry.personal_numbers import without_personal_numbers

ACTIONS: dict[str, Any] = {
    "people.invite": _("发出邀请"),
    "people.resend_invitation": _("重发邀请"),
    "people.revoke_invitation": _("撤销邀请"),
    "people.accept_invitation": _("接受邀请"),
    "people.make_account": _("开通账号"),
    "people.registered": _("注册账号"),
    "people.start_regain": _("发出恢复登录的链接"),
    "people.regain": _("恢复登录"),
    "people.close_account": _("停用账号"),
    "people.end_sessions": _("结束全部登录"),
    "people.second_factor_failed": _("两步验证没有通过"),
    "people.lift_lockout": _("解除登录限制"),
    "people.join_office": _("任职"),
    "people.leave_office": _("变更任职的结束日"),
    "people.appoint_administrator": _("任命管理员"),
    "people.remove_administrator": _("结束管理职责"),
    "people.grant_mandate": _("授予经办授权"),
    "people.prolong_mandate": _("延长经办授权"),
    "people.end_mandate": _("结束经办授权"),
    "people.apply_for_mandate": _("申请经办授权"),
    "people.approve_mandate_application": _("通过授权申请"),
    "people.refuse_mandate_application": _("不通过授权申请"),
    "people.withdraw_mandate_application": _("撤回授权申请"),
    "people.identity_connected": _("关联统一身份认证"),
    "people.identity_disconnected": _("取消统一身份认证"),
    "people.join_by_single_sign_on": _("经统一身份认证开通账号"),
    "people.enter_absence": _("登记离岗"),
    "people.change_absence": _("变更离岗"),
    "people.cancel_absence": _("取消离岗"),
    "people.enter_substitution": _("登记代办"),
    "people.change_substitution": _("变更代办"),
    "people.end_substitution": _("结束代办"),
    "people.unmask": _("查看明文"),
    "people.export_audit": _("导出审计日志"),
    "people.export_sign_ins": _("导出登录记录"),
    "repair.create": _("新建信用修复申请"),
    "repair.discard": _("放弃信用修复申请草稿"),
    "repair.sign_letter": _("在线签署信用修复承诺书"),
    "repair.unsign_letter": _("撤销在线签署的信用修复承诺书"),
    "repair.submit": _("提交信用修复申请"),
    "repair.schedule": _("预约提交信用修复申请"),
    "repair.unschedule": _("取消预约提交"),
    "repair.submit_when_due": _("预约的信用修复申请到期自动提交"),
    "repair.return_to_draft": _("预约的信用修复申请退回草稿"),
    "repair.ask_correction": _("通知补正"),
    "repair.answer_correction": _("填写补正内容"),
    "repair.resubmit": _("提交补正"),
    "repair.lapse": _("逾期未补正，终止信用修复申请"),
    "repair.urge": _("催办信用修复申请"),
    "repair.change_contact": _("变更信用修复申请的联系人"),
    "repair.rate": _("评价信用修复申请的办理"),
    "repair.accept": _("受理信用修复申请"),
    "repair.refuse_to_accept": _("不予受理信用修复申请"),
    "repair.give_opinion": _("提交核查意见"),
    "repair.send_back": _("退回核查"),
    "repair.approve": _("准予修复"),
    "repair.refuse": _("不予修复"),
    "repair.settle": _("办结信用修复申请"),
    "repair.forward": _("转送其他信用办"),
    "repair.endorse": _("提出拟办意见，报上级复核"),
    "repair.extend": _("延长办理期限"),
    "case.declare_recusal": _("声明回避"),
    "case.grant_override": _("特别批准由同一人办理"),
    "case.revoke_override": _("撤销由同一人办理的特别批准"),
    "repair.withdraw": _("撤回信用修复申请"),
    "repair.close_as_moot": _("终结信用修复申请"),
    "window.look_up": _("窗口查找主体"),
    "window.look_up_in_vain": _("窗口查找主体，没有查到"),
    "open_paper": _("查看佐证材料"),
    "outreach.remind": _("发起提醒批次"),
    "outreach.reminder": _("发出提醒函"),
    "outreach.stop_reminders": _("停止提醒批次"),
    "outreach.propose": _("备好预制申请"),
    "outreach.take_up": _("由预制申请生成申请"),
    "outreach.proposal_taken_up": _("确认预制申请"),
    "outreach.proposal_declined": _("谢绝预制申请"),
    "outreach.proposal_withdrawn": _("撤回预制申请"),
    "outreach.proposal_expired": _("预制申请过期"),
    "outreach.guide": _("制作修复告知书"),
    "outreach.set_guidance": _("设置两书同达"),
    "case.attach": _("上传材料"),
    "case.remove_attachment": _("删除材料"),
    "case.note": _("写内部备注"),
    "repair.check": _("填写核对清单"),
    "case.ask_enquiry": _("发出协查函"),
    "case.remind_enquiry": _("催促回复协查函"),
    "case.answer_enquiry": _("收到协查回复"),
    "case.close_enquiry": _("撤回协查函"),
    "document.certify": _("开具信用修复证明"),
    "document.revoked": _("撤销文书"),
    "document.replaced": _("替换文书"),
    "document.corrected": _("更正重发文书"),
    "document.void": _("作废文书"),
    "pack.zip": _("打包文书"),
    "pack.print": _("合并打印文书"),
    "pack.sign": _("补签文书"),
    "pack.made": _("文书打包完成"),
    "pack.failed": _("文书打包没有做成"),
    "pack.download": _("下载文书打包"),
    "delivery.consent": _("同意电子送达"),
    "delivery.withdraw_consent": _("撤回电子送达的同意"),
    "delivery.arrived": _("文书电子送达"),
    "delivery.opened": _("首次查看文书"),
    "delivery.downloaded": _("首次下载文书"),
    "delivery.enter": _("登记文书送达"),
    "delivery.fail": _("登记文书未送达"),
    "delivery.announce": _("公告送达文书"),
    "delivery.announced_over": _("公告期满，视为送达"),
    "delivery.prove": _("制作送达回证"),
    "release_step": _("退回已领取的办理事项"),
    "claim_step": _("接手办理事项"),
    "give_back_step": _("退回本单位的办理事项"),
    "hand_over_step": _("移交办理事项"),
    "assign_step": _("改派办理事项"),
    "recompute_due_date": _("重算期限"),
    "import_records": _("导入数据"),
    "stop_import": _("导入中断"),
    "undo_import": _("撤销导入"),
    "download_refused_rows": _("下载拒收的行"),
    "export_records": _("导出信用记录"),
    "export_repairable": _("导出可修复未申请清单"),
    "accept_rename": _("接受更名"),
    "keep_name": _("维持原名"),
    "adjust_record": _("调整信用记录"),
    "reassess_records": _("重算单位的信用记录"),
    "held_released": _("到期待核：义务已履行"),
    "held_held": _("到期待核：继续公示"),
    "set_rule": _("设置本地规则"),
    "withdraw_rule": _("撤回本地规则"),
    "set_calendar_day": _("调整工作日"),
    "clear_calendar_day": _("取消工作日调整"),
    "announce_year": _("录入年度放假安排"),
    "save_route": _("修改办理路径"),
    "drop_route": _("取消单独的办理路径"),
    "add_text_block": _("新增常用语"),
    "change_text_block": _("修改常用语"),
    "move_text_block": _("调整常用语次序"),
    "propose_office_style": _("提出文书样式"),
    "approve_office_style": _("审核通过文书样式"),
    "decline_office_style": _("不采用文书样式"),
    "propose_notice_text": _("提出文书文字"),
    "approve_notice_text": _("审核通过文书文字"),
    "decline_notice_text": _("不采用文书文字"),
    "add_office_font": _("上传授权字体"),
    "make_calendar_feed": _("生成修复日历地址"),
    "revoke_calendar_feed": _("停用修复日历地址"),
    "platforms.replay_message": _("重发平台消息"),
    "platforms.give_up_message": _("放弃平台消息"),
    "platforms.reconcile": _("发起对账"),
    "platforms.still_shown": _("对账发现已撤下的记录仍在公示"),
    "platforms.mend_difference": _("对账差异自动补发消息"),
    "platforms.seen_gone": _("对账确认已经撤下"),
    "platforms.settle_difference": _("处理对账差异"),
    "platforms.download_proof": _("下载对账凭证"),
    "platforms.record_sighting": _("登记第三方核查"),
    "platforms.open_sighting": _("查看第三方核查的证据"),
    "platforms.prepare_key": _("准备平台的新密钥"),
    "platforms.switch_key": _("换用平台的新密钥"),
    "platforms.forget_key": _("停用平台的旧密钥"),
    "platforms.take_file": _("处理平台报送的文件"),
    "platforms.change_channel": _("修改平台通道设置"),
    "platforms.try_channel": _("测试平台连接"),
}
OBJECTS = (
    "people.user",
    "people.membership",
    "people.invitation",
    "people.mandate",
    "people.mandateapplication",
    "people.absence",
    "people.substitution",
    "people.unmasking",
    "cases.case",
    "cases.routestep",
    "cases.textblock",
    "cases.paper",
    "notices.document",
    "notices.documentpack",
    "notices.officestyle",
    "notices.noticetext",
    "notices.officefont",
    "notices.delivery",
    "notices.serviceconsent",
    "registry.record",
    "registry.subject",
    "registry.office",
    "registry.platform",
    "registry.importbatch",
    "registry.nameconflict",
    "registry.ruleoverride",
    "registry.calendarday",
    "registry.calendaryear",
    "platforms.message",
    "platforms.reconciliation",
    "platforms.difference",
    "platforms.sighting",
    "platforms.inboundfile",
    "registry.platform",
    "reminders.calendarfeed",
    "outreach.reminderbatch",
    "outreach.preparedapplication",
)
#: The facts that are shown: codes, days, counts, and the reasons that officials gave for what they did
#: to accounts and rules. No text of a case is among them.
FACTS: dict[str, Any] = {
    "event": _("事件编号"),
    "from": _("原状态"),
    "to": _("新状态"),
    "for": _("代谁办理"),
    "override": _("经谁特别批准（账号编号）"),
    "batch": _("批量审批"),
    "rulebook_hash": _("规则版本"),
    "route": _("办理路径"),
    "office": _("单位代码"),
    "role": _("角色"),
    "roles": _("角色"),
    "kind": _("种类"),
    "purpose": _("用途"),
    "administration": _("管理职责"),
    "user": _("账号编号"),
    "name": _("姓名"),
    "substitute": _("代办人账号编号"),
    "subject": _("主体编号"),
    "record": _("记录编号"),
    "taker": _("办理人账号编号"),
    "taker_was": _("原办理人账号编号"),
    "since": _("自"),
    "until": _("至"),
    "reason": _("理由"),
    "sessions": _("登录数"),
    "was_closed": _("原已停用"),
    "address": _("网络地址"),
    "rows": _("行数"),
    "records": _("记录数"),
    "documents": _("文书份数"),
    "left_out": _("未收入份数"),
    "days": _("天数"),
    "year": _("年份"),
    "format": _("文件格式"),
    "form": _("文件格式"),
    "searched": _("按关键词查找"),
    "sha256": _("文件摘要"),
    "was": _("原状态"),
    "platform": _("平台代码"),
    "fields": _("改动的设置"),
    "works": _("连接成功"),
    "document_number": _("文号"),
    "replaced_by": _("替换为"),
    "key": _("密钥编号"),
    "former": _("旧密钥编号"),
    "lines": _("行数"),
    "taken": _("已采用"),
    "refused": _("退回"),
}
#: Only with accounts and the law is "name" or "reason" what an administrator wrote; elsewhere it may be a
#: text of a case or the name of a person in a record.
_WRITTEN = {"name", "reason"}
_WRITTEN_ABOUT = (
    "people.user",
    "people.invitation",
    "registry.ruleoverride",
    "registry.calendarday",
    "cases.routestep",
)
_LONGEST = 200


def action_name(code: str) -> str:
    """Return what the action is called; nothing where nobody has named it."""
    return str(ACTIONS.get(code, ""))


def object_name(label: str) -> str:
    """Return what kind of thing it was done to."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return ""


def action_choices() -> list[tuple[str, str]]:
    """Return the actions to choose from, in the order of the table."""
    return [(code, str(words)) for code, words in ACTIONS.items()]


def object_choices() -> list[tuple[str, str]]:
    """Return the kinds of objects to choose from."""
    return [(label, object_name(label)) for label in OBJECTS if object_name(label)]


def facts(entry: AuditEntry) -> tuple[list[tuple[str, str]], int]:
    """Return what the entry's page shows of its data, and how many facts it keeps to itself."""
    shown, hidden = [], 0
    for key, value in entry.data.items():
        if key not in FACTS or key in _WRITTEN and entry.object_type not in _WRITTEN_ABOUT:
            hidden += 1
        elif value not in ("", None, []):
            shown.append((str(FACTS[key]), _plain(key, value)))
    return shown, hidden


def _plain(key: str, value: Any) -> str:
    from credit_repair.people.models import Administration, Invitation, Role

    names = {**dict(Role.choices), **dict(Administration.Kind.choices), **dict(Invitation.Purpose.choices)}
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, list):
        return "、".join(_plain(key, each) for each in value)
    if key in ("role", "roles", "administration", "kind", "purpose") and value in names:
        return str(names[value])
    return without_personal_numbers(str(value))[:_LONGEST]
