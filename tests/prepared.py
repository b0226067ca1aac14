"""A database in which every migration has run: made once for the migrations that there are, then copied.

To run them takes as long as many a test. What must show that they run does not use this.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = Path(settings.BASE_DIR) / ".pytest_cache" / "migrated"


def migrated_copy(target: Path) -> None:
    """Put a migrated SQLite database there, where none is yet."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_migrated(), target)


def create_test_database(connection: BaseDatabaseWrapper) -> None:
    """Make the test database of a connection: on SQLite from a copy, elsewhere by running every migration."""
    copied = connection.vendor == "sqlite"
    connection.settings_dict["TEST"]["MIGRATE"] = not copied
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    if copied:
        fill(connection)


def fill(connection: BaseDatabaseWrapper) -> None:
    """Make an open SQLite test database what the migrations make of an empty one."""
    connection.ensure_connection()
    with closing(sqlite3.connect(_migrated())) as source:
        source.backup(connection.connection)


def _migrated() -> Path:
    KEPT.mkdir(parents=True, exist_ok=True)
    wanted = KEPT / f"{_mark()}.sqlite3"
    # Several processes of a test run ask at once: one makes it, the others wait.
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not wanted.exists():
            for old in KEPT.glob("*.sqlite3*"):
                old.unlink()
            making = wanted.with_suffix(".sqlite3-making")
            environment = {**os.environ, "DATABASE_URL": f"sqlite:///{making}", "VAR_DIR": str(KEPT / "var")}
            command = [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"]
            subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)
            making.rename(wanted)
    return wanted


def _mark() -> str:
    """What changes when a migration of ours or of a package does."""
    mark = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        for file in sorted(Path(config.path, "migrations").glob("*.py")):
            mark.update(f"{config.label}/{file.name}".encode())
            mark.update(file.read_bytes())
    return mark.hexdigest()[:20]
