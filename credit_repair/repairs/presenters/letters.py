"""The page on which all commitment letters of a basket are signed in one sitting."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit_repair.cases.models import Attachment, Case
from credit_repair.core.wording import day_text, listed
from credit_repair.people.capacity import signs_as_clerk
from credit_repair.people.models import User
from credit_repair.repairs import preflight
from credit_repair.repairs.forms.letters import SignForm
from credit_repair.repairs.matters import record_words
from credit_repair.repairs.models import LetterSignature, record_of
from credit_repair.repairs.notices import commitment_letter
from credit_repair.repairs.preflight import Finding
from credit_repair.repairs.presenters.basket import Basket, frame, next_url, standing_papers
from credit_repair.repairs.presenters.materials import files_of, unfinished_of
from credit_repair.repairs.selectors import has_letter_on_paper, letter_signature_of

KIND = Attachment.Kind.COMMITMENT


@dataclass(frozen=True)
class Letters:
    """The letters of a basket, for the person who looks at them."""

    basket: Basket
    user: User
    from_check: bool = False

    @cached_property
    def signatures(self) -> dict[int, LetterSignature]:
        """The signatures on the screen that count, by the draft's key."""
        found = ((case.pk, letter_signature_of(case)) for case in self.basket.drafts)
        return {pk: signature for pk, signature in found if signature is not None}

    @cached_property
    def unsigned(self) -> list[Case]:
        """The drafts without a letter, on the screen or on paper."""
        return [
            case
            for case in self.basket.drafts
            if case.pk not in self.signatures and not has_letter_on_paper(case)
        ]

    @cached_property
    def found(self) -> list[Finding]:
        """What was found in the files that were brought; nothing is looked for where there is none."""
        if not any(has_letter_on_paper(case) for case in self.basket.drafts):
            return []
        return preflight.findings_of(filing=self.basket.filing, today=self.basket.today, user=self.user)

    @cached_property
    def doubtful(self) -> set[int]:
        """The keys of the drafts whose letter on paper looks as if nobody had signed it."""
        return preflight.with_unsigned_letter(self.found) - set(self.signatures)

    @cached_property
    def by_clerk(self) -> bool:
        """Whether the person signs online as the subject's authorised clerk 经办人."""
        basket = self.basket
        if basket.side.at_window:
            return False
        return signs_as_clerk(self.user, subject=basket.filing.subject, on=basket.today)

    @property
    def back(self) -> str:
        """What an address needs to come back to where the person came from."""
        return "?from=check" if self.from_check else ""

    def url(self, name: str, *args: Any) -> str:
        """Return the address of a page of this basket."""
        return self.basket.url(name, *args)

    @property
    def done_url(self) -> str:
        """Where to go on when the letters are done."""
        return self.url("filing_check") if self.from_check else next_url(self.basket)

    @property
    def later_url(self) -> str:
        """Where to go when they are left for later."""
        return self.url("filing_check") if self.from_check else self.url("filing")


def letters_page(letters: Letters, form: SignForm) -> dict[str, Any]:
    """Return what the page shows: each letter and how it stands, both ways to sign, the files brought."""
    left, total = len(letters.unsigned), len(letters.basket.drafts)
    at_window = letters.basket.side.at_window
    return {
        "form": form,
        "page_title": _("签署信用修复承诺书"),
        "page_subtitle": _lead(letters),
        "doubtful": bool(letters.doubtful),
        "name_hint": _name_hint(letters),
        "rows": [_row(letters, case) for case in letters.basket.drafts],
        "left": left,
        "total": total,
        "texts": _texts(letters.unsigned) if not at_window else [],
        "sign_url": letters.url("filing_sign") + letters.back,
        "all_url": letters.url("filing_letters_pdf"),
        "done_url": letters.done_url,
        "later_url": letters.later_url,
        "several": total > 1,
        "standing": _standing(letters),
        "files": _files(letters),
        "upload": _upload(letters),
        # One button of a page is the primary one: to sign on the screen, or to go on.
        "quiet_upload": (not at_window or not left) and not (letters.doubtful and not left),
        **frame(letters.basket.side, letters.basket.filing, inside=True),
    }


def _lead(letters: Letters) -> str:
    left, total = len(letters.unsigned), len(letters.basket.drafts)
    if letters.doubtful and not left:
        return _("上传的承诺书看起来没有签字。请签字盖章后重新上传；确已签好的，可以继续。")
    return _subtitle(left, total, at_window=letters.basket.side.at_window)


def _name_hint(letters: Letters) -> str:
    """A clerk may wonder whether it is not their chief who must sign."""
    if not letters.unsigned or not letters.by_clerk:
        return ""
    return _("由您（经办人）本人签名即可，授权书已写明您可以代单位签署。")


def _standing(letters: Letters) -> list[dict[str, str]]:
    """Return the papers that say who may act 授权委托书、身份证明, where somebody acts for the subject."""
    if not (letters.by_clerk or letters.basket.side.at_window):
        return []
    found = standing_papers(letters.basket.filing.subject)
    return [{"label": label, "url": letters.url(name)} for label, name in found]


def _subtitle(left: int, total: int, *, at_window: bool) -> str:
    if not left:
        return _("每一条信息的承诺书都有了，可以继续下一步。")
    if at_window:
        words = ngettext(
            "一条信息一份承诺书，还有%d份没有签。可以一次打印、一次扫描。",
            "一条信息一份承诺书，还有%d份没有签。可以一次打印、一次扫描。",
            left,
        )
        return words % left
    if total == 1:
        return _("这条信息需要一份承诺书。两种方式任选一种。")
    words = ngettext(
        "一条信息一份承诺书，还有%d份没有签。签一次名，或者上传一次，就可以全部办完。",
        "一条信息一份承诺书，还有%d份没有签。签一次名，或者上传一次，就可以全部办完。",
        left,
    )
    return words % left


def _row(letters: Letters, case: Case) -> dict[str, Any]:
    signature = letters.signatures.get(case.pk)
    row = {
        "name": record_words(record_of(case)),
        "authority": record_of(case).authority.name,
        "url": letters.url("filing_letter", case.uuid),
        "unsign_url": "",
        "note": "",
    }
    if signature is not None:
        when = day_text(signature.signed_at, "datetime")
        words = _("%(name)s于%(when)s签名") % {"name": signature.signer_name, "when": when}
        unsign = letters.url("filing_unsign", case.uuid) + letters.back
        return {**row, "tag": _("已在屏幕签名"), "tone": "success", "note": words, "unsign_url": unsign}
    if case.pk in letters.doubtful:
        return {**row, "tag": _("看起来没有签字"), "tone": "warning"}
    if has_letter_on_paper(case):
        return {**row, "tag": _("已上传扫描件"), "tone": "success"}
    if getattr(case, "letter_signature", None) is not None:
        return {
            **row,
            "tag": _("需要重新签"),
            "tone": "warning",
            "note": _("签名之后，承诺书里的信息有变化。"),
        }
    return {**row, "tag": _("未签"), "tone": "info"}


def _texts(cases: list[Case]) -> list[dict[str, Any]]:
    """Return the letters' words, each once, with the records that they are signed for."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for case in cases:
        letter = commitment_letter(case)
        matter = letter.record.matter
        text = found.setdefault(
            (matter.corrected, matter.restored), {"matter": matter, "party": letter.party, "records": []}
        )
        text["records"].append({"addressee": letter.addressee, "words": letter.record.in_full})
    return list(found.values())


def _files(letters: Letters) -> list[dict[str, Any]]:
    """Return the files brought as letters, each with the letters that were found in it."""
    files = files_of(letters.basket, KIND, letters.user, letters.back, letters.found)
    inside = preflight.letters_among([file["stored"] for file in files])
    for file in files:
        seen = inside[file["stored"].pk]
        names = [record_words(record_of(case)) for case in letters.basket.drafts if case.pk in seen]
        file["seen"] = _("这份扫描件里有：%s。") % listed(names) if names else ""
    return files


def _upload(letters: Letters) -> dict[str, Any]:
    """Return what the upload component needs."""
    return {
        "action": letters.url("filing_materials", KIND) + letters.back,
        "begin": letters.url("upload_begin"),
        "next": letters.url("filing_letters") + letters.back,
        "unfinished": unfinished_of(letters.basket, KIND, letters.user),
    }
