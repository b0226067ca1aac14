"""The certificate for those who invite tenders and for banks 信用修复证明, asked for after a repair."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, CaseDocument
from credit_repair.cases.on_paper import contact_of, party_of
from credit_repair.cases.parts import stands_for_applicant
from credit_repair.core import audit
from credit_repair.core.languages import in_site_language
from credit_repair.notices import services as notices
from credit_repair.notices.freezing import freeze
from credit_repair.notices.guiding import RepairCertificate, StillPublic
from credit_repair.notices.models import Document
from credit_repair.people.models import User
from credit_repair.registry.models import Office, Platform, Publication, Record, Subject
from credit_repair.repairs.models import KIND
from credit_repair.repairs.states import RepairState

#: It may be relied upon for so many days, the first and the last included.
VALID_DAYS = 30
#: So many a day for a subject: one says all, another is needed only where something has changed.
MOST_A_DAY = 3
#: What makes one certificate say the same as another of the same day.
_SAYS = ("party", "as_of", "platforms", "still_public")


@transaction.atomic
@in_site_language()
def certify(*, case: Case, actor: User, today: date) -> CaseDocument:
    """Issue a certificate on the subject of a completed repair, of that day; return it with the case in whose
    file it lies. Where one of the day says the same already, that one.

    It is the intake office's, and is served on nobody: who asks takes it along.

    Raises NotYours where the actor is not the applicant, ActionRefused with words where the repair is not
    completed, a platform still shows what was repaired, or enough were issued that day.
    """
    if case.subject is None or not stands_for_applicant(filing=case.filing, user=actor, on=today):
        raise NotYours(str(case.uuid))
    # The subject's lock: of two who ask at once, the second finds the certificate of the first.
    subject = Subject.objects.select_for_update().get(pk=case.subject.pk)
    row = Case.objects.select_related("intake_office").get(pk=case.pk)
    if row.kind != KIND or row.state != RepairState.COMPLETED or row.intake_office is None:
        raise ActionRefused("not_completed", _("修复办结以后才能开具证明。"))
    if _is_coming_down(subject):
        raise ActionRefused(
            "coming_down", _("还有已经停止公示的信息正在由平台撤下。全部撤下以后，就可以开具证明。")
        )
    document = _certificate(subject, row.intake_office, today)
    of_today = list(_issued_on(subject, today))
    if same := next((each for each in of_today if _says_the_same(each.document, document)), None):
        return same
    if len(of_today) >= MOST_A_DAY:
        raise ActionRefused(
            "enough",
            _("今天已经开具了%(most)d份证明，请使用已经开具的，或者明天再来。") % {"most": MOST_A_DAY},
        )
    issued = notices.issue(
        document=document, office=row.intake_office, issued_on=today, rule_set=row.procedure_rule_set
    )
    link = CaseDocument.objects.create(case=row, document=issued)
    audit.record(actor=actor, action="document.certify", target=issued, data={"case": row.number or ""})
    return link


def _certificate(subject: Subject, office: Office, today: date) -> RepairCertificate:
    return RepairCertificate(
        party=party_of(subject),
        case_number="",
        demo=settings.DEMO,
        issuer=office.name,
        issue_date=today,
        contact=contact_of(office),
        as_of=today,
        valid_until=today + timedelta(days=VALID_DAYS - 1),
        platforms=_platforms(),
        still_public=tuple(
            StillPublic(record.authority.name, _known_by(record)) for record in _public_records(subject)
        ),
    )


def _platforms() -> tuple[str, ...]:
    """Return the platforms for which the certificate can speak: of the others nobody asks what they show."""
    asked = Platform.objects.filter(active=True, required=True, kind=Platform.Kind.PUBLISHER).order_by("code")
    return tuple(asked.values_list("name", flat=True))


def _known_by(record: Record) -> str:
    return record.doc_no or record.list_name or str(record.get_kind_display())


def _public_records(subject: Subject) -> list[Record]:
    found = Record.objects.filter(subject=subject).exclude(standing__in=Record.NOT_PUBLIC)
    return list(found.select_related("authority").order_by("decision_date", "pk"))


def _is_coming_down(subject: Subject) -> bool:
    """Whether a platform that must confirm has not yet taken down what is public no longer."""
    shown = Publication.objects.filter(
        record__subject=subject, record__standing__in=Record.NOT_PUBLIC, platform__required=True
    )
    return shown.exclude(state=Publication.State.REMOVED).exists()


def _issued_on(subject: Subject, day: date) -> list[CaseDocument]:
    found = CaseDocument.objects.filter(
        case__subject=subject,
        document__kind=RepairCertificate.template,
        document__issued_on=day,
    )
    return list(found.select_related("document", "case").order_by("-pk"))


def _says_the_same(row: Document, certificate: RepairCertificate) -> bool:
    now = freeze(certificate)
    valid = row.standing == Document.Standing.VALID
    return valid and all(row.context.get(name) == now[name] for name in _SAYS)
