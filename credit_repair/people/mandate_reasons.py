"""Why applications for a mandate are usually refused, each with what the applicant can do."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class UsualReason(NamedTuple):
    """A reason that an official ticks, and the advice that goes with it."""

    code: str
    text: Any
    advice: Any


USUAL_REASONS = (
    UsualReason(
        "unsigned",
        _("授权书没有加盖公章，或者没有法定代表人（负责人）签字。"),
        _("请加盖公章并由法定代表人签字后，重新上传。"),
    ),
    UsualReason(
        "unreadable",
        _("上传的文件不清楚或者不完整，无法核对。"),
        _("请把整页拍全、拍清楚，重新上传。"),
    ),
    UsualReason(
        "other_name",
        _("授权书上的单位名称、代码与填写的不一致。"),
        _("请核对营业执照，改正后重新申请。"),
    ),
    UsualReason(
        "other_person",
        _("授权书上的受委托人与申请人不是同一个人。"),
        _("请由授权书上写明的经办人本人申请，或者重新出具授权书。"),
    ),
    UsualReason(
        "other_days",
        _("授权书已经过期，或者填写的截止日期超出授权书的期限。"),
        _("请按授权书上的期限填写，或者重新出具授权书。"),
    ),
    UsualReason(
        "not_proven",
        _("上传的材料不能证明申请人的身份。"),
        _("法定代表人请上传营业执照和本人身份证；破产管理人请上传法院的指定决定书。"),
    ),
)
