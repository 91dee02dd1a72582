"""Every term: the exact value of a plan by hand, and the program's points for it."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.engine.run import prepare
from matcher.errors import InputError
from matcher.formulation.assemble import Assembly, assemble
from matcher.formulation.bind import bind
from matcher.objectives import all_terms
from matcher.program.solution import SolveOptions, Status
from matcher.proposal.facts import Facts
from tests.objectives.scenes import TERMS, VARIANTS, only, value
from tests.tiny import PLAIN, proposed, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.backends.client import Worker
    from matcher.program.program import Arrays
    from matcher.proposal.proposal import CasePlan
    from tests.tiny import Scene

EACH = [
    pytest.param(valued.term, valued.scene, worth, plans, id=f"{valued.term}: {what}")
    for valued in (*TERMS, *VARIANTS)
    for what, worth, plans in valued.plans
]
every_plan = pytest.mark.parametrize(("term", "what", "worth", "plans"), EACH)


def decisions(assembly: Assembly, plans: tuple[CasePlan, ...]) -> Arrays:
    """The program with the decisions of a plan fixed, what follows from them free."""
    arrays, cols, labels = (
        assembly.program.arrays,
        assembly.layout,
        assembly.inst.labels,
    )
    wanted = {f"open[{p.case}]": 1 for p in plans}
    for p in plans:
        wanted |= {f"member[{r},{p.case}]": 1 for r in p.members}
        wanted |= {f"observer[{r},{p.case}]": 1 for r in p.observers}
        wanted[f"lead[{p.lead},{p.case}]"] = 1
        for role in p.roles:
            name = f"{p.case}/{role.capability}/best"
            wanted |= {f"provide[{name},{r}]": 1 for r in role.providers}
        for e in p.exchanges:
            asset = f"{e.provider}/{e.capability}"
            need = f"{e.receiver}/{e.capability}/{e.min_level}+"
            wanted[f"exchange[{asset},{need},{p.case}]"] = e.units
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    fixed = (
        cols.open,
        cols.member,
        cols.lead,
        cols.observer,
        cols.provide,
        cols.moves.pair,
    )
    for look_up in fixed:
        for column in look_up[look_up >= 0]:
            label = assembly.program.column_label(int(column))
            lower[column] = upper[column] = wanted.pop(label, 0)
    assert not wanted, f"no column in {labels.cases.ids} for {wanted}"
    return dataclasses.replace(arrays, lower=lower, upper=upper)


@every_plan
def test_the_value_is_the_sum_by_hand(
    tmp_path: Path, term: str, what: Scene, worth: str, plans: tuple[CasePlan, ...]
) -> None:
    """The exact value of the plan is the sum worked out by hand."""
    setting = tiny(tmp_path, what)
    (bound,) = bind(setting)
    found = all_terms()[term].value(Facts(setting), proposed(*plans), bound.parameters)
    assert isinstance(found, Fraction)
    assert found == value(worth)


@every_plan
def test_the_program_gives_the_same_points(
    tmp_path: Path, highs: Worker, term: str, what: Scene, worth: str,
    plans: tuple[CasePlan, ...],
) -> None:  # fmt: skip
    """With the plan's decisions fixed the program is worth weight times value."""
    inst, terms = prepare(tiny(tmp_path, what))
    assembly = assemble(inst, terms, funding=False, pairwise=True)
    arrays = decisions(assembly, plans)
    answer = highs.solve(arrays, SolveOptions())
    assert answer.status is Status.OPTIMAL
    assert answer.objective == pytest.approx(float(terms[0].weight * value(worth)))


def test_every_term_is_valued() -> None:
    """No term is left without plans by hand; each has one that is worth something."""
    assert [valued.term for valued in TERMS] == list(all_terms())
    for valued in TERMS:
        assert any(value(worth) for _, worth, _ in valued.plans)


def test_an_unknown_term_is_told_with_the_nearest(tmp_path: Path) -> None:
    """A misspelled term is no silent zero."""
    with pytest.raises(InputError, match='did you mean "cohesion"'):
        prepare(tiny(tmp_path, only(PLAIN, "cohesoin", 1)))


def test_a_term_of_weight_zero_is_reported_and_adds_nothing(tmp_path: Path) -> None:
    """Weight zero is a statement: the term is there, its points are nil."""
    inst, terms = prepare(tiny(tmp_path, only(
        PLAIN, "coordination_cost", 0, per_case=1, per_state=1)))  # fmt: skip
    assert [(bound.name, bound.weight) for bound in terms] == [("coordination_cost", 0)]
    assert not assemble(inst, terms, funding=False).program.arrays.objective.any()
