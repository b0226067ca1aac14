"""Findings about the text of a file: another document number 文号, another subject."""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from credit_repair.cases.models import Attachment
from credit_repair.core.wording import listed
from credit_repair.registry.keys import document_key, same_name
from credit_repair.repairs.models import record_of
from credit_repair.repairs.preflight.around import Around, Material
from credit_repair.repairs.preflight.finding import Finding, Tone

#: So much text as names whoever it is about, in characters.
_LONG_ENOUGH = 120
#: What tells the number of a penalty decision from that of a regulation or a notice.
_OF_A_PENALTY = ("罚", "处", "决")
_ZEROS = re.compile(r"\]第?0*(?=\d)")
_YEAR = re.compile(r"\[\d{4}\]")
_MOST_NAMED = 3


def number_differs(material: Material, around: Around) -> Iterator[Finding]:
    """The text names document numbers of penalties, and none is of a record that the file is for."""
    if material.kind != Attachment.Kind.PROOF:
        return
    ours = [record_of(case).doc_no for case in material.cases]
    if not ours or not all(ours) or _names_one_of(ours, material):
        return
    others = _numbers_beside(ours, material.facts.get("numbers", []))
    if others:
        yield Finding(
            code="number_differs",
            title=_("“%(name)s”里的文号与申请修复的信息不一致") % {"name": material.name},
            text=_("文件里写的是%(found)s，申请修复的是%(ours)s。")
            % {"found": _listed(_shown(number) for number in others), "ours": _listed(ours)},
            todo=_("请核对是不是选错了文件；如果这个文件确实证明您履行了这项义务，可以照常提交。"),
        )


def subject_differs(material: Material, around: Around) -> Iterator[Finding]:
    """The text names another credit code, or does not name the subject at all."""
    facts, subject = material.facts, around.subject
    if material.kind != Attachment.Kind.PROOF or subject is None or _names_subject(facts, around):
        return
    about = {"name": material.name, "subject": subject.name}
    codes = facts.get("codes", [])
    if subject.code and codes:
        yield Finding(
            code="subject_differs",
            title=_("“%(name)s”里没有找到“%(subject)s”") % about,
            text=_("文件里的统一社会信用代码是%(found)s，申请主体的是%(ours)s。")
            % {"found": _listed(codes), "ours": subject.code},
            todo=_("请核对这个文件是不是您单位的；如果是代收单位或银行的代码，可以照常提交。"),
        )
    elif facts.get("chars", 0) >= _LONG_ENOUGH and _was_sought(facts, around):
        yield Finding(
            code="subject_absent",
            tone=Tone.INFO,
            title=_("“%(name)s”里没有找到“%(subject)s”") % about,
            todo=_("请核对是不是选错了文件；内容确实与这次申请有关的，可以照常提交。"),
        )


def _names_subject(facts: dict[str, list[str]], around: Around) -> bool:
    if around.subject and around.subject.code in facts.get("codes", []):
        return True
    return any(same_name(name, found) for name in around.names for found in facts.get("found", []))


def _was_sought(facts: dict[str, list[str]], around: Around) -> bool:
    """Whether the present name was looked for: the subject may have been renamed since."""
    return any(same_name(around.names[0], sought) for sought in facts.get("sought", []))


def _names_one_of(ours: Iterable[str], material: Material) -> bool:
    """Whether the text names one of our numbers; what stands before a number in a text may stick to it."""
    facts, wanted = material.facts, [_comparable(number) for number in ours]
    named = [_comparable(text) for text in (*facts.get("found", []), *facts.get("numbers", []))]
    return any(name.endswith(number) for name in named for number in wanted)


def _numbers_beside(ours: Iterable[str], numbers: Iterable[str]) -> list[str]:
    """Of the numbers in a text, those that can be a penalty's: by their words, or because they begin as ours
    do."""
    begins = {_beginning(_comparable(number)) for number in ours}
    return [
        number
        for number in numbers
        if any(word in number for word in _OF_A_PENALTY) or _beginning(number) in begins
    ]


def _beginning(number: str) -> str:
    """What stands before the year: the 代字 of the authority."""
    return _YEAR.split(number, maxsplit=1)[0]


def _comparable(number: str) -> str:
    """A number as it is compared: kinds of brackets, 第 and leading zeros aside."""
    plain = document_key(number).replace("(", "[").replace(")", "]")
    return _ZEROS.sub("]", plain)


def _shown(number: str) -> str:
    return number.replace("[", "〔").replace("]", "〕")


def _listed(numbers: Iterable[str]) -> str:
    shown = list(dict.fromkeys(numbers))
    more = len(shown) > _MOST_NAMED
    text = listed(shown[:_MOST_NAMED])
    return _("%(some)s等") % {"some": text} if more else text
