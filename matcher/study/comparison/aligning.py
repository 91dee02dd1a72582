"""The work of a comparison: all is solved, then every plan is drawn near to the first.

Consortia of one assumption are tried for the others, too: where a plan is not proven
best, they may do better there.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from matcher.engine.certify import reconciled
from matcher.engine.stages import unknown
from matcher.errors import InputError
from matcher.program.solution import Stop
from matcher.proposal.difference import memberships_of
from matcher.study.comparison.aligned import CHANGE, OPEN, TIE, differences
from matcher.study.comparison.ties import nearest, proven, undone
from matcher.study.regret.cross import Crossing
from matcher.study.regret.regret import regret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.engine.desk import Desk
    from matcher.engine.question import Question
    from matcher.engine.stages import Stage
    from matcher.errors import Fault
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting
    from matcher.study.comparison.aligned import Judged
    from matcher.study.regret.regret import Regret

Asked = dict[str, tuple["Question", "Question"]]
"""What is needed and what is fundable, by assumption."""


def questions(desk: Desk, settings: Mapping[str, Setting]) -> Asked:
    """All questions, before the first one is put."""
    faults: dict[Fault, None] = {}
    found: Asked = {}
    for name, setting in settings.items():
        try:
            found[name] = (
                desk.question(setting, funding=False),
                desk.question(setting),
            )
        except InputError as error:
            faults |= dict.fromkeys(error.faults)
    if faults:
        raise InputError(faults)
    return found


class Work:
    """Answers as they come in, each plan as near to the reference as it may be."""

    def __init__(
        self, desk: Desk, settings: Mapping[str, Setting], asked: Asked
    ) -> None:
        self.desk, self.settings, self.asked = desk, settings, asked
        self.first = next(iter(settings))
        self.stages: dict[str, Stage] = {}
        self.proposals = {name: unknown(s) for name, s in settings.items()}
        self.judged: dict[str, Judged] = {}
        self.regret: Regret | None = None
        self.stop = Stop.FINISHED
        self._drawn: set[object] = set()

    def solve(self) -> None:
        """Answer what is needed and what is fundable under every assumption."""
        for name in self.settings:
            needed = self.desk.answer(self.asked[name][0], f"{name}, needed")
            fundable = needed
            if self.settings[name].has_money:
                self.proposals[name] = replace(
                    self.proposals[name], needed=needed.proposal
                )
                self._stopped(needed.solution.stop)
                fundable = self.desk.answer(self.asked[name][1], name)
            self.stages[name] = fundable
            self._keep(name, fundable.proposal, needed.proposal)
            self._stopped(fundable.solution.stop)

    def _keep(self, name: str, fundable: Proposal, needed: Proposal) -> None:
        """Keep a plan with what would be needed, neither against the other."""
        needed, fundable = reconciled(needed, fundable, self.settings[name])
        self.proposals[name] = replace(fundable, needed=needed)

    def align(self, recourse: str, *, least: bool) -> None:
        """Draw plans near to the reference, weigh them, and judge what differs.

        Consortia may do better under another assumption than the plan found there,
        where that one is not proven best; then all is aligned once more.
        """
        others = list(self.settings)[1:]
        better = True
        while better:
            self._improved(self._crossed())
            for name in others:
                self._draw_near(name)
            weighed = regret(
                self.desk, self.at_once, self.proposals, recourse=recourse, least=least
            )
            better = self._improved(weighed.proposals)
            self.regret = weighed
            self._stopped(weighed.stop)
        self._share_needed()
        for name in others:
            self._judge(name)

    def _share_needed(self) -> None:
        """Where the same is needed, all know of the best plan found for it."""
        alike: dict[str, list[str]] = {}
        for name, (needed, _) in self.asked.items():
            digest = needed.full.program.arrays.digest()
            alike.setdefault(digest, []).append(name)
        for names in alike.values():
            known = [p for n in names if (p := self.proposals[n].needed) is not None]
            values = [p for p in known if p.objective is not None]
            if not values:
                continue
            best = max(values, key=lambda plan: plan.objective or Fraction(0))
            for name in names:
                plan = self.proposals[name]
                mine = replace(best, assumption=plan.assumption)
                self._keep(name, plan, mine)

    @property
    def at_once(self) -> dict[str, Setting]:
        """The settings in which no answer is awaited."""
        return {n: replace(s, wait_for=None) for n, s in self.settings.items()}

    def _crossed(self) -> Mapping[str, Proposal]:
        """The best plans known once the consortia of each were tried for the others."""
        crossing = Crossing(self.desk, self.at_once, drop=True)
        found = crossing.all(self.proposals).proposals
        self._stopped(crossing.stop)
        return found

    def _stopped(self, stop: Stop) -> None:
        """Remember why a solve stopped early; Ctrl-C ends the work.

        Raises
        ------
        KeyboardInterrupt
            After Ctrl-C.
        """
        if stop is Stop.INTERRUPTED:
            raise KeyboardInterrupt
        if self.stop is Stop.FINISHED:
            self.stop = stop

    def _draw_near(self, name: str) -> None:
        """Take the plan nearest to the reference of all that are worth as much.

        Where nothing is proven, the reference's own consortia are tried first.
        """
        plan, reference = self.proposals[name], self.proposals[self.first]
        if plan.objective is None or reference.objective is None:
            return
        pair = name, memberships_of(plan), memberships_of(reference)
        if pair in self._drawn:
            return
        self._drawn.add(pair)
        assert plan.needed is not None
        if not proven(plan):
            tried = self.desk.kept(self.settings[name], reference.cases)
            self._stopped(tried.solution.stop)
            same = tried.proposal
            if same.objective is not None and same.objective >= plan.objective:
                # its own bound speaks of these consortia only
                same = replace(same, bound=plan.bound, notes=plan.notes)
                self._keep(name, same, plan.needed)
                return
        near = nearest(self.desk, self.stages[name], plan, reference)
        if near is not None:
            self._keep(name, near, plan.needed)

    def _improved(self, better: Mapping[str, Proposal]) -> bool:
        """Take better plans in; whether there are any."""
        found = False
        for name, plan in better.items():
            known = self.proposals[name]
            least = known.objective
            if plan.objective is None or (
                least is not None and plan.objective <= least
            ):
                continue
            assert known.needed is not None
            self._keep(name, plan, known.needed)
            found = True
        return found

    def _judge(self, name: str) -> None:
        """Say of every difference from the reference what is proven of it."""
        plan, reference = self.proposals[name], self.proposals[self.first]
        if plan.objective is None or reference.objective is None:
            return
        every = differences(reference, plan)
        mine = undone(self.desk, self.stages[name], plan, every)
        left = {each.turned for each in every if each not in mine.those}
        stage = self.stages[self.first]
        theirs = undone(self.desk, stage, reference, left)
        ties = mine.those | {each.turned for each in theirs.those}
        rest = CHANGE if mine.complete and theirs.complete else OPEN
        self.judged[name] = tuple((d, TIE if d in ties else rest) for d in every)

    def rest_unproven(self) -> None:
        """After Ctrl-C: differences not looked at yet are open."""
        reference = self.proposals[self.first]
        for name in list(self.settings)[1:]:
            plan = self.proposals[name]
            known = plan.objective is not None and reference.objective is not None
            if known and name not in self.judged:
                every = differences(reference, plan)
                self.judged[name] = tuple((each, OPEN) for each in every)

    @property
    def reached(self) -> bool:
        """Whether every answer came within the gap asked for."""
        if self.stop is Stop.INTERRUPTED:
            return False
        weighed = self.regret is not None and self.regret.reached
        return weighed and all(map(self._within, self.proposals.values()))

    def _within(self, plan: Proposal) -> bool:
        gap = plan.gap
        near = gap is not None and gap <= self.desk.options.gap
        return plan.status == "infeasible" or near
