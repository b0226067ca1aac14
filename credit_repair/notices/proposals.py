"""Style and words of an office's letters: one person proposes, a second one approves; nothing is deleted.

Who supervises 督办 at the office proposes. Who supervises at a credit office 信用办 of that place, or
above it, approves or declines; never the author, who can take back what they proposed.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.notices.dressing import ROLES
from credit_repair.notices.glyphs import MissingGlyphs, check_text
from credit_repair.notices.models import NoticeText, OfficeFont, OfficeStyle
from credit_repair.notices.previewing import CannotDraw, version_pdf
from credit_repair.notices.wording import BadWording, check_wording, slot_of, tidied
from credit_repair.people.reach import reach_of
from credit_repair.registry.models import Office

Proposal = TypeVar("Proposal", bound=OfficeStyle | NoticeText)

_STYLE_TEXTS = ("head", "address", "phone", "hours")
STYLE_FIELDS = (*_STYLE_TEXTS, "seal_svg", *(f"font_{role}" for role in ROLES))


class CannotPropose(ValueError):
    """The proposal cannot be made or ended; the words say why."""


class ChangedMeanwhile(CannotPropose):
    """Somebody else proposed or approved while this was written."""

    def __init__(self) -> None:
        super().__init__(
            _("您填写的时候，别人改了这里。请先看下面的“修改记录”，您填写的内容还在，核对后再提交。")
        )


class NotTheirs(CannotPropose):
    """This person may not do that with the letters of this office."""

    def __init__(self) -> None:
        super().__init__(_("您不能办理这个单位的文书样式和文字。"))


def offices_to_word(*, user: Any, on: date) -> QuerySet[Office]:
    """Return the offices whose letters `user` may propose to change: where they supervise."""
    return Office.objects.filter(pk__in=reach_of(user=user, on=on).offices("supervise")).order_by("code")


def offices_to_approve(*, user: Any, on: date) -> QuerySet[Office]:
    """Return the offices whose proposals `user` may approve: those of the places of their credit offices."""
    regions = [
        office.region for office in offices_to_word(user=user, on=on) if office.kind == Office.Kind.CREDIT
    ]
    within = Q(pk__in=())
    for region in regions:
        # 34 00 00 is a province, 34 06 00 a city: what is below begins like it.
        begins = region.removesuffix("00").removesuffix("00") if region.endswith("00") else region
        within |= Q(code__regex=rf"^..{begins}")
    return Office.objects.filter(within).order_by("code")


def offices_to_read(*, user: Any, on: date) -> QuerySet[Office]:
    """Return the offices whose letters `user` sees on the pages: to propose, or to approve."""
    words, approves = offices_to_word(user=user, on=on), offices_to_approve(user=user, on=on)
    return Office.objects.filter(Q(pk__in=words.values("pk")) | Q(pk__in=approves.values("pk"))).order_by(
        "code"
    )


def may_review(*, proposal: OfficeStyle | NoticeText, user: Any, on: date) -> bool:
    """Whether `user` may approve or decline it: a supervisor of a credit office there, and not its author."""
    if proposal.author_id == user.pk:
        return False
    return offices_to_approve(user=user, on=on).filter(pk=proposal.office_id).exists()


def standing_of(rows: QuerySet[Any]) -> str:
    """Return a mark of which version holds and which waits: another one as soon as somebody changes that."""
    found = rows.filter(state__in=("current", "open")).order_by("pk").values_list("uuid", flat=True)
    return " ".join(str(uuid) for uuid in found)


@transaction.atomic
def propose_style(
    *, office: Office, why: str, actor: Any, today: date, seen: str | None = None, **fields: Any
) -> OfficeStyle:
    """Propose how the letters of an office look. `fields` are those of STYLE_FIELDS; missing ones are empty.

    seen  the standing_of() the versions when the form was shown; None: not asked
    An earlier proposal that still waits is declined by this one; the same sent twice is one. Raises
    CannotPropose with words, ChangedMeanwhile where what was seen is no longer so.
    """
    _ask(office, actor, today, why)
    unknown = set(fields) - set(STYLE_FIELDS)
    if unknown:
        raise ValueError(f"no such fields of a style: {sorted(unknown)}")
    for name in _STYLE_TEXTS:
        try:
            check_text(fields.get(name, ""))
        except MissingGlyphs as missing:
            raise CannotPropose(missing.at_field) from missing
    for role in ROLES:
        font: OfficeFont | None = fields.get(f"font_{role}")
        if font is not None and font.office_id != office.pk:
            raise NotTheirs
    rows = OfficeStyle.objects.filter(office=office)
    again = _sent_before(rows, why, actor)
    if again is not None and _is_like(again, fields):
        return again
    _ask_unchanged(rows, seen)
    if _is_like(rows.filter(state="current").first(), fields):
        raise CannotPropose(_("和现行的样式完全一样，没有需要审核的内容。"))
    _supersede(rows, actor)
    made = OfficeStyle.objects.create(
        office=office, why=why.strip(), author=actor, written_at=now(), **fields
    )
    _tell(made, "propose_office_style", actor)
    return made


@transaction.atomic
def propose_text(
    *,
    office: Office,
    kind: str,
    slot: str,
    text: str,
    why: str,
    actor: Any,
    today: date,
    seen: str | None = None,
) -> NoticeText:
    """Propose a passage of a kind of document in the office's words; empty for the site's own again.

    seen  the standing_of() the versions when the form was shown; None: not asked
    An earlier proposal for the passage that still waits is declined by this one; the same sent twice is one.
    Raises BadWording for what the passage says, ChangedMeanwhile where what was seen is no longer so,
    CannotPropose for the rest, all with words.
    """
    _ask(office, actor, today, why)
    found = slot_of(kind, slot)
    if found is None:
        raise CannotPropose(_("没有这一段。"))
    text = tidied(text)
    if text == found.default:
        text = ""
    check_wording(text, kind=kind, slot=found)
    rows = NoticeText.objects.filter(office=office, kind=kind, slot=slot)
    again = _sent_before(rows, why, actor)
    if again is not None and again.text == text:
        return again
    _ask_unchanged(rows, seen)
    current = rows.filter(state="current").first()
    if text == (current.text if current else ""):
        raise BadWording(_("和现行的文字完全一样，没有需要审核的内容。"))
    _supersede(rows, actor)
    made = NoticeText.objects.create(
        office=office,
        kind=kind,
        slot=slot,
        text=text,
        why=why.strip(),
        author=actor,
        written_at=now(),
    )
    _tell(made, "propose_notice_text", actor)
    return made


def approve(*, proposal: Proposal, actor: Any, today: date) -> Proposal:
    """Let a proposal hold from now on, instead of what held. Letters that were issued stay as they are.

    A letter is drawn with it first, before any lock: what it says never changes. Raises CannotPropose with
    words: it no longer waits, the actor is its author or not of a credit office, or no letter can be drawn.
    """
    if proposal.state == "open" and may_review(proposal=proposal, user=actor, on=today):
        try:
            version_pdf(proposal)
        except CannotDraw as reason:
            raise CannotPropose(str(reason)) from reason
    return _approve(proposal, actor, today)


@transaction.atomic
def _approve(proposal: Proposal, actor: Any, today: date) -> Proposal:
    row = _open(proposal, actor, today)
    for held in _same(row).select_for_update(of=("self",)).filter(state="current"):
        held.state = row.State.PAST
        held.save(update_fields=["state"])
    row.state, row.reviewer, row.reviewed_at = row.State.CURRENT, actor, now()
    row.save(update_fields=["state", "reviewer", "reviewed_at"])
    _tell(row, f"approve_{_name(row)}", actor)
    return row


@transaction.atomic
def decline(*, proposal: Proposal, why: str, actor: Any, today: date) -> Proposal:
    """Decline a proposal; its author may, who takes it back so. Raises CannotPropose with words."""
    row = _open(proposal, actor, today, author_may=True)
    if not why.strip():
        raise CannotPropose(_("请写明不采用的原因。"))
    row.state, row.reviewer, row.reviewed_at = row.State.DECLINED, actor, now()
    row.declined_why = why.strip()
    row.save(update_fields=["state", "reviewer", "reviewed_at", "declined_why"])
    _tell(row, f"decline_{_name(row)}", actor)
    return row


def _ask(office: Office, actor: Any, today: date, why: str) -> None:
    """Ask, under lock of the office, whether the actor may propose for it, and why."""
    Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    if not offices_to_word(user=actor, on=today).filter(pk=office.pk).exists():
        raise NotTheirs
    if not why.strip():
        raise CannotPropose(_("请写明修改原因，审核的人会看到。"))


def _sent_before(rows: QuerySet[Any], why: str, actor: Any) -> Any:
    """Return what this person proposed for the same reason and still waits: a button is easily hit twice."""
    return rows.filter(state="open", author=actor, why=why.strip()).first()


def _is_like(row: OfficeStyle | None, fields: dict[str, Any]) -> bool:
    return all((fields.get(name) or None) == ((row and getattr(row, name)) or None) for name in STYLE_FIELDS)


def _ask_unchanged(rows: QuerySet[Any], seen: str | None) -> None:
    if seen is not None and seen != standing_of(rows):
        raise ChangedMeanwhile


def _open(proposal: Proposal, actor: Any, today: date, *, author_may: bool = False) -> Proposal:
    """Return the proposal under lock, if it still waits and the actor may end it."""
    Office.objects.select_for_update(of=("self",)).get(pk=proposal.office_id)
    row: Any = type(proposal).objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if row.author_id == actor.pk and not author_may:
        raise CannotPropose(_("自己的修改不能自己审核，请由信用办的另一位督办人员审核。"))
    if row.author_id != actor.pk and not may_review(proposal=row, user=actor, on=today):
        raise NotTheirs
    if row.state != row.State.OPEN:
        raise CannotPropose(_("这一版已经审核过了，请刷新页面。"))
    opened: Proposal = row
    return opened


def _same(row: Proposal) -> QuerySet[Proposal]:
    """Return all versions of what this is a version of."""
    rows: QuerySet[Any] = type(row).objects.filter(office_id=row.office_id)
    return rows.filter(kind=row.kind, slot=row.slot) if isinstance(row, NoticeText) else rows


@in_site_language()
def _supersede(rows: QuerySet[Any], actor: Any) -> None:
    rows.filter(state="open").update(
        state="declined", reviewer=actor, reviewed_at=now(), declined_why=_("已由新提出的一版取代。")
    )


def _name(row: Any) -> str:
    return "notice_text" if isinstance(row, NoticeText) else "office_style"


def _tell(row: Any, action: str, actor: Any) -> None:
    data = {"office": row.office.code}
    if isinstance(row, NoticeText):
        data |= {"kind": row.kind, "slot": row.slot}
    audit.record(actor=actor, action=action, target=row, data=data)
