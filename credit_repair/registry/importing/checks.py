"""Why a row is refused: one small check per code, in the order in which they apply; and the warnings.

The order and the codes are those of the rules on data; the first that applies is reported. Whose row it is
is asked before a check tells what stands in the register. A refused row leaves no trace in the register, so
the same document may come again, mended, later in the same file.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from credit_repair.core.wording import listed
from credit_repair.registry.importing.parsing import is_credit_code, is_resident_id
from credit_repair.registry.importing.row import TableRow
from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.keys import document_key, same_name
from credit_repair.registry.models import Office, Record, Subject
from credit_repair.registry.personal_numbers import shown_code, without_personal_numbers
from credit_repair.rules import Assessment, UnknownPenaltyType

MAX_FACTS = 20_000
_DATES = ("decision_date", "valid_until", "own_until", "removed_on")
_AMOUNTS = ("fine", "confiscated")
#: The longest texts that a record, its subject and its offices can hold, in characters.
_LENGTHS = {
    "facts": MAX_FACTS,
    "legal_basis": MAX_FACTS,
    "content": MAX_FACTS,
    "remarks": MAX_FACTS,
    "name": 200,
    "doc_no": 200,
    "list_name": 200,
    "conduct": 500,
    "penalty_text": 500,
    "licence": 500,
    "representative": 100,
    "authority": 100,
    "source": 100,
}
_IN_THE_KEY = ("doc_no", "list_name")


@dataclass(frozen=True)
class Finding:
    """What is wrong with a row: the column by its header, the code, and in words what to do."""

    field: str
    code: str
    reason: str


class KnownThings(Protocol):
    """What the register, and the rows already taken in this run, know."""

    as_of: date
    scope: ImportScope | None

    def has_seen(self, key: str) -> bool:
        """Whether this run has already met the record of this key."""

    def subject(self, key: str) -> Subject | None:
        """The subject of this key."""

    def office(self, code: str) -> Office | None:
        """The office of this code."""

    def record(self, key: str) -> Record | None:
        """The record of this key."""


#: The field at fault, and the words.
Fault = tuple[str, str]
Check = Callable[[TableRow, KnownThings], Fault | None]


def missing_name(row: TableRow, known: KnownThings) -> Fault | None:
    """The subject has no name."""
    return None if row.text("name") else ("name", _("没有填写行政相对人名称，请补填。"))


def missing_doc_no(row: TableRow, known: KnownThings) -> Fault | None:
    """The decision document has no number."""
    return None if row.text("doc_no") else ("doc_no", _("没有填写行政处罚决定书文号，请补填。"))


def missing_list(row: TableRow, known: KnownThings) -> Fault | None:
    """The entry does not say which list it is on."""
    if row.text("list_name"):
        return None
    return "list_name", _("没有填写%(header)s，请补填。") % {"header": row.header("list_name")}


def bad_date(row: TableRow, known: KnownThings) -> Fault | None:
    """A date is in another form than the three allowed, or does not exist; or the decision has none."""
    if not row.text("decision_date"):
        words = _("没有填写%(header)s，请补填，如2026/01/31。")
        return "decision_date", words % {"header": row.header("decision_date")}
    for field in _DATES:
        try:
            row.day(field)
        except ValueError:
            words = _("“%(text)s”不是有效的日期，请写成2026/01/31、2026-01-31或20260131。")
            return field, words % {"text": row.text(field)[:40]}
    return None


def future_decision(row: TableRow, known: KnownThings) -> Fault | None:
    """The decision is later than the day of the import."""
    if row.decision_date <= known.as_of:
        return None
    words = _("%(header)s%(day)s晚于导入日%(as_of)s，请核对日期。")
    values = {"header": row.header("decision_date"), "day": row.decision_date, "as_of": known.as_of}
    return "decision_date", words % values


def until_before_decision(row: TableRow, known: KnownThings) -> Fault | None:
    """The source's own end of publicity lies before the decision."""
    if row.own_until is None or row.own_until >= row.decision_date:
        return None
    words = _("公示截止期%(until)s早于%(header)s%(day)s，请核对这两个日期。")
    values = {"until": row.own_until, "header": row.header("decision_date"), "day": row.decision_date}
    return "own_until", words % values


def bad_removal(row: TableRow, known: KnownThings) -> Fault | None:
    """The entry was taken off its list before it came on it, or is to be taken off only after the import."""
    removed = row.removed_on
    if removed is None or row.decision_date <= removed <= known.as_of:
        return None
    if removed > known.as_of:
        words = _("移出日期%(day)s晚于导入日%(as_of)s。还没有移出的请留空，移出后再导入。")
        return "removed_on", words % {"day": removed, "as_of": known.as_of}
    words = _("移出日期%(removed)s早于列入日期%(day)s，请核对这两个日期。")
    return "removed_on", words % {"removed": removed, "day": row.decision_date}


def bad_uscc(row: TableRow, known: KnownThings) -> Fault | None:
    """The subject's code is wrong, or the subject has no number by which it can be known."""
    if row.code and not is_credit_code(row.code):
        words = _("统一社会信用代码“%(code)s”的位数、字符或校验位不对，请对照营业执照核对。")
        return "code", words % {"code": _shown(row, row.code, personal=row.is_person)}
    if row.is_person and not row.code and not row.person_number:
        return "person_number", _("自然人没有填写证件号码，请补填。")
    if not row.is_person and not row.code:
        return "code", _("没有填写统一社会信用代码，请补填。")
    return None


def natural_person_with_uscc(row: TableRow, known: KnownThings) -> Fault | None:
    """The subject is said to be a natural person, yet has a unified social credit code."""
    if not (row.is_person and row.code):
        return None
    words = _("类别是自然人，却填了统一社会信用代码。请改正%(header)s，或删去代码并填写证件号码。")
    return "category", words % {"header": row.header("category")}


def authority_code_bad(row: TableRow, known: KnownThings) -> Fault | None:
    """The authority's code is wrong or missing; or the office is new and the row does not name it."""
    code = row.authority_code
    if not code:
        words = _("没有填写%(header)s，请补填。")
        return "authority_code", words % {"header": row.header("authority_code")}
    if not is_credit_code(code):
        words = _("%(header)s“%(code)s”的位数、字符或校验位不对，请核对。")
        return "authority_code", words % {"header": row.header("authority_code"), "code": _shown(row, code)}
    if not row.text("authority") and known.office(code) is None:
        return "authority", _("没有填写%(header)s名称，请补填。") % {"header": row.header("authority")}
    return None


def unknown_penalty_type(row: TableRow, known: KnownThings) -> Fault | None:
    """A penalty type is neither in the list nor among its aliases."""
    try:
        row.penalty_types  # noqa: B018 - asking for it is the check
    except UnknownPenaltyType as error:
        if not error.name:
            return "penalty_text", _("没有填写处罚类别，请补填。")
        words = _("不认识的处罚类别“%(name)s”。请改用《行政处罚法》规定的种类，多个种类用分号隔开。")
        return "penalty_text", words % {"name": error.name[:40]}
    return None


def negative_fine(row: TableRow, known: KnownThings) -> Fault | None:
    """An amount is below zero, or no amount at all."""
    for field in _AMOUNTS:
        try:
            amount = row.amount(field)
        except ValueError:
            words = _("“%(text)s”不是有效的金额。请只填数字，单位为万元，整数部分不超过九位。")
            return field, words % {"text": row.text(field)[:40]}
        if amount is not None and amount < 0:
            words = _("金额%(amount)s小于零，请核对。没有金额的请留空。")
            return field, words % {"amount": row.text(field)}
    return None


def over_long_facts(row: TableRow, known: KnownThings) -> Fault | None:
    """A text is longer than can be kept: 20,000 characters for the facts, fewer for short columns."""
    for field, limit in _LENGTHS.items():
        text = row.text(field)
        # In the natural key, a sign like ㈱ is several.
        length = max(len(text), len(document_key(text))) if field in _IN_THE_KEY else len(text)
        if length > limit:
            words = _("内容共%(length)s字，超过%(limit)s字的上限，请删减后再导入。")
            return field, words % {"length": length, "limit": limit}
    return None


def duplicate(row: TableRow, known: KnownThings) -> Fault | None:
    """The same record has already been met in this run."""
    if not known.has_seen(row.key):
        return None
    if row.layout.is_list:
        words = _("%(columns)s和主体都与前面的一行相同。请核对，确属重复的请删去这一行。")
        same = listed(row.header(field) for field in ("list_name", "decision_date", "authority"))
        return "list_name", words % {"columns": same}
    words = _("文号、处罚机关和行政相对人都与前面的一行相同。请核对文号，确属重复的请删去这一行。")
    return "doc_no", words


def name_code_conflict(row: TableRow, known: KnownThings) -> Fault | None:
    """The code is known with another name, in the register or from a row of this run."""
    subject = known.subject(row.subject_key)
    if subject is None or same_name(subject.name, row.text("name")):
        return None
    words = _("这个代码已登记的名称是“%(known)s”，与本行的“%(name)s”不同。请核对；确已更名的，请按更名办理。")
    return "name", words % {"known": subject.name, "name": row.text("name")}


def not_your_office(row: TableRow, known: KnownThings) -> Fault | None:
    """The person may not import for the offices that decided or supplied it.

    Of a record that is known these are the offices in the register: whoever only names themselves as the
    supplier must not change what others brought.
    """
    if known.scope is None:
        return None
    authority, source = row.authority_code, row.source_code
    record = known.record(row.key)
    if record is not None:
        authority = record.authority.code
        source = record.source_office.code if record.source_office else ""
    if known.scope.covers(authority=authority, source=source):
        return None
    words = _(
        "您所在的单位不能导入“%(authority)s”的这条信息。请核对处罚机关和数据来源单位，或交信用主管部门导入。"
    )
    return "authority_code", words % {"authority": row.text("authority") or row.authority_code}


CHECKS: tuple[Check, ...] = (
    missing_name,
    missing_doc_no,
    bad_date,
    future_decision,
    until_before_decision,
    bad_uscc,
    natural_person_with_uscc,
    authority_code_bad,
    unknown_penalty_type,
    negative_fine,
    over_long_facts,
    duplicate,
    not_your_office,
    name_code_conflict,
)
#: A list has no document number, penalty types or amounts of its own.
LIST_CHECKS: tuple[Check, ...] = (
    missing_name,
    missing_list,
    bad_date,
    future_decision,
    until_before_decision,
    bad_removal,
    bad_uscc,
    natural_person_with_uscc,
    authority_code_bad,
    over_long_facts,
    duplicate,
    not_your_office,
    name_code_conflict,
)


def first_refusal(row: TableRow, known: KnownThings) -> Finding | None:
    """Return the first reason to refuse `row`, None where it can be taken.

    Each check may rely on those before it: after bad_date, dates can be read.
    """
    for check in LIST_CHECKS if row.layout.is_list else CHECKS:
        fault = check(row, known)
        if fault is not None:
            reason = without_personal_numbers(fault[1])
            return Finding(field=row.header(fault[0]), code=check.__name__, reason=reason)
    return None


def _shown(row: TableRow, code: str, *, personal: bool = False) -> str:
    """A wrong code as the words may repeat it: the number of one of the row's people never in the clear."""
    numbers = (row.person_number, row.text("representative_number").upper())
    return shown_code(code, personal=personal or code in numbers)


def warnings_of_numbers(row: TableRow) -> Iterator[Finding]:
    """Yield what a person should look at though the row is taken: numbers that cannot be right.

    The words never repeat a personal number.
    """
    number = row.text("representative_number")
    if number and row.representative_has_resident_id and not is_resident_id(number):
        words = _("法定代表人的身份证号码位数、出生日期或校验位不对，记录已收，请核对号码。")
        yield Finding(row.header("representative_number"), "bad_representative_number", words)
    if row.is_person and row.person_has_resident_id and not is_resident_id(row.person_number):
        words = _("身份证号码位数、出生日期或校验位不对，记录已收，请核对号码。")
        yield Finding(row.header("person_number"), "bad_person_number", words)
    if row.source_code and not is_credit_code(row.source_code):
        words = _("数据来源单位统一社会信用代码“%(code)s”不对，记录已收，但没有登记来源单位，请核对。")
        code = _shown(row, row.source_code)
        yield Finding(row.header("source_code"), "bad_source_code", words % {"code": code})


def warnings_of_period(row: TableRow, assessment: Assessment) -> Iterator[Finding]:
    """Yield a warning where the source's own end of publicity lies before the end of the minimum period."""
    if assessment.own_until_before_minimum:
        words = _("公示截止期%(until)s早于最短公示期届满之日%(least)s，记录已收，请与来源单位核对。")
        days = {"until": assessment.own_until, "least": assessment.min_until}
        yield Finding(row.header("own_until"), "own_until_before_minimum", words % days)
