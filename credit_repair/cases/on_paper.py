"""Who and what a document is about, as documents say it: party, office, remedies, an official's sentences."""

from django.utils.translation import gettext as _

from credit_repair.notices.parts import Contact, Party, Remedies
from credit_repair.registry.models import Office, Subject

#: With what a paragraph may end.
_ENDINGS = ("。", "！", "？", "：", "”", "）")


def party_of(subject: Subject) -> Party:
    """Return a subject as documents name it; a person's number stands in none of them."""
    return Party(
        name=subject.name,
        code=subject.code or "",
        legal_representative=subject.legal_representative,
        is_person=subject.kind == Subject.Kind.PERSON,
    )


def contact_of(office: Office) -> Contact:
    """Return where questions to an office are answered."""
    return Contact(office=office.name, address=office.address, phone=office.phone)


def remedies_of(office: Office) -> Remedies:
    """Return review body and court 救济途径 for a decision of `office`.

    The government of the office's own level reviews; the names are general until an office sets its own.
    """
    level = {
        Office.Level.COUNTY: _("本级人民政府"),
        Office.Level.CITY: _("本级人民政府"),
        Office.Level.PROVINCE: _("本级人民政府"),
        Office.Level.NATION: _("本机关"),
    }[Office.Level(office.level)]
    return Remedies(review_body=level, court=_("有管辖权的人民法院"))


def sentences(text: str) -> tuple[str, ...]:
    """Return each line of what somebody wrote as one sentence without its closing full stop."""
    return tuple(line.strip().rstrip("。；;") for line in text.splitlines() if line.strip())


def paragraphs(text: str) -> tuple[str, ...]:
    """Return each line of what somebody wrote as a paragraph that ends with a full stop."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(line if line.endswith(_ENDINGS) else f"{line}。" for line in lines if line)
