"""Plans under several assumptions, side by side: what each takes, and what it changes.

Every assumption is solved for what can be paid and for what would be needed. The first
one is the reference: of the plans of another assumption that are worth as much as its
best one, the plan nearest to that of the reference is taken (`ties`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any, Final

from matcher.engine.run import notes_on
from matcher.errors import InputError
from matcher.program.solution import Stop
from matcher.proposal.jsonform import to_json
from matcher.scenario.load import BASELINE
from matcher.study.comparison.aligning import Work, questions
from matcher.study.comparison.side_by_side import Sheet
from matcher.study.comparison.ties import proven
from matcher.study.comparison.words import sentences
from matcher.study.course import standing
from matcher.study.regret.recourse import DROP, refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.engine.desk import Desk
    from matcher.errors import Fault
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting
    from matcher.study.comparison.aligned import Judged
    from matcher.study.regret.regret import Regret
    from matcher.study.table import Table

MOST_ROWS: Final = 60
"""Rows of a table shown in Jupyter; beyond that its middle is left out."""


@dataclass(frozen=True)
class Comparison:
    """Plans under several assumptions; the first one is the reference."""

    scenario: str
    settings: Mapping[str, Setting]
    proposals: Mapping[str, Proposal]
    """By name of the assumption, each verified; what is needed is in ``needed``."""
    judged: Mapping[str, Judged]
    """Differences from the reference, each with what is proven of it."""
    regret: Regret | None
    """What each plan loses under the other assumptions; None after Ctrl-C."""
    stop: Stop
    """Why the last solve stopped."""
    reached: bool
    """Whether every answer came within the gap asked for."""
    kind: str = "compare"

    @property
    def status(self) -> str:
        """``found``, ``infeasible`` where no plan exists, or ``unknown``."""
        return standing(self.proposals.values())

    @property
    def _sheet(self) -> Sheet:
        return Sheet(self.settings, self.proposals, self.judged)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Summary, differences, cases, terms, money, memberships, exchanges, regret."""
        more = self.regret.tables if self.regret is not None else ()
        return (*self._sheet.tables(), *more)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, in plain words."""
        more = self.regret.sentences if self.regret is not None else ()
        return (*sentences(self._sheet, self._as_good), *more)

    @property
    def _as_good(self) -> frozenset[str]:
        """Assumptions whose plan is a best one under the reference as well."""
        first, *others = self.proposals
        reference = self.proposals[first]
        if self.regret is None or not proven(reference):
            return frozenset()
        there = {n: self.regret.cross.outcomes[n][first] for n in others}
        return frozenset(
            name
            for name, plan in there.items()
            if plan.objective == reference.objective
            and plan.by_case.keys() == self.proposals[name].by_case.keys()
        )

    def table(self, name: str) -> Table:
        """One table by its name, such as ``memberships``.

        Raises
        ------
        KeyError
            Naming the tables there are.
        """
        known = {table.name: table for table in self.tables}
        if name not in known:
            raise KeyError(f'no table "{name}"; there are {", ".join(known)}')
        return known[name]

    def __getitem__(self, assumption: str) -> Proposal:
        """Plan of an assumption."""
        return self.proposals[assumption]

    def plain(self) -> dict[str, Any]:
        """Assumptions, reference and whole proposals, without how long they took."""
        more = self.regret.plain() if self.regret is not None else {}
        return {
            "assumptions": list(self.proposals),
            "reference": next(iter(self.proposals)),
            "proposals": {n: to_json(plan) for n, plan in self.proposals.items()},
            **more,
        }

    def __repr__(self) -> str:
        worth = (
            f"{name} {plan.status}"
            + ("" if plan.objective is None else f" {float(plan.objective):.6g} points")
            for name, plan in self.proposals.items()
        )
        return f"<Comparison {self.scenario!r}: {', '.join(worth)}>"

    def _repr_html_(self) -> str:
        """Sentences and tables for Jupyter; every name is escaped."""
        parts = [f"<p><b>{escape(repr(self))}</b></p>"]
        parts += [f"<p>{escape(sentence)}</p>" for sentence in self.sentences]
        for table in self.tables:
            rows = table.frame.to_html(
                index=False, escape=True, border=0, max_rows=MOST_ROWS
            )
            parts += [f"<p>{escape(table.title)}</p>", rows]
        return "\n".join(parts)


def compare(
    scenario: Scenario, desk: Desk, names: Sequence[str] = (), *,
    recourse: str = DROP, least: bool = True,
) -> Comparison:  # fmt: skip
    """Solve a scenario under several assumptions and lay the plans side by side.

    Parameters
    ----------
    scenario
        What to solve.
    desk
        Open workers.
    names
        Assumptions, the reference first; none for all there are, after the scenario
        as written.
    recourse
        What consortia may do once another assumption comes true than their own: one
        of `matcher.study.regret.recourse.RECOURSES`.
    least
        Whether to look for the plan of least regret as well, which takes longest.

    Raises
    ------
    ValueError
        For any other recourse.
    InputError
        For unknown assumptions and figures that a rule lacks, before anything is
        solved.
    SolverFailed, AnswerRejected
        When the backend fails, or an answer does not hold.
    """
    refuse_unknown(recourse)
    settings = resolved(scenario, names)
    work = Work(desk, settings, questions(desk, settings))
    try:
        work.solve()
        work.align(recourse, least=least)
    except KeyboardInterrupt:
        work.stop = Stop.INTERRUPTED
        work.rest_unproven()
    noted = {
        name: replace(plan, notes=(*notes_on(plan, settings[name]), *plan.notes))
        for name, plan in work.proposals.items()
    }
    return Comparison(
        scenario.name, settings, noted, work.judged, work.regret, work.stop,
        work.reached,
    )  # fmt: skip


def resolved(scenario: Scenario, names: Sequence[str]) -> dict[str, Setting]:
    """Settings by name of their assumption, in the order asked for.

    Raises
    ------
    InputError
        With the faults of all names.
    """
    faults: dict[Fault, None] = {}
    found: dict[str, Setting] = {}
    for name in names or (BASELINE, *scenario.assumptions):
        try:
            setting = scenario.setting(name)
        except InputError as error:
            faults |= dict.fromkeys(error.faults)
            continue
        found[setting.assumption or BASELINE] = setting
    if faults:
        raise InputError(faults)
    return found
