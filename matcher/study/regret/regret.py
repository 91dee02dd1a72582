"""What a plan loses when another assumption comes true than the one it was made for.

A plan's consortia are kept as they are; exchanges and money are decided anew, and
cases may be dropped as a whole. With v[p,s] the points of plan p under assumption s and
b[s] the most that is known to be possible there::

    regret[p,s] = b[s] - v[p,s]

Nothing here awaits the answer of an instrument: a fallback is compared as an assumption
of its own. Source: Savage, The Theory of Statistical Decision (1951).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.program.solution import Stop
from matcher.proposal.jsonform import points
from matcher.study.regret.cross import Cross, Crossing, consortia, less, lost, value
from matcher.study.regret.labels import CORE, Label, labels
from matcher.study.regret.least import Search, largest, order
from matcher.study.regret.recourse import DROP, refuse_unknown
from matcher.study.regret.robust import World
from matcher.study.regret.words import (
    plain_labels,
    plain_least,
    plain_matrix,
    sentences,
    tables,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.engine.desk import Desk
    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.scenario.setting import Setting
    from matcher.study.regret.cross import Consortia
    from matcher.study.regret.least import Decided, Lost
    from matcher.study.table import Table


@dataclass(frozen=True, slots=True)
class LeastRegret:
    """The consortia whose largest regret is least, over all assumptions."""

    cases: tuple[CasePlan, ...]
    """Consortia only: money and exchanges are those of each outcome."""
    outcomes: Mapping[str, Proposal]
    """What they bring, by assumption."""
    regret: Mapping[str, Fraction | None]
    """By assumption; None where it has no plan at all."""
    largest: Fraction
    """Against the best plans known."""
    largest_at_most: Fraction | None
    """Against what is proven that no plan can beat; None where nothing is proven."""
    at_least: Fraction | None
    """No consortia have a smaller largest regret; None where nothing is proven."""
    status: str
    """``optimal`` where ``largest`` is proven least, and every plan that it is measured
    against is proven best; otherwise ``feasible``."""
    of: str
    """Assumption whose own plan it is, as nothing better was found; blank otherwise."""


@dataclass(frozen=True, slots=True)
class Driver:
    """The assumption under which a plan loses most."""

    plan: str
    assumption: str
    regret: Fraction | None
    """None where the plan cannot be carried out at all."""


@dataclass(frozen=True)
class Regret:
    """Every plan under every assumption, and what hangs on which one comes true."""

    settings: Mapping[str, Setting]
    cross: Cross
    recourse: str
    sought: bool
    """Whether the plan of least regret was looked for."""
    minimax: LeastRegret | None
    """None where it was not, where fewer than two assumptions have a plan, where no
    consortia can be carried out under all of them, or after Ctrl-C."""
    impossible: bool
    """Whether it is proven that no consortia can be carried out under all of them."""
    labels: tuple[Label, ...]
    stop: Stop
    gap: Fraction
    """Relative gap that was asked for."""

    @property
    def possible(self) -> tuple[str, ...]:
        """Assumptions of which a plan is known."""
        return _possible(self.cross)

    @property
    def names(self) -> tuple[str, ...]:
        """Assumptions, in the order asked for."""
        return self.cross.names

    @property
    def proposals(self) -> Mapping[str, Proposal]:
        """The best plan known of each assumption."""
        return self.cross.proposals

    @property
    def values(self) -> dict[str, dict[str, Fraction | None]]:
        """Points by plan and assumption; None where it cannot be carried out."""
        return {
            plan: {name: outcome.objective for name, outcome in row.items()}
            for plan, row in self.cross.outcomes.items()
        }

    @property
    def regret(self) -> dict[str, dict[str, Fraction | None]]:
        """Points lost by plan and assumption, against the best plan known there."""
        best = {name: plan.objective for name, plan in self.proposals.items()}
        return {plan: less(best, row) for plan, row in self.values.items()}

    @property
    def regret_at_most(self) -> dict[str, dict[str, Fraction | None]]:
        """The same against what is proven that no plan can beat."""
        most = {name: plan.bound for name, plan in self.proposals.items()}
        return {plan: less(most, row) for plan, row in self.values.items()}

    @property
    def drivers(self) -> tuple[Driver, ...]:
        """Where each plan loses most, in the order of the assumptions."""
        return tuple(
            found for plan in self.names if (found := self._driver(plan)) is not None
        )

    @property
    def driver(self) -> Driver | None:
        """Where most is lost of all."""
        found = max(self.drivers, key=_size, default=None)
        return None if found is None or found.regret == 0 else found

    @property
    def core(self) -> tuple[tuple[str, str], ...]:
        """Region and case of the memberships that are in every plan."""
        return tuple((a.region, a.case) for a in self.labels if a.label == CORE)

    @property
    def reached(self) -> bool:
        """Whether the least regret is proven within the gap asked for."""
        if self.stop is Stop.INTERRUPTED:
            return False
        least = self.minimax
        if least is None:
            none = self.impossible and self.stop is Stop.FINISHED
            return none or not self.sought or len(self.possible) < 2
        gaps = [self.proposals[name].gap for name in self.possible]
        if any(gap is None or gap > self.gap for gap in gaps):
            return False
        known = least.at_least
        return known is not None and least.largest - known <= self.gap * least.largest

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, in plain words."""
        return tuple(sentences(self))

    @property
    def tables(self) -> tuple[Table, ...]:
        """What was found, in rows."""
        return tables(self)

    def plain(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "recourse": self.recourse,
            "values": plain_matrix(self.values),
            "regret": plain_matrix(self.regret),
            "regret_at_most": plain_matrix(self.regret_at_most),
            "minimax": None if self.minimax is None else plain_least(self.minimax),
            "core": [list(pair) for pair in self.core],
            "labels": plain_labels(self.labels),
            "drivers": {
                each.plan: {
                    "assumption": each.assumption,
                    "regret": points(each.regret),
                }
                for each in self.drivers
            },
        }

    def _driver(self, plan: str) -> Driver | None:
        rows = self.cross.outcomes[plan]
        lost = [
            Driver(plan, name, self.regret[plan][name])
            for name in self.names
            if self.proposals[name].objective is not None
            and (rows[name].objective is not None or rows[name].status == "infeasible")
        ]
        if self.proposals[plan].objective is None:
            return None
        return max(lost, key=_size, default=None)


def regret(
    desk: Desk, settings: Mapping[str, Setting], proposals: Mapping[str, Proposal], *,
    recourse: str = DROP, least: bool = True,
) -> Regret:  # fmt: skip
    """Hold every assumption's plan against every other assumption.

    Parameters
    ----------
    desk
        Open workers, with the gap and limits of each solve.
    settings, proposals
        By the same names, in the order in which they are shown. Where an answer is
        awaited, the plan without waiting stands for the assumption.
    recourse
        One of `matcher.study.regret.recourse.RECOURSES`.
    least
        Whether to look for the plan of least regret, which takes longest.

    Raises
    ------
    ValueError
        For any other recourse.
    SolverFailed, AnswerRejected
        When the backend fails, or its answer does not hold.
    KeyboardInterrupt
        When Ctrl-C ended the solve of a plan that waits for no answer.
    """
    refuse_unknown(recourse)
    settings = {name: settings[name] for name in proposals}
    own = {
        name: _at_once(desk, settings[name]) if waits(settings[name]) else plan
        for name, plan in proposals.items()
    }
    crossing = Crossing(desk, settings, drop=recourse == DROP)
    cross = crossing.all(own)
    minimax, impossible = None, False
    if least:
        minimax, cross, impossible = _least(desk, crossing, cross)
    return Regret(
        settings, cross, recourse, least, minimax, impossible,
        labels(settings.values(), cross.proposals), crossing.stop,
        Fraction(desk.options.gap),
    )  # fmt: skip


def waits(setting: Setting) -> bool:
    """Whether the answer of an instrument is awaited."""
    return setting.has_money and setting.wait_for in setting.instruments


def _at_once(desk: Desk, setting: Setting) -> Proposal:
    """The best plan that waits for no answer."""
    stage = desk.best(setting)
    stage.solution.uninterrupted()
    return stage.proposal


def _possible(cross: Cross) -> tuple[str, ...]:
    """Assumptions of which a plan is known."""
    return tuple(n for n in cross.names if cross.proposals[n].objective is not None)


def _least(
    desk: Desk, crossing: Crossing, cross: Cross
) -> tuple[LeastRegret | None, Cross, bool]:
    """The consortia of least regret; plans that they beat at home are replaced.

    Also whether it is proven that there are none. Why the last solve stopped is known
    to the crossing.
    """
    possible = _possible(cross)
    if len(possible) < 2 or crossing.halted:
        return None, cross, False
    listed = {name: consortia(cross.proposals[name].cases) for name in possible}
    rows = _rows(cross, possible)

    def weighed(plans: Consortia) -> Lost:
        plans = consortia(plans)
        if plans not in rows:
            rows[plans] = {name: crossing.outcome(name, plans) for name in possible}
            if crossing.halted:
                raise KeyboardInterrupt
        return lost(cross, rows[plans])

    worlds = _worlds(desk, crossing, cross, possible)
    found = Search(desk, worlds, weighed, drop=crossing.drop).decided(listed)
    for plans in found.found if found.stop is not Stop.INTERRUPTED else ():
        weighed(plans)
    if found.stop is not Stop.FINISHED and not crossing.halted:
        crossing.stop = found.stop
    better = crossing.better({n: cross.proposals[n] for n in possible}, *rows.values())
    if better:
        again = crossing.all({**cross.proposals, **better})
        improved = dict.fromkeys((*cross.improved, *better, *again.improved))
        cross = replace(again, improved=tuple(improved))
        rows |= _rows(cross, possible)
    best = _smallest(cross, rows)
    told = None if best is None else _told(cross, rows[best], best, found)
    return told, cross, found.impossible


def _rows(cross: Cross, names: Sequence[str]) -> dict[Consortia, dict[str, Proposal]]:
    """What the plans of some assumptions bring under each of them."""
    rows: dict[Consortia, dict[str, Proposal]] = {}
    for plan in names:
        row = rows.setdefault(consortia(cross.proposals[plan].cases), {})
        for name in names:
            # equal consortia count as they do at home
            row[name] = max(
                (cross.outcomes[plan][name], *filter(None, [row.get(name)])), key=value
            )
    return rows


def _worlds(
    desk: Desk, crossing: Crossing, cross: Cross, names: Sequence[str]
) -> dict[str, World]:
    """Assumptions whose programs are not alike, the first of each kind."""
    found: dict[tuple[str, str], tuple[str, World]] = {}
    for name in names:
        question, own = desk.question(crossing.settings[name]), cross.proposals[name]
        forms = (question.asked, question.full)
        small, full = (form.program.arrays.digest() for form in forms)
        assert own.objective is not None
        world = World(question, own.objective, own.bound)
        found.setdefault((small, full), (name, world))
    return dict(found.values())


def _told(
    cross: Cross, row: Mapping[str, Proposal], cases: Consortia, found: Decided
) -> LeastRegret:
    """The least regret with what is proven of it."""
    most = largest(lost(cross, row))
    assert most is not None
    launched = {plan.case for outcome in row.values() for plan in outcome.cases}
    own = [
        name for name in cross.names
        if cross.proposals[name].objective is not None
        and consortia(cross.proposals[name].cases) == cases
    ]  # fmt: skip
    at_least = None if found.at_least is None else min(found.at_least, most)
    if at_least is not None and most - at_least <= found.near:
        at_least = most
    best = {name: plan.objective for name, plan in cross.proposals.items()}
    bounds = {name: cross.proposals[name].bound for name in _possible(cross)}
    sure = all(bound == best[name] for name, bound in bounds.items())
    values = {name: row[name].objective if name in row else None for name in best}
    return LeastRegret(
        cases=tuple(plan for plan in cases if plan.case in launched),
        outcomes={name: row[name] for name in best if best[name] is not None},
        regret=less(best, values), largest=most,
        largest_at_most=largest(less(bounds, {n: values[n] for n in bounds})),
        at_least=at_least,
        status="optimal" if sure and at_least == most else "feasible",
        of=own[0] if own else "",
    )  # fmt: skip


def _smallest(
    cross: Cross, rows: Mapping[Consortia, Mapping[str, Proposal]]
) -> Consortia | None:
    """Of some consortia those of least regret, then of most points in sum."""
    every = {plans: lost(cross, row) for plans, row in rows.items()}
    whole = [plans for plans in every if largest(every[plans]) is not None]
    return min(whole, key=lambda plans: order(every[plans]), default=None)


def _size(driver: Driver) -> tuple[bool, Fraction]:
    """A key that orders losses; what cannot be carried out is the greatest."""
    return driver.regret is None, driver.regret or Fraction(0)
