"""Where relations between two answers are tried: drawn settings and their optima."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from matcher.engine.run import options_of, prepare
from matcher.engine.stages import Clock, run_stage
from matcher.scenario.load import load
from tests.property.generator import drawn, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from random import Random

    from matcher.engine.solving import Workers
    from matcher.program.solution import SolveOptions
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting
    from tests.property.drawing import Draw

NOTHING: Final = (0, Fraction(0))
"""Below every plan: no plan at all."""


def worth(proposal: Proposal) -> tuple[int, Fraction]:
    """A key that orders optima: no plan comes below every plan."""
    return NOTHING if proposal.objective is None else (1, proposal.objective)


class Lab:
    """Drawn scenarios by seed, read and solved once for all relations."""

    def __init__(self, folder: Path, workers: Mapping[str, Workers]) -> None:
        self.folder, self.workers = folder, workers
        self._scenarios: dict[tuple[int, bool], Scenario] = {}
        self._settings: dict[tuple[int, bool], Setting] = {}
        self._plans: dict[tuple[int, bool], Proposal] = {}

    def scenario(self, seed: int, *, money: bool) -> Scenario:
        """The scenario drawn by a seed, as written."""
        key = seed, money
        if key not in self._scenarios:
            self._scenarios[key] = self.read(drawn(seed, money=money), f"{key}")
        return self._scenarios[key]

    def read(self, draw: Draw, name: str) -> Scenario:
        """Write tables and files into a folder of their own, and read them."""
        return load(write(self.folder / name, draw))

    def setting(self, seed: int, *, money: bool) -> Setting:
        """The setting drawn by a seed."""
        key = seed, money
        if key not in self._settings:
            self._settings[key] = self.scenario(seed, money=money).setting()
        return self._settings[key]

    def plan(self, seed: int, *, money: bool) -> Proposal:
        """The best plan for the setting drawn by a seed."""
        key = seed, money
        if key not in self._plans:
            self._plans[key] = self.solve(self.setting(seed, money=money))
        return self._plans[key]

    def solve(
        self, setting: Setting, backend: str = "highs",
        options: SolveOptions | None = None,
    ) -> Proposal:  # fmt: skip
        """The best plan that keeps every rule, checked by the engine itself."""
        inst, terms = prepare(setting)
        stage = run_stage(
            inst, terms, self.workers[backend], options or options_of(setting), Clock(),
            funding=setting.has_money,
        )  # fmt: skip
        return stage.proposal


@dataclass(frozen=True)
class Trial:
    """One drawn setting, its best plan, and choices still to be made."""

    lab: Lab
    seed: int
    money: bool
    pick: Random

    def __repr__(self) -> str:
        return f"seed {self.seed} {'with' if self.money else 'without'} money"

    @cached_property
    def setting(self) -> Setting:
        """What was drawn."""
        return self.lab.setting(self.seed, money=self.money)

    @cached_property
    def plan(self) -> Proposal:
        """The best plan for what was drawn."""
        return self.lab.plan(self.seed, money=self.money)

    def one(self, values: Any) -> Any:
        """One of some values."""
        return self.pick.choice(sorted(values))

    def solve(self, setting: Setting) -> Proposal:
        """The proven best plan of another setting."""
        found = self.lab.solve(setting)
        assert found.status in ("optimal", "infeasible"), found.status
        return found

    def never_worse(self, setting: Setting) -> bool:
        """Assert that another setting is worth no less; whether it is worth more."""
        before, after = worth(self.plan), worth(self.solve(setting))
        assert after >= before
        return after > before

    def never_better(self, setting: Setting) -> bool:
        """Assert that another setting is worth no more; whether it is worth less."""
        before, after = worth(self.plan), worth(self.solve(setting))
        assert after <= before
        return after < before

    def same(self, setting: Setting) -> bool:
        """Assert that another setting is worth the same; whether by a plan."""
        assert worth(self.solve(setting)) == worth(self.plan)
        return self.plan.objective is not None


@dataclass(frozen=True, slots=True)
class Relation:
    """Something that must hold between a drawn setting and a changed one."""

    check: Callable[[Trial], bool]
    """Asserts it; True where the trial could have told otherwise."""
    money: bool
    """Whether it speaks of money, so that only settings with money are drawn."""

    @property
    def name(self) -> str:
        """Name of the check."""
        return self.check.__name__


RELATIONS: Final[dict[str, Relation]] = {}
"""By name; a module of relations adds its own when it is imported."""


def relation(check: Callable[[Trial], bool]) -> Callable[[Trial], bool]:
    """Add a relation about any setting."""
    RELATIONS[check.__name__] = Relation(check, money=False)
    return check


def about_money(check: Callable[[Trial], bool]) -> Callable[[Trial], bool]:
    """Add a relation about settings with money."""
    RELATIONS[check.__name__] = Relation(check, money=True)
    return check
