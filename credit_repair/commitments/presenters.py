"""What the pages over commitments show."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.commitments.access import readable
from credit_repair.commitments.models import Commitment, CommitmentCheck, CommitmentEvent, CommitmentList
from credit_repair.commitments.selectors import checks_of, events_of, own_commitments
from credit_repair.commitments.tags import FINDING_TONES, tag_of
from credit_repair.core.wording import clauses, day_text
from credit_repair.notices import public_words
from credit_repair.people.masking import Reader, subject_name
from credit_repair.registry.models import Record, Subject

Check = CommitmentCheck


def facts(*rows: tuple[str, Any]) -> list[dict[str, Any]]:
    """Return rows of a summary, without those that say nothing."""
    return [{"key": key, "value": value} for key, value in rows if value not in ("", None)]


def public_row(commitment: Commitment) -> dict[str, Any]:
    """Return one line of the public list."""
    return {
        "url": reverse("commitment", args=[commitment.uuid]),
        "title": public_words.masked(commitment.title),
        "name": subject_name(commitment.subject, Reader.OUTSIDER),
        "kind": commitment.get_kind_display(),
        "office": commitment.office.name,
        "made_on": commitment.made_on,
        "tag": tag_of(commitment, public=True),
    }


def public_facts(commitment: Commitment) -> list[dict[str, Any]]:
    """Return what anybody may know of a published commitment."""
    subject = commitment.subject
    code = "" if subject.kind == Subject.Kind.PERSON else subject.code
    return facts(
        (_("承诺人"), subject_name(subject, Reader.OUTSIDER)),
        (_("统一社会信用代码"), code),
        (_("类型"), commitment.get_kind_display()),
        (_("受理单位"), commitment.office.name),
        (_("依据"), commitment.legal_basis),
        (_("作出日期"), day_text(commitment.made_on)),
        (_("有效期至"), day_text(commitment.valid_until) if commitment.valid_until else _("长期")),
        (_("公开依据"), commitment.public_basis),
        (_("公开日期"), day_text(commitment.published_on)),
        (_("认定日期"), _found_day(commitment)),
    )


def _found_day(commitment: Commitment) -> str:
    found = (Commitment.State.KEPT, Commitment.State.BROKEN)
    return day_text(commitment.ended_on) if commitment.state in found else ""


def public_items(commitment: Commitment) -> list[str]:
    """Return what was promised, as anybody may read it."""
    return [public_words.masked(item) for item in commitment.items]


def rows(
    commitments: Iterable[Commitment],
    *,
    today: date,
    address: str,
    reader: Callable[[Commitment], Reader] = lambda _commitment: Reader.OWNER,
) -> list[dict[str, Any]]:
    """Return the lines of a list for officials, of whom `reader` says what they are to a commitment, or for
    the subject's own people."""
    return [
        {
            "commitment": commitment,
            "url": reverse(address, args=[commitment.uuid]),
            "name": subject_name(commitment.subject, reader(commitment)),
            "due_on": getattr(commitment, "due_on", None),
            "late": bool(getattr(commitment, "due_on", None)) and commitment.due_on < today,  # type: ignore[attr-defined]
            "tag": tag_of(commitment),
        }
        for commitment in commitments
    ]


def record_block(record: Record, *, user: Any, on: date, for_office: bool) -> list[dict[str, Any]]:
    """Return what was promised about a record, for its page: the newest first, each with its own page."""
    if for_office:
        found, address = readable(user=user, on=on), "office_commitment"
    else:
        found, address = own_commitments(user=user, on=on), "my_commitment"
    return [
        {"commitment": each, "url": reverse(address, args=[each.uuid]), "tag": tag_of(each)}
        for each in found.filter(record=record).order_by("-made_on", "-pk")
    ]


def all_facts(
    commitment: Commitment, *, for_office: bool, reader: Reader = Reader.OWNER
) -> list[dict[str, Any]]:
    """Return what a commitment is and how it stands, for the office and for the subject."""
    public = _("不公开")
    if commitment.published_on:
        public = _("%s起公开") % day_text(commitment.published_on)
    elif commitment.is_public:
        public = _("审看以后公开")
    return facts(
        (_("承诺人"), subject_name(commitment.subject, reader)),
        (_("统一社会信用代码"), commitment.subject.code),
        (_("受理单位"), commitment.office.name),
        (_("类型"), commitment.get_kind_display()),
        (_("依据"), commitment.legal_basis),
        (_("信用记录"), str(commitment.record) if commitment.record else ""),
        (_("签署人"), commitment.signer_name),
        (_("录入人"), str(commitment.entered_by) if for_office and commitment.entered_by else ""),
        (_("作出日期"), day_text(commitment.made_on)),
        (_("有效期至"), day_text(commitment.valid_until) if commitment.valid_until else _("长期")),
        (_("核查日期"), day_text(commitment.check_from)),
        (_("公开"), public),
        (_("公开依据"), commitment.public_basis if commitment.is_public else ""),
    )


def check_cards(commitment: Commitment, *, for_office: bool) -> list[dict[str, Any]]:
    """Return the checks of a commitment; to its subject, a finding only once it was told."""
    return [_card(check, for_office) for check in checks_of(commitment)]


def _card(check: Check, for_office: bool) -> dict[str, Any]:
    told = for_office or check.state != Check.State.OPEN
    tag = {"label": str(check.get_state_display()), "tone": "warning"}
    if check.state == Check.State.DONE:
        tag = {
            "label": str(check.get_finding_display()),
            "tone": FINDING_TONES[Check.Finding(check.finding)],
        }
    elif check.state == Check.State.PROPOSED:
        tag = {"label": _("拟认定违背承诺"), "tone": "danger"}
    return {
        "check": check,
        "tag": tag,
        "facts": facts(
            (_("开始日期"), day_text(check.opened_on)),
            (_("核查期限"), day_text(check.due_on) if check.state == Check.State.OPEN else ""),
            (_("核查情况"), check.text if told else ""),
            (_("理由"), check.reasons if told else ""),
            (_("核查人"), _hand(check.found_by, check.found_on) if for_office else day_text(check.found_on)),
            (_("申辩截止日"), day_text(check.answer_until)),
            (_("申辩"), check.answer),
            (_("对申辩的意见"), check.reply),
            (_("确认人"), _hand(check.confirmed_by, check.confirmed_on) if for_office else ""),
        ),
        "papers": [
            {"href": reverse("paper", args=[paper.uuid]), "name": paper.name, "size": paper.size}
            for paper in ([*check.papers.all()] if told else [])
            + ([check.answer_paper] if check.answer_paper else [])
        ],
        "notice_url": reverse("document", args=[check.document.uuid]) if check.document else "",
        "notice": check.document.title if check.document else "",
    }


def _hand(who: Any, on: date | None) -> str:
    return clauses([str(who), day_text(on)]) if who else ""


def history(commitment: Commitment, *, for_office: bool) -> list[dict[str, Any]]:
    """Return what happened, the latest first."""
    return [
        {
            "when": event.at,
            "title": event.get_what_display(),
            "text": "" if event.what in _TOLD_IN_THE_CHECK else event.text,
            "actor": event.actor_label if for_office or event.actor is None else "",
            "internal": event.what in CommitmentEvent.INTERNAL,
        }
        for event in reversed(events_of(commitment, for_office=for_office))
    ]


_TOLD_IN_THE_CHECK = (CommitmentEvent.What.PROPOSED, CommitmentEvent.What.FOLLOWED_UP)


def list_facts(row: CommitmentList) -> list[dict[str, Any]]:
    """Return what an item list asks of whoever signs it."""
    check = ""
    if row.check_after:
        check = _("%(n)s%(unit)s后核查") % {"n": row.check_after, "unit": row.get_check_unit_display()}
    return facts(
        (_("受理单位"), row.office.name),
        (_("类型"), row.get_kind_display()),
        (_("依据"), row.legal_basis),
        (_("适用对象"), row.who),
        (_("有效期"), _("%s个月") % row.validity_months if row.validity_months else _("长期")),
        (_("核查"), check),
        (_("公开依据"), row.published_basis) if row.published else (_("公开"), _("不公开")),
    )
