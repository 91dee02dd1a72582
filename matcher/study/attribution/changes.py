"""What one assumption changes against another, split into single changes.

An entry of ``set`` is one change, however many rows it is about, and so is an
instrument that is left out or taken in. First what only the assumption to start from
states is undone, then what the other one states is put in force, each in the order
written. Some of the changes make a setting of their own: the scenario with what both
state alike, what is not undone yet, and what is in force already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import Fault, InputError, Place
from matcher.program.solution import SolveOptions
from matcher.rules._shared import line
from matcher.scenario.change import RELATIVE, shown
from matcher.scenario.load import BASELINE, TOGETHER
from matcher.scenario.records import TABLES
from matcher.scenario.schema import Assumption, InstrumentChoice
from matcher.study.sweep.answers import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Override, Setting

AWAITED: Final = "wait_for"
"""Setting that studies do not look at: they decide everything at once."""
MADE: Final = "made/"
"""Begins names that no assumption of a file may have."""
OUT: Final = "left out"
"""What an override says of an instrument that plays no part."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is set at one path, one value after the other."""

    values: tuple[Any, ...]
    at: Place
    """Where the last of them is stated."""


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that some assumptions state together."""

    sets: Mapping[str, Entry]
    """By path, in the order in which they are applied."""
    without: Mapping[str, Place]
    """Instruments that play no part, and where it says so."""


@dataclass(frozen=True, slots=True)
class Change:
    """One input that is other than before."""

    path: str
    """Path as in an assumption; ``instruments.ID`` for an instrument as a whole."""
    text: str
    """What happens, in words without a full stop."""
    at: Place
    """Line that states it, or that stated what is undone."""

    @property
    def told(self) -> str:
        """What happens, with its line."""
        return f"{self.text} ({line(self.at)})"


def held(scenario: Scenario, assumption: str) -> Held:
    """What an assumption, or several together, state.

    Raises
    ------
    InputError
        When one of them does not exist, or does not hold.
    """
    overrides = scenario.setting(assumption).overrides  # or its faults
    sets: dict[str, Entry] = {}
    for name in scenario.parts(assumption):
        for path, value in scenario.settings.assumptions[name].set.items():
            at = scenario.document.key_place(("assumptions", name, "set", path))
            known = sets.pop(path, Entry((), at))  # what comes later is applied later
            sets[path] = Entry((*known.values, value), at)
    sets.pop(AWAITED, None)
    every = {f"instruments.{name}": name for name in scenario.setting().instruments}
    without = {
        every[override.path]: override.origin
        for override in overrides
        if override.path in every and override.new == OUT
    }
    return Held(sets, without)


def resolved(scenario: Scenario, what: Held, name: str) -> Setting:
    """The setting in which all this holds, under a name.

    Raises
    ------
    InputError
        With every fault of the resolved inputs.
    """
    made: dict[str, tuple[Assumption, Place]] = {}
    for path, entry in what.sets.items():
        for value in entry.values:
            made[f"{MADE}{len(made)}"] = Assumption(set={path: value}), entry.at
    if what.without:
        choice = InstrumentChoice(without=tuple(what.without))
        made[f"{MADE}out"] = Assumption(instruments=choice), Place(name)
    setting = scenario.assuming(made).setting(TOGETHER.join(made))
    return replace(setting, assumption=name, wait_for=None)


@dataclass(frozen=True)
class Split:
    """The way from one assumption to another, change by change."""

    scenario: Scenario
    names: tuple[str, str]
    """The assumption to start from and the one to end with, as asked for."""
    ends: tuple[Held, Held]
    changes: tuple[Change, ...]

    @property
    def every(self) -> frozenset[int]:
        """All changes, as indices."""
        return frozenset(range(len(self.changes)))

    def setting(self, done: Iterable[int]) -> Setting:
        """The setting in which some of the changes are made.

        Raises
        ------
        InputError
            When they cannot hold without the others.
        """
        done = sorted(done)
        start, end = self.names
        name = f"{start}, changes {', '.join(str(i + 1) for i in done)}"
        if not done:
            name = start
        elif len(done) == len(self.changes):
            name = end
        try:
            return resolved(self.scenario, self._with(done), name)
        except InputError as error:
            raise self._refused(done, error) from None

    def tried(self) -> None:
        """Build settings on the way once, so that faults are told before a solve.

        Raises
        ------
        InputError
            With the faults of the first that cannot be.
        """
        for i in range(len(self.changes)):
            for done in ({i}, self.every - {i}, range(i + 1)):
                self.setting(done)

    def _with(self, done: Iterable[int]) -> Held:
        """What is stated once some of the changes are made."""
        paths = {self.changes[i].path for i in done}
        before, after = self.ends
        sets: dict[str, Entry] = {}
        for path in _merged(before.sets, after.sets):
            from_ = after if path in paths else before
            if path in from_.sets:
                sets[path] = from_.sets[path]
        without = {
            name: at
            for name, at in {**before.without, **after.without}.items()
            if name in (after if f"instruments.{name}" in paths else before).without
        }
        return Held(sets, without)

    def _refused(self, done: Iterable[int], error: InputError) -> InputError:
        """Faults of a setting between the two, told as such."""
        told = "; ".join(self.changes[i].text for i in done)
        return InputError(
            Fault("CANNOT_SPLIT", fault.place,
                  f"with some of the changes only ({told}): {fault.problem}",
                  "write assumptions whose entries hold by themselves")
            for fault in error.faults
        )  # fmt: skip


def split(scenario: Scenario, start: str, end: str) -> Split:
    """Split what is other under one assumption than under another.

    Raises
    ------
    InputError
        When an assumption does not exist, or entries that overlap stand in an order
        that allows of no single changes.
    """
    names = start or BASELINE, end or BASELINE
    ends = held(scenario, start), held(scenario, end)
    overrides = [scenario.setting(name).overrides for name in (start, end)]
    changes = [
        *sorted(_undone(*ends), key=_written),
        *sorted(_done(*ends, overrides[1]), key=_written),
    ]
    found = Split(scenario, names, ends, tuple(changes))
    found.tried()
    for name, done in ((start, ()), (end, found.every)):
        if _key(found.setting(done)) != _key(scenario.setting(name)):
            place = scenario.document.place(("assumptions",))
            raise InputError([
                Fault("CANNOT_SPLIT", place,
                      f"{names[0]} and {names[1]} set the same values in another order",
                      "write their common entries in the same order"),
            ])  # fmt: skip
    return found


def _key(setting: Setting) -> str:
    """Equal for settings with equal answers."""
    return key_of(setting, SolveOptions(), "")


def _written(change: Change) -> tuple[int, int]:
    return change.at.line, change.at.column


def _merged(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> list[str]:
    """Paths of both in one order that is, as far as can be, the order of each."""
    paths = list(before)
    place = len(paths)
    for path in reversed(list(after)):
        if path in before:
            place = paths.index(path)
        else:
            paths.insert(place, path)
    return paths


def _undone(before: Held, after: Held) -> list[Change]:
    """What only the assumption to start from states."""
    found = [
        Change(path, f"{_what(path)} is as written again", entry.at)
        for path, entry in before.sets.items()
        if path not in after.sets
    ]
    found += [
        Change(f"instruments.{name}", f"{name} is taken in", at)
        for name, at in before.without.items()
        if name not in after.without
    ]
    return found


def _done(before: Held, after: Held, overrides: Iterable[Override]) -> list[Change]:
    """What the assumption to end with states otherwise."""
    found = []
    for path, entry in after.sets.items():
        known = before.sets.get(path)
        if known is None or known.values != entry.values:
            told = _told(path, entry, known, overrides)
            found.append(Change(path, told, entry.at))
    found += [
        Change(f"instruments.{name}", f"{name} is left out", at)
        for name, at in after.without.items()
        if name not in before.without
    ]
    return found


def _told(
    path: str, entry: Entry, known: Entry | None, overrides: Iterable[Override]
) -> str:
    """A value that is set, in words."""
    new = " of ".join(shown(value) or "blank" for value in reversed(entry.values))
    what = _what(path)
    if known is not None:
        old = " of ".join(shown(value) or "blank" for value in reversed(known.values))
        return f"{what} becomes {new} instead of {old}"
    cells = [each for each in overrides if each.origin == entry.at]
    if len(cells) > 1:
        part = any(RELATIVE.fullmatch(str(value)) for value in entry.values)
        was = " of what it was" if part else ""
        return f"{what} becomes {new}{was} in {len(cells)} rows"
    if cells and cells[0].old:
        return f"{what} becomes {cells[0].new or 'blank'} instead of {cells[0].old}"
    return f"{what} becomes {new}"


def _what(path: str) -> str:
    """What a path leads to: ``the envelope of vinnovate``."""
    head, _, rest = path.partition(".")
    if head == "instruments":
        name, _, field = rest.partition(".")
        return f"the {field} of {name}"
    if head in TABLES:
        key, _, column = rest.rpartition(".")
        return f"the {column} of {key} in {head}"
    return path
