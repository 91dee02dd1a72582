"""What a bug report needs: this machine, these packages, and whether solvers work."""

from __future__ import annotations

import os
import platform
import re
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING, Any, Final

from matcher import __version__, library
from matcher.backends.client import open_worker
from matcher.backends.contract import BACKENDS, BackendUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_DISTRIBUTION: Final = "regional-matcher"
_NAME: Final = re.compile(r"[\w.-]+")
_GIB: Final = 2**30


@dataclass(frozen=True, slots=True)
class Tried:
    """One backend, started as a solve would start it."""

    name: str
    version: str | None
    """None when it cannot be used."""
    seconds: float
    """From nothing to ready: start, imports and the start-up test."""
    tested: int
    """Programs of the start-up test that it solved."""
    fault: str = ""
    """Why it cannot be used."""


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything `matcher doctor` found."""

    machine: dict[str, str | int | float | None]
    packages: dict[str, str | None]
    """Version by package; None where it is not installed."""
    backends: tuple[Tried, ...]
    places: dict[str, str]

    @property
    def healthy(self) -> bool:
        """Whether every backend works."""
        return not any(tried.fault for tried in self.backends)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "healthy": self.healthy,
            "machine": self.machine,
            "packages": self.packages,
            "backends": [
                {
                    "backend": tried.name,
                    "version": tried.version,
                    "seconds": round(tried.seconds, 3),
                    "tested": tried.tested,
                    "fault": tried.fault or None,
                }
                for tried in self.backends
            ],
            "places": self.places,
        }


def examine() -> Examination:
    """Look at the machine, and start every backend once."""
    return Examination(
        machine=_machine(),
        packages=_packages(),
        backends=tuple(map(_try, BACKENDS)),
        places=_places(),
    )


def doctor_text(found: Examination) -> Iterator[str]:
    """The examination as lines for people."""
    for name, value in found.machine.items():
        yield f"{name:<12}{'unknown' if value is None else value}"
    for name, number in found.packages.items():
        yield f"{name:<12}{number or 'not installed'}"
    for place, path in found.places.items():
        yield f"{place:<12}{path}"
    yield ""
    for tried in found.backends:
        yield f"backend {tried.name:<8}{_told(tried)}"
    if not found.healthy:
        good = [tried.name for tried in found.backends if not tried.fault]
        yield f"use --backend {' or '.join(good)}" if good else "no solver works here"


def _told(tried: Tried) -> str:
    if tried.fault:
        return f"cannot be used: {tried.fault}"
    return (
        f"{tried.version}, ready after {tried.seconds:.2f} s, "
        f"{tried.tested} of {tried.tested} test programs solved"
    )


def _try(name: str) -> Tried:
    """Start a backend as a solve would, and end it."""
    began = time.monotonic()
    try:
        with open_worker(name) as worker:
            hello = worker.hello()
            seconds = time.monotonic() - began
    except BackendUnavailable as error:
        reason = "; ".join(reason for _, reason in error.tried)
        return Tried(name, None, time.monotonic() - began, 0, reason)
    return Tried(name, hello.version, seconds, hello.tested)


def _machine() -> dict[str, str | int | float | None]:
    """Program, interpreter, system, processors and memory."""
    return {
        "matcher": __version__,
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "system": platform.platform(),
        "processor": platform.machine(),
        "cpus": os.cpu_count(),
        "cpus usable": _usable(),
        "memory GiB": _memory(),
    }


def _usable() -> int | None:
    """Processors this process may use; a container may grant fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def _memory() -> float | None:
    """Memory of the machine in GiB; None where the system does not tell."""
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
    return round(size / _GIB, 1)


def _packages() -> dict[str, str | None]:
    """Versions of what this package needs to run, as its own metadata lists it."""
    try:
        needed = requires(_DISTRIBUTION) or []
    except PackageNotFoundError:
        needed = []
    names = [found[0] for line in needed
             if "extra ==" not in line and (found := _NAME.match(line))]  # fmt: skip
    return {name: _version(name) for name in sorted(names)}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _places() -> dict[str, str]:
    """Where data was found, and how much of it."""
    rulebooks, scenarios = library.names("rulebook"), library.names("scenario")
    return {
        "models": f"{library.root() / 'models'} ({len(rulebooks)} rulebooks)",
        "scenarios": f"{library.folder('scenario')} ({', '.join(scenarios) or 'none'})",
    }
