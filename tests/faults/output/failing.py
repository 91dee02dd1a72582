"""A system whose n-th call fails, or kills the process that made it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from pathlib import Path
from typing import Any, Protocol

from matcher.report import swap

OLD = {"manifest.json": "{}\n", "a.csv": "old\n", "inputs/b.csv": "old\n" * 2000}
NEW = {"manifest.json": "[]\n", "a.csv": "new\n", "inputs/c.csv": "new\n" * 2000}


class Patch(Protocol):
    """What replaces an attribute, such as `setattr`."""

    def __call__(self, place: Any, name: str, value: Any, /) -> None:
        """Set it."""


class Faulty:
    """Counts the calls that write; the n-th one fails, with ``lasting`` all later ones.

    With ``kill`` the process dies at the n-th call instead, as by ``kill -9``.
    """

    def __init__(
        self, patch: Patch, n: int, *, lasting: bool = False, kill: bool = False,
        exchange: bool = True, code: int = errno.ENOSPC,
    ) -> None:  # fmt: skip
        self.left, self.lasting, self.kill, self.code = n, lasting, kill, code
        for place, name in (
            (os, "replace"), (os, "fsync"), (os, "open"), (Path, "mkdir"),
            (Path, "unlink"), (shutil, "rmtree"),
        ):  # fmt: skip
            # What clears away is told to go on whatever happens: only death stops it.
            if kill or name not in ("unlink", "rmtree"):
                patch(place, name, self.counted(getattr(place, name)))
        patch(Path, "open", self.opening(self.counted(Path.open)))
        real = swap.exchanged if exchange else lambda *_: False
        patch(swap, "exchanged", self.counted(real) if kill else real)

    def strike(self) -> bool:
        """Count one call; whether it is to fail."""
        self.left -= 1
        if self.left == 0 and self.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.left == 0 or (self.lasting and self.left < 0)

    def counted(self, real: Any) -> Any:
        """The call, counted."""

        def call(*words: Any, **named: Any) -> Any:
            # A full or read-only disk still shows what is on it to be cleared away.
            if "dir_fd" not in named and self.strike():
                raise OSError(self.code, os.strerror(self.code))
            return real(*words, **named)

        return call

    def opening(self, real: Any) -> Any:
        """The call, with the writing to the file counted as well."""

        def call(*words: Any, **named: Any) -> Any:
            return _File(real(*words, **named), self)

        return call


class _File:
    """An open file of which a write may end half-way."""

    def __init__(self, file: Any, faulty: Faulty) -> None:
        self.file, self.faulty = file, faulty

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def write(self, data: bytes) -> int:
        """Write the first half, then count, then write the rest."""
        half = len(data) // 2
        self.file.write(data[:half])
        self.file.flush()
        if self.faulty.strike():
            raise OSError(self.faulty.code, os.strerror(self.faulty.code))
        return half + int(self.file.write(data[half:]))


def content(folder: Path) -> dict[str, str]:
    """Text of every file below a folder; empty where there is none."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def strays(folder: Path) -> list[str]:
    """What was left over beside a result."""
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]
