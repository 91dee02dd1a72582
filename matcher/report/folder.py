"""Write a folder whole or not at all, and never over somebody else's files."""

from __future__ import annotations

import errno
import json
import os
import shutil
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from matcher.errors import WriteFailed
from matcher.report.lock import Busy, held
from matcher.report.swap import beside, settle, swap, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MANIFEST: Final = "manifest.json"
"""Its presence says that a folder is a result and may be replaced by a newer one."""
_ROOM: Final = "free that much space, or name a folder on another disk"
_RIGHTS: Final = "allow writing there, or name another folder"
_REMEDIES: Final[dict[int, str]] = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: "raise the limit on the size of files (ulimit -f)",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: _RIGHTS,
    errno.EBUSY: "name a folder inside it: a mounted folder cannot be replaced",
}
"""What to do about a refusal of the system."""


def refuse_foreign(target: Path, mark: str = MANIFEST) -> None:
    """Refuse a target that holds anything but an earlier result.

    ``mark`` is the file by which an earlier result of the same kind is known.

    Raises
    ------
    WriteFailed
        When it is a file, the current folder, or a folder of something else.
    """
    where = target.resolve()
    if where.exists() and not where.is_dir():
        raise WriteFailed(f"{target} is a file; name a folder")
    if Path.cwd().resolve().is_relative_to(where):
        raise WriteFailed(
            f"{target} holds the current folder and cannot be replaced; name another"
        )
    if where.is_dir() and any(where.iterdir()) and not (where / mark).is_file():
        raise WriteFailed(
            f"{target} is not empty and holds no {mark}, so it is not a result "
            "that may be replaced; name another folder, or empty it"
        )
    strange = _strange(where)
    if strange:
        raise WriteFailed(
            f"{target} holds {strange[0]}, which is no part of the result there; move "
            "it elsewhere, or name another folder"
        )


def _strange(where: Path) -> list[str]:
    """Files in the folder of an earlier result that it did not write.

    Hidden ones do not count: systems leave them behind.
    """
    try:
        written = json.loads((where / MANIFEST).read_text("utf-8"))["files"]
        known = {MANIFEST, *written}
    except (OSError, ValueError, KeyError, TypeError):  # told by who reads the result
        return []
    found = (path for path in sorted(where.rglob("*")) if path.is_file())
    names = [path.relative_to(where).as_posix() for path in found]
    return [n for n in names if n not in known and not Path(n).name.startswith(".")]


@contextmanager
def claimed(target: Path, mark: str = MANIFEST) -> Iterator[None]:
    """Keep a place for one run: while the block runs, no other may write there.

    What a killed run left beside the place is cleared away first.

    Raises
    ------
    WriteFailed
        When another run has the place, or the target is refused, or the system
        cannot write there.
    """
    refuse_foreign(target, mark)
    where = target.resolve()
    made: list[Path] = []
    with ExitStack() as stack:
        stack.callback(_unmake, made)
        try:
            with _told_of(target):
                _make_parents(where.parent, made)
                lock = held(where.with_name(f".{where.name}.lock"))
                if stack.enter_context(lock):
                    tidy(where)
        except Busy as busy:
            raise WriteFailed(
                f"another run (process {busy.owner}) is writing {target}; wait until "
                "it ends, or name another folder"
            ) from None
        yield


def write_folder(target: Path, files: Mapping[str, str]) -> None:
    """Write a folder with these files, in place of an earlier result.

    Raises
    ------
    WriteFailed
        When the place is taken or refused, or the system cannot write; then nothing
        is left over.
    """
    with claimed(target):
        replace_folder(target, files)


def replace_folder(
    target: Path, files: Mapping[str, str], mark: str = MANIFEST
) -> None:
    """Write a folder to a place that is `claimed`.

    The folder is built beside its place and moved there once it is complete: an
    earlier result stays readable until then, and stays for good if anything fails.

    Raises
    ------
    WriteFailed
        When the system cannot write; nothing is left over.
    """
    refuse_foreign(target, mark)
    where = target.resolve()
    fresh = beside(where, "new")
    size = sum(len(text.encode()) for text in files.values())
    try:
        with _told_of(target, size):
            _build(fresh, files)
            swap(fresh, where)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def write_file(path: Path, text: str) -> None:
    """Replace one file by another text, whole or not at all.

    Raises
    ------
    WriteFailed
        When the system cannot write; the file is as before.
    """
    fresh = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        with _told_of(path, len(text.encode())):
            _put(fresh, text)
            os.replace(fresh, path)
    finally:
        with suppress(OSError):
            fresh.unlink()
    # The text stands; a disk that cannot confirm its name does not undo it.
    with suppress(OSError):
        settle(path.parent)


@contextmanager
def _told_of(target: Path, size: int = 0) -> Iterator[None]:
    """Turn a refusal of the system into a message with the path and the remedy."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        needed = f"; {size:,} bytes are needed" if size else ""
        remedy = _REMEDIES.get(error.errno or 0, "name another folder, or try again")
        raise WriteFailed(
            f"{target} could not be written ({reason}{needed}); {remedy}; "
            "what stood there before is untouched"
        ) from error


def _make_parents(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it, and note them, outermost first."""
    for path in [p for p in (folder, *folder.parents) if not p.exists()][::-1]:
        path.mkdir(exist_ok=True)
        made.append(path)


def _unmake(made: list[Path]) -> None:
    for folder in reversed(made):
        with suppress(OSError):  # it stays once it holds the result
            folder.rmdir()


def _build(fresh: Path, files: Mapping[str, str]) -> None:
    """Write every file and folder and have the disk confirm each."""
    fresh.mkdir()
    for name, text in files.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _put(path, text)
    for folder in {fresh, *((fresh / name).parent for name in files)}:
        settle(folder)


def _put(path: Path, text: str) -> None:
    with path.open("xb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
