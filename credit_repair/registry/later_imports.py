"""Which later imports brought the same data again, and found them unchanged."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from credit_repair.core.wording import day_text, listed
from credit_repair.registry.models import ImportBatch, SupplyCount

State = ImportBatch.State
EXAMPLES = 3
#: Whose rows stay in the register.
_STANDING = (State.DONE, State.STOPPED, State.RUNNING)


@dataclass(frozen=True)
class LaterImports:
    """Why an import cannot be undone: later files rest on its records; some by name and day of import."""

    count: int
    examples: tuple[tuple[str, date], ...]

    def __str__(self) -> str:
        files = listed(
            _("“%(name)s”（%(day)s导入）") % {"name": name, "day": day_text(day)}
            for name, day in self.examples
        )
        words = {"count": self.count, "files": files}
        if self.count > len(self.examples):
            return (
                _(
                    "后来导入的%(count)s个文件里可能也有这些数据，如%(files)s等。请先撤销这些文件的导入，再撤销这一次。"
                )
                % words
            )
        return _("后来导入的文件里可能也有这些数据：%(files)s。请先撤销后来的导入，再撤销这一次。") % words


def later_imports_of(batch: ImportBatch) -> list[LaterImports]:
    """Return, as one reason or none, the later imports that may have found `batch`'s records unchanged.

    An unchanged row leaves nothing but a count. So every later import of the same kind counts that has
    unchanged rows and is the same file, or has rows of the same source that were neither refused nor new.
    An import that has not ended, or broke off, counts by what it has done so far. Three questions, however
    many the rows.
    """
    later = _later_than(batch)
    examples = later.values_list("file_name", "as_of")[:EXAMPLES]
    if not examples:
        return []
    return [LaterImports(later.count(), tuple(examples))]


def _later_than(batch: ImportBatch) -> QuerySet[ImportBatch]:
    ended = batch.finished_at or batch.started_at
    others = ImportBatch.objects.filter(kind=batch.kind, state__in=_STANDING, unchanged__gt=0)
    # By one order for all: of two imports, one can always be undone.
    others = others.annotate(ended=Coalesce("finished_at", "started_at")).filter(
        Q(state=State.RUNNING) | Q(ended__gt=ended) | Q(ended=ended, pk__gt=batch.pk)
    )
    known_again = SupplyCount.objects.filter(_same_source(batch), batch=OuterRef("pk"))
    known_again = known_again.filter(rows__gt=F("refused") + F("taken"))
    return others.filter(Q(sha256=batch.sha256) | Exists(known_again)).order_by("-pk")


def _same_source(batch: ImportBatch) -> Q:
    """By the code; by the name where a source has none."""
    sources = list(batch.supply.values_list("source_code", "source_name"))
    names = {name for code, name in sources if not code}
    return Q(source_code__in={code for code, _name in sources if code}) | Q(
        source_code="", source_name__in=names
    )
