"""Many settings, one after the other, on workers that stay open.

Equal programs are solved once: where an assumption changes nothing that a stage looks
at, its answer is known already. Every plan is verified against its own setting.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.engine.polish import suited
from matcher.engine.question import Question, ask
from matcher.engine.run import prepare
from matcher.engine.solving import Clock, Task, solve
from matcher.engine.stages import judged, open_workers
from matcher.formulation.kept import kept
from matcher.program.solution import Stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matcher.engine.run import Report
    from matcher.engine.solving import Workers
    from matcher.engine.stages import Stage
    from matcher.formulation.assemble import Assembly
    from matcher.formulation.joint import Joint
    from matcher.program.program import Floats
    from matcher.program.solution import Solution, SolveOptions
    from matcher.proposal.proposal import CasePlan
    from matcher.scenario.setting import Setting

Key = tuple[str | bytes | None, ...]
"""Digests of the programs, how they are solved, and what they are begun from."""


@dataclass
class Desk:
    """Open workers, how they are to solve, and what they answered so far."""

    workers: Workers
    options: SolveOptions
    """Gap and limits of each solve."""
    report: Report | None = None
    """Told what is being solved, and its progress."""
    clock: Clock = field(default_factory=Clock)
    solves: int = 0
    """Questions that a solver was asked."""
    _known: dict[Key, Solution] = field(default_factory=dict)

    def question(self, setting: Setting, *, funding: bool = True) -> Question:
        """The program of a setting; no answer of an instrument is awaited.

        Raises
        ------
        InputError
            When a rule lacks a figure, or an objective term does not exist.
        """
        inst, terms = prepare(replace(setting, wait_for=None))
        self.clock.lap("encode")
        return ask(inst, terms, funding=funding and setting.has_money)

    def best(
        self, setting: Setting, *, funding: bool = True, start: Floats | None = None
    ) -> Stage:
        """The best plan of a setting, with or without the rules about money.

        Raises
        ------
        InputError, SolverFailed, AnswerRejected
            As `matcher.engine.run.run`.
        """
        question = self.question(setting, funding=funding)
        what = setting.assumption or "baseline"
        return self.answer(question, what if funding else f"{what}, needed", start)

    def kept(
        self, setting: Setting, plans: Iterable[CasePlan], *, drop: bool = True
    ) -> Stage:
        """The best that consortia of another plan can do in a setting.

        Nobody joins, and nobody leaves a case that is launched; who serves whom and
        who pays is decided anew. With ``drop`` a case may stay out as a whole.
        Without any possible plan its proposal is infeasible.

        Raises
        ------
        InputError, SolverFailed, AnswerRejected
            As `matcher.engine.run.run`.
        """
        plans = tuple(plans)
        whole = self.question(setting)
        full = kept(whole.full, plans, drop=drop)
        asked = kept(whole.asked, plans, drop=drop) if whole.merged else full
        what = setting.assumption or "baseline"
        return self.answer(Question(asked, full), f"consortia as they are, {what}")

    def answer(
        self, question: Question, what: str, start: Floats | None = None
    ) -> Stage:
        """Answer a question, or remember the answer to an equal one.

        ``start`` is a plan to begin from, in columns of the question's small form.

        Raises
        ------
        SolverFailed, AnswerRejected
            When the backend fails, or its answer does not hold.
        """
        options = replace(self.options, start=start)
        key = _key(question, options)
        known = self._known.get(key)
        if known is None:
            known = solve(question, self.task(what, options))
            if known.stop is not Stop.INTERRUPTED:  # somebody may ask again
                self._known[key] = known
        return judged(question, known, self.clock)

    def task(self, what: str, options: SolveOptions) -> Task:
        """What a solver is asked next, its progress told by name."""
        self.solves += 1
        report = self.report
        told = None if report is None else lambda progress: report(what, progress)
        return Task(self.workers, options, self.clock, told)


def _key(question: Question, options: SolveOptions) -> Key:
    """All that an answer depends on, besides the workers."""
    begun = None if options.start is None else options.start.tobytes()
    programs = question.asked.program.arrays, question.full.program.arrays
    told = replace(options, start=None)
    return (*(arrays.digest() for arrays in programs), repr(told), begun)


def begun(
    assembly: Assembly, plans: Iterable[CasePlan], task: Task, *, drop: bool = True
) -> Floats | None:
    """Consortia as an answer of a program to begin from, in units of the backend.

    None where the program has no plan of them, or none was found in time.

    Raises
    ------
    KeyboardInterrupt
        When Ctrl-C ended the solve.
    SolverFailed
        When the backend failed.
    """
    worker = task.workers.chosen
    arrays = kept(assembly, plans, drop=drop).program.arrays
    return task.solved(worker, suited(arrays, worker)).uninterrupted().x


def begun_jointly(
    joint: Joint, plans: Sequence[CasePlan], task: Task, *, drop: bool = True
) -> Floats | None:
    """The same for a joint program; with ``drop`` cases may stay out of its blocks.

    Raises
    ------
    KeyboardInterrupt, SolverFailed
        As `begun`.
    """
    parts = []
    for k, block in enumerate((joint.now, *joint.blocks)):
        part = begun(block, plans, task, drop=drop and k > 0)
        if part is None:
            return None
        parts.append(part)
    return np.concatenate(parts)


@contextmanager
def open_desk(
    backend: str, options: SolveOptions, report: Report | None = None
) -> Iterator[Desk]:
    """A desk whose workers end with the block."""
    with open_workers(backend) as workers:
        yield Desk(workers, options, report)
