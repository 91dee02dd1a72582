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
from tests.tiny import (
    ONE,
    PAID,
    PLAIN,
    POOLED,
    TRADE,
    cited,
    club,
    grant,
    scene,
    tiny,
)  # fmt: skip

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
    pytest.param(
        scene(PAID, settings=OPEN, books={"club": club(consortium={"required": [
            {"scheme": "worth", "categories": ["one"], "min_regions": cited(1),
             "substantive": {"min_share": cited(0.1)}}]})}),
        [("pins", "D1"), ("substantive_mix", "D1")],
        id="what nobody does is no matter of shares of the cost",
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
    assert lines["case_state"] == "cases.csv:3: it is done"
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
    assert lines["p, A"] == "budgets.csv:2: p pays A at most EUR 1"
    assert lines["p, C"] == "budgets.csv:4: p pays C at most EUR 1"


WORDS = [
    ("more members than regions", "consortium_size",
     "cases.csv:2: it needs at least 4 members, but only 3 of 3 regions may join"),
    ("nobody is committed enough to lead", "commitment",
     "commitments.csv; club.yaml: a lead needs commitment level 3, which none of 3 "
     "regions have"),
    ("nobody is committed enough to lead", "one_lead",
     "it needs one lead, but none of 3 regions may lead it"),
    ("too few cases are left", "case_state", "cases.csv:3: it is done"),
    ("the money does not reach", "cost_balance",
     "costs.csv:2: it costs at least EUR 1,000, but the 3 regions that may join can "
     "raise at most EUR 950, EUR 900 of it their own"),
    ("the money does not reach", "envelope", "g.yaml: g has EUR 50 in all"),
    ("the money does not reach", "own_money",
     "regions.csv:2: A has EUR 300 of its own"),
]  # fmt: skip


@pytest.mark.parametrize(("scenario", "rule", "lines"), WORDS)
def test_figures_stand_behind_their_lines(
    tmp_path: Path, solve: Solve, scenario: str, rule: str, lines: str
) -> None:
    """Where a rule can count, the conflict tells what is asked and what there is."""
    what = next(case.values[0] for case in CONFLICTS if case.id == scenario)
    told = solve(tiny(tmp_path, what)).conflict
    assert next(part for part in told if part["rule"] == rule)["lines"] == lines


BOTH = {"pins": [{"case": "D1"}, {"case": "D2"}]}
EACH = "case,capability,kind,min_amount\nD1,K,exchange,2\nD2,K,exchange,2\n"
SHARED = [
    (scene(TRADE, cases="case,name\nD1,a\nD2,b\n", roles=EACH),
     "asset_capacity", "assets.csv:2: A/K has 3 units for other regions"),
    (scene(TRADE, cases="case,name\nD1,a\nD2,b\n", roles=EACH,
           needs="region,capability,amount,min_level\nB,K,3,1\n",
           assets="region,capability,level,capacity\nA,K,2,9\n"),
     "need_once", "needs.csv:2: B/K needs 3 units of other regions"),
    (scene(PLAIN, cases={c: {"effort_per_partner": 2, "min_partners": 3}
                         for c in ("D1", "D2")},
           regions={"A": {"effort_capacity": 3}, "B": {"effort_capacity": "unlimited"},
                    "C": {"effort_capacity": "unlimited"}}),
     "effort", "regions.csv:2: A has 3 FTE for all its cases"),
    (scene(PLAIN, cases={c: {"min_partners": 3} for c in ("D1", "D2")},
           staff="region,skill,capacity\nA,legal,3\nB,legal,9\nC,legal,unlimited\n",
           skill_effort="case,skill,per_partner\nD1,legal,2\nD2,legal,2\n"),
     "skill_effort", "staff.csv:2: A has 3 FTE of legal for all its cases"),
    (scene(PLAIN, cases={c: {"min_partners": 3} for c in ("D1", "D2")},
           regions={"B": {"max_cases": 1}}),
     "workload", "regions.csv:3: B can take part in 1 at most"),
    (scene(PLAIN, cases={c: {"exclusive_group": "twins"} for c in ("D1", "D2")}),
     "exclusive_group", "cases.csv:2; cases.csv:3: of group twins (D1, D2) only one "
     "case may be launched"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "rule", "lines"), SHARED)
def test_what_cases_share_is_told_with_its_amount(
    tmp_path: Path, solve: Solve, what: Scene, rule: str, lines: str
) -> None:
    """A limit over all cases together is told where it is written, and how large."""
    told = solve(tiny(tmp_path, scene(what, settings=BOTH))).conflict
    assert rule in {part["rule"] for part in told}, told
    assert next(part for part in told if part["rule"] == rule)["lines"] == lines


def test_a_region_named_like_a_case_keeps_its_own_line(
    tmp_path: Path, solve: Solve
) -> None:
    """Rows that cases share are traced by their rule, never to a case of that name."""
    regions = "region,name,state,category.worth,own_budget\nD1,Alder,S1,one,300\n"
    what = scene(PAID, settings=OPEN, books={"g": None}, regions=regions)
    lines = {
        part["rule"]: part["lines"] for part in solve(tiny(tmp_path, what)).conflict
    }
    assert lines["own_money"] == "regions.csv:2: D1 has EUR 300 of its own"
    assert lines["cost_balance"].startswith("costs.csv:2: it costs at least EUR 1,000")


def test_a_limit_of_the_rulebook_is_not_blamed_on_the_scenario(
    tmp_path: Path, solve: Solve
) -> None:
    """Where only the rulebook limits the number of cases, its file is named."""
    pins = {"pins": [{"case": "D1"}, {"case": "D2"}]}
    what = scene(PLAIN, settings=pins, books={"club": club(max_cases=cited(1))})
    lines = {
        part["rule"]: part["lines"] for part in solve(tiny(tmp_path, what)).conflict
    }
    assert lines["case_count"] == "club.yaml:1"
