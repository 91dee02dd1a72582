"""Which outcomes there may be, and with which probability.

Everything uncertain is an event: one of its branches comes true, each changes the
scenario as an assumption does, and events are independent of each other. An outcome
is one branch of every event; its probability is the product of theirs. Up to
`EXPANDED` outcomes are listed one by one; of more, some are drawn.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from matcher.errors import Faults, InputError, Place
from matcher.scenario.change import decimal_text
from matcher.scenario.load import BASELINE, TOGETHER
from matcher.scenario.parts import Strict
from matcher.scenario.reader import validated
from matcher.scenario.schema import Assumption, InstrumentChoice, Scalar
from matcher.scenario.values import FormatOne, Share
from matcher.scenario.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matcher.scenario.load import Scenario

EXPANDED: Final = 256
"""Combinations of branches up to which every outcome is listed."""
DRAWS: Final = 256
"""Outcomes drawn where there are more and nobody says how many."""
AS_WRITTEN: Final = "as written"
"""Branch that changes nothing."""
WON, LOST = "won", "lost"
"""Branches of an instrument whose application may fail."""


class BranchFile(Strict):
    """One way in which an event may end."""

    probability: Annotated[Share, Field(gt=0)]
    """Its probability; those of an event add up to 1."""
    name: str | None = None
    """Short name; blank: its number, or "as written" where it changes nothing."""
    source: str | None = None
    """Where the probability comes from; blank: it is assumed."""
    instruments: InstrumentChoice | None = None
    """Instruments in play, as in an assumption."""
    set: Mapping[str, Scalar] = {}
    """Path to new value, as in an assumption."""


class OutcomesFile(Strict):
    """What is uncertain: independent events, each a list of branches."""

    format: FormatOne
    """Version of the format."""
    note: str | None = None
    """Where the figures come from."""
    events: Annotated[
        Mapping[str, Annotated[tuple[BranchFile, ...], Field(min_length=1)]],
        Field(min_length=1),
    ]
    """Branches by name of the event."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One way in which an event may end."""

    name: str
    probability: Fraction
    assumption: str = ""
    """Name of the assumption that it makes; empty: the scenario as written."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something uncertain: just one of its branches comes true."""

    name: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One branch of every event."""

    branches: tuple[int, ...]
    """Index of the branch, by event."""
    probability: Fraction
    """Among the outcomes considered: they add up to 1."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What may happen: the events and the outcomes considered."""

    scenario: Scenario
    """The scenario, with an assumption for each branch that changes it."""
    events: tuple[Event, ...]
    outcomes: tuple[Outcome, ...]
    draws: int | None
    """Outcomes drawn; None: all of them are considered."""
    every: int
    """Combinations of branches there are."""

    def name(self, outcome: Outcome) -> str:
        """Its branches in words, such as ``i3: lost, pool: half``."""
        told = [
            branch.name if len(self.events) == 1 else f"{event.name}: {branch.name}"
            for event, branch in self._branches(outcome)
        ]
        return ", ".join(told)

    def assumption(self, outcome: Outcome) -> str:
        """The assumptions of its branches, held together."""
        made = [branch.assumption for _, branch in self._branches(outcome)]
        return TOGETHER.join(name for name in made if name)

    def _branches(self, outcome: Outcome) -> list[tuple[Event, Branch]]:
        pairs = zip(self.events, outcome.branches, strict=True)
        return [(event, event.branches[i]) for event, i in pairs]


Told = Mapping[str, tuple[Assumption, Place]]
"""Assumptions made for branches, and where they are stated."""


def weighted(scenario: Scenario, weights: Mapping[str, Fraction]) -> Prospect:
    """One event: which of the scenario's own assumptions holds.

    Raises
    ------
    InputError
        When a weight is not above 0, or they do not add up to 1.
    """
    faults, place = Faults(), Place("--weights")
    if any(weight <= 0 for weight in weights.values()):
        faults.add("BAD_WEIGHT", place, "a weight is not above 0", "leave it out")
    if sum(weights.values()) != 1:
        total = sum(weights.values())
        faults.add("BAD_WEIGHT", place, f"the weights add up to {exact_text(total)}",
                   "let them add up to exactly 1; 1/3 may be written")  # fmt: skip
    faults.raise_if_any()
    branches = tuple(
        Branch(name or BASELINE, weight, name) for name, weight in weights.items()
    )
    return _expanded(scenario, (Event("assumption", branches),), {})


def applications(scenario: Scenario, *, draws: int = DRAWS, seed: int = 0) -> Prospect:
    """One event for each instrument with a chance below 1: won or lost.

    Raises
    ------
    InputError
        When no instrument states a chance below 1.
    """
    made: dict[str, tuple[Assumption, Place]] = {}
    events = []
    for name, book in scenario.setting().instruments.items():
        if book.success is None or book.success.share == 1:
            continue
        chance, out = book.success.share, f"{name} {LOST}"
        choice = InstrumentChoice(without=(name,))
        made[out] = Assumption(describe=out, instruments=choice), Place(name)
        cited = f"rulebook {name}, {book.success.source}"
        branches = (
            Branch(WON, chance, "", cited),
            Branch(LOST, 1 - chance, out, cited),
        )
        events.append(Event(name, tuple(b for b in branches if b.probability)))
    if not events:
        faults = Faults()
        faults.add("NOTHING_UNCERTAIN", scenario.document.place(("rulebooks",)),
                   "no instrument in play states a success below 1",
                   "give --weights or --outcomes")  # fmt: skip
        raise InputError(faults)
    return _expanded(scenario, tuple(events), made, draws=draws, seed=seed)


def from_file(
    scenario: Scenario, path: Path, *, draws: int = DRAWS, seed: int = 0
) -> Prospect:
    """The events of a file.

    Raises
    ------
    InputError
        With every fault of the file, at its line.
    """
    document, faults = read_yaml(path, path.name), Faults()
    stated = validated(OutcomesFile, document, faults)
    faults.raise_if_any()
    made: dict[str, tuple[Assumption, Place]] = {}
    events = []
    for event, listed in stated.events.items():
        branches: list[Branch] = []
        for i, branch in enumerate(listed):
            place = document.place(("events", event, i))
            changes = bool(branch.instruments or branch.set)
            name = branch.name or (str(i + 1) if changes else AS_WRITTEN)
            assumption = f"{event}: {name}" if changes else ""
            if any(name == known.name for known in branches):
                told = f'{event} has two branches "{name}"'
                faults.add("DUPLICATE_BRANCH", place, told, "give them different names")
            if TOGETHER in assumption or assumption in scenario.assumptions:
                faults.add("BAD_NAME", place, f'"{assumption}" is no name for a branch',
                           f"use another one, without {TOGETHER}")  # fmt: skip
            if changes:
                overlay = Assumption(instruments=branch.instruments, set=branch.set)
                made[assumption] = overlay, place
            branches.append(
                Branch(name, branch.probability, assumption, branch.source or "")
            )
        total = sum(branch.probability for branch in branches)
        if total != 1:
            faults.add("BAD_PROBABILITY", document.key_place(("events", event)),
                       f"the probabilities of {event} add up to {exact_text(total)}",
                       "let them add up to exactly 1, such as 0.3333, 0.3333 and "
                       "0.3334")  # fmt: skip
        events.append(Event(event, tuple(branches)))
    faults.raise_if_any()
    return _expanded(scenario, tuple(events), made, draws=draws, seed=seed)


def _expanded(
    scenario: Scenario, events: tuple[Event, ...], made: Told, *, draws: int = DRAWS,
    seed: int = 0,
) -> Prospect:  # fmt: skip
    """All outcomes, or some drawn of more than `EXPANDED`; every branch is tried."""
    assuming = scenario.assuming(made)
    for event in events:  # their faults are told before anything is solved
        for branch in event.branches:
            assuming.setting(branch.assumption)
    every = prod(len(event.branches) for event in events)
    drawn = every > EXPANDED
    outcomes = _drawn(events, draws, seed) if drawn else _all(events)
    return Prospect(assuming, events, outcomes, draws if drawn else None, every)


def exact_text(value: Fraction | int) -> str:
    """A number with all its digits, or as a fraction where they have no end."""
    value = Fraction(value)
    try:
        return decimal_text(value)
    except ValueError:
        return str(value)


def _all(events: Sequence[Event]) -> tuple[Outcome, ...]:
    """Every combination of branches, with its probability."""
    combined = product(*(range(len(event.branches)) for event in events))
    return tuple(
        Outcome(
            branches,
            prod(
                (
                    e.branches[i].probability
                    for e, i in zip(events, branches, strict=True)
                ),
                start=Fraction(1),
            ),
        )
        for branches in combined
    )


def _drawn(events: Sequence[Event], draws: int, seed: int) -> tuple[Outcome, ...]:
    """Combinations drawn by probability; one drawn k times has k parts of all."""
    pick = random.Random(seed)
    parts = [[float(b.probability) for b in event.branches] for event in events]
    found = Counter(
        tuple(pick.choices(range(len(part)), part)[0] for part in parts)
        for _ in range(draws)
    )
    return tuple(
        Outcome(branches, Fraction(count, draws))
        for branches, count in sorted(found.items())
    )
