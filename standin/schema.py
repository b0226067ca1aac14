"""The tables of the store, and how a file of an earlier version is brought up to date."""

from __future__ import annotations

import sqlite3

FIRST = """
CREATE TABLE record (
    id              TEXT PRIMARY KEY,
    sequence        INTEGER NOT NULL,
    doc_no          TEXT NOT NULL,
    subject_name    TEXT NOT NULL,
    subject_code    TEXT NOT NULL,
    authority_name  TEXT NOT NULL,
    decision_date   TEXT NOT NULL,
    penalty_types   TEXT NOT NULL,
    content         TEXT NOT NULL,
    published_until TEXT NOT NULL,
    search_doc_no   TEXT NOT NULL,
    search_subject  TEXT NOT NULL,
    published       INTEGER NOT NULL DEFAULT 0 CHECK (published IN (0, 1)),
    shielded        INTEGER NOT NULL DEFAULT 0 CHECK (shielded IN (0, 1)),
    shown           INTEGER GENERATED ALWAYS AS (published AND NOT shielded) VIRTUAL,
    annotation      TEXT,
    since           TEXT,
    removed_at      TEXT,
    removal_receipt TEXT,
    last_receipt    TEXT NOT NULL
) STRICT;
CREATE INDEX record_shown ON record (shown, since);
CREATE INDEX record_removed ON record (removed_at) WHERE removed_at IS NOT NULL;

CREATE TABLE message (
    number          INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    digest          TEXT NOT NULL,
    record          TEXT NOT NULL,
    sequence        INTEGER NOT NULL,
    action          TEXT NOT NULL,
    cause_id        TEXT NOT NULL,
    cause_text      TEXT NOT NULL,
    issued_at       TEXT NOT NULL,
    effect          TEXT NOT NULL CHECK (effect IN ('applied', 'stale')),
    receipt         TEXT NOT NULL UNIQUE,
    at              TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX message_applied_once ON message (record, sequence) WHERE effect = 'applied';

CREATE TABLE effect (
    record          TEXT NOT NULL,
    action          TEXT NOT NULL,
    count           INTEGER NOT NULL,
    PRIMARY KEY (record, action)
) STRICT;
"""

#: `arrival` is only ever added to, one row for each time that a message came, and counts independently of the
#: constraints above what took effect. `promised`: taken with 202, whose receipt is given later.
SECOND = """
CREATE TABLE arrival (
    number          INTEGER PRIMARY KEY,
    message         TEXT NOT NULL,
    record          TEXT NOT NULL,
    sequence        INTEGER NOT NULL,
    action          TEXT NOT NULL,
    outcome         TEXT NOT NULL,
    at              TEXT NOT NULL
) STRICT;

CREATE TABLE promised (
    message         TEXT PRIMARY KEY,
    reference       TEXT NOT NULL,
    due             REAL NOT NULL,
    refused         TEXT,
    calls           INTEGER NOT NULL,
    next_call       REAL NOT NULL
) STRICT;
CREATE INDEX promised_calls ON promised (next_call) WHERE calls > 0;
"""

#: In `message`, `arrival` and `effect` the column `record` holds the subject's UUID where there is no record.
THIRD = """
CREATE TABLE subject (
    id              TEXT PRIMARY KEY,
    sequence        INTEGER NOT NULL,
    name            TEXT NOT NULL,
    code            TEXT NOT NULL,
    last_receipt    TEXT NOT NULL
) STRICT;

CREATE TABLE commitment (
    id              TEXT PRIMARY KEY,
    about           TEXT NOT NULL,
    subject_name    TEXT NOT NULL,
    type            TEXT NOT NULL,
    title           TEXT NOT NULL,
    items           TEXT NOT NULL,
    made_on         TEXT NOT NULL,
    valid_until     TEXT NOT NULL,
    state           TEXT NOT NULL,
    at              TEXT NOT NULL,
    receipt         TEXT NOT NULL
) STRICT;
CREATE INDEX commitment_newest ON commitment (at DESC, id);
"""

STEPS = (FIRST, SECOND, THIRD)


def bring_up_to_date(db: sqlite3.Connection) -> bool:
    """Make the tables, or add what is missing; False where the file is somebody else's."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    is_new = version == 0 and not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not is_new and not 1 <= version <= len(STEPS):
        return False
    for step in STEPS[version:]:
        for statement in step.split(";\n"):
            if statement.strip():
                db.execute(statement)
    db.execute(f"PRAGMA user_version = {len(STEPS)}")
    return True
