"""On what each usual reason rests, and which part of an application mends it. What an office has written in
the meantime stays."""

from django.db import migrations

METHOD = "《信用修复管理办法》（国家发展改革委令第36号）"
#: use, code → basis, part to be made anew
LAID = {
    ("not_accepted", "period_not_over"): (f"{METHOD}：最短公示期届满后可以申请修复", ""),
    ("not_accepted", "not_our_record"): (f"{METHOD}：谁认定、谁修复", ""),
    ("not_accepted", "already_ended"): (f"{METHOD}：没有公示的信息不存在结束公示的问题", ""),
    ("not_accepted", "materials_missing"): (f"{METHOD}：申请修复须提交履行义务的证明和信用承诺书", "proof"),
    ("not_accepted", "barred"): (f"{METHOD}：提供虚假材料或者违背承诺的，一定期限内不得再次申请", ""),
    ("refused", "duties_open"): (f"{METHOD}：申请修复须已纠正失信行为、履行全部义务", "statement"),
    ("refused", "conduct_not_corrected"): (f"{METHOD}：申请修复须已纠正失信行为、履行全部义务", "statement"),
    ("refused", "evidence_not_proving"): (f"{METHOD}：申请修复须提交履行义务的证明", "proof"),
    ("refused", "restriction_running"): (
        f"{METHOD}：处罚附带的限制期限更长的，届满以前不提前结束公示",
        "",
    ),
    ("refused", "false_material"): (f"{METHOD}：申请人对材料的真实性负责", "proof"),
    ("correction", "proof_unreadable"): (f"{METHOD}：申请修复须提交履行义务的证明", "proof"),
    ("correction", "letter_unsigned"): (f"{METHOD}：申请修复须公开作出信用承诺，每条信息一份", "commitment"),
    ("correction", "proof_partial"): (f"{METHOD}：申请修复须提交履行义务的证明", "proof"),
    ("correction", "other_subject"): (f"{METHOD}：申请修复须提交履行义务的证明", ""),
}


def lay(apps, schema_editor):
    for code, basis, mends in _rows(apps):
        code.filter(basis="").update(basis=basis)
        code.filter(mends="").update(mends=mends)


def take_up(apps, schema_editor):
    for code, basis, mends in _rows(apps):
        code.filter(basis=basis).update(basis="")
        code.filter(mends=mends).update(mends="")


def _rows(apps):
    ReasonCode = apps.get_model("cases", "ReasonCode")
    for (use, code), (basis, mends) in LAID.items():
        yield ReasonCode.objects.filter(kind="repair", use=use, code=code), basis, mends


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_attachments_name_their_file")]
    operations = [migrations.RunPython(lay, take_up)]
