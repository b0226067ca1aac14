"""Ask for several documents at once 打包、合并打印、补签, ask again, and let go of what was made."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credit_repair.cases.document_selectors import found_in_register, register, without_file
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.pack_selectors import in_order, packs_of
from credit_repair.core import audit
from credit_repair.core.jobs import dispatch
from credit_repair.core.models import Job
from credit_repair.notices.models import DocumentPack, PackItem
from credit_repair.people.models import User

Kind, State, Outcome = DocumentPack.Kind, DocumentPack.State, PackItem.Outcome

#: How many documents are taken at once.
MOST = 500
#: How many packs of one person wait or are made at a time.
MOST_UNDER_WAY = 3
#: How many packs one person has kept at a time.
MOST_KEPT = 20
#: How long a pack is kept after it was asked for.
KEPT = timedelta(days=7)
UNFINISHED = (Job.State.WAITING, Job.State.RUNNING)


@transaction.atomic
def ask_for_pack(
    *,
    user: Any,
    kind: str,
    order: str,
    two_sided: bool = False,
    ticked: Sequence[UUID] | None = None,
    filters: Mapping[str, Any] | None = None,
    today: date,
    now: datetime,
) -> DocumentPack:
    """Have documents of the register of `user` packed, bound for the printer, or made and signed again.

    ticked   which; what the person does not find in their register is not among them
    filters  with ticked=None: all that document_selectors.found_in_register() finds with them

    Asked for the same twice while the first waits, the first is returned. Raises ActionRefused with words
    where nothing is chosen, more than 500 are, none of them lacks its file (补签), three are under way, or
    twenty are kept.
    """
    _lock_asker(user)
    if ticked is None:
        found = found_in_register(user=user, on=today, **(filters or {}))
    else:
        found = register(user=user, on=today).filter(uuid__in=ticked[: MOST + 1])
    if kind == Kind.SIGN:
        found = without_file(found)
    keys = list(in_order(found, order).values_list("pk", flat=True)[: MOST + 1])
    _must_be_some(keys, kind=kind, ticked=ticked)
    if len(keys) > MOST:
        words = _("选中的文书有%(count)s份，一次最多%(most)s份。请用筛选条件缩小范围，分几次办理。")
        raise ActionRefused("too_many", words % {"count": found.count(), "most": MOST})
    asked = {"kind": kind, "order": order, "two_sided": two_sided and kind == Kind.PRINT}
    for pack in _under_way(user, now):
        if _is_the_same(pack, asked, keys):
            return pack
    _refuse_too_many_under_way(user, now)
    kept = packs_of(user=user, at=now).count()
    if kept >= MOST_KEPT:
        words = _("您已有%(count)s个打包，每个保留%(days)s天。请先下载已有的，等最早的一个到期以后再提。")
        raise ActionRefused("too_many_kept", words % {"count": kept, "days": KEPT.days})
    pack = DocumentPack.objects.create(
        **asked, asked_by=user, asked_at=now, expires_at=now + KEPT, total=len(keys)
    )
    PackItem.objects.bulk_create(
        PackItem(pack=pack, document_id=key, position=place) for place, key in enumerate(keys, start=1)
    )
    audit.record(actor=user, action=f"pack.{kind}", target=pack, data={"documents": len(keys)})
    ask_for_making(pack)
    return pack


def _lock_asker(user: Any) -> None:
    """Have who asks take turns with themself, so that what is counted stays so."""
    User.objects.select_for_update(no_key=True).values_list("pk").get(pk=user.pk)


def _under_way(user: Any, now: datetime) -> QuerySet[DocumentPack]:
    return packs_of(user=user, at=now).filter(state__in=(State.WAITING, State.MAKING))


def _refuse_too_many_under_way(user: Any, now: datetime) -> None:
    count = _under_way(user, now).count()
    if count >= MOST_UNDER_WAY:
        words = _("您已有%s个打包还没有做完，请等其中一个做完以后再提。")
        raise ActionRefused("busy", words % count)


def _must_be_some(keys: list[int], *, kind: str, ticked: Sequence[UUID] | None) -> None:
    if keys:
        return
    if kind == Kind.SIGN and (ticked is None or ticked):
        raise ActionRefused("none_to_sign", _("所选的文书都已经有PDF，没有需要补签的。"))
    if ticked is None:
        raise ActionRefused("none_found", _("没有符合条件的文书，请换一个条件再查。"))
    raise ActionRefused("none_chosen", _("请先勾选文书，再选要做什么。"))


def _is_the_same(pack: DocumentPack, asked: Mapping[str, Any], keys: list[int]) -> bool:
    if any(getattr(pack, name) != value for name, value in asked.items()):
        return False
    return list(pack.items.order_by("position").values_list("document", flat=True)) == keys


@transaction.atomic
def make_again(*, pack: DocumentPack, actor: Any, now: datetime) -> None:
    """Have a pack made anew from its documents as they are now, or one that stopped gone on with; the old
    file goes. What is signed already is not signed again.

    Raises NotYours where somebody else asked for it, or its time is over; ActionRefused with words where
    three others are under way.
    """
    _lock_asker(actor)
    locked = packs_of(user=actor, at=now).select_for_update().filter(pk=pack.pk).first()
    if locked is None:
        raise NotYours(f"pack {pack.uuid}")
    if not locked.is_under_way:
        _refuse_too_many_under_way(actor, now)
        _forget_file(locked)
        settled = (Outcome.MADE, Outcome.ALREADY) if locked.kind == Kind.SIGN else ()
        locked.items.exclude(outcome__in=settled).update(outcome=Outcome.WAITING)
        locked.done = locked.items.exclude(outcome=Outcome.WAITING).count()
        locked.state, locked.finished_at, locked.problem = State.WAITING, None, ""
        locked.sha256, locked.size, locked.pages = "", 0, 0
        locked.save()
        audit.record(
            actor=actor, action=f"pack.{locked.kind}", target=locked, data={"documents": locked.total}
        )
    ask_for_making(locked)


def ask_for_making(pack: DocumentPack) -> None:
    """Ask a worker to see to the pack, once however often it is asked for."""
    dispatch("make_pack", key=job_key(pack.uuid), pack=str(pack.uuid))


def is_asked_for(pack: DocumentPack) -> bool:
    """Whether a worker has the pack in hand or will have; otherwise it failed again and again."""
    return Job.objects.filter(key=job_key(pack.uuid), state__in=UNFINISHED).exists()


def job_key(uuid: UUID) -> str:
    """Return under which key the work on a pack waits."""
    return f"make_pack:{uuid}"


def sweep_packs(*, now: datetime) -> int:
    """Let packs go whose time is over, each in a transaction of its own; return how many."""
    over = DocumentPack.objects.filter(expires_at__lte=now)
    return sum(_let_go(key, now) for key in list(over.values_list("pk", flat=True)))


@transaction.atomic
def _let_go(key: int, now: datetime) -> bool:
    pack = DocumentPack.objects.select_for_update().filter(pk=key, expires_at__lte=now).first()
    if pack is None:
        return False
    _forget_file(pack)
    pack.delete()
    return True


def _forget_file(pack: DocumentPack) -> None:
    """Take the file off the row; its bytes go after commit."""
    name = str(pack.file.name or "")
    pack.file = ""
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))
