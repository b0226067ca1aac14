"""What a person says to a row that names a known code otherwise 名称冲突: a change of name, or a mistake."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.registry.importing.kept import covered_lines
from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.keys import same_name
from credit_repair.registry.models import ImportBatch, NameConflict, Subject
from credit_repair.registry.services.imports import reimport_line
from credit_repair.registry.services.subjects import bear_name

State = NameConflict.State


class ConflictRefused(ValueError):
    """The decision cannot be taken; the words say why."""


def accept_rename(
    *,
    conflict: NameConflict,
    reason: str,
    actor: Any,
    scope: ImportScope | None,
    today: date,
    among: QuerySet[ImportBatch] | None = None,
) -> list[NameConflict]:
    """Take the new name for a change of name 更名 and import the refused rows; return the conflicts settled.

    The subject bears the new name from now on and is found by the former one, too. Every other open
    conflict of the same subject and name is settled along, where `scope` covers its row; with `among`, only
    those of these batches. The others stay for their own people. The change of name is one transaction; each
    row is then taken up in one of its own, by the rules of every import: it may be refused again, for another
    reason, and `outcome` says what became of it. A row that a crash kept from its turn is taken up by
    :func:`take_up_again`.

    `today` is the day from which the old name is a former one; `scope` says whose data `actor` may bring.

    Raises ConflictRefused without a `reason`, where somebody has decided already, or where `scope` does not
    cover the row: nobody renames a subject by a row that they may not bring.
    """
    accepted = _rename(conflict, reason=reason, actor=actor, scope=scope, today=today, among=among)
    return [take_up_again(conflict=each, actor=actor, scope=scope, today=today) for each in accepted]


@transaction.atomic
def take_up_again(
    *, conflict: NameConflict, actor: Any, scope: ImportScope | None, today: date
) -> NameConflict:
    """Import the refused row of an accepted conflict, once; return the conflict with the row's outcome.

    Raises ConflictRefused where the name was not accepted, or the import was undone meanwhile.
    """
    # The batch first, as in everything that works on one: its import, its undoing.
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(lines__conflict=conflict)
    conflict = NameConflict.objects.select_related("line").get(pk=conflict.pk)
    if conflict.state != State.ACCEPTED or batch.state == ImportBatch.State.UNDONE:
        raise ConflictRefused(_("这条冲突没有按更名办理，或者导入批次已撤销，不能再收录这一行。"))
    if not conflict.outcome:
        outcome = reimport_line(line=conflict.line, scope=scope, as_of=today, actor=actor).outcome
        conflict.outcome = outcome.value
        conflict.save(update_fields=["outcome"])
    return conflict


@transaction.atomic
def keep_name(*, conflict: NameConflict, reason: str, actor: Any) -> NameConflict:
    """Say that the name in the row is a mistake: the registered name stays, and the row stays refused.

    Raises ConflictRefused without a `reason`, or where somebody has decided already.
    """
    _locked_subject(conflict)
    conflict = NameConflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
    _refuse_unless_open(conflict)
    _decide(conflict, State.DISMISSED, reason=_given(reason), actor=actor)
    audit.record(
        actor=actor,
        action="keep_name",
        target=conflict,
        data={"name": conflict.name, "reason": conflict.reason},
    )
    return conflict


@transaction.atomic
def _rename(
    conflict: NameConflict,
    *,
    reason: str,
    actor: Any,
    scope: ImportScope | None,
    today: date,
    among: QuerySet[ImportBatch] | None,
) -> list[NameConflict]:
    reason = _given(reason)
    subject = _locked_subject(conflict)
    _refuse_unless_open(NameConflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk))
    opened = NameConflict.objects.select_for_update(of=("self",)).filter(subject=subject, state=State.OPEN)
    if among is not None:
        opened = opened.filter(line__batch__in=among)
    opened = opened.select_related("line__batch").order_by("pk")
    same = [each for each in opened if same_name(each.name, conflict.name)]
    covered = covered_lines((each.line for each in same), scope=scope, as_of=today)
    accepted = [each for each in same if each.line_id in covered]
    if conflict.pk not in {each.pk for each in accepted}:
        raise ConflictRefused(_("您所在的单位不能导入这一行，也不能据此办理更名。请交信用主管部门办理。"))
    former = subject.name
    if former != conflict.name:
        bear_name(subject, conflict.name, actor=actor, today=today)
        data = {"former": former, "name": conflict.name, "reason": reason}
        audit.record(actor=actor, action="accept_rename", target=subject, data=data)
    for each in accepted:
        _decide(each, State.ACCEPTED, reason=reason, actor=actor)
    return accepted


def _locked_subject(conflict: NameConflict) -> Subject:
    """Lock the subject: first the subject, then conflicts, for all who decide about its name."""
    # no_key: an import may go on pointing at it.
    subjects = Subject.objects.select_for_update(no_key=True)
    return subjects.defer("personal_number", "representative_number").get(pk=conflict.subject_id)


def _given(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ConflictRefused(_("请写明处理的理由或者依据。"))
    return reason[:500]


def _refuse_unless_open(conflict: NameConflict) -> None:
    if conflict.state != State.OPEN:
        words = _("这条冲突已经处理过了（%s），请刷新页面。")
        raise ConflictRefused(words % conflict.get_state_display())


def _decide(conflict: NameConflict, state: State, *, reason: str, actor: Any) -> None:
    conflict.state, conflict.reason = state, reason
    conflict.decided_at, conflict.decided_by = now(), actor
    conflict.save(update_fields=["state", "reason", "decided_at", "decided_by"])
