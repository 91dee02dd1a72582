"""Entries of a partnership rulebook that hold in one phase, or in all.

An entry for the phase of a case goes before one without a phase. What checks look up
is in `matcher.proposal.facts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matcher.errors import Faults
    from matcher.scenario.setting import Setting


class Entry(Protocol):
    """An entry of a rulebook that may name a phase."""

    @property
    def phase(self) -> str | None:
        """Phase it is for; None: every phase without an entry of its own."""


_E = TypeVar("_E", bound=Entry)


def in_phase(entries: Iterable[_E], phase: str | None) -> list[_E]:
    """Entries for a phase, else those for every phase."""
    every = list(entries)
    exact = [entry for entry in every if phase and entry.phase == phase]
    return exact or [entry for entry in every if entry.phase is None]


def ask_for_phases(
    setting: Setting, groups: Iterable[Sequence[Entry]], what: str, faults: Faults
) -> None:
    """A case without phase cannot be judged where all entries of a group name one."""
    if not any(group and all(entry.phase for entry in group) for group in groups):
        return
    for case in setting.cases.values():
        if case.phase is None:
            faults.add(
                "UNKNOWN_NEEDED",
                case.at.at("phase"),
                f"the phase of {case.case} is unknown, and the rulebook asks for "
                f"{what} by phase",
                "fill in the phase",
            )


def only_in(entry: Entry) -> str:
    """The phase of an entry in brackets, for sentences; '' where it names none."""
    return f" ({entry.phase})" if entry.phase else ""
