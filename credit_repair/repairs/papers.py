"""Papers to print 打印用的申请材料: form, statement, withdrawal, and who may act; filled in, or blank.

They are made when somebody asks for one, and not kept: what is signed comes back as a file. Each is a file
name and a PDF. All raise glyphs.MissingGlyphs, with words, where a character is in no font.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO

from django.conf import settings
from django.db.models import QuerySet
from pypdf import PdfWriter

from credit_repair.cases.models import Case, Filing
from credit_repair.cases.on_paper import party_of
from credit_repair.core.languages import in_site_language
from credit_repair.notices import bases, papers, standing
from credit_repair.notices.glyphs import check_context
from credit_repair.people.models import User
from credit_repair.registry.models import Subject
from credit_repair.repairs.matters import facts_on_paper
from credit_repair.repairs.models import KIND, RepairBasket, record_of

Paper = tuple[str, bytes]


class NoSuchPaper(LookupError):
    """The paper is not for a subject of this kind."""


#: What anybody may print, by its name in the address.
BLANK: dict[str, Callable[[], bases.Document]] = {
    "form": lambda: papers.ApplicationForm(party=papers.NOBODY, case_number=""),
    "statement": lambda: papers.Statement(party=papers.NOBODY, case_number=""),
    "authorisation": lambda: papers.Authorisation(party=papers.NOBODY, case_number=""),
    "commitment": lambda: papers.BlankCommitment(party=papers.NOBODY, case_number=""),
    "power": lambda: standing.PowerForMatter(party=papers.NOBODY, case_number=""),
    "representative": lambda: standing.RepresentativeCertificate(party=papers.NOBODY, case_number=""),
}


def bound(pdfs: Iterable[bytes]) -> bytes:
    """Return one PDF with the pages of several, in their order."""
    writer = PdfWriter()
    for pdf in pdfs:
        writer.append(BytesIO(pdf))
    whole = BytesIO()
    writer.write(whole)
    return whole.getvalue()


def application_form(filing: Filing) -> Paper:
    """Return the application form 信用修复申请表 of a filing: every record in it, drafts and filed alike."""
    basket = RepairBasket.objects.get(filing=filing)
    return _made(
        papers.ApplicationForm(
            party=party_of(_subject(filing)),
            case_number=filing.query_code,
            demo=settings.DEMO,
            items=_items(filing),
            contact_name=basket.contact_name,
            contact_phone=basket.contact_phone,
        )
    )


def statement(filing: Filing) -> Paper:
    """Return the statement on correction and performance 改正和履行情况说明, record by record."""
    return _made(
        papers.Statement(
            party=party_of(_subject(filing)),
            case_number=filing.query_code,
            demo=settings.DEMO,
            items=_items(filing),
        )
    )


def authorisation(filing: Filing, *, agent: User) -> Paper:
    """Return the authorisation 授权委托书 for who files: `agent` online, at a window the contact person."""
    name, phone = _agent(filing, agent)
    return _made(
        papers.Authorisation(
            party=party_of(_subject(filing)),
            case_number="",
            demo=settings.DEMO,
            agent=name,
            agent_phone=phone,
        )
    )


def power_for_matter(filing: Filing, *, agent: User) -> Paper:
    """Return the power of attorney 授权委托书 for the records of a filing alone. Which powers are given,
    and until when, is written by hand; the agent is the one whom authorisation() names."""
    name, phone = _agent(filing, agent)
    return _made(
        standing.PowerForMatter(
            party=party_of(_subject(filing)),
            case_number=filing.query_code,
            demo=settings.DEMO,
            records=tuple(facts_on_paper(record_of(case)) for case in _cases(filing)),
            agent=name,
            agent_phone=phone,
        )
    )


def representative_certificate(filing: Filing) -> Paper:
    """Return the certificate of the legal representative 法定代表人身份证明; the post is written by hand.

    Raises NoSuchPaper where a person files: nobody represents them by law.
    """
    subject = _subject(filing)
    if subject.kind == Subject.Kind.PERSON:
        raise NoSuchPaper
    return _made(
        standing.RepresentativeCertificate(
            party=party_of(subject), case_number=filing.query_code, demo=settings.DEMO
        )
    )


def withdrawal(case: Case) -> Paper:
    """Return the withdrawal 撤回申请 of an application, to be signed."""
    record = record_of(case)
    return _made(
        papers.Withdrawal(
            party=party_of(record.subject),
            case_number=case.number or case.filing.query_code,
            demo=settings.DEMO,
            record=facts_on_paper(record),
            filed_on=case.submitted_on,
            addressee=(case.intake_office or record.authority).name,
        )
    )


def blank(kind: str) -> Paper:
    """Return a paper for anybody, to be filled in by hand. Raises KeyError where there is no such paper."""
    return _blank(kind)


@lru_cache(maxsize=len(BLANK))
def _blank(kind: str) -> Paper:
    return _made(BLANK[kind]())


@in_site_language()
def _made(document: bases.Document) -> Paper:
    from credit_repair.notices.render import render_pdf

    check_context(document)
    return f"{document.title}.pdf", render_pdf(template=document.template, context=document.to_context())


def _agent(filing: Filing, agent: User) -> tuple[str, str]:
    """Return name and telephone of who files: `agent` online, at a window the contact person."""
    if filing.window_office_id is None:
        return str(agent), agent.phone
    basket = RepairBasket.objects.get(filing=filing)
    return basket.contact_name, basket.contact_phone


def _items(filing: Filing) -> tuple[papers.Item, ...]:
    return tuple(
        papers.Item(
            record=facts_on_paper(record_of(case)),
            performed_on=case.repair.performed_on,
            statement=tuple(line.strip() for line in case.repair.statement.splitlines() if line.strip()),
        )
        for case in _cases(filing)
    )


def _cases(filing: Filing) -> QuerySet[Case]:
    found = Case.objects.filter(filing=filing, kind=KIND).exclude(state="discarded")
    return found.select_related("record__authority", "repair").order_by("pk")


def _subject(filing: Filing) -> Subject:
    if filing.subject is None:
        raise RuntimeError("a repair is filed for a subject")
    return filing.subject
