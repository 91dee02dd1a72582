"""A lock that one run holds and the system lets go of, however that run ends.

The lock is the system's own on a file that holds the owner's process id. No lock of
a dead process can stay behind, so none ever has to be judged stale.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FAR: Final = 2**30
"""Byte that Windows locks: a locked byte cannot be read, the process id must be."""
_TRIES: Final = 100
"""A lock file may be taken away by its owner while another run opens it."""


class Busy(Exception):
    """Another process holds the lock; carries what it wrote of itself."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.owner = owner


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold the lock on a file while the block runs; the file goes away with it.

    Yields False where the file system knows no locks: then nobody is kept out.

    Raises
    ------
    Busy
        At once, when another run holds it.
    OSError
        When the file cannot be made.
    """
    handle, locked = _take(path)
    try:
        with suppress(OSError):  # the number is only there to be told
            os.truncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode())
        yield locked
    finally:
        if sys.platform == "win32":
            os.close(handle)  # no open file can be removed there
        with suppress(OSError):
            path.unlink()
        if sys.platform != "win32":
            os.close(handle)


def _take(path: Path) -> tuple[int, bool]:
    """Handle of the locked file, and whether the system could lock it."""
    for _ in range(_TRIES):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            locked = _lock(handle)
        except OSError:
            owner = _owner(handle)
            os.close(handle)
            raise Busy(owner) from None
        except BaseException:
            os.close(handle)
            raise
        if _same(handle, path):
            return handle, locked
        os.close(handle)
    raise Busy("unknown")


def _lock(handle: int) -> bool:
    """Lock an open file; False where that is not known, an error where it is held."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:  # some network file systems
        return False
    return True


def _same(handle: int, path: Path) -> bool:
    """Whether the locked file still is the one that others find."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _owner(handle: int) -> str:
    with suppress(OSError):
        os.lseek(handle, 0, os.SEEK_SET)
        return os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
    return "unknown"
