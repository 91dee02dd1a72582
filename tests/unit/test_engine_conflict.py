"""Why nothing is possible: the smallest set of rules, confirmed by dropping each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_array

from matcher.engine.conflict import explain_conflict, grouped, smallest_conflict
from matcher.engine.run import prepare
from matcher.formulation import structure
from matcher.formulation.assemble import assemble
from matcher.program.program import Arrays
from matcher.program.solution import SolveOptions, Status
from tests.tiny import ONE, PAID, PLAIN, POOLED, cited, club, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.backends.client import Worker
    from tests.conftest import Solve
    from tests.tiny import Scene

OPEN = {"pins": [{"case": "D1"}]}
CONFLICTS = [
    pytest.param(
        scene(ONE, settings={"pins": [
            {"case": "D1", "region": r, "role": "lead"} for r in "AB"]}),
        [("one_lead", "D1"), ("pins", "A lead of D1"), ("pins", "B lead of D1")],
        id="two leads are asked for",
    ),
    pytest.param(
        scene(ONE, settings=OPEN, cases={"D1": {"min_partners": 4}}),
        [("consortium_size", "D1"), ("pins", "D1")], id="more members than regions",
    ),
    pytest.param(
        scene(ONE, settings=OPEN, commitments="region,level\nA,1\n", books={
            "club": club(commitment=[{"role": "lead", "level": cited(3)}])}),
        [("commitment", "D1"), ("one_lead", "D1"), ("pins", "D1")],
        id="nobody is committed enough to lead",
    ),
    pytest.param(
        scene(PLAIN, settings={"limits": {"min_cases": 2}},
              cases={"D2": {"state": "done"}}),
        [("case_count", "fewest"), ("case_state", "D2")],
        id="too few cases are left",
    ),
    pytest.param(
        scene(PAID, settings=OPEN, books={"g": grant(envelope=cited(50))}),
        [("cost_balance", "D1"), ("envelope", "g"), ("own_money", "A"),
         ("own_money", "B"), ("own_money", "C"), ("pins", "D1")],
        id="the money does not reach",
    ),
]  # fmt: skip
each = pytest.mark.parametrize(("what", "core"), CONFLICTS)


def only(arrays: Arrays, rows: np.ndarray) -> Arrays:
    """The program with some of its rows."""
    shape = arrays.num_rows, arrays.num_columns
    whole = csr_array((arrays.data, arrays.indices, arrays.indptr), shape=shape)
    part = whole[np.sort(rows)]
    return Arrays(
        indptr=part.indptr.astype(np.int64), indices=part.indices.astype(np.int64),
        data=part.data.copy(), row_lower=arrays.row_lower[np.sort(rows)],
        row_upper=arrays.row_upper[np.sort(rows)], lower=arrays.lower,
        upper=arrays.upper, objective=arrays.objective, integer=arrays.integer,
    )  # fmt: skip


@each
def test_the_rules_in_conflict_are_told(
    tmp_path: Path, solve: Solve, what: Scene, core: list[tuple[str, str]]
) -> None:
    """An infeasible scenario comes back with the conflict, its words and its lines."""
    proposal = solve(tiny(tmp_path, what))
    assert (proposal.status, proposal.objective, proposal.cases) == (
        "infeasible",
        None,
        (),
    )
    assert [(part["rule"], part["subject"]) for part in proposal.conflict] == core
    assert all(
        part["sentence"] for part in proposal.conflict if part["rule"] != "envelope"
    )
    assert any(part["lines"] for part in proposal.conflict)


@each
def test_no_smaller_set_is_a_conflict(
    tmp_path: Path, highs: Worker, what: Scene, core: list[tuple[str, str]]
) -> None:
    """Together the groups leave no plan; without any single one there is one."""
    inst, _ = prepare(tiny(tmp_path, what))
    program = assemble(inst, (), funding=True, every_column=True).program
    groups = grouped(program, inst.labels.cases.ids)
    found = smallest_conflict(program.arrays, groups, highs)
    assert found == core
    basis = [rows for (rule, _), rows in groups.items() if rule == structure.NAME]

    def status(kept: list[tuple[str, str]]) -> Status:
        rows = np.concatenate([*basis, *(groups[group] for group in kept)])
        return highs.solve(only(program.arrays, rows), SolveOptions()).status

    assert status(found) is Status.INFEASIBLE
    for dropped in found:
        assert status([group for group in found if group != dropped]) is Status.OPTIMAL


def test_groups_cover_every_row_once(tmp_path: Path) -> None:
    """Rows are told apart by rule and case, or by what couples the cases."""
    inst, _ = prepare(tiny(tmp_path, PAID))
    program = assemble(inst, (), funding=True, every_column=True).program
    groups = grouped(program, inst.labels.cases.ids)
    rows = np.sort(np.concatenate(list(groups.values())))
    assert np.array_equal(rows, np.arange(program.arrays.num_rows))
    assert {subject for rule, subject in groups if rule == "own_money"} == {
        "A",
        "B",
        "C",
    }


def test_a_feasible_scenario_has_no_conflict(tmp_path: Path, highs: Worker) -> None:
    """Where a plan exists nothing is blamed."""
    inst, _ = prepare(tiny(tmp_path, PAID))
    assert explain_conflict(inst, highs, funding=True) == ()


def test_lines_lead_to_the_input(tmp_path: Path, solve: Solve) -> None:
    """Each part of the conflict names the file and line to look at."""
    what = scene(PLAIN, settings={"limits": {"min_cases": 2}},
                 cases={"D2": {"state": "done"}})  # fmt: skip
    lines = {p["rule"]: p["lines"] for p in solve(tiny(tmp_path, what)).conflict}
    assert lines["case_state"] == "cases.csv:3"
    text = (tmp_path / "scenario.yaml").read_text("utf-8").splitlines()
    file, _, number = lines["case_count"].partition(":")
    assert file == "scenario.yaml"
    assert '"limits"' in text[int(number) - 1]


def test_a_limit_on_money_is_traced_to_its_row_of_budgets(
    tmp_path: Path, solve: Solve
) -> None:
    """The line behind a region's cap is its row of budgets, not the rulebook."""
    rows = "instrument,region,amount\np,A,1\np,B,1\np,C,1\n"
    proposal = solve(tiny(tmp_path, scene(POOLED, settings=OPEN, budgets=rows)))
    lines = {part["subject"]: part["lines"] for part in proposal.conflict}
    assert (lines["p, A"], lines["p, C"]) == ("budgets.csv:2", "budgets.csv:4")
