"""What blanks mean, what is odd but no fault, and limits that are just kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from matcher.errors import InputError
from matcher.scenario.columns import BLANK, MOST_POINTS, UNKNOWN
from matcher.scenario.completeness import completeness
from matcher.scenario.load import load
from matcher.scenario.manual import generated
from matcher.scenario.records import RECORDS, declared
from matcher.scenario.values import MOST_SECONDS
from tests.faults.input.corpus import BASE, lay_out
from tests.tiny import ONE, PAID, scene, tiny, tiny_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Solve

OPTIONAL = [
    (record.TABLE, header, spec)
    for record in RECORDS
    for header, (_, spec) in declared(record).items()
    if not spec.required
]


@pytest.mark.parametrize(("table", "header", "spec"), OPTIONAL)
def test_every_optional_column_says_what_a_blank_means(
    table: str, header: str, spec: Any
) -> None:
    """A reader need not guess, and a stated default is one that is read so."""
    assert spec.doc.count(BLANK) == 1
    assert spec.meaning
    assert spec.if_blank
    if spec.blank not in (None, "", ()):
        assert re.search(rf"\b{spec.blank}\b", spec.if_blank)
        assert not spec.unknown_if_blank


def test_the_manual_leaves_no_blank_unexplained() -> None:
    """Every line of every table of columns has four filled cells."""
    text = generated()["docs/scenario-format.md"]
    part = text.partition("## Tables\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    assert len(lines) == sum(len(declared(record)) for record in RECORDS)
    assert not [line for line in lines if re.search(r"(?<!\\)\|\s*\|", line)]


def test_blanks_with_a_meaning_are_not_unknown(tmp_path: Path) -> None:
    """A limit that is not stated is known: there is none. A readiness is not."""
    scenario = load(lay_out(BASE.name, tmp_path / "s"))
    states = {state.table: state for state in completeness(scenario).tables}
    assert states["regions"].unknown == {}
    assert states["regions"].defaults == {"max_cases": 1}
    assert states["cases"].unknown == {"trl_start": 1, "trl_end": 1}
    assert states["cases"].defaults == {"min_partners": 1, "max_partners": 1}
    assert states["commitments"].defaults == {"case": 2, "expires": 2}
    assert states["assets"].unknown == states["assets"].defaults == {}  # only dates


def test_an_unknown_figure_is_counted_as_unknown(tmp_path: Path) -> None:
    """A blank capacity exchanges nothing until somebody fills it in."""
    folder = lay_out(BASE.name, tmp_path / "s")
    path = folder / "assets.csv"
    path.write_text(path.read_text("utf-8").replace("3,10,", "3,,"), "utf-8")
    state = {s.table: s for s in completeness(load(folder)).tables}["assets"]
    assert state.unknown == {"capacity": 1}
    assert dict(declared(RECORDS[2]))["capacity"][1].if_blank.startswith(UNKNOWN)


def test_a_blank_counts_only_in_rows_of_the_kind_that_uses_it(tmp_path: Path) -> None:
    """A sum of levels means nothing to a role that asks for a level of each."""
    roles = "case,capability,kind,min_level,min_total,min_providers,min_amount\n"
    what = scene(ONE, capabilities="capability\nK\nL\n",
                 roles=f"{roles}D1,K,best,,,,\nD1,L,best,1,,,\nD1,L,total,,,,\n"
                 "D1,K,exchange,,,,\n")  # fmt: skip
    states = {s.table: s for s in completeness(tiny_scenario(tmp_path, what)).tables}
    assert states["roles"].unknown == {}
    assert states["roles"].defaults == {
        "min_level": 1, "min_total": 1, "min_providers": 2, "min_amount": 1,
    }  # fmt: skip


FORMS = "put the value in quotes, or write lines such as key: value"


@pytest.mark.parametrize(
    ("key", "value", "problem", "remedy"),
    [
        ("objective", "null", "objective: a text or a mapping is needed, found null",
         FORMS),
        ("objective", "[1]", "objective: a text or a mapping is needed, found a list",
         FORMS),
        ("objective", "{scope: much}", "objective.scope: a number is needed, found "
         "'much'", "write a number: 0.5"),
        ("tables", "{cases: 3}", "tables.cases: a text or a mapping is needed, found 3",
         FORMS),
        ("tables", "{cases: {decimal: '.'}}", 'key "file" is missing', "add it"),
        ("pins", "[3]", "pins.0: a mapping is needed, found 3",
         "write lines such as key: value"),
    ],
)  # fmt: skip
def test_a_value_with_several_forms_is_one_fault(
    key: str, value: str, problem: str, remedy: str, tmp_path: Path
) -> None:
    """One that has none of them is told once; else only what its form lacks."""
    text = f"format: 1\ntitle: Forms\n{key}: {value}\n"
    (tmp_path / "scenario.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        load(tmp_path)
    (fault,) = error.value.faults
    assert (fault.place.line, fault.problem, fault.remedy) == (3, problem, remedy)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("needs.csv", "L,2,1", "L,0,1", "needs.csv:2: an amount of 0 asks for nothing"),
        ("budgets.csv", "3000", "0", "budgets.csv:2: an amount of 0 pays nothing"),
        ("costs.csv", "007,1,800", "007,1,800000000",
         "costs.csv:2, column amount says 1200, line 3 says 800000000: is one of them "
         "in another unit?"),
    ],
)  # fmt: skip
def test_odd_figures_are_noticed(
    name: str, old: str, new: str, told: str, tmp_path: Path
) -> None:
    """Zero needs and money, and figures in mixed units, are told and accepted."""
    folder = lay_out(BASE.name, tmp_path / "s")
    assert load(folder).notices == ()
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert load(folder).notices == (told,)


def test_a_fault_under_an_assumption_names_it(tmp_path: Path) -> None:
    """The figure of the table is sound, so the line of the assumption is told."""
    with pytest.raises(InputError) as told:
        tiny_scenario(tmp_path, ONE, settings={"assumptions": {
            "slip": {"set": {"cases.D1.min_partners": 3, "cases.D1.max_partners": 2}},
            "typo": {"set": {"regions.A.max_cases": "-1"}},
        }})  # fmt: skip
    order, figure = sorted(told.value.faults, key=lambda fault: fault.code)
    assert (order.code, figure.code) == ("OUT_OF_ORDER", "OUT_OF_RANGE")
    assert 'under the assumption "slip"' in order.problem
    assert 'under the assumption "typo"' in figure.problem
    text = (tmp_path / "scenario.yaml").read_text("utf-8").splitlines()
    assert "regions.A.max_cases" in text[figure.place.line - 1]


@pytest.mark.parametrize("weight", [0, MOST_POINTS])
def test_weights_at_their_limits_are_solved(
    weight: int, tmp_path: Path, solve: Solve
) -> None:
    """What is accepted is also proven and verified."""
    setting = tiny(tmp_path, ONE, objective={"weights": {"cohesion": weight}})
    proposal = solve(setting)
    assert (proposal.status, proposal.objective) == ("optimal", 7 * weight)


def test_numbers_at_their_limits_are_accepted(tmp_path: Path) -> None:
    """The largest time limit and the smallest need are fine."""
    what = scene(PAID, settings={"solve": {"time_limit": MOST_SECONDS}})
    assert tiny(tmp_path, what).solve.time_limit == MOST_SECONDS


def test_a_part_may_be_too_fine(tmp_path: Path) -> None:
    """Parts multiply digits; beyond what any figure has they are refused."""
    what = scene(ONE, regions={"A": {"effort_capacity": "0.1234567890123456"}})
    fine = {"set": {"regions.A.effort_capacity": "0.1234567890123456x"}}
    with pytest.raises(InputError, match="too many decimals"):
        tiny_scenario(tmp_path, what, settings={"assumptions": {"a": fine}})
