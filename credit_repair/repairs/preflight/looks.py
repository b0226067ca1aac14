"""Findings about the look of a file: cannot be opened, blank pages, pages that nobody can read."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.core.wording import clauses, listed
from credit_repair.repairs.preflight.around import Around, Material
from credit_repair.repairs.preflight.finding import Finding, Tone

#: What makes a page hard to read, in words, in the order in which it is said.
_WHY = {
    "small": _l("%(pages)s太小，放大后文字看不清"),
    "dark": _l("%(pages)s太暗"),
    "faint": _l("%(pages)s字迹太淡"),
    "blurred": _l("%(pages)s比较模糊"),
}


def cannot_be_opened(material: Material, around: Around) -> Iterator[Finding]:
    """The file needs a password, or nothing could be read from it."""
    facts = material.facts
    if facts.get("locked"):
        yield Finding(
            code="file_locked",
            title=_("“%(name)s”设有打开密码") % {"name": material.name},
            text=_("工作人员没有密码，打不开这个文件。"),
            todo=_("请去掉密码后重新上传，或者打印后扫描。"),
        )
    elif facts.get("unreadable"):
        yield Finding(
            code="file_unreadable",
            title=_("“%(name)s”可能打不开") % {"name": material.name},
            text=_("我们没能读出这个文件的内容，它可能已经损坏。"),
            todo=_("请在自己的电脑或手机上打开看一看；打不开的，请重新扫描或拍照后上传。"),
        )


def blank_pages(material: Material, around: Around) -> Iterator[Finding]:
    """Pages with nothing on them."""
    looks = material.facts.get("looks", [])
    blank = [number for number, look in enumerate(looks, start=1) if look.get("blank")]
    if blank and len(blank) == len(looks):
        yield Finding(
            code="file_blank",
            title=_("“%(name)s”看起来是空白的") % {"name": material.name},
            todo=_("请核对是不是选错了文件，或者扫描时放反了纸，然后重新上传。"),
        )
    elif blank:
        yield Finding(
            code="page_blank",
            tone=Tone.INFO,
            title=_("“%(name)s”%(pages)s看起来是空白的") % {"name": material.name, "pages": _pages(blank)},
            todo=_("如果只是纸的背面，不必处理；如果这一页应当有内容，请重新扫描后上传。"),
        )


def unreadable_pages(material: Material, around: Around) -> Iterator[Finding]:
    """Pages that are too small, too dark, too pale or blurred."""
    looks = material.facts.get("looks", [])
    only_page = len(looks) == 1
    why = []
    for reason, words in _WHY.items():
        numbers = [number for number, look in enumerate(looks, start=1) if look.get("bad") == reason]
        if numbers:
            why.append(words % {"pages": _("图片") if only_page else _pages(numbers)})
    if why:
        yield Finding(
            code="page_unreadable",
            title=_("“%(name)s”可能看不清") % {"name": material.name},
            text=_("%(why)s。") % {"why": clauses(why)},
            todo=_("请放大看一看文字是否清楚；不清楚的，请在光线好的地方平铺重拍，或者用扫描仪扫描后上传。"),
        )


def _pages(numbers: list[int]) -> str:
    return _("第%(pages)s页") % {"pages": listed(numbers)}
