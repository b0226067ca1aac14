"""One of everything that an address of the site can be about, and one person of every kind.

The URL × role table of tests/test_url_roles.py is asked of it, and so are all addresses at once elsewhere.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.urls import reverse

from credit_repair.cases.models import Case, CaseDocument, Enquiry, SavedFilter, TextBlock
from credit_repair.cases.services import enquiries, packing
from credit_repair.cases.services.documents import issue_to_subject
from credit_repair.cases.services.pack_making import make_pack
from credit_repair.cases.services.papers import keep_paper
from credit_repair.commitments.models import Commitment, CommitmentList
from credit_repair.commitments.services import Signed, accept, declare
from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.dossier.models import DataRequest, SubjectEvent
from credit_repair.dossier.services import Asked, ask, enter_event
from credit_repair.dossier.services.events import Entry
from credit_repair.mail.models import Mail
from credit_repair.notices.contexts import CorrectionNotice
from credit_repair.notices.enquiries import open_secret
from credit_repair.notices.guiding import GuidanceNotice
from credit_repair.notices.models import Delivery, Document, DocumentPack, NoticeText
from credit_repair.notices.proposals import propose_text
from credit_repair.notices.publicity import StopLetter
from credit_repair.notices.services import issue, render
from credit_repair.outreach.models import PreparedApplication, ReminderBatch
from credit_repair.people.manage_selectors import key_of
from credit_repair.people.models import (
    Absence,
    Invitation,
    Mandate,
    MandateApplication,
    Role,
    Substitution,
    User,
)
from credit_repair.people.services import apply_for_mandate
from credit_repair.platforms.models import (
    Difference,
    EffectEvidence,
    Measure,
    Message,
    Reconciliation,
    Sighting,
    SightingReport,
)
from credit_repair.platforms.reconciling import proving
from credit_repair.platforms.services.evidence import propose_evidence
from credit_repair.platforms.sighting_reports import report_sighting
from credit_repair.platforms.sightings import record_sighting
from credit_repair.registry.law import current_book
from credit_repair.registry.models import (
    CalendarDay,
    ImportBatch,
    ImportLine,
    NameConflict,
    Office,
    Publication,
    Record,
    RecordFlag,
    RuleOverride,
    Subject,
    SupplyCount,
)
from credit_repair.registry.services.flags import put_flag
from credit_repair.registry.services.law import set_calendar_day, set_rule
from credit_repair.reminders.feeds import make_feed
from credit_repair.repairs.models import Review, ThirdPartyLetter
from credit_repair.repairs.urls import urlpatterns
from credit_repair.repairs.views.sides import WINDOW
from credit_repair.rulings.models import CourtRuling, PenaltyCancellation
from credit_repair.rulings.services import cancel_penalty
from tests import world as county
from tests.outreach.made import made_batch, proposed
from tests.people.invited import invite, lock_out, secret_of
from tests.rectification.site import Rectified, rectified
from tests.registry.factories import (
    OfficeFactory,
    PlatformFactory,
    PublicationFactory,
    RecordFactory,
    SubjectFactory,
)
from tests.repairs.signing import a_signature
from tests.rulings.shielding import filed
from tests.sides import Sided, online_side, window_side

#: The addresses that are both online and at the window 窗口.
SIDED = {pattern.name for pattern in urlpatterns if pattern.default_args.get("side") is WINDOW}


@dataclass
class Site:
    """The county of the table, and what its addresses are about."""

    people: dict[str, User | None]
    case: Case
    draft: Case
    record: Record
    free_record: Record
    held_record: Record
    batch: ImportBatch
    conflict: NameConflict
    asked: MandateApplication
    feed_secret: str
    invitation: Invitation
    online: Sided
    at_window: Sided
    enquiry: Enquiry
    pack: DocumentPack
    rectified: Rectified

    @property
    def review(self) -> Review:
        """A lawsuit about the table's record."""
        return Review.objects.get_or_create(
            record=self.record,
            kind="lawsuit",
            about="penalty",
            defaults={
                "body": "濉溪县人民法院",
                "filed_on": county.TODAY,
                "entered_by": self.people["intake"],
                "entered_at": clock.now(),
            },
        )[0]

    @property
    def issued(self) -> Document:
        """What the credit office issued last in the table's case: it has a code, and its file."""
        return CaseDocument.objects.filter(case=self.case).last().document  # type: ignore[union-attr]

    def _notice(self) -> Document:
        """A notice of the credit office that can be corrected."""
        return issue(document=CorrectionNotice.sample(), office=self.issued.office, issued_on=county.TODAY)

    def _wording(self) -> NoticeText:
        """A passage of the credit office that waits for a second person."""
        return NoticeText.objects.select_related("office").get(state="open")

    def _alone(self) -> Document:
        """A letter of the credit office to the case's subject, outside the case."""
        found = Document.objects.filter(kind="guidance_notice").first()
        assert self.case.subject
        return found or issue_to_subject(
            document=GuidanceNotice.sample(),
            office=self.issued.office,
            subject=self.case.subject,
            today=county.TODAY,
        )

    def address(self, name: str) -> str:
        """The address of the table's case, draft, record or batch."""
        if name.startswith("manage_") or name == "account_invitation":
            return reverse(name, args=self._managed(name))
        if name.startswith("my_") and f"window_{name[3:]}" in SIDED:
            return self.online.address(name)
        if name in SIDED:
            return self.at_window.address(name)
        arguments: dict[str, Callable[[], list[Any]]] = {
            **self.rectified.arguments(),
            "my_subject_switch": lambda: [self.case.subject.uuid],  # type: ignore[union-attr]
            "my_subject": lambda: [self.case.subject.uuid],  # type: ignore[union-attr]
            "my_subject_end": lambda: [self.case.subject.uuid],  # type: ignore[union-attr]
            "my_mandate": lambda: [self.asked.uuid],
            "my_mandate_withdraw": lambda: [self.asked.uuid],
            "my_mandate_letter": lambda: [self.asked.uuid],
            "office_mandate": lambda: [self.asked.uuid],
            "office_mandate_letter": lambda: [self.asked.uuid],
            "office_mandate_end": lambda: [Mandate.objects.get(user=self.people["clerk"]).uuid],
            "my_record": lambda: [self.record.uuid],
            "my_repair_start": lambda: [self.free_record.uuid],
            "blank_paper": lambda: ["form"],
            "window_subject": lambda: [self.case.subject.uuid],  # type: ignore[union-attr]
            "window_papers": lambda: [self.at_window.draft.filing.uuid],
            "window_slip": lambda: [self.at_window.case.filing.uuid],
            "window_withdrawal": lambda: [self.at_window.case.uuid],
            "window_withdrawal_form": lambda: [self.at_window.case.uuid],
            "attachment": lambda: [self.case.attachments.first().uuid],
            "document": lambda: [CaseDocument.objects.filter(case=self.case).last().document.uuid],
            "paper": lambda: [self.case.uuid],
            "office_document_deliveries": lambda: [self._alone().uuid],
            "check_document": lambda: [self.issued.check_code],
            "platform_receipts": lambda: ["city"],
            **{
                f"office_document{what}": lambda: [self.issued.uuid]
                for what in ("", "_file", "_revoke", "_replace", "_void")
            },
            **{
                f"office_document_pack{what}": lambda: [self.pack.uuid]
                for what in ("", "_progress", "_file", "_again")
            },
            "office_document_correct": lambda: [self._notice().uuid],
            "office_repair": lambda: [self.case.uuid],
            "office_step_claim": lambda: [self.case.steps.get(state="open").uuid],
            "office_step_give_back": lambda: [self.case.steps.get(state="open").uuid],
            "office_step_hand_over": lambda: [self.case.steps.get(state="open").uuid],
            "office_step_assign": lambda: [self.case.steps.get(state="open").uuid],
            "office_filter_delete": lambda: [SavedFilter.objects.get().pk],
            "office_repair_note": lambda: [self.case.uuid],
            "office_repair_check": lambda: [self.case.uuid, self.case.steps.get(phase="intake").uuid],
            "office_evidence": lambda: [self.case.attachments.first().uuid, 1],
            "office_repair_correction": lambda: [self.case.uuid],
            "office_repair_recusal": lambda: [self.case.uuid],
            "office_repair_override": lambda: [self.case.uuid],
            "office_repair_act": lambda: [self.case.uuid, "accept"],
            "office_review_new": lambda: [self.record.uuid],
            "office_review": lambda: [self.review.uuid],
            "office_repair_preview": lambda: [self.case.uuid, "refuse_to_accept"],
            "office_delivery_enter": lambda: [self._delivery().uuid],
            "office_delivery_fail": lambda: [self._delivery().uuid],
            "office_delivery_announce": lambda: [self._delivery().uuid],
            "office_delivery_prove": lambda: [self._delivery().uuid],
            "office_delivery_scan": lambda: [self._delivery().uuid],
            "office_case_deliveries": lambda: [self.case.uuid],
            "public_notice": lambda: [self._announced().uuid],
            "my_letter": lambda: [self._delivery().document.uuid],
            "my_subject_service": lambda: [self.case.subject.uuid],  # type: ignore[union-attr]
            "office_enquiry": lambda: [self.enquiry.uuid],
            "office_enquiry_letter": lambda: [self.enquiry.uuid],
            "office_enquiry_file": lambda: [self.enquiry.uuid, self.enquiry.files.get().uuid],
            "office_enquiry_remind": lambda: [self.enquiry.uuid],
            "office_enquiry_close": lambda: [self.enquiry.uuid],
            "office_enquiry_paper": lambda: [self.enquiry.uuid],
            "office_enquiry_ask": lambda: [self.enquiry.case.uuid],
            "enquiry": lambda: [open_secret(self.enquiry.document.context["sealed_secret"])],  # type: ignore[union-attr]
            "office_record": lambda: [self.record.uuid],
            "office_outreach_letter": lambda: [self.free_record.uuid],
            "office_guidance_make": lambda: [self.free_record.uuid],
            **{
                f"office_reminder_batch{what}": lambda: [ReminderBatch.objects.get().uuid]
                for what in ("", "_progress", "_stop")
            },
            **{
                name: lambda: [PreparedApplication.objects.get().uuid]
                for name in (
                    "office_proposal",
                    "office_proposal_withdraw",
                    "my_proposal",
                    "my_proposal_take",
                    "my_proposal_decline",
                )
            },
            "office_platform": lambda: [Message.objects.get().platform.code],
            "office_message": lambda: [Message.objects.get().uuid],
            "office_message_give_up": lambda: [Message.objects.get().uuid],
            "office_record_adjust": lambda: [self.record.uuid],
            "office_record_cancel": lambda: [self.record.uuid],
            "office_cancellation": lambda: [PenaltyCancellation.objects.get().uuid],
            "office_shield": lambda: [CourtRuling.objects.get().uuid],
            "office_shield_new": lambda: [self.record.subject.uuid],
            "my_shield": lambda: [CourtRuling.objects.get().uuid],
            "my_shield_withdraw": lambda: [CourtRuling.objects.get().uuid],
            "office_held_settle": lambda: [self.held_record.uuid],
            "office_reconciliation_run": lambda: [Reconciliation.objects.get().uuid],
            "office_reconciliation_proof": lambda: [Reconciliation.objects.get().uuid],
            "office_difference": lambda: [Difference.objects.get().pk],
            "my_removal": lambda: [self.record.uuid],
            "my_removal_report": lambda: [self.record.uuid],
            "office_proof_new": lambda: [*self._coming_down(), "publicity"],
            **{f"office_proof{what}": lambda: [EffectEvidence.objects.get().uuid] for what in ("", "_file")},
            **{f"office_report{what}": lambda: [SightingReport.objects.get().uuid] for what in ("", "_file")},
            "office_stop_letter_new": lambda: [
                Sighting.objects.get().record.uuid,
                Sighting.objects.get().platform_id,
            ],
            **{
                f"office_stop_letter{what}": lambda: [ThirdPartyLetter.objects.get().uuid]
                for what in ("", "_file")
            },
            "office_third_party": lambda: [Sighting.objects.get().record.uuid],
            "office_sighting_evidence": lambda: [Sighting.objects.get().uuid],
            "office_import": lambda: [self.batch.uuid],
            "office_import_report": lambda: [self.batch.uuid],
            "office_import_progress": lambda: [self.batch.uuid],
            "office_import_resume": lambda: [self.batch.uuid],
            "office_import_undo": lambda: [self.batch.uuid],
            "office_import_refused": lambda: [self.batch.uuid, "xlsx"],
            "office_conflict": lambda: [self.conflict.uuid],
            "office_absence": lambda: [Absence.objects.get().uuid],
            "office_substitution_end": lambda: [Substitution.objects.get().uuid],
            "office_unmask": lambda: [self.record.subject.uuid],
            **{
                f"office_subject_{what}": lambda: [self.record.subject.uuid]
                for what in ("file", "file_print", "file_issue", "event_new")
            },
            **{
                name: lambda: [SubjectEvent.objects.get().uuid]
                for name in ("office_subject_event", "office_subject_event_correct", "my_subject_event")
            },
            **{
                name: lambda: [DataRequest.objects.get().uuid]
                for name in ("office_data_request", "my_data_request", "my_data_request_withdraw")
            },
            "my_data_request_new": lambda: ["account"],
            "office_conflict_take_up": lambda: [self.conflict.uuid],
            "office_rule_set": lambda: ["ndrc-36"],
            "office_rule": lambda: ["ndrc-36", "class.general.min_months"],
            "office_rule_withdraw": lambda: [RuleOverride.objects.get().uuid],
            "office_rule_edition": lambda: [current_book().content_hash],
            "office_route_edit": lambda: ["repair", "others"],
            "office_route_drop": lambda: ["repair", "serious"],
            "office_route_editions": lambda: ["repair", "others"],
            "office_text": lambda: [TextBlock.objects.get().pk],
            "office_text_move": lambda: [TextBlock.objects.get().pk],
            "office_letter_style": lambda: [self._wording().office.code],
            "office_letter_font": lambda: [self._wording().office.code],
            "office_letter_text": lambda: [self._wording().office.code, "acceptance_notice", "contact"],
            "office_letter_preview": lambda: ["text", self._wording().uuid],
            "office_letter_review": lambda: ["text", self._wording().uuid],
            "office_calendar_year": lambda: [2027],
            "office_calendar_clear": lambda: [CalendarDay.objects.get().day],
            "demo_mail": lambda: ["some.log"],
            "my_mail": lambda: [Mail.objects.filter(kind="repair_submitted").first().uuid],
            "account_session_end": lambda: [0],
            "mfa_remove_webauthn": lambda: [0],
            "mfa_edit_webauthn": lambda: [0],
            "openid_connect_login": lambda: ["enterprise"],
            "openid_connect_callback": lambda: ["enterprise"],
            "repair_calendar_ics": lambda: [self.feed_secret],
            "commitment": lambda: [self._promise().uuid],
            "my_commitment": lambda: [self._promise().uuid],
            "my_commitment_letter": lambda: [self._promise().uuid],
            "my_commitment_act": lambda: [self._promise().uuid, "withdraw"],
            "my_commitment_sign": lambda: [CommitmentList.objects.get().uuid],
            "office_commitment": lambda: [self._promise().uuid],
            "office_commitment_letter": lambda: [self._promise().uuid],
            "office_commitment_act": lambda: [self._promise().uuid, "open"],
            "office_commitment_list": lambda: [CommitmentList.objects.get().uuid],
        }
        if name == "office_proposal_new":
            return f"{reverse(name)}?record={self.free_record.uuid}"
        if name == "office_supply_source":
            return f"{reverse(name)}?code={self.record.authority.code}"
        return reverse(name, args=arguments[name]() if name in arguments else [])

    def _promise(self) -> Commitment:
        """What the case's subject has declared of itself, published by the credit office."""
        return Commitment.objects.get()

    def _delivery(self) -> Delivery:
        """The service of the case's own document."""
        return Delivery.objects.select_related("document").get(document__case_link__case=self.case)

    def _coming_down(self) -> list[Any]:
        """The record and the platform of a removal that nobody tells the platform of."""
        shown = Publication.objects.get(state=Publication.State.REMOVING)
        return [shown.record.uuid, shown.platform_id]

    def _announced(self) -> Delivery:
        """The service by public notice in the case of the enquiry."""
        return Delivery.objects.get(way="announced")

    def _managed(self, name: str) -> list[Any]:
        """What the administrators' pages are about: the intake officer, and somebody who is invited."""
        official, auditor = self.people["intake"], self.people["audadm"]
        assert official is not None
        assert auditor is not None
        if name in {
            "manage_person",
            "manage_membership_new",
            "manage_administration_new",
            "manage_regain",
            "manage_sessions",
            "manage_close",
        }:
            return [key_of(official)]
        arguments: dict[str, Callable[[], list[Any]]] = {
            "account_invitation": lambda: [secret_of(self.invitation)],
            "manage_membership": lambda: [official.memberships.get().uuid],
            "manage_administration": lambda: [auditor.administrations.get().uuid],
            "manage_invitation_resend": lambda: [self.invitation.uuid],
            "manage_invitation_revoke": lambda: [self.invitation.uuid],
            "manage_lockout": lambda: [AccessAttempt.objects.get().pk],
            "manage_audit_entry": lambda: [AuditEntry.objects.latest("pk").pk],
            "manage_channel": lambda: [Message.objects.get().platform.code],
            "manage_channel_try": lambda: [Message.objects.get().platform.code],
        }
        return arguments[name]() if name in arguments else []


def _file(made: county.World) -> None:
    """Enter an event into the subject's file, and let the clerk ask for a name to be corrected."""
    entry = Entry(kind="judgement", day=county.TODAY, body="濉溪县人民法院", words="判决生效。")
    enter_event(
        subject=made.subject, office=made.authority, entry=entry, actor=made.approver, today=county.TODAY
    )
    asked = [Asked("display_name", "周晓敏", "登记时写错了")]
    ask(user=made.clerk, about="account", asked=asked, today=county.TODAY)


def build_site() -> Site:
    """Build the county with one person of every kind."""
    made = county.build_world()
    Subject.objects.filter(pk=made.subject.pk).update(representative_number="340621198001010011")
    elsewhere = OfficeFactory(credit=True, name="桓台县信用办")
    yesterday = county.TODAY - timedelta(days=1)
    records = [_record_of(made.subject, made.authority) for _number in range(2)]
    EmailAddress.objects.create(user=made.clerk, email=made.clerk.email, verified=True, primary=True)
    case = county.submitted_case(made)
    render(document_id=CaseDocument.objects.filter(case=case).last().document_id)  # type: ignore[union-attr]
    data = county.member(made.credit, Role.DATA)
    _change_the_law(data)
    TextBlock.objects.create(use=TextBlock.Use.AGREE, title="已缴清", text="罚款已经缴清。")
    batch = _batch(data)
    SupplyCount.objects.create(
        batch=batch, month=county.TODAY.replace(day=1), source_code=made.authority.code
    )
    stranger = county.make_user("路人")
    draft = county.complete_draft(made, record=records[0])
    window = county.member(made.credit, Role.WINDOW)
    _word(made)
    lock_out(made.intake)
    _leave(made.intake)
    _reconcile(made)
    _see_elsewhere(made, data)
    SavedFilter.objects.create(user=made.intake, name="急件", query="show=overdue")
    _message(made)
    _follow_effects(made, case, data)
    _file(made)
    _rule(made)
    made_batch(made, _record_of(made.subject, made.authority))
    proposed(made, _record_of(made.subject, made.authority))
    _promise(made)
    return Site(
        people={
            "anon": None,
            "stranger": stranger,
            "clerk": made.clerk,
            "other": county.clerk_of(SubjectFactory()),
            "was": county.clerk_of(made.subject, until=yesterday),
            "data": data,
            "intake": made.intake,
            "verifier": made.verifier,
            "approver": made.approver,
            "superv": county.member(made.credit, Role.SUPERVISOR),
            "foreign": county.member(elsewhere, Role.INTAKE, Role.VERIFIER, Role.APPROVER),
            "left": county.member(made.credit, Role.INTAKE, until=yesterday),
            "root": county.make_user("超级用户", is_superuser=True, is_staff=True),
            "window": window,
            "auditor": county.member(made.credit, Role.AUDITOR),
            "subst": county.substitute_of(made.intake, elsewhere),
            "sysadm": county.administrator("system"),
            "secadm": county.administrator("security"),
            "audadm": county.administrator("audit"),
        },
        case=case,
        draft=draft,
        record=made.record,
        free_record=records[1],
        held_record=_held(made.subject, made.authority),
        batch=batch,
        conflict=_conflict(batch, made.subject),
        asked=_asked(stranger, made),
        feed_secret=make_feed(user=made.clerk, subject=made.subject, today=county.TODAY)[1],
        invitation=invite(county.administrator("security")),
        online=online_side(made, case=case, draft=draft),
        at_window=window_side(made, window),
        enquiry=_enquiry(made, asked=elsewhere),
        pack=_pack(made),
        rectified=rectified(made),
    )


def _reconcile(made: county.World) -> None:
    """A run with its proof, and a difference that waits for a person."""
    run = Reconciliation.objects.create(platform=made.platform, day=county.TODAY, started_at=clock.now())
    Difference.objects.create(
        reconciliation=run,
        record=made.record,
        record_uuid=made.record.uuid,
        kind="still_shown",
        handling="raised",
    )
    run.sha256 = proving.bind(run, figures={})
    run.state, run.finished_at = Reconciliation.State.DONE, clock.now()
    run.save()


def _see_elsewhere(made: county.World, actor: User) -> None:
    """A repaired record that was looked for on a website that is not ours."""
    record: Record = RecordFactory(
        subject=made.subject,
        authority=made.authority,
        standing="repaired",
        ended_on=county.TODAY - timedelta(days=30),
        assessed=False,
    )
    website = PlatformFactory(kind="third_party", transport="by_hand", required=False)
    record_sighting(
        record=record,
        platform=website,
        actor=actor,
        shown=True,
        seen_at=clock.now() - timedelta(days=1),
        evidence=county.upload("截图.pdf"),
    )


def _follow_effects(made: county.World, case: Case, actor: User) -> None:
    """A removal that takes evidence, evidence that waits, a report of the subject, a letter to a website."""
    seen = Sighting.objects.select_related("record", "platform").get()
    by_hand = PlatformFactory(transport="by_hand")
    PublicationFactory(record=seen.record, platform=by_hand, state=Publication.State.REMOVING)
    department = PlatformFactory(kind="department", required=False)
    Measure.objects.create(
        record=seen.record,
        platform=department,
        kind="sanction",
        name="限制投标",
        state=Measure.State.ENDING,
        applied_at=clock.now(),
    )
    propose_evidence(
        record=seen.record,
        platform=department,
        effect="sanction",
        gone_on=county.TODAY,
        words="已经电话核实",
        upload=county.upload("答复.pdf"),
        actor=actor,
        today=county.TODAY,
    )
    report_sighting(
        record=seen.record,
        platform=seen.platform,
        actor=made.clerk,
        address="https://www.example.com/company/1",
        seen_on=county.TODAY,
        upload=county.upload("截图.pdf"),
        today=county.TODAY,
    )
    letter = issue(document=StopLetter.sample(), office=made.credit, issued_on=county.TODAY)
    render(document_id=letter.pk)
    ThirdPartyLetter.objects.create(
        case=case,
        record=seen.record,
        platform=seen.platform,
        document=letter,
        addressee="合肥某某信息科技有限公司",
        issued_by=actor,
        issued_on=county.TODAY,
        reply_by=county.TODAY + timedelta(days=14),
    )


def _pack(made: county.World) -> DocumentPack:
    """All that the intake officer finds in the register, packed."""
    day, moment = county.TODAY, clock.now()
    pack = packing.ask_for_pack(user=made.intake, kind="zip", order="newest", today=day, now=moment)
    make_pack(uuid=pack.uuid, on=day, at=moment, hold=lambda: None)
    return pack


def _message(made: county.World) -> None:
    """A message about the table's record that the platform refused."""
    moment = clock.now()
    Message.objects.create(
        platform=made.platform,
        record=made.record,
        sequence=1,
        action=Message.Action.ANNOTATE,
        cause=uuid.uuid4(),
        payload={},
        state=Message.State.FAILED,
        next_attempt_at=moment,
        created_at=moment,
    )


def _rule(made: county.World) -> None:
    """A penalty that was revoked, and the plan of a bankruptcy that a court approved."""
    cancel_penalty(
        record=_record_of(made.subject, made.authority),
        kind="revoked",
        decided_on=county.TODAY,
        document_no="淮政复决〔2026〕9号",
        made_by="淮北市人民政府",
        reason="认定事实不清",
        papers=[keep_paper(subject=made.subject, upload=county.upload(), actor=made.approver)],
        actor=made.approver,
        today=county.TODAY,
    )
    filed(made)


def _promise(made: county.World) -> None:
    """An item list of the credit office, and a declaration of the table's subject that it has published."""
    CommitmentList.objects.create(
        office=made.credit,
        kind="proof",
        title="守法经营承诺",
        items=["依法经营"],
        legal_basis="《社会信用条例》",
    )
    declared = declare(
        subject=made.subject,
        title="诚信经营承诺",
        items="明码标价",
        valid_until=None,
        signed=Signed(name="周小敏", strokes=a_signature()),
        actor=made.clerk,
        today=county.TODAY,
    )
    accept(commitment=declared, check_from=None, actor=made.intake, today=county.TODAY)


def _word(made: county.World) -> None:
    propose_text(
        office=made.credit,
        kind="acceptance_notice",
        slot="contact",
        text="请致电{联系单位}，{电话}。",
        why="写得更明白",
        actor=county.member(made.credit, Role.SUPERVISOR),
        today=county.TODAY,
    )


def _enquiry(made: county.World, *, asked: Office) -> Enquiry:
    """A letter of enquiry of the authority to the office elsewhere, with a file that no answer sent yet."""
    case = county.verifying_case(made, record=_record_of(made.subject, made.authority))
    enquiry = enquiries.ask(
        step=case.steps.get(phase="verify"),
        actor=made.verifier,
        today=county.TODAY,
        office=asked,
        email="asked@example.gov",
        question="罚款是否已经缴清？",
    )
    render(document_id=enquiry.document_id)  # type: ignore[arg-type]
    enquiry.files.set(enquiries.keep_files(enquiry=enquiry, files=[county.upload()]))
    _announce(case)
    return enquiry


def _record_of(subject: Subject, authority: Office) -> Record:
    record: Record = RecordFactory(subject=subject, authority=authority)
    return record


def _change_the_law(actor: User) -> None:
    """A local rule and a day off, both later than anything that the table asks about."""
    set_rule(
        rule_set="ndrc-36",
        path="class.general.min_months",
        value=6,
        level="city",
        sector=None,
        in_force_from=date(2028, 1, 3),
        in_force_to=None,
        basis="本市规定",
        reason="测试",
        actor=actor,
    )
    set_calendar_day(day=date(2028, 1, 4), working=False, reason="测试", actor=actor)


def _held(subject: Subject, authority: Office) -> Record:
    record = _record_of(subject, authority)
    put_flag(record=record, kind=RecordFlag.Kind.HELD, reason="待核", actor_label="系统", at=clock.now())
    return record


def _asked(person: User, made: county.World) -> MandateApplication:
    """The stranger asks to act for the subject, too."""
    return apply_for_mandate(
        user=person,
        name=made.subject.name,
        number=made.subject.code or "",
        capacity=MandateApplication.Capacity.CLERK,
        purpose=MandateApplication.Purpose.NEW,
        office=made.credit,
        letter=county.upload("授权书.pdf"),
        until=county.TODAY + timedelta(days=365),
        today=county.TODAY,
    )


def _batch(imported_by: User) -> ImportBatch:
    return ImportBatch.objects.create(
        file_name="penalties.csv",
        sha256="0" * 64,
        as_of=county.TODAY,
        started_at=clock.now(),
        finished_at=clock.now(),
        imported_by=imported_by,
    )


def _announce(case: Case) -> None:
    """The case's own document is served by public notice since yesterday."""
    link = CaseDocument.objects.filter(case=case, document__addressee__isnull=False).latest("pk")
    yesterday = county.TODAY - timedelta(days=1)
    Delivery.objects.create(
        document=link.document,
        subject=case.subject,
        since=yesterday - timedelta(days=7),
        way="announced",
        failure="failed",
        failed_on=yesterday - timedelta(days=1),
        failed_why="邮件退回，查无此址",
        announced_from=yesterday,
        announced_until=yesterday + timedelta(days=30),
        place="本单位公告栏",
        notice_text="请到本单位领取文书。",
    )


def _leave(user: User) -> None:
    """An absence later than anything that the table asks about."""
    Absence.objects.create(
        user=user,
        since=county.TODAY + timedelta(days=30),
        until=county.TODAY + timedelta(days=37),
        handover=Absence.Handover.OFFICE,
        made_by=user,
        made_at=clock.now(),
    )


def _conflict(batch: ImportBatch, subject: Subject) -> NameConflict:
    line = ImportLine.objects.create(batch=batch, row=1, outcome="refused", code="name_code_conflict")
    return NameConflict.objects.create(line=line, subject=subject, known_name=subject.name, name="别的名称")
