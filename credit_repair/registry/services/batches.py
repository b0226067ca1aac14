"""What happens to a batch beside its import."""

from django.db import transaction

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.registry.models import ImportBatch


@transaction.atomic
def stop_batch(*, batch: ImportBatch, problem: str) -> ImportBatch:
    """Give up an import that may not go on, for a `problem` told in a sentence; return the batch.

    What has come in stays. The file, which holds personal numbers, is deleted. An import that has ended is
    left as it is.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not batch.is_under_way:
        return batch
    file = batch.file.name
    batch.state, batch.problem, batch.finished_at, batch.file = ImportBatch.State.STOPPED, problem, now(), ""
    batch.save(update_fields=["state", "problem", "finished_at", "file"])
    audit.record(actor=None, action="stop_import", target=batch, data={"problem": problem})
    if file:
        storage = ImportBatch._meta.get_field("file").storage
        transaction.on_commit(lambda: storage.delete(file))
    return batch
