"""Celery, for installations with a broker.

Correctness never rests on the broker: a task carries only the id of a job row, and the beat's
tick finds every row that no task has reached. See core/jobs.py.
"""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit_repair.settings")

app = Celery("credit_repair")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "tick": {"task": "credit_repair.core.tasks.tick", "schedule": 5.0, "options": {"expires": 5}},
}


@worker_init.connect
def check_start(**kwargs: object) -> None:
    """A worker refuses to start where it could not do its work, e.g. where PDFs could not be made."""
    from credit_repair.core import jobs

    jobs.check_start()
