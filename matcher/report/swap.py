"""Put a new folder in the place of an earlier one, in one step where that is known."""

from __future__ import annotations

import os
import re
import shutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from matcher.errors import WriteFailed

if TYPE_CHECKING:
    from pathlib import Path

_HERE: Final = -100
"""Linux: a path that is not absolute starts from the current folder."""
_EXCHANGE: Final = 2
"""Linux: two names change places in one step."""


def beside(where: Path, what: str) -> Path:
    """Name of this process's own ``new`` or ``old`` folder beside a place."""
    return where.with_name(f".{where.name}.{what}-{os.getpid()}")


def swap(fresh: Path, where: Path) -> None:
    """Put a folder in its place; an earlier one goes away, or stays if that fails.

    Raises
    ------
    OSError
        When the system refuses; the earlier folder stands as before.
    WriteFailed
        When it could not even be put back; the message tells where it stands.
    """
    if not where.is_dir():
        os.replace(fresh, where)
    elif exchanged(fresh, where):
        shutil.rmtree(fresh, ignore_errors=True)
    else:
        _in_two_steps(fresh, where)
    # The result stands; a disk that cannot confirm its name does not undo it.
    with suppress(OSError):
        settle(where.parent)


def exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where that is not known."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    words = (_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    return bool(call(*words) == 0)


def _in_two_steps(fresh: Path, where: Path) -> None:
    """Without exchange the earlier folder stands beside its place for a moment."""
    earlier = beside(where, "old")
    os.replace(where, earlier)
    try:
        os.replace(fresh, where)
    except BaseException:
        _put_back(earlier, where)
        raise
    shutil.rmtree(earlier, ignore_errors=True)


def _put_back(earlier: Path, where: Path) -> None:
    try:
        os.replace(earlier, where)
    except OSError as error:
        raise WriteFailed(
            f"{where} could not be written; the earlier result is whole and now "
            f"stands in {earlier}"
        ) from error


def left_over(where: Path, what: str) -> list[Path]:
    """Folders ``new`` or ``old`` that killed runs left beside a place."""
    name = re.compile(rf"\.{re.escape(where.name)}\.{what}-\d+")
    if not where.parent.is_dir():
        return []
    return sorted(p for p in where.parent.iterdir() if name.fullmatch(p.name))


def tidy(where: Path) -> None:
    """Clear away what killed runs left; an earlier folder goes back to its place.

    Only for whoever holds the place: nobody else may be at work beside it.
    """
    for earlier in left_over(where, "old"):
        if where.exists():
            shutil.rmtree(earlier, ignore_errors=True)
        else:
            os.replace(earlier, where)
    for unfinished in left_over(where, "new"):
        shutil.rmtree(unfinished, ignore_errors=True)


def settle(folder: Path) -> None:
    """Have the disk confirm the names in a folder, where the system can do that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
