"""Carry out an accepted correction: of the account, or of what the register says of a subject."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.dossier.errors import DossierRefused
from credit_repair.dossier.models import DataRequest, RequestedField
from credit_repair.people.models import User
from credit_repair.platforms.models import Message
from credit_repair.platforms.services import tell_publishers
from credit_repair.registry.importing.parsing import is_credit_code, is_resident_id, read_code
from credit_repair.registry.models import Record, Subject
from credit_repair.registry.services.subjects import NumberTaken, bear_name, bear_number

Name = RequestedField.Name


def correct_account(*, request: DataRequest, fields: list[RequestedField], actor: Any) -> None:
    """Give the account of who asked the name and the telephone that they claimed, as far as accepted. What
    is said of a mandate is changed with the mandate itself, and only answered here."""
    user = User.objects.select_for_update().get(pk=request.user_id)
    changed = []
    for each in fields:
        if each.name == Name.DISPLAY_NAME:
            user.display_name = each.claimed[:50]
            changed.append("display_name")
        if each.name == Name.PHONE:
            user.phone = each.claimed[:30]
            changed.append("phone")
    if changed:
        user.save(update_fields=changed)
        data = {"fields": changed, "request": str(request.uuid)}
        audit.record(actor=actor, action="dossier.correct_account", target=user, data=data)


def correct_register(*, request: DataRequest, fields: list[RequestedField], actor: Any, today: date) -> None:
    """Give the subject the name, number and representative that were claimed, as far as accepted; the old
    name stays as a former one 曾用名. Every platform that shows a record of it is told.

    Raises DossierRefused where another subject has the number.
    """
    if not fields:
        return
    # Records before the subject: the one order of all who lock both.
    records = list(
        Record.objects.select_for_update(no_key=True, of=("self",))
        .filter(subject=request.subject_id)
        .order_by("pk")
    )
    subject = Subject.objects.select_for_update(no_key=True).get(pk=request.subject_id or 0)
    for each in fields:
        _apply(subject, each, actor=actor, today=today)
    audit.record(
        actor=actor,
        action="dossier.correct_register",
        target=subject,
        data={"fields": [each.name for each in fields], "request": str(request.uuid)},
    )
    for record in records:
        if not record.has_ended:
            tell_publishers(
                record=record,
                action=Message.Action.CORRECT,
                cause=request.uuid,
                cause_text=_("主体登记信息更正"),
            )


def _apply(subject: Subject, field: RequestedField, *, actor: Any, today: date) -> None:
    if field.name == Name.SUBJECT_NAME and field.claimed != subject.name:
        bear_name(subject, field.claimed, actor=actor, today=today)
    if field.name == Name.REPRESENTATIVE:
        subject.legal_representative = field.claimed[:100]
        subject.save(update_fields=["legal_representative"])
    if field.name == Name.SUBJECT_NUMBER:
        number = checked_number(subject, field.claimed)
        how = {"code": number} if subject.code else {"personal_number": number}
        try:
            bear_number(subject, **how)
        except NumberTaken as error:
            words = _("这个号码已经登记在另一个主体名下，不能直接更正。请先核实两个主体是不是同一个。")
            raise DossierRefused("number_taken", words, field="number") from error


def checked_number(subject: Subject, text: str) -> str:
    """Return a number as the register keeps it; raise DossierRefused where it is not of the right sort."""
    plain = read_code(text)
    if subject.code and not is_credit_code(plain):
        words = _("统一社会信用代码不正确，请对照营业执照逐位核对，共18位。")
        raise DossierRefused("bad_number", words, field="subject_number")
    if subject.id_type == Subject.IdType.RESIDENT_ID and not is_resident_id(plain):
        words = _("身份证号码不正确，请对照身份证逐位核对。")
        raise DossierRefused("bad_number", words, field="subject_number")
    return plain
