"""A database of a benchmark's own, made beside the one that is given and dropped afterwards."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def set_up(name: str, database: str) -> Iterator[None]:
    """Set Django up on the server of this URL, or on SQLite in a folder of its own where it is empty."""
    with tempfile.TemporaryDirectory(prefix=f"{name}-benchmark-") as folder:
        os.environ["DATABASE_URL"] = database or f"sqlite:///{folder}/desk.sqlite3"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit_repair.settings")
        import django

        django.setup()
        yield


@contextmanager
def filled(name: str, size: int, fill: Callable[[int], Any]) -> Iterator[Any]:
    """Make a database, fill it with `size` things and yield what `fill` returns; drop it afterwards."""
    from django.db import connection

    from tests.prepared import create_test_database

    settings = connection.settings_dict
    old_name = settings["NAME"]
    settings["TEST"]["NAME"] = (
        str(Path(old_name).with_name(f"{name}-{size}.sqlite3"))
        if connection.vendor == "sqlite"
        else f"{old_name}_{name}_{size}"
    )
    create_test_database(connection)
    try:
        begin = time.perf_counter()
        made = fill(size)
        say(f"{connection.vendor}: {size:,} in {time.perf_counter() - begin:.0f} s")
        yield made
    finally:
        connection.creation.destroy_test_db(old_name, verbosity=0)
