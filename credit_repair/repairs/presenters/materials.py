"""The page of a basket's files: what proves performance, what is there, what is on its way."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.cases.models import Attachment, Case, StoredFile
from credit_repair.people.models import User
from credit_repair.registry.models import Record
from credit_repair.repairs import preflight
from credit_repair.repairs.models import record_of
from credit_repair.repairs.preflight import Finding
from credit_repair.repairs.presenters.basket import Basket, frame, next_url
from credit_repair.repairs.presenters.common import record_title
from credit_repair.repairs.presenters.preflight import findings_panel
from credit_repair.repairs.selectors import has_material
from credit_repair.repairs.services.uploads import unfinished

K = Record.Kind

#: What proves that the duties were performed, by what the record is.
PROOFS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    K.PENALTY: (
        gettext_lazy("行政处罚"),
        (
            gettext_lazy("罚款、没收违法所得：缴款凭证、银行回单或电子缴款书"),
            gettext_lazy("责令改正：整改前后的照片、整改报告或验收意见"),
            gettext_lazy("责令停产停业、暂扣许可证：恢复的通知或期满的证明"),
        ),
    ),
    K.SERIOUS_LIST: (
        gettext_lazy("严重失信主体名单"),
        (
            gettext_lazy("履行决定、判决义务的凭证，例如缴款凭证、结案通知书"),
            gettext_lazy("纠正失信行为、消除不良影响的证明，例如整改报告、和解协议"),
            gettext_lazy("参加信用修复培训、提交信用报告的，附上证明"),
        ),
    ),
    K.ABNORMAL_LIST: (
        gettext_lazy("经营异常名录"),
        (
            gettext_lazy("没有按时报年报的：补报年度报告并公示的截图"),
            gettext_lazy("登记的住所联系不上的：变更登记通知书，或重新取得联系的证明"),
            gettext_lazy("公示信息不实的：更正后公示的截图"),
        ),
    ),
    K.OTHER: (
        gettext_lazy("其他失信信息"),
        (
            gettext_lazy("履行义务的凭证，例如缴款、补缴、还款的回单"),
            gettext_lazy("认定单位出具的已经纠正、已经结清的证明"),
        ),
    ),
}


def materials_page(
    basket: Basket, *, kind: str, user: User, errors: list[str], from_check: bool
) -> dict[str, Any]:
    """Return the files of `kind` in a basket, with what else can be brought and where to go on.

    `errors`: words on files that were just refused; `from_check`: the page was come to from the check page.
    """
    query = "?from=check" if from_check else ""
    here = basket.url("filing_materials", kind) + query
    files = files_of(basket, kind, user, query)
    proof = kind == Attachment.Kind.PROOF
    return {
        "kind": kind,
        "files": files,
        "several": len(basket.drafts) > 1,
        "missing": _missing(basket, kind) if files else [],
        "proofs": _proofs(basket.drafts) if proof else [],
        "form_url": "" if proof else reverse("window_papers", args=[basket.filing.uuid]),
        "upload": {
            "action": here,
            "begin": basket.url("upload_begin"),
            "label": _("选择证明材料") if proof else _("选择签好的申请表"),
            "help": _("手机拍照也可以，四个角拍全，字迹看得清。"),
            "next": here,
            "unfinished": unfinished_of(basket, kind, user),
        },
        "upload_errors": errors,
        "errors": [{"text": words, "href": "#file"} for words in errors],
        "done_url": basket.url("filing_check") if from_check else next_url(basket),
        "page_title": _("证明材料") if proof else _("签字的申请表"),
        "page_subtitle": _("能证明已经改正、已经履行义务的材料，有一份就可以。") if proof else "",
        **frame(basket.side, basket.filing, inside=True),
    }


def files_of(
    basket: Basket, kind: str, user: User, query: str, found: list[Finding] | None = None
) -> list[dict[str, Any]]:
    """Return the files of `kind`, the oldest first, each with its uses and what was found in it.

    `found`: what findings_of() returned, where it was asked already.
    """
    uses: dict[int, list[tuple[Case, Attachment]]] = {}
    for case in basket.drafts:
        for item in case.attachments.all():
            if item.kind == kind:
                uses.setdefault(item.stored_id, []).append((case, item))
    if not uses:
        return []
    if found is None:
        found = preflight.findings_of(filing=basket.filing, today=basket.today, user=user)
    # The same file may be a good letter and no proof.
    found = [finding for finding in found if finding.kind == kind]
    rows = [_file(basket, kind, used, query) for used in uses.values()]
    for row in rows:
        row["panel"] = findings_panel(
            filing=basket.filing,
            side=basket.side,
            user=user,
            today=basket.today,
            stored=row["stored"],
            found=found,
        )
    return sorted(rows, key=lambda row: row["stored"].uploaded_at)


def _file(basket: Basket, kind: str, used: list[tuple[Case, Attachment]], query: str) -> dict[str, Any]:
    stored: StoredFile = used[0][1].stored
    chosen = {case.pk for case, _item in used}
    whole = len(chosen) == len(basket.drafts)
    words = _("用于全部%(total)d条信息") if whole else _("用于%(n)d条信息，共%(total)d条")
    return {
        "stored": stored,
        "href": reverse("attachment", args=[used[0][1].uuid]),
        "type": stored.name.rpartition(".")[2].upper(),
        "use_words": words % {"n": len(chosen), "total": len(basket.drafts)},
        "choices": [
            {"uuid": case.uuid, "label": _label(case), "checked": case.pk in chosen} for case in basket.drafts
        ],
        "use_url": basket.url("filing_use_material", kind, stored.uuid) + query,
        "drop_url": basket.url("filing_drop_material", kind, stored.uuid) + query,
    }


def _missing(basket: Basket, kind: str) -> list[str]:
    """The records for which no file of `kind` is there, where others have one."""
    return [_label(case) for case in basket.drafts if not has_material(case, kind)]


def _label(case: Case) -> str:
    return record_title(record_of(case))


def _proofs(drafts: list[Case]) -> list[dict[str, Any]]:
    kinds = {record_of(case).kind for case in drafts}
    return [{"title": title, "items": items} for kind, (title, items) in PROOFS.items() if kind in kinds]


def unfinished_of(basket: Basket, kind: str, user: User) -> list[dict[str, Any]]:
    """Return a person's files of `kind` that did not arrive whole."""
    return [
        {
            "name": upload.name,
            "percent": received * 100 // upload.size,
            "drop_url": basket.url("upload_end", upload.uuid),
        }
        for upload, received in unfinished(filing=basket.filing, user=user, kind=kind)
    ]
