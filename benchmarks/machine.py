"""Where and with what a run was made, for every row of its results."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGES: Final = (
    "numpy", "scipy", "pandas", "highspy", "ortools", "pulp", "linopy", "xarray", "lap",
)  # fmt: skip


def describe() -> dict[str, str]:
    """Time, state of the source, machine and versions."""
    return {
        "run": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit(ROOT),
        "source": source_digest(ROOT / "matcher"),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {_memory()}",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": "; ".join(f"{name} {_version(name)}" for name in PACKAGES),
    }


def commit(root: Path) -> str:
    """Commit that is checked out, read from the files of git; '' outside one."""
    git = root / ".git"
    try:
        head = (git / "HEAD").read_text("utf-8").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        if (git / name).is_file():
            return (git / name).read_text("utf-8").strip()
        packed = (git / "packed-refs").read_text("utf-8").splitlines()
    except OSError:
        return ""
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")


def source_digest(folder: Path) -> str:
    """Short hash of the Python files of a folder: tells uncommitted changes apart."""
    sha = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        sha.update(path.relative_to(folder).as_posix().encode())
        sha.update(path.read_bytes())
    return sha.hexdigest()[:12]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _processor() -> str:
    """Model of the processor; `platform` knows only its family on Linux."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    return (names or [platform.processor() or platform.machine()])[0].replace(",", " ")


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return "memory unknown"
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.0f} GiB"
