"""A material that comes in by parts 断点续传: who may bring it is asked with every part; whole, it is a
material."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases import services as cases
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case, Filing, Upload
from credit_repair.cases.parts import stands_for_applicant
from credit_repair.cases.services import uploading
from credit_repair.core.uploads import NotNow, UploadRefused
from credit_repair.people.models import User
from credit_repair.repairs.models import KIND
from credit_repair.repairs.services.baskets import locked_basket
from credit_repair.repairs.services.corrections import answer_with_file
from credit_repair.repairs.services.materials import add_material
from credit_repair.repairs.states import RepairState


@dataclass(frozen=True)
class Target:
    """Where a file goes when it is whole: every draft of the basket, those in `only`, or one gap of a
    notice."""

    only: tuple[UUID, ...] = ()
    item: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as Upload.target keeps it."""
        return {"only": [str(uuid) for uuid in self.only], "item": self.item}

    @classmethod
    def of(cls, upload: Upload) -> "Target":
        """Return where an upload goes."""
        return cls(
            only=tuple(UUID(uuid) for uuid in upload.target.get("only", ())), item=upload.target.get("item")
        )


@transaction.atomic
def begin_upload(
    *,
    filing: Filing,
    actor: User,
    today: date,
    kind: str,
    name: str,
    size: int,
    fingerprint: str,
    target: Target,
) -> tuple[Upload, int]:
    """Begin a file, or go on with it; return it with how many bytes are there, see cases.services.uploading.

    Raises NotYours, ActionRefused where nothing can be brought any more, uploads.UploadRefused with words.
    """
    _refuse_late(filing, actor, today, target)
    upload = uploading.begin_upload(
        filing=filing,
        actor=actor,
        kind=Attachment.Kind.OTHER if target.item else kind,
        name=name,
        size=size,
        fingerprint=fingerprint,
        target=target.as_json(),
    )
    return upload, uploading.received_of(upload)


@transaction.atomic
def take_part(*, filing: Filing, actor: User, today: date, uuid: UUID, offset: int, content: bytes) -> int:
    """Keep a part; return how many bytes are there now. Raises what begin_upload() and
    uploading.take_part() do."""
    upload = _own(filing, actor, uuid)
    _refuse_late(filing, actor, today, Target.of(upload))
    return uploading.take_part(upload=upload, offset=offset, content=content)


def finish_upload(*, filing: Filing, actor: User, today: date, uuid: UUID) -> Upload:
    """Put a file together, check it as any other, and make it the material that it was brought as.

    Its parts go with that. Where it cannot be taken they go, too, and UploadRefused says why; they stay
    where the file could not be looked at now (uploads.NotNow), or where something is missing
    (uploading.WrongOffset).
    """
    upload = _own(filing, actor, uuid)
    try:
        together = uploading.put_together(upload)
    except FileNotFoundError:
        _own(filing, actor, uuid)  # another request has ended it meanwhile: it is gone
        raise
    with together as whole:
        try:
            # Before anything is locked: it may take seconds.
            cases.look_into(whole)
            _attach(upload, filing, actor, today, whole)
        except NotNow:
            raise
        except UploadRefused:
            uploading.drop_upload(upload=upload)
            raise
    return upload


@transaction.atomic
def _attach(upload: Upload, filing: Filing, actor: User, today: date, whole: Any) -> None:
    # Two requests to end the same file: the second one finds nothing.
    locked = Upload.objects.select_for_update().get(pk=upload.pk)
    target = Target.of(locked)
    named = list(Case.objects.filter(filing=filing, kind=KIND, uuid__in=target.only))
    if target.item is None:
        add_material(
            filing=filing,
            actor=actor,
            today=today,
            kind=locked.kind,
            upload=whole,
            only=named if target.only else None,
        )
    else:
        if not named:
            raise NotYours(str(upload.uuid))
        answer_with_file(case=named[0], actor=actor, today=today, position=target.item, upload=whole)
    uploading.drop_upload(upload=locked)


def cancel_upload(*, filing: Filing, actor: User, uuid: UUID) -> None:
    """Forget a file that is on its way; one that is gone already is gone."""
    uploading.drop_upload(upload=_own(filing, actor, uuid))


def unfinished(*, filing: Filing, user: User, kind: str) -> list[tuple[Upload, int]]:
    """Return a person's files of `kind` that did not arrive whole, with how many bytes of each are there."""
    found = Upload.objects.filter(filing=filing, user=user, kind=kind).order_by("created_at")
    return [
        (upload, sum(part.size for part in upload.parts.all())) for upload in found.prefetch_related("parts")
    ]


def _own(filing: Filing, actor: User, uuid: UUID) -> Upload:
    return Upload.objects.get(filing=filing, user=actor, uuid=uuid)


def _refuse_late(filing: Filing, actor: User, today: date, target: Target) -> None:
    """Refuse what could not be attached in the end, before more of it is sent."""
    if target.item is None:
        locked_basket(filing=filing, actor=actor, today=today)
        return
    if not stands_for_applicant(filing=filing, user=actor, on=today):
        raise NotYours(str(filing.uuid))
    open_cases = Case.objects.filter(
        filing=filing, kind=KIND, uuid__in=target.only, state=RepairState.CORRECTION
    )
    if not open_cases.exists():
        raise ActionRefused("not_in_correction", _("现在不在补正阶段，不能再上传。请刷新页面查看最新进度。"))
