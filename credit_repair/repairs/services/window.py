"""The window 窗口: find who stands there, open or continue their basket, keep the paper on which they
withdraw."""

import unicodedata
from collections.abc import Iterable
from datetime import date

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases import services as cases
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case, Filing
from credit_repair.cases.parts import serves_its_window
from credit_repair.core import audit
from credit_repair.core.crypto import keyed_hash
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.importing.parsing import is_credit_code, is_resident_id
from credit_repair.registry.models import Office, Record, Subject
from credit_repair.registry.services.subjects import known_subject
from credit_repair.repairs import papers
from credit_repair.repairs.models import KIND
from credit_repair.repairs.papers import bound
from credit_repair.repairs.services.baskets import add_records, drafts_of, open_basket
from credit_repair.repairs.services.letters import letters_in_one
from credit_repair.repairs.states import RepairState
from credit_repair.repairs.window_selectors import unfinished_basket, windows_of

#: As long as a credit code or a resident identity number; what is shorter is another kind of paper.
_PLACES = 18
_FEWEST_PLACES = 5


@transaction.atomic
def look_up(*, number: str, actor: User, today: date) -> Subject | None:
    """Return the subject of exactly this number, None where nobody has it; who asked is on record.

    `number`: a credit code 统一社会信用代码, or the number of an identity document, which is kept nowhere but
    as its keyed hash. Raises NotYours for whoever serves no window, ActionRefused with words where it is no
    number, or where the actor acts or acted for the subject 回避.
    """
    if not windows_of(user=actor, on=today).exists():
        raise NotYours("window")
    subject = _known(_plain(number))
    if subject is None:
        audit.record(actor=actor, action="window.look_up_in_vain", target=actor)
        return None
    refuse_own(subject=subject, actor=actor)
    audit.record(actor=actor, action="window.look_up", target=subject)
    return subject


def _plain(number: str) -> str:
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


def _known(plain: str) -> Subject | None:
    if is_credit_code(plain):
        return known_subject(code=plain)
    if is_resident_id(plain):
        return known_subject(number_hash=keyed_hash(plain))
    readable = plain.isascii() and plain.isalnum() and any(character.isdigit() for character in plain)
    if not readable or len(plain) < _FEWEST_PLACES or len(plain) == _PLACES:
        raise ActionRefused("bad_number", _("这个号码不正确，请对照营业执照或者身份证逐位核对，共18位。"))
    return known_subject(number_hash=keyed_hash(plain))


def refuse_own(*, subject: Subject, actor: User) -> None:
    """Refuse to serve at the window a subject for which the clerk acts, acted or is to act."""
    if access.subjects_ever_acted_for(user=actor).filter(pk=subject.pk).exists():
        raise ActionRefused(
            "recusal",
            _("您是这个主体的经办人，不能在窗口为它办理。请从“我的办事台”办理，或者请同事在窗口办理。"),
        )


@transaction.atomic
def file_at_window(
    *, subject: Subject, records: Iterable[Record], actor: User, office: Office, today: date
) -> Filing:
    """Put records of `subject` into its unfinished basket at the window of `office`, or into a new one.

    Two clerks at once fill the same basket. Raises NotYours where the actor does not serve that window or a
    record is another subject's, ActionRefused as add_records() does, or where the actor acts for the subject.
    """
    if not windows_of(user=actor, on=today).filter(pk=office.pk).exists():
        raise NotYours(str(subject.uuid))
    refuse_own(subject=subject, actor=actor)
    Subject.objects.select_for_update().get(pk=subject.pk)
    filing = unfinished_basket(subject=subject, office=office, user=actor, on=today)
    if filing is None:
        filing = open_basket(subject=subject, actor=actor, today=today, window_office=office)
    add_records(filing=filing, records=records, actor=actor, today=today)
    return filing


def papers_in_one(*, filing: Filing, actor: User, today: date) -> bytes:
    """Return one PDF with all that the applicant signs at the window: the form, then every letter 承诺书.

    Raises NotYours, MissingGlyphs with words, ActionRefused where an answer is missing that would be printed
    or all has been handed in.
    """
    if not serves_its_window(filing=filing, user=actor, on=today):
        raise NotYours(str(filing.uuid))
    if not all(case.repair.statement_complete for case in drafts_of(filing)):
        raise ActionRefused(
            "statement_incomplete", _("请先填写“改正和履行情况”和联系方式，再打印：这些内容要印在申请表上。")
        )
    letters = letters_in_one(filing=filing, actor=actor, today=today)
    return bound([papers.application_form(filing)[1], letters])


@transaction.atomic
def add_withdrawal_paper(*, case: Case, actor: User, today: date, upload: File) -> Attachment:
    """Keep the scan of the withdrawal that the applicant signed 撤回申请; the clerk withdraws on it.

    Raises uploads.UploadRefused with words for the file, NotYours where the case did not come in at a window
    of the actor, ActionRefused where it cannot be withdrawn any more.
    """
    locked = _locked_to_withdraw(case, actor, today)
    stored = cases.keep_file(filing=locked.filing, upload=upload, actor=actor)
    return cases.attach(case=locked, kind=Attachment.Kind.WITHDRAWAL, stored=stored, actor=actor)


@transaction.atomic
def drop_withdrawal_paper(*, attachment: Attachment, actor: User, today: date) -> None:
    """Take a wrong scan of a withdrawal away again; raises as add_withdrawal_paper() does."""
    locked = _locked_to_withdraw(attachment.case, actor, today)
    paper = Attachment.objects.select_related("case", "stored").get(
        pk=attachment.pk, case=locked, kind=Attachment.Kind.WITHDRAWAL
    )
    cases.remove_attachment(attachment=paper, actor=actor)


def _locked_to_withdraw(case: Case, actor: User, today: date) -> Case:
    # The filing first, then the case: whoever keeps a file locks the filing.
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=case.filing_id)
    locked = Case.objects.select_for_update(of=("self",)).select_related("filing__subject").get(pk=case.pk)
    if locked.kind != KIND or not serves_its_window(filing=filing, user=actor, on=today):
        raise NotYours(str(case.uuid))
    acts = {act.name for act in cases.available_actions(case=locked, actor=actor, today=today)}
    if "withdraw" not in acts:
        words = _("案件现在是“%(state)s”，不能再撤回。请刷新页面查看最新进度。")
        raise ActionRefused("state", words % {"state": RepairState(locked.state).label})
    return locked
