"""Why a case is not launched: the first reason, found by counting or by solving.

Each case that was left out is looked at alone. Where the tables already show that
no plan for it exists, the figures say so; else it is solved alone, and a solver
names the rules in conflict. If it brings no more than it costs, that is the reason;
otherwise it is forced into the plan, and what it would displace is told.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.engine.alone import alone
from matcher.engine.conflict import Group, grouped, smallest_conflict
from matcher.engine.displaced import MORE_TIME, SAME, asked, forced, in_points
from matcher.formulation.assemble import assemble, rules_in_play
from matcher.program.solution import SolveOptions, Status
from matcher.proposal.proposal import Rejected
from matcher.rules import all_rules, counting
from matcher.rules._figures import Chances, Figure, places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.backends.client import Worker
    from matcher.engine.displaced import Forced
    from matcher.engine.stages import Stage
    from matcher.formulation.assemble import Assembly
    from matcher.rules import Counting

SECONDS_PER_CASE: Final = 4.0
MOST_SECONDS: Final = 40.0
"""Reasons are worth a little time beside the plan: so much for each case that is left
out, and so much in all. What one case does not use, the others may."""
LEAST_SECONDS: Final = 1.0
"""Less than that is lost on handing a program over."""
MOST_RULES: Final = 3
"""Rules that one reason can bear."""
ALONE: Final = "no plan for it alone: "
VETOED: Final = "vetoed ("
NOT_SOUGHT: Final = "its reason was not looked for"
IN_ANY_PLAN: Final = (ALONE, VETOED, NOT_SOUGHT)
"""How reasons begin that do not rest on what else is launched."""
PINS: Final = "pins"
"""The rule whose rows are told one by one."""


def why_not_launched(
    stage: Stage, worker: Worker, *, quick: bool
) -> tuple[Rejected, ...]:
    """First reason for every case that is not launched, sorted by case."""
    launched = set(stage.proposal.by_case)
    cases = stage.question.asked.inst.labels.cases.ids
    left_out = [d for d, name in enumerate(cases) if name not in launched]
    search = _Search(stage, worker, len(left_out))
    reasons: dict[int, str] = {}
    try:
        for step in () if quick else (search.alone, search.beside):
            for d in left_out:
                if d not in reasons and (reason := step(d)):
                    reasons[d] = reason
                    search.waiting -= 1
    except KeyboardInterrupt:
        pass  # the plan is found: reasons are worth no more waiting
    return tuple(
        Rejected(cases[d], reasons.get(d, "not launched in the best plan found"))
        for d in left_out
    )


@dataclass
class _Search:
    """Reasons for the cases left out of one plan, within one budget of time."""

    stage: Stage
    worker: Worker
    waiting: int
    """Cases that may still need time."""
    began: float = field(default_factory=time.perf_counter)
    worth: dict[int, str] = field(default_factory=dict)
    """What each case is worth alone, in words."""

    def __post_init__(self) -> None:
        self.budget = min(SECONDS_PER_CASE * self.waiting, MOST_SECONDS)

    def _share(self) -> float:
        """Seconds for the next case; 0 when the time is used up."""
        left = self.budget - (time.perf_counter() - self.began)
        return max(left / self.waiting, LEAST_SECONDS) if left > 0 else 0.0

    def alone(self, d: int) -> str:
        """Why the case is not launched even alone; '' where it could be."""
        setting = self.stage.question.asked.inst.setting
        name = list(setting.cases)[d]
        for pin in setting.pins:
            if pin.forbid and pin.region is None and pin.case == name:
                because = f": {pin.reason}" if pin.reason else ""
                return f"{VETOED}{pin.at.file}:{pin.at.line}){because}"
        full = self.stage.question.full
        chances = Chances.of(full.inst, d, full.blocked)
        return proof(chances, funding=full.funding) or self._solved_alone(d)

    def _solved_alone(self, d: int) -> str:
        seconds = self._share()
        if not seconds:
            return f"{NOT_SOUGHT}, for lack of time: {MORE_TIME}"
        arrays = alone(self.stage.question.asked, d).arrays
        answer = asked(self.worker, arrays, SolveOptions(time_limit=seconds))
        if answer.status is Status.INFEASIBLE:
            why = self._contradiction(d)
            self.worth[d] = f"alone it has no plan: {why}"
            return "" if self._may_share(d) else f"{ALONE}{why}"
        if answer.x is None or answer.objective is None:
            told = f"no plan for it was found within {seconds:.0f} s"
            return f"{told}: {MORE_TIME}"
        self.worth[d] = f"worth {in_points(answer.objective)} alone"
        pins = self.stage.question.asked.inst.setting.pins
        pinned = any(not pin.forbid for pin in pins)
        proven = answer.bound is not None and answer.bound <= SAME
        if proven and not pinned:
            told = in_points(answer.objective)
            return f"it brings no more than it costs: {told} alone"
        return ""

    def _may_share(self, d: int) -> bool:
        """Whether an application for several cases may hold the case."""
        apps = self.stage.question.asked.layout.applications
        return bool(np.isin(apps.bundles, apps.part.application[apps.part.index == d])
                    .any())  # fmt: skip

    def _contradiction(self, d: int) -> str:
        """Rules that contradict launching the case, with nothing else launched."""
        inst = self.stage.question.asked.inst
        name = inst.labels.cases.ids[d]
        part = alone(self.traced, d)
        merged: dict[Group, list[np.ndarray]] = {}
        groups = part.groups(grouped(self.traced.program, inst.labels.cases.ids))
        for (rule, subject), rows in groups.items():
            about = subject if rule == PINS else name
            merged.setdefault((rule, about), []).append(rows)
        by_rule = {key: np.concatenate(parts) for key, parts in merged.items()}
        core = smallest_conflict(part.arrays, by_rule, self.worker, LEAST_SECONDS)
        chances = Chances.of(inst, d, self.traced.blocked)
        told = [
            _pinned(chances, subject) if rule == PINS else _at_case(rule, chances)
            for rule, subject in sorted(core)
        ]
        return _few(told) or "the rules contradict each other"

    @cached_property
    def traced(self) -> Assembly:
        """The program in which every rule can be dropped."""
        question = self.stage.question.asked
        return assemble(question.inst, (), funding=question.funding, every_column=True)

    def beside(self, d: int) -> str:
        """What launching the case would displace."""
        seconds = self._share()
        if not seconds:
            return f"{self.worth[d]}; what it displaces was not looked for: {MORE_TIME}"
        answer = forced(self.stage, self.worker, d, seconds)
        return _displacing(self.stage, self.worth[d], answer, seconds)


def _displacing(stage: Stage, worth: str, answer: Forced, seconds: float) -> str:
    """What launching one more case would mean, in words."""
    late = f"within {seconds:.0f} s"
    if answer.impossible:
        return f"{worth}, and no plan with it keeps every rule"
    if answer.best is None:
        return f"{worth}; what it displaces was not found {late}: {MORE_TIME}"
    loss = float(stage.proposal.objective or 0) - answer.best
    who = f": {answer.displaced}" if answer.displaced else ""
    if loss < -SAME:
        told = f"{worth}, and a plan with it was found that brings {in_points(-loss)}"
        return f"{told} more, within the gap asked for{who}: try a smaller --gap"
    if loss <= SAME:
        return f"a tie: a plan of the same value launches it{who}"
    if answer.bound is not None and answer.bound - answer.best <= SAME:
        return f"{worth}, but launching it costs the plan {in_points(loss)}{who}"
    told = f"{worth}, but the best plan found with it brings {in_points(loss)} less"
    if answer.settled:
        return f"{told}{who} (within the gap asked for)"
    return f"{told}{who} (not proven {late}: {MORE_TIME})"


def proof(chances: Chances, *, funding: bool) -> str:
    """Figures that alone prove that no plan for a case exists, or ''.

    Of several, those that hold with the fewest gates; these are told, too.
    """
    rules = rules_in_play(funding=funding)
    found = [
        _with_gates(rule, chances)
        for name, rule in counting().items()
        if name in rules and _short(rule, chances)
    ]
    if not found:
        return ""
    figure, needed = min(found, key=lambda pair: len(pair[1].blocked))
    gates = [_at_case(gate, chances) for gate in needed.blocked]
    return f"{ALONE}{_few([str(figure), *gates])}"


def _short(rule: Counting, chances: Chances) -> bool:
    figure = rule.figures(chances)
    return figure is not None and not figure.enough


def _with_gates(rule: Counting, chances: Chances) -> tuple[Figure | None, Chances]:
    """A figure that is proof, and the gates without which it would be none."""
    needed = chances
    for gate in chances.blocked:
        fewer = needed.without(gate)
        needed = fewer if _short(rule, fewer) else needed
    return rule.figures(chances), needed


def _at_case(rule: str, chances: Chances) -> str:
    """A rule at one case: its figures, or its sentence, or its name."""
    tellers = counting()
    figure = tellers[rule].figures(chances) if rule in tellers else None
    if figure:
        return str(figure)
    known = all_rules().get(rule)
    sentence = known.sentence(chances.setting) if known else ""
    return f"{sentence[0].lower()}{sentence[1:].rstrip('.')}" if sentence else rule


def _pinned(chances: Chances, subject: str) -> str:
    """A pin, with its line."""
    at = places(pin.at for pin in chances.setting.pins if pin.subject == subject)
    return str(Figure(f"pinned: {subject}", at))


def _few(told: Sequence[str]) -> str:
    """The first few clauses, and how many more there are."""
    more = len(told) - MOST_RULES
    rest = [f"and {more} more rule{'s' * (more > 1)}"] if more > 0 else []
    return "; ".join([*told[:MOST_RULES], *rest])
