"""Who keeps away from a case, who may do two parts of it, and what this person may do about it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from credit_repair.cases.fairness_selectors import (
    barred_people,
    overrides_of,
    recusals_of,
    supervises,
    undone_steps,
)
from credit_repair.cases.models import Case, FourEyesOverride
from credit_repair.repairs.forms.fairness import OverrideForm, RecusalForm, RevocationForm


def fairness_of(
    case: Case, *, user: Any, today: date, bound: dict[str, forms.Form] | None = None
) -> dict[str, Any]:
    """Return what office/fairness.html shows: declared recusals, exceptions to the four eyes with why and
    until when, and the forms that are open to `user`.

    :param bound: forms that were sent and not accepted, by "recuse", "grant" and "revoke".
    """
    bound = bound or {}
    rows = list(overrides_of(case))
    leads = supervises(case=case, actor=user, on=today)
    undone = bool(undone_steps(case=case, user=user, on=today))
    barred = [person for person in barred_people(case=case, on=today) if person != user] if leads else []
    found = {
        "case": case,
        "recusals": [
            {"who": str(row.user), "day": row.declared_at, "reason": row.reason} for row in recusals_of(case)
        ],
        "overrides": [_override(row, today, leads, bound) for row in rows],
        "recuse": (bound.get("recuse") or RecusalForm(prefix="recuse")) if undone else None,
        "recuse_open": "recuse" in bound,
        "grant": (bound.get("grant") or OverrideForm(prefix="grant", people=barred, today=today))
        if leads and (barred or "grant" in bound)
        else None,
        "grant_open": "grant" in bound,
    }
    found["shown"] = any(found[part] for part in ("recusals", "overrides", "recuse", "grant"))
    return found


def _override(
    row: FourEyesOverride, today: date, leads: bool, bound: dict[str, forms.Form]
) -> dict[str, Any]:
    running = row.revoked_at is None and row.until >= today
    sent = bound.get("revoke")
    here = sent is not None and sent["override"].value() == str(row.pk)
    form = sent if here else RevocationForm(prefix="revoke", running=[row], initial={"override": row.pk})
    return {
        "who": str(row.user),
        "by": str(row.granted_by),
        "granted_on": row.granted_on,
        "until": row.until,
        "reason": row.reason,
        "used": row.used_at is not None,
        "state": _("已撤销") if row.revoked_at else _("有效") if running else _("已到期"),
        "tone": "success" if running else "neutral",
        "revoke": form if leads and running else None,
        "open": here,
    }
