"""What is kept of a person, as a file to take along: a ZIP with the data as JSON, and words about it."""

import json
import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.dossier import own_data
from credit_repair.dossier.access import own_requests
from credit_repair.dossier.fields import register_values
from credit_repair.dossier.models import RequestedField
from credit_repair.dossier.purposes import PURPOSES
from credit_repair.people.masking import masked_number
from credit_repair.registry.models import Subject

DATA, WORDS = "data.json", "说明.txt"


@transaction.atomic
def export_own_data(*, user: Any, today: date) -> bytes:
    """Return a ZIP of what is kept of `user`; that they took it is audited.

    An identity number stays masked, as everywhere on the site: who holds it knows it, and a file gets lost.
    """
    data = collected(user=user, today=today)
    rows = sum(len(each["rows"]) for each in data["kept"])
    audit.record(actor=user, action="dossier.export_own_data", target=user, data={"rows": rows})
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DATA, json.dumps(data, ensure_ascii=False, indent=2))
        archive.writestr(WORDS, _words(user, today))
    return made.getvalue()


def collected(*, user: Any, today: date) -> dict[str, Any]:
    """Return what is kept of `user` as plain JSON."""
    kept = own_data.everything(user=user, on=today, limit=own_data.EXPORTED)
    return {
        "made_at": now().isoformat(timespec="seconds"),
        "account": dict(own_data.account_rows(user)),
        "subjects": [_subject(each) for each in own_data.subjects_of(user, today)],
        "kept": [
            {
                "what": part.code,
                "title": part.title,
                "columns": list(part.columns),
                "rows": [[_plain(value) for value in row] for row in part.rows],
                "complete": not part.more,
            }
            for part in kept
        ],
        "requests": [
            {
                "about": str(row.get_about_display()),
                "state": str(row.get_state_display()),
                "submitted_on": row.submitted_on.isoformat(),
                "outcome": str(row.get_outcome_display()) if row.outcome else "",
                "answer": row.answer,
            }
            for row in own_requests(user=user, on=today)
        ],
        "purposes": [
            {
                "what": str(each.what),
                "used_for": str(each.used_for),
                "ground": str(each.ground),
                "kept": str(each.kept),
            }
            for each in PURPOSES
        ],
    }


def _subject(subject: Subject) -> dict[str, str]:
    values = register_values(subject)
    if not subject.code:
        values[RequestedField.Name.SUBJECT_NUMBER] = masked_number(subject.personal_number)
    return {str(RequestedField.Name(name).label): value for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def _words(user: Any, today: date) -> str:
    return (
        _(
            "%(name)s在%(day)s导出的个人信息。\n\n"
            "data.json 里是本网站保存的您的账号、授权、登录、上传、签署、邮件和申请记录。"
            "上传的文件和文书请在“我的申请”和“我的文书”里下载。"
        )
        % {"name": user, "day": today.isoformat()}
        + "\n"
    )
