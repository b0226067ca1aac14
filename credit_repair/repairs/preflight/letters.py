"""Findings about commitment letters 信用修复承诺书 that were printed, signed and brought back as a scan."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from credit_repair.cases.models import Attachment, Case
from credit_repair.core.wording import listed
from credit_repair.repairs.preflight.around import Around, Letter, Material, signed_on_screen
from credit_repair.repairs.preflight.finding import Finding, Tone

_MOST_NAMED = 3


def no_code_read(material: Material, around: Around) -> Iterator[Finding]:
    """No code of a letter was read: another paper, or a photograph without its upper right corner."""
    facts = material.facts
    if not _is_scan(material) or facts.get("letters") or all(look for look in facts.get("looks", [])):
        return  # a page that is blank or cannot be read has its own finding
    yield Finding(
        code="letter_no_code",
        tone=Tone.INFO,
        title=_("没有读到“%(name)s”上的二维码") % {"name": material.name},
        text=_("承诺书右上角印有二维码，用来核对是哪一条信息的承诺书。"),
        todo=_("请看一看是不是拍全了整页、右上角是否清楚。已经拍全的，可以照常提交，由工作人员核对。"),
    )


def not_ours(material: Material, around: Around) -> Iterator[Finding]:
    """A letter that was printed for another application."""
    if not _is_scan(material):
        return
    foreign = [found for found in material.facts.get("letters", []) if not _of_this_filing(found, around)]
    if foreign:
        yield Finding(
            code="letter_not_ours",
            title=_("“%(name)s”里有不是为这次申请打印的承诺书") % {"name": material.name},
            text=_("可能是以前的申请或者别的单位的承诺书，在%(pages)s。")
            % {"pages": _pages(found["page"] for found in foreign)},
            todo=_("请在“签署信用修复承诺书”页面重新打印，签字盖章后再扫描上传。"),
        )


def unsigned(material: Material, around: Around) -> Iterator[Finding]:
    """A letter on which no hand and no stamp is to be seen."""
    unsigned = [letter for found, letter in _ours(material, around) if found.get("signed") is False]
    elsewhere = around.signed
    blank = [letter for letter in unsigned if letter.case.pk not in elsewhere]
    if unsigned and not blank:
        yield Finding(
            code="letter_spare",
            tone=Tone.INFO,
            title=_("“%(name)s”里的承诺书没有签，已经另外签好了") % {"name": material.name},
            todo=_("这份可以删除，不删除也不影响提交。"),
        )
    if blank:
        yield Finding(
            code="letter_unsigned",
            title=_("“%(name)s”里的承诺书看起来还没有签字或者盖章") % {"name": material.name},
            text=_("没有签的是：%(records)s。") % {"records": _records(letter.case for letter in blank)},
            todo=_("请签字盖章后重新扫描上传。已经签好的，可以照常提交，由工作人员核对。"),
            cases=frozenset(letter.case.pk for letter in blank),
        )


def not_a_proof(material: Material, around: Around) -> Iterator[Finding]:
    """Letters alone, given as a proof of performance; what has other pages besides may well prove it."""
    letters = {found["page"] for found in material.facts.get("letters", [])}
    if material.kind == Attachment.Kind.PROOF and letters and material.facts.get("pages", 1) <= len(letters):
        yield Finding(
            code="proof_is_letter",
            title=_("“%(name)s”是承诺书，不是履行义务的证明") % {"name": material.name},
            todo=_("请上传缴款凭证等材料。"),
        )


def outdated(material: Material, around: Around) -> Iterator[Finding]:
    """A letter after which another was printed for the same application, with other words."""
    old = [letter for _found, letter in _ours(material, around) if not letter.newest]
    signed_since = {case.pk for case in around.cases if signed_on_screen(case)}
    old = [letter for letter in old if letter.case.pk not in signed_since]
    if old:
        yield Finding(
            code="letter_outdated",
            title=_("“%(name)s”里的承诺书不是最新打印的") % {"name": material.name},
            text=_("打印之后内容有过变动，涉及：%(records)s。")
            % {"records": _records(letter.case for letter in old)},
            todo=_("请核对承诺书的内容；不一致的，请重新打印、签字盖章后上传。"),
            cases=frozenset(letter.case.pk for letter in old),
        )


def letters_missing(material: Material, around: Around) -> Iterator[Finding]:
    """The file was given for applications whose letter is in no scan."""
    inside = {letter.case.pk for _found, letter in _ours(material, around)}
    if not inside:
        return
    scanned = around.scanned
    missing = [case for case in material.cases if case.pk not in scanned and not signed_on_screen(case)]
    if missing:
        yield Finding(
            code="letter_missing",
            title=_("“%(name)s”里没有找到全部承诺书") % {"name": material.name},
            text=_("没有读到这些信息的承诺书：%(records)s。") % {"records": _records(missing)},
            todo=_("每条信息要有一份承诺书。请核对是否漏扫，补扫后上传；已经扫了的，可以照常提交。"),
            cases=frozenset(case.pk for case in missing),
        )


def letters_unused(material: Material, around: Around) -> Iterator[Finding]:
    """A letter of this filing is in the scan, but the scan was not given for its application."""
    given = {
        case.pk
        for other in around.materials
        if other.kind == Attachment.Kind.COMMITMENT
        for case in other.cases
    }
    open_cases = {case.pk for case in around.cases}
    more = [letter.case for _found, letter in _ours(material, around) if letter.case.pk in open_cases - given]
    if more:
        yield Finding(
            code="letter_unused",
            tone=Tone.INFO,
            title=_("“%(name)s”里还有别的信息的承诺书") % {"name": material.name},
            text=_("这些信息还没有用上这份扫描件：%(records)s。") % {"records": _records(more)},
            todo=_("请在“签署信用修复承诺书”页面选择这份扫描件也用于这些信息。"),
            cases=frozenset(case.pk for case in more),
        )


def _is_scan(material: Material) -> bool:
    facts = material.facts
    return material.kind == Attachment.Kind.COMMITMENT and "letters" in facts


def _of_this_filing(found: dict[str, Any], around: Around) -> bool:
    letter = around.letters.get(found["document"])
    return letter is not None and letter.case.filing_id == around.filing.pk


def _ours(material: Material, around: Around) -> list[tuple[dict[str, Any], Letter]]:
    """The letters of this filing in a scan, each once."""
    if not _is_scan(material):
        return []
    return [
        (found, around.letters[found["document"]])
        for found in {found["document"]: found for found in material.facts["letters"]}.values()
        if _of_this_filing(found, around)
    ]


def _records(cases: Iterable[Case]) -> str:
    """The records by their numbers, the first few of them."""
    shown = [_record(case) for case in {case.pk: case for case in cases}.values()]
    text = listed(shown[:_MOST_NAMED])
    if len(shown) > _MOST_NAMED:
        return _("%(some)s等%(count)s条") % {"some": text, "count": len(shown)}
    return text


def _record(case: Case) -> str:
    record = case.record
    return str((record.doc_no or record.list_name or record.get_kind_display()) if record else case)


def _pages(numbers: Iterable[int]) -> str:
    return _("第%(pages)s页") % {"pages": listed(sorted(set(numbers)))}
