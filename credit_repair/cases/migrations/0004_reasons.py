"""The reasons that negative answers usually name, as a beginning: each office edits them in the admin."""

from django.db import migrations

REASONS = {
    "not_accepted": [
        ("period_not_over", "最短公示期尚未届满", "最短公示期届满后再申请；本网站会写明从哪一天起可以申请。"),
        ("not_our_record", "该信息不由本机关受理", "向作出处罚决定的机关所在地的信用主管部门申请。"),
        ("already_ended", "该信息的公示已经结束，无需申请", "无需办理；平台仍在显示的，可以提出异议。"),
        ("materials_missing", "申请材料不齐全，且逾期未补正", "备齐材料后重新申请。"),
        ("barred", "因提供虚假材料或者违背承诺，尚在不得申请的期限内", "期限届满后再申请。"),
    ],
    "refused": [
        ("duties_open", "行政处罚决定规定的义务尚未全部履行", "全部履行并取得凭证后重新申请。"),
        ("conduct_not_corrected", "违法行为尚未改正到位", "改正到位后重新申请，并附上整改材料。"),
        ("evidence_not_proving", "提交的材料不能证明义务已经履行", "补充缴款凭证、整改验收等材料后重新申请。"),
        ("restriction_running", "处罚附带的限制期限尚未届满", "限制期限届满后重新申请。"),
        ("false_material", "提交的材料与事实不符", ""),
    ],
    "correction": [
        ("proof_unreadable", "证明材料无法看清", "重新拍照或者扫描，四角完整、字迹清楚。"),
        ("letter_unsigned", "信用修复承诺书没有签字或者盖章", "由法定代表人签字并加盖公章后上传。"),
        ("proof_partial", "证明材料没有覆盖全部处罚内容", "逐项补充已经履行的凭证。"),
        ("other_subject", "材料上的名称与申请主体不一致", "提供与申请主体一致的材料，或者更名证明。"),
    ],
}


def lay(apps, schema_editor):
    ReasonCode = apps.get_model("cases", "ReasonCode")
    ReasonCode.objects.bulk_create(
        ReasonCode(kind="repair", use=use, code=code, text=text, advice=advice, position=position)
        for use, reasons in REASONS.items()
        for position, (code, text, advice) in enumerate(reasons, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_law_and_supply")]
    operations = [migrations.RunPython(lay, migrations.RunPython.noop)]
