"""An SQLite file that stands kills, full disks and file systems of the network."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from matcher.errors import WriteFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS: Final = 30.0
"""How long a reader in another program may keep the file from being written."""
NO_WAL: Final = (
    "this file system allows no write-ahead log; the rollback journal is used instead: "
    "runs are as safe, but nobody can read the file while one is written"
)


def opened_file(path: Path, schema: str) -> tuple[sqlite3.Connection, str]:
    """The file with its tables, and what must be said about it.

    Raises
    ------
    sqlite3.Error
        When it cannot be written, or is something else.
    """
    file, notice = connected(path), ""
    try:
        (mode,) = file.execute("PRAGMA journal_mode = WAL").fetchone()
        file.executescript(f"BEGIN IMMEDIATE; {schema} COMMIT;")
    except sqlite3.OperationalError:
        file.close()  # its shared memory is refused only when it is used
        file = connected(path)
        (mode,) = file.execute("PRAGMA journal_mode = DELETE").fetchone()
        file.executescript(f"BEGIN IMMEDIATE; {schema} COMMIT;")
    if mode != "wal":
        notice = NO_WAL
    file.execute("PRAGMA synchronous = FULL")
    return file, notice


def connected(path: Path) -> sqlite3.Connection:
    """The file as it is; every statement outside a transaction is one by itself."""
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)


@contextmanager
def whole(file: sqlite3.Connection, path: Path) -> Iterator[sqlite3.Connection]:
    """All that the block writes, or nothing of it.

    Raises
    ------
    WriteFailed
        When the system refuses.
    """
    try:
        file.execute("BEGIN IMMEDIATE")
        try:
            yield file
            file.execute("COMMIT")
        except BaseException:
            if file.in_transaction:
                file.execute("ROLLBACK")
            raise
    except sqlite3.OperationalError as error:
        raise refusal(path, error) from error


def refusal(path: Path, error: sqlite3.Error) -> WriteFailed:
    """A refusal of SQLite in words that say what to do."""
    reason = str(error)
    remedies = {
        "full": "free some space, then run the same command again",
        "readonly": "allow writing there, or name another folder",
        "unable to open": "allow writing there, or name another folder",
        "locked": "close the program that holds it, then run the same command again",
        "not a database": "name another folder",
    }
    remedy = next(
        (told for word, told in remedies.items() if word in reason),
        "name another folder, or try again",
    )
    return WriteFailed(
        f"{path} could not be written ({reason}); {remedy}; runs kept before are "
        "untouched"
    )
