"""Guidance served with a penalty, in the form that the pages take."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.record_reading import party
from credit_repair.outreach.models import Guidance, GuidanceSetting
from credit_repair.outreach.services.guiding import LIVE
from credit_repair.registry.models import Office, Record


def guidance_rows(rows: Iterable[Guidance], records: Mapping[int, Record]) -> list[dict[str, Any]]:
    """Return guidance with the record that it is about, as the official sees it, and how it was served."""
    return [
        {
            "row": row,
            "record": records[row.record_id],
            "party": party(records[row.record_id]),
            "name": row.record.doc_no or _("（没有文号）"),
            "url": reverse("office_record", args=[row.record.uuid]),
            "document_url": reverse("office_document", args=[row.document.uuid]) if row.document else "",
            "by_hand": row.made_by_id is not None,
            **_served(row),
        }
        for row in rows
    ]


def _served(row: Guidance) -> dict[str, Any]:
    """How the service stands: a tag, and the day where it has arrived."""
    if row.document is None:
        return {"tag": {"label": _("未能制作"), "tone": "danger"}, "served_on": None}
    if row.document.state != row.document.State.READY:
        return {"tag": {"label": _("正在生成"), "tone": "neutral"}, "served_on": None}
    delivery = next(iter(row.document.deliveries.all()), None)
    if delivery is None or delivery.delivered_on is None:
        return {"tag": {"label": _("待送达"), "tone": "info"}, "served_on": None}
    return {"tag": {"label": _("已送达"), "tone": "success"}, "served_on": delivery.delivered_on}


def setting_rows(authorities: Iterable[Office]) -> list[dict[str, Any]]:
    """Return authorities with their setting; off where nobody has set any."""
    return [
        {
            "office": office,
            "setting": getattr(office, "guidance_setting", None),
            "issuers": GuidanceSetting.Issuer.choices,
        }
        for office in authorities
    ]


def record_part(record: Record, *, acting: bool) -> dict[str, str]:
    """Return what the page of a record offers about its guidance: the document, or the way to make it."""
    if record.kind != Record.Kind.PENALTY:
        return {}
    row = Guidance.objects.select_related("document").filter(record=record).first()
    if row is not None and row.document is not None:
        return {"document_url": reverse("office_document", args=[row.document.uuid])}
    if not acting or record.standing not in LIVE:
        return {}
    return {"make_url": reverse("office_guidance_make", args=[record.uuid])}
