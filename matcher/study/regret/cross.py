"""Every plan under every assumption: its consortia as they are, all else anew.

Where a solver stopped short of its proof, the consortia of one plan may do better under
another assumption than that assumption's own plan. What is found then takes its place,
and everything is asked again, until no plan beats another at home.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from matcher.engine.certify import reconciled
from matcher.engine.stages import unknown
from matcher.errors import AnswerRejected
from matcher.program.solution import Stop
from matcher.proposal.proposal import CasePlan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from matcher.engine.desk import Desk
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

TAKEN_OVER: Final = "this plan was found among the consortia of another assumption"
Consortia = tuple[CasePlan, ...]


@dataclass(frozen=True, slots=True)
class Cross:
    """What the consortia of each assumption's plan bring under each assumption."""

    names: tuple[str, ...]
    proposals: Mapping[str, Proposal]
    """The best plan known of each assumption."""
    outcomes: Mapping[str, Mapping[str, Proposal]]
    """By plan, then by assumption; a plan at home is the proposal itself."""
    improved: tuple[str, ...]
    """Assumptions whose plan was replaced."""


class Crossing:
    """Asks what consortia bring, each question once."""

    def __init__(self, desk: Desk, settings: Mapping[str, Setting], *, drop: bool):
        self.desk, self.settings, self.drop = desk, settings, drop
        self.stop = Stop.FINISHED
        self._known: dict[tuple[str, Consortia], Proposal] = {}

    @property
    def halted(self) -> bool:
        """Whether Ctrl-C ended a solve: nothing else is asked then."""
        return self.stop is Stop.INTERRUPTED

    def outcome(self, name: str, plans: Iterable[CasePlan]) -> Proposal:
        """What consortia bring under an assumption; unknown after Ctrl-C.

        Raises
        ------
        SolverFailed, AnswerRejected
            When the backend fails, or its answer does not hold.
        """
        key = name, consortia(plans)
        if key not in self._known:
            if self.halted:
                return unknown(self.settings[name])
            stage = self.desk.kept(self.settings[name], key[1], drop=self.drop)
            if stage.solution.stop is not Stop.FINISHED:
                self.stop = stage.solution.stop
            self._known[key] = stage.proposal
        return self._known[key]

    def all(self, proposals: Mapping[str, Proposal]) -> Cross:
        """Every plan under every assumption, until none beats another at home."""
        best = dict(proposals)
        improved: dict[str, None] = {}
        while True:
            found = {
                plan: {name: self._of(best, plan, name) for name in best}
                for plan in best
            }
            better = self.better(best, *(found[plan] for plan in best))
            if not better:
                break
            best |= better
            improved |= dict.fromkeys(better)
        # At home a plan counts with its own money and exchanges.
        for name in best:
            found[name][name] = best[name]
        return Cross(tuple(best), best, found, tuple(improved))

    def _of(self, best: Mapping[str, Proposal], plan: str, name: str) -> Proposal:
        own = best[plan]
        if own.objective is None:
            return unknown(self.settings[name])
        if plan == name and own.bound == own.objective:
            return own
        return self.outcome(name, own.cases)

    def better(
        self, best: Mapping[str, Proposal], *outcomes: Mapping[str, Proposal]
    ) -> dict[str, Proposal]:
        """Plans among outcomes that are worth more than the best known at home.

        Raises
        ------
        AnswerRejected
            When one is worth more than is possible by what was proven.
        """
        found: dict[str, Proposal] = {}
        for name, own in best.items():
            most = max(
                (row[name] for row in outcomes if row[name].objective is not None),
                key=value, default=None,
            )  # fmt: skip
            if most is None or value(most) <= value(own):
                continue
            found[name] = _instead(own, most, self.settings[name])
        return found


def value(proposal: Proposal) -> tuple[bool, Fraction | int]:
    """A key that orders proposals by points; no plan comes first."""
    known = proposal.objective
    return known is not None, 0 if known is None else known


def lost(cross: Cross, row: Mapping[str, Proposal]) -> dict[str, Fraction | None]:
    """Regret of consortia by assumption; None where they cannot be carried out."""
    best = {name: cross.proposals[name].objective for name in row}
    return less(best, {name: outcome.objective for name, outcome in row.items()})


def less(
    most: Mapping[str, Fraction | None], row: Mapping[str, Fraction | None]
) -> dict[str, Fraction | None]:
    """What is missing to the most, by assumption; None where either is unknown."""
    found: dict[str, Fraction | None] = {}
    for name, brought in row.items():
        possible = most[name]
        known = possible is not None and brought is not None
        found[name] = possible - brought if known else None  # type: ignore[operator]
    return found


def consortia(plans: Iterable[CasePlan]) -> Consortia:
    """Who takes part, by case, without money and exchanges."""
    return tuple(
        CasePlan(plan.case, plan.lead, tuple(sorted(plan.partners)),
                 tuple(sorted(plan.observers)))
        for plan in sorted(plans, key=lambda plan: plan.case)
    )  # fmt: skip


def _instead(own: Proposal, better: Proposal, setting: Setting) -> Proposal:
    """A better plan in the place of an assumption's own, with its bound."""
    assert better.objective is not None
    beaten = own.bound is not None and own.bound < better.objective
    if beaten or own.status == "infeasible":
        raise AnswerRejected(
            f"consortia of another plan are worth {float(better.objective):.6g} points "
            f'under "{own.assumption or "baseline"}", more than was proven possible'
        )
    plan = replace(
        own, cases=better.cases, applications=better.applications, terms=better.terms,
        objective=better.objective, fallback=None, rejected=(), missing=(),
        notes=(*own.notes, TAKEN_OVER),
        status="optimal" if own.bound == better.objective else "feasible",
    )  # fmt: skip
    if own.needed is None or not setting.has_money:
        return plan
    needed, plan = reconciled(own.needed, plan, setting)
    return replace(plan, needed=needed)
