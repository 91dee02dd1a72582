"""Write a folder whole or not at all, and never over somebody else's files."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from matcher.errors import WriteFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST: Final = "manifest.json"
"""Its presence says that a folder is a result and may be replaced by a newer one."""


def refuse_foreign(target: Path) -> None:
    """Refuse a target that holds anything but an earlier result.

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
    if where.is_dir() and any(where.iterdir()) and not (where / MANIFEST).is_file():
        raise WriteFailed(
            f"{target} is not empty and holds no {MANIFEST}, so it is not a result "
            "that may be replaced; name another folder, or empty it"
        )


def write_folder(target: Path, files: Mapping[str, str]) -> None:
    """Write a folder with these files, in place of an earlier result.

    The folder is built beside its place and moved there once it is complete: an
    earlier result stays readable until then, and stays for good if anything fails.

    Raises
    ------
    WriteFailed
        When the target is refused, or the system cannot write; nothing is left over.
    """
    refuse_foreign(target)
    where = target.resolve()
    fresh = where.with_name(f".{where.name}.new-{os.getpid()}")
    made: list[Path] = []
    try:
        made = _make_parents(where.parent)
        _build(fresh, files)
        _swap(fresh, where)
    except OSError as error:
        size = sum(len(text.encode()) for text in files.values())
        reason = error.strerror or type(error).__name__
        raise WriteFailed(
            f"{target} could not be written ({reason}; {size:,} bytes are needed); "
            "what stood there before is untouched"
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        for folder in reversed(made):
            with suppress(OSError):  # it stays once it holds the result
                folder.rmdir()


def write_file(path: Path, text: str) -> None:
    """Replace one file by another text, whole or not at all.

    Raises
    ------
    WriteFailed
        When the system cannot write; the file is as before.
    """
    fresh = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        _put(fresh, text)
        os.replace(fresh, path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WriteFailed(
            f"{path} could not be written ({reason}); it is as before"
        ) from error
    finally:
        with suppress(OSError):
            fresh.unlink()
    # The text stands; a disk that cannot confirm its name does not undo it.
    with suppress(OSError):
        _settle(path.parent)


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder and those above it; those made, outermost first."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()][::-1]
    for path in missing:
        path.mkdir()
    return missing


def _build(fresh: Path, files: Mapping[str, str]) -> None:
    """Write every file and folder and have the disk confirm each."""
    fresh.mkdir()
    for name, text in files.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _put(path, text)
    for folder in {fresh, *((fresh / name).parent for name in files)}:
        _settle(folder)


def _put(path: Path, text: str) -> None:
    with path.open("xb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Have the disk confirm the names in a folder, where the system can do that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(fresh: Path, where: Path) -> None:
    """Put the new folder in its place; on failure the earlier one is put back."""
    earlier = where.with_name(f".{where.name}.old-{os.getpid()}")
    kept = where.is_dir()
    if kept:
        # No system swaps two folders everywhere; between these two steps the
        # earlier result stands beside its place.
        os.replace(where, earlier)
    try:
        os.replace(fresh, where)
    except BaseException:
        if kept:
            _put_back(earlier, where)
        raise
    if kept:
        shutil.rmtree(earlier, ignore_errors=True)
    # The result stands; a disk that cannot confirm its name does not undo it.
    with suppress(OSError):
        _settle(where.parent)


def _put_back(earlier: Path, where: Path) -> None:
    try:
        os.replace(earlier, where)
    except OSError as error:
        raise WriteFailed(
            f"{where} could not be written; the earlier result is whole and now "
            f"stands in {earlier}"
        ) from error
