"""Plan for a yes and for a no of the one instrument whose answer is awaited.

Both plans come out of one program (`formulation.fallback`), so that nothing begins at
once that the other plan could not bear. Their money is settled together.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.backends.contract import WHOLE_ONLY
from matcher.engine.cents import whole_cents
from matcher.engine.certify import proven_bound
from matcher.engine.polish import of_members, preferred
from matcher.engine.stages import as_proven, holding, priced, unknown
from matcher.formulation.assemble import assemble
from matcher.formulation.decode import applications, decode, whole_values
from matcher.formulation.fallback import begins_now, paired
from matcher.program.solution import Status, Stop
from matcher.proposal.proposal import Fallback
from matcher.verify.verify import exact_terms, verify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matcher.engine.solving import Task
    from matcher.engine.stages import Stage
    from matcher.formulation.bind import BoundTerm
    from matcher.formulation.fallback import Pair
    from matcher.problem.instance import Floats
    from matcher.program.program import Arrays
    from matcher.program.solution import Solution
    from matcher.proposal.proposal import Application, CasePlan, Proposal
    from matcher.scenario.setting import Setting

STOPPED: Final = "interrupted: the best plan found so far"


def with_fallback(
    plain: Stage, setting: Setting, terms: Sequence[BoundTerm], task: Task
) -> tuple[Proposal, Solution | None]:
    """The best plan for a yes with its fallback for a no, and how it was solved.

    Parameters
    ----------
    plain
        The fundable plan of the same setting if no answer is awaited; with no case to
        be launched after a no it is the answer where nothing better is found in time.
    setting
        The setting, which awaits the answer of an instrument in play.
    terms
        Objective terms.
    task
        Workers and limits.

    Raises
    ------
    SolverFailed
        When the backend failed to work at all.
    AnswerRejected
        When the answer does not hold against the inputs.
    """
    if plain.solution.stop is Stop.INTERRUPTED:
        return with_nothing_later(plain, setting), None
    inst = plain.question.full.inst
    f = inst.labels.instruments.index[setting.wait_for or ""]
    chance = _chance(setting)
    yes, no = (
        assemble(inst, terms, funding=True, awaited=awaited) for awaited in (f, None)
    )
    pair = paired(yes, no, f, float(chance))
    answer, x = _answered(pair, task)
    answer = as_proven(answer, no)
    if answer.status is Status.INFEASIBLE:
        nothing = replace(unknown(setting), status="infeasible")
        return replace(nothing, conflict=_conflict(setting)), answer
    bound = answer.bound
    known = with_nothing_later(plain, setting, (pair.arrays, bound))
    interrupted = answer.stop is Stop.INTERRUPTED
    if x is not None:
        draft = _decoded(pair, x, f, chance, unknown(setting))
        proposal = holding(priced(draft, answer, pair.arrays, setting), answer, setting)
        task.clock.lap("verify")
        if known.objective is None or _worth(known) <= _worth(proposal):
            known = replace(proposal, notes=())
    return replace(known, notes=(STOPPED,)) if interrupted else known, answer


def with_nothing_later(
    plain: Stage, setting: Setting, claim: tuple[Arrays, float | None] | None = None
) -> Proposal:
    """The plan without a fallback as one in which nothing is launched after a no.

    Parameters
    ----------
    plain
        The fundable plan if no answer is awaited.
    setting
        The setting, which awaits an answer.
    claim
        The program of both plans, and the bound that its solver claims.

    Returns an unknown answer where what goes on after a no breaks a rule by itself.
    """
    awaited, found = setting.wait_for or "", plain.proposal
    going_on = [plan for plan in found.cases if awaited not in plan.payers]
    back = Fallback(awaited, _chance(setting), (), _made(found, going_on))
    terms = exact_terms(replace(found, fallback=back), setting)
    objective = sum((term.points for term in terms), Fraction(0))
    bound = None if claim is None else proven_bound(claim[0], objective, claim[1])
    proposal = replace(
        unknown(setting), objective=objective, bound=bound, terms=terms,
        cases=found.cases, applications=found.applications, fallback=back,
        status="optimal" if bound == objective else "feasible",
    )  # fmt: skip
    return proposal if verify(proposal, setting).holds else unknown(setting)


def _made(found: Proposal, plans: Sequence[CasePlan]) -> tuple[Application, ...]:
    """The applications of a proposal, as far as they are about some of its cases."""
    kept = []
    for made in found.applications:
        here = [plan for plan in plans if plan.case in made.cases]
        grant = sum(
            p.amount for plan in here for p in plan.funding
            if p.instrument == made.instrument
        )  # fmt: skip
        if here:
            cases = tuple(plan.case for plan in here)
            kept.append(replace(made, cases=cases, grant=grant))
    return tuple(kept)


def _chance(setting: Setting) -> Fraction:
    success = setting.instruments[setting.wait_for or ""].success
    assert success is not None  # an instrument without a chance is not awaited
    return success.share


def _worth(proposal: Proposal) -> Fraction:
    assert proposal.objective is not None
    return proposal.objective


def _conflict(setting: Setting) -> tuple[Mapping[str, str], ...]:
    told = (
        "no plan for a yes has one for a no beside it that keeps every rule by itself"
    )
    return ({
        "rule": "", "subject": setting.wait_for or "", "sentence": told, "lines": "",
    },)  # fmt: skip


def _answered(pair: Pair, task: Task) -> tuple[Solution, Floats | None]:
    """Both plans with their money in whole cents.

    Where money cannot be settled, or nothing is said to be possible, the exact solver
    has the last word.
    """
    arrays, chosen, exact = pair.arrays, task.workers.chosen, task.workers.exact
    if chosen.name not in WHOLE_ONLY:
        answer = task.answered(arrays)
        x = None if answer.x is None else _settled(pair, answer.x, task)
        lost = answer.x is not None and x is None
        if not lost and answer.status is not Status.INFEASIBLE:
            return answer, x
        if answer.stop is Stop.INTERRUPTED:
            return answer, None
    answer = task.answered(arrays, exact)
    x = None if answer.x is None else _settled(pair, answer.x, task)
    return answer, answer.x if x is None else x


def _settled(pair: Pair, x: Floats, task: Task) -> Floats | None:
    """Whole cents in both plans; those pay that the solver had pay."""
    yes, no = pair.split(x)
    both = whole_values(pair.yes, yes), whole_values(pair.no, no)
    decided = np.concatenate(both)
    live = np.concatenate([of_members(pair.yes, both[0]), of_members(pair.no, both[1])])
    points = np.concatenate([preferred(pair.yes), preferred(pair.no)])
    whole = pair.arrays.integer
    decided = np.where(whole | live, decided, 0.0)
    workers = task.workers
    settled = whole_cents(
        pair.arrays, points, decided, ~whole & live, workers.smooth, workers.exact
    )
    task.clock.lap("settle")
    return settled


def _decoded(
    pair: Pair, x: Floats, instrument: int, chance: Fraction, proposal: Proposal
) -> Proposal:
    """Both plans in the words of the domain, without value."""
    yes, no = pair.split(x)
    now = begins_now(pair, instrument, yes)
    plans, others = decode(pair.yes, yes), decode(pair.no, no)
    cases = pair.yes.inst.labels.cases
    fallback = Fallback(
        instrument=pair.yes.inst.labels.instruments.ids[instrument], chance=chance,
        cases=tuple(plan for plan in others if not now[cases.index[plan.case]]),
        applications=applications(pair.no, no, others),
    )  # fmt: skip
    return replace(
        proposal, cases=plans, applications=applications(pair.yes, yes, plans),
        fallback=fallback,
    )  # fmt: skip
