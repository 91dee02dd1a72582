"""Growing money: the best plan of each step, and plans in which whoever joined stays.

The *free* plan of a step is its best one, whatever the steps before it decide. In the
*nested* plans every case and member of a step is there at each larger step: decided
by one program over all steps, whose objective is the sum of their points. What that
costs at a step is the price of nesting.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import Fault, InputError, Place, did_you_mean
from matcher.program.solution import Stop
from matcher.proposal.difference import memberships_of
from matcher.proposal.jsonform import points
from matcher.proposal.verdict import show
from matcher.scenario.change import decimal_text
from matcher.scenario.load import TOGETHER
from matcher.scenario.schema import Assumption
from matcher.study.course import Course, standing
from matcher.study.ladder.chain import Chain, best_chain
from matcher.study.ladder.following import Next, following, told
from matcher.study.ladder.following import table as next_table
from matcher.study.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from matcher.engine.desk import Desk
    from matcher.engine.stages import Stage
    from matcher.problem.instance import Floats
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting
    from matcher.study.table import Cell

STEPS: Final = tuple(map(Fraction, ("0.25", "0.5", "1", "2", "4")))


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: part of the money, and both its plans."""

    step: Fraction
    free: Proposal
    """The best plan of the step, by itself; infeasible or unknown without one."""
    nested: Proposal | None
    """The plan of the step among nested ones; None where the step has no plan, or
    the chain was not found."""

    @property
    def name(self) -> str:
        """The step as one writes it, such as ``0.5x``."""
        return f"{decimal_text(self.step)}x"

    @property
    def price(self) -> Fraction | None:
        """Points that nesting costs at this step, between the plans found."""
        if self.nested is None or self.nested.objective is None:
            return None
        assert self.free.objective is not None
        return self.free.objective - self.nested.objective


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps, least money first, and what a little more would bring."""

    rungs: tuple[Rung, ...]
    instruments: tuple[str, ...]
    """Instruments whose money grows."""
    fixed: Mapping[str, str]
    """Instruments whose money was to grow and cannot, and why."""
    most: Fraction | None
    """No nested plans of all steps with a plan are worth more together."""
    following: tuple[Next, ...]
    stop: Stop
    reached: bool
    kind: str = field(default="ladder", init=False)

    @property
    def status(self) -> str:
        """``found``, ``infeasible`` where no plan exists, or ``unknown``."""
        return standing(rung.free for rung in self.rungs)

    @property
    def _priced(self) -> tuple[Rung, ...]:
        return tuple(rung for rung in self.rungs if rung.price is not None)

    @property
    def price(self) -> Fraction | None:
        """Points that nesting costs over all steps, between the plans found."""
        prices = [rung.price for rung in self._priced if rung.price is not None]
        return sum(prices, Fraction(0)) if prices else None

    @property
    def price_range(self) -> tuple[Fraction, Fraction | None]:
        """Proven least and largest price of nesting over all steps."""
        free = [rung.free for rung in self._priced]
        if len(free) == 1:  # nothing to nest in
            return Fraction(0), Fraction(0)
        found = sum((p.objective or Fraction(0) for p in free), Fraction(0))
        least = (
            Fraction(0) if self.most is None else max(found - self.most, Fraction(0))
        )
        if not free or any(p.bound is None for p in free):
            return least, None
        bounds = sum((p.bound or Fraction(0) for p in free), Fraction(0))
        return least, bounds - found + (self.price or Fraction(0))

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, the most important first."""
        return tuple(_sentences(self))

    @property
    def tables(self) -> tuple[Table, ...]:
        """The steps, who joins when, and what a little more would bring."""
        tables = [_steps(self.rungs), _joining(self._priced)]
        if self.following:
            tables.append(next_table(self.following))
        return tuple(tables)

    def plain(self) -> dict[str, Any]:
        """Prices of nesting with what is proven about them."""
        least, largest = self.price_range
        return {
            "instruments": list(self.instruments),
            "fixed": dict(self.fixed),
            "objective": "sum of the points of all steps, each counting the same",
            "price_of_nesting": {
                "total": points(self.price), "at_least": points(least),
                "at_most": points(largest),
                "steps": {rung.name: points(rung.price) for rung in self.rungs},
            },
        }  # fmt: skip


def ladder(
    scenario: Scenario, desk: Desk, *, assumption: str = "",
    instruments: Iterable[str] | None = None, steps: Sequence[Fraction] = STEPS,
    following_too: bool = True,
) -> Ladder:  # fmt: skip
    """Solve a scenario with ever more money.

    Parameters
    ----------
    scenario
        What to solve.
    desk
        Open workers.
    assumption
        What holds at every step; its money is the whole, 1x.
    instruments
        Whose money grows; None takes all that can.
    steps
        Parts of the money, such as 0.5; in any order.
    following_too
        Whether to look for what a little more would bring.

    Raises
    ------
    InputError
        When an assumption or an instrument does not exist, or no money can grow.
    SolverFailed, AnswerRejected
        As `matcher.engine.run.run`.
    """
    setting = scenario.setting(assumption)
    growing, fixed = _growing(scenario, assumption, setting, instruments)
    course, ordered = Course(), sorted(set(steps))
    free: list[Stage] = []
    for step in ordered:
        if course.halted:
            break
        grown = _grown(scenario, assumption, growing, step)
        free.append(course.heed(desk.best(grown, start=_start(desk, grown, free))))
    chain = _chain(free, desk, course)
    best = zip(ordered, _with_nested(free, chain), strict=False)
    rungs = tuple(Rung(step, *plans) for step, plans in best)
    found: tuple[Next, ...] = ()
    if following_too and not course.halted:
        base = course.heed(desk.best(setting))
        if base.proposal.objective is not None:
            found = following(setting, base, desk, course)
    most = chain.most if chain else None
    return Ladder(rungs, growing, fixed, most, found, course.stop, course.reached)


def _chain(free: Sequence[Stage], desk: Desk, course: Course) -> Chain | None:
    """The nested plans of all steps that have a plan."""
    solved = [stage for stage in free if stage.proposal.objective is not None]
    return None if course.halted or not solved else best_chain(solved, desk, course)


def _growing(
    scenario: Scenario, assumption: str, setting: Setting, named: Iterable[str] | None
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Instruments whose money can grow, and why the others cannot."""
    fixed: dict[str, str] = {}
    growing: list[str] = []
    asked = dict.fromkeys(setting.instruments if named is None else named)
    if unknown := asked.keys() - setting.instruments.keys():
        raise InputError(_unknown(name, setting) for name in sorted(unknown))
    refused: list[InputError] = []
    for name in asked:
        try:
            _grown(scenario, assumption, (name,), Fraction(1))
        except InputError as error:
            refused.append(error)
            fixed[name] = "; ".join(fault.problem for fault in error.faults)
        else:
            growing.append(name)
    if not growing and refused:
        raise InputError(fault for error in refused for fault in error.faults)
    return tuple(growing), fixed


def _unknown(name: str, setting: Setting) -> Fault:
    known = ", ".join(setting.instruments) or "no instrument: none is in play"
    told = f'"{name}" is no instrument in play{did_you_mean(name, setting.instruments)}'
    return Fault("UNKNOWN_INSTRUMENT", Place("--instruments"), told, f"use {known}")


def _grown(
    scenario: Scenario, assumption: str, instruments: Iterable[str], step: Fraction
) -> Setting:
    """The setting with a part of the money of some instruments."""
    part = f"{decimal_text(step)}x"
    name = f"envelopes {part}"
    sets = {f"instruments.{one}.envelope": part for one in instruments}
    overlay = Assumption(describe=f"{part} the money", set=sets)
    more = scenario.assuming({name: (overlay, Place("ladder"))})
    return more.setting(TOGETHER.join(filter(None, (assumption, name))))


def _start(desk: Desk, setting: Setting, before: Sequence[Stage]) -> Floats | None:
    """The plan of the step before, where programs have the same columns."""
    x = before[-1].solution.x if before else None
    if x is None:
        return None
    last, question = before[-1].question, desk.question(setting)
    old, new = last.asked.program.arrays, question.asked.program.arrays
    return last.lowered(x) if old.num_columns == new.num_columns else None


def _with_nested(
    free: Sequence[Stage], chain: Chain | None
) -> Iterator[tuple[Proposal, Proposal | None]]:
    """Both plans of each step; a nested plan better than the free one takes its place.

    That happens only where the free plan was not proven best.
    """
    nested = iter(chain.plans if chain else ())
    for stage in free:
        plan = stage.proposal
        if plan.objective is None or chain is None:
            yield plan, None
            continue
        staying = next(nested)
        assert staying.objective is not None
        if staying.objective > plan.objective:
            bound = None if plan.bound is None else max(plan.bound, staying.objective)
            plan = replace(staying, bound=bound)
        yield plan, staying


def _steps(rungs: Iterable[Rung]) -> Table:
    columns = (
        "step", "status", "free", "at_most", "nested", "price",
        "free_cases", "nested_cases", "free_members", "nested_members", "leaving",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    before: Proposal | None = None
    for rung in rungs:
        free, nested = rung.free, rung.nested
        has = free.objective is not None
        gone = None
        if has and before is not None:
            gone = len(memberships_of(before) - memberships_of(free))
        rows.append((
            rung.name, free.status, free.objective, free.bound,
            nested.objective if nested else None, rung.price,
            " ".join(free.by_case) if has else None,
            " ".join(nested.by_case) if nested else None,
            len(memberships_of(free)) if has else None,
            len(memberships_of(nested)) if nested else None, gone,
        ))  # fmt: skip
        before = free if has else before
    return Table("steps", "Plans by step, free and nested", columns, tuple(rows))


def _joining(rungs: Sequence[Rung]) -> Table:
    """At which step each member of the nested plans joins."""
    joined: dict[tuple[str, str], str] = {}
    for rung in rungs:
        for pair in sorted(memberships_of(rung.nested) if rung.nested else ()):
            joined.setdefault(pair, rung.name)
    rows = tuple((case, region, step) for (case, region), step in joined.items())
    return Table("joining", "When each member joins, in the nested plans",
                 ("case", "region", "joins_at"), rows)  # fmt: skip


def _sentences(found: Ladder) -> Iterator[str]:
    """What a decision maker reads aloud."""
    if found.stop is Stop.INTERRUPTED:
        yield "The ladder was interrupted: what it shows is as far as it came."
    solved = [rung for rung in found.rungs if rung.free.objective is not None]
    if not found.instruments:
        yield "There is no money to grow: no instrument is in play."
    elif len(solved) > 1:
        low, high = solved[0], solved[-1]
        yield (f"From {low.name} to {high.name} of the money of "
               f"{', '.join(found.instruments)} the best plan grows from "
               f"{show(low.free.objective or 0)} to {show(high.free.objective or 0)} "
               "points.")  # fmt: skip
    for rung in found.rungs:
        if rung.free.objective is None:
            yield f"With {rung.name} of the money the setting is {rung.free.status}."
    yield from _on_price(found)
    flat = [
        (a, b) for a, b in pairwise(solved if found.instruments else ())
        if a.free.bound == a.free.objective == b.free.objective == b.free.bound
    ]  # fmt: skip
    for less, more in flat:
        yield f"From {less.name} to {more.name} more money brings nothing: proven."
    for name, why in found.fixed.items():
        yield f"The money of {name} stays as it is: {why}."
    if found.following:
        yield from told(found.following)


def _on_price(found: Ladder) -> Iterator[str]:
    """What it costs that nobody is sent away."""
    if found.price is None or len(found.rungs) == 1:
        return
    least, largest = found.price_range
    head = "Keeping every case and member of a smaller step in all larger ones costs"
    if largest is not None and least == largest:
        costs = show(found.price) if found.price else "nothing"
        unit = f" point{'s' * (found.price != 1)}" if found.price else ""
        yield f"{head} {costs}{unit} over all steps: proven."
        return
    most = "an unknown number of" if largest is None else show(largest)
    yield (f"{head} {show(found.price)} points between the plans found; between "
           f"{show(least)} and {most} points are proven.")  # fmt: skip
