"""One stage: assemble, solve, settle, decode and check, so that nobody must believe."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from matcher.backends.client import open_worker
from matcher.backends.contract import WHOLE_ONLY
from matcher.engine.certify import proven_bound
from matcher.engine.question import Question, ask
from matcher.engine.solving import Clock, Report, Task, Workers, solve
from matcher.errors import AnswerRejected
from matcher.formulation.decode import applications, decode, whole_values
from matcher.program.solution import Solution, SolveOptions, Status
from matcher.proposal.proposal import Proposal
from matcher.verify.verify import exact_terms, verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matcher.formulation.assemble import Assembly
    from matcher.formulation.bind import BoundTerm
    from matcher.formulation.joint import Joint
    from matcher.problem.instance import Instance
    from matcher.program.program import Arrays
    from matcher.scenario.setting import Setting

SMOOTH = "highs"
"""Divides money once the decisions stand, whichever backend took them: the same
decisions always end up with the same payments."""
VALUE_ERROR = 1e-6
"""Relative difference granted between a solver's own value and the exact one."""


ROUNDED: Final = (
    "rates of mixed beneficiaries have no common multiple and were rounded by less "
    "than a millionth: a plan that needs the last euro may be missed, and nothing is "
    "proven"
)


@contextmanager
def open_workers(name: str) -> Iterator[Workers]:
    """Workers of a backend for the length of a run."""
    chosen = open_worker(name)
    smooth = chosen if name == SMOOTH else open_worker(SMOOTH)
    exact = chosen if name in WHOLE_ONLY else open_worker(WHOLE_ONLY[0])
    workers = Workers(chosen, smooth, exact)
    try:
        yield workers
    finally:
        workers.close()


@dataclass(frozen=True, slots=True)
class Stage:
    """A finished stage: what was asked, what came back."""

    question: Question
    solution: Solution
    proposal: Proposal


def run_stage(
    inst: Instance, terms: Sequence[BoundTerm], workers: Workers, options: SolveOptions,
    clock: Clock, *, funding: bool, report: Report | None = None,
) -> Stage:  # fmt: skip
    """Solve an instance with or without the rules about money, and check the answer.

    Raises
    ------
    SolverFailed
        When the backend failed to work at all.
    AnswerRejected
        When the answer does not hold against the inputs.
    """
    question = ask(inst, terms, funding=funding)
    return answered(question, Task(workers, options, clock, report))


def answered(question: Question, task: Task) -> Stage:
    """Solve a question and check the answer.

    Raises
    ------
    SolverFailed, AnswerRejected
        When the backend failed to work at all, or its answer does not hold.
    """
    return judged(question, solve(question, task), task.clock)


def judged(question: Question, solution: Solution, clock: Clock) -> Stage:
    """The stage of a raw answer: decoded, valued exactly, checked against the inputs.

    Raises
    ------
    AnswerRejected
        When the answer does not hold.
    """
    solution = as_proven(solution, question.full)
    notes = (ROUNDED,) if question.full.rounded else ()
    if solution.x is None:
        nothing = _no_plan(question.full.inst.setting, solution)
        return Stage(question, solution, replace(nothing, notes=notes))
    plan = checked(question, solution, clock)
    return Stage(question, solution, replace(plan, notes=notes))


def as_proven(solution: Solution, assembly: Assembly | Joint) -> Solution:
    """A solution without claims where some row is stricter than its rule.

    What is proven of such rows is not proven of the rules.
    """
    if not assembly.rounded:
        return solution
    lost = solution.status is Status.INFEASIBLE
    status = Status.UNKNOWN if lost else solution.status
    return replace(solution, bound=None, status=status)


def holding(
    proposal: Proposal, solution: Solution, setting: Setting, *, funding: bool = True
) -> Proposal:
    """The proposal, once every rule is judged from the inputs.

    Raises
    ------
    AnswerRejected
        When it does not hold.
    """
    verdict = verify(proposal, setting, funding=funding)
    if not verdict.holds:
        raise AnswerRejected(
            f"{solution.backend} gave an answer that does not hold: {verdict}"
        )
    return proposal


def unknown(setting: Setting) -> Proposal:
    """The answer of a stage that never came to an answer."""
    return Proposal(setting.name, setting.assumption, "unknown", None, None)


def _no_plan(setting: Setting, solution: Solution) -> Proposal:
    infeasible = solution.status is Status.INFEASIBLE
    return replace(unknown(setting), status="infeasible" if infeasible else "unknown")


def checked(question: Question, solution: Solution, clock: Clock) -> Proposal:
    """An answer in the words of the domain, every rule judged from the inputs.

    Raises
    ------
    AnswerRejected
        When the answer does not hold.
    """
    assembly = question.full
    proposal = _proposal(assembly, solution)
    clock.lap("decode")
    held = holding(proposal, solution, assembly.inst.setting, funding=assembly.funding)
    clock.lap("verify")
    return held


def _proposal(assembly: Assembly, solution: Solution) -> Proposal:
    setting = assembly.inst.setting
    assert solution.x is not None
    x = whole_values(assembly, solution.x)
    plans = decode(assembly, x)
    draft = Proposal(
        setting.name, setting.assumption, "feasible", None, None, cases=plans,
        applications=applications(assembly, x, plans),
    )  # fmt: skip
    return priced(draft, solution, assembly.program.arrays, setting)


def priced(
    draft: Proposal, solution: Solution, arrays: Arrays, setting: Setting
) -> Proposal:
    """A plan with its exact value, and what its solver's bound proves.

    Raises
    ------
    AnswerRejected
        When the solver claims what the plan does not give.
    """
    terms = exact_terms(draft, setting)
    objective = sum((term.points for term in terms), Fraction(0))
    _as_claimed(solution, float(objective))
    bound = proven_bound(arrays, objective, solution.bound)
    return replace(
        draft, objective=objective, bound=bound, terms=terms,
        status="optimal" if bound == objective else "feasible",
    )  # fmt: skip


def _as_claimed(solution: Solution, exact: float) -> None:
    """Refuse a plan worth less than its solver states, or more than its bound.

    It may be worth more than stated: short of the best, an answer need not count
    every point that its decisions bring.
    """
    claimed, bound = solution.objective, solution.bound
    slack = VALUE_ERROR * max(1.0, abs(exact))
    if claimed is not None and claimed - exact > slack:
        raise AnswerRejected(
            f"{solution.backend} states {claimed!r} points, the plan gives {exact!r}"
        )
    if bound is not None and exact - bound > slack:
        raise AnswerRejected(
            f"{solution.backend} says that no plan brings more than {bound!r} points, "
            f"its own plan gives {exact!r}"
        )


def describe(stage: Stage) -> dict[str, Any]:
    """How a stage was solved, for the manifest."""
    arrays = stage.question.asked.program.arrays
    return {
        **described(stage.solution),
        "rows": arrays.num_rows,
        "columns": arrays.num_columns,
        "entries": arrays.num_entries,
        "program": arrays.digest(),
    }


def described(solution: Solution) -> dict[str, Any]:
    """How a solve went."""
    return {
        "backend": solution.backend,
        "version": solution.version,
        "native_status": solution.native_status,
        "stop": str(solution.stop),
        "seconds": round(solution.seconds, 3),
    }
