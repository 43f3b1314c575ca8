"""The ledger's file: SQLite with a write-ahead log that is forced to the disk at every commit.

`synchronous=FULL` in WAL mode is one sync of the log a commit: what `remember` has answered survives a power cut, and
the cost does not grow with the file. `foreign` ledgers (another schema) are refused, never changed.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinka.kernel.errors import ConfigError

SCHEMA = 1

_TABLES = """
CREATE TABLE entries (
    reference TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    fields TEXT NOT NULL,            -- JSON object of plain values
    chip TEXT NOT NULL,              -- JSON list of [tag, value], both hexadecimal; never 57, 5A or a PIN
    shown TEXT NOT NULL,             -- the PAN's first six and last four digits
    card BLOB,                       -- keyed hash of PAN and PAN sequence number
    sealed BLOB,                     -- the PAN, enciphered by the vault
    attempts INTEGER NOT NULL DEFAULT 0,
    uploaded INTEGER NOT NULL DEFAULT 0,   -- of a sale: 1 taken by the host, 2 in the batch being settled
    step INTEGER NOT NULL            -- order of the last change
);
CREATE INDEX entries_by_kind ON entries (kind, uploaded, step);
CREATE TABLE notes (reference TEXT PRIMARY KEY, message TEXT NOT NULL);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE sales (card BLOB PRIMARY KEY, reference TEXT NOT NULL, fields TEXT NOT NULL, step INTEGER NOT NULL);
CREATE INDEX sales_by_reference ON sales (reference);
CREATE INDEX sales_by_step ON sales (step);
CREATE TABLE hot (card BLOB PRIMARY KEY);
"""


def open_database(path: Path) -> sqlite3.Connection:
    """Opens the file, or makes it. Raises `ConfigError` when it is no ledger of this version."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # log and index get the mode of the file they belong to
    except OSError as fault:
        raise ConfigError(f"cannot open: {fault.strerror}", file=str(path)) from None
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("PRAGMA secure_delete=ON")
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            with transaction(database):
                for statement in _TABLES.split(";\n"):
                    if statement.strip():
                        database.execute(statement)
                database.execute(f"PRAGMA user_version={SCHEMA}")
        elif version != SCHEMA:
            raise ConfigError(f"ledger of version {version}, this is version {SCHEMA}", file=str(path))
    except sqlite3.DatabaseError as fault:
        database.close()
        raise ConfigError(f"no ledger: {fault}", file=str(path)) from None
    except ConfigError:
        database.close()
        raise
    return database


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All or nothing. The write lock is taken at once, so that two processes cannot read the same counter."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def bump(database: sqlite3.Connection, name: str, most: int) -> int:
    """The next value of a counter, from 1 to `most` and round again; zero never occurs (emv-b4/6.5.5)."""
    row = database.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
    value = row[0] % most + 1 if row is not None else 1
    database.execute("INSERT OR REPLACE INTO counters VALUES (?, ?)", (name, value))
    return int(value)
