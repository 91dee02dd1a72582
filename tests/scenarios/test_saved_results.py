"""A saved result stands on its own, and no damage to it goes unnoticed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import matcher
from matcher.proposal.jsonform import dumps, from_json, loads, to_json
from tests.faults.output.forging import seal
from tests.scenarios.conftest import call, document, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def rewrite(folder: Path, change: Callable[[Any], object]) -> None:
    """Change a proposal, and the manifest so that only the rules can tell."""
    path = folder / "proposal.json"
    data = json.loads(path.read_text("utf-8"))
    change(data)
    path.write_text(dumps(data), "utf-8")
    seal(folder)


def first(data: Any, part: str) -> Any:
    """First entry of a part of the first case that has any."""
    return next(case[part][0] for case in data["cases"] if case[part])


def one_cent_more(data: Any) -> None:
    """A payment of one cent more than the costs."""
    first(data, "funding")["amount"] += 0.01


def one_partner_less(data: Any) -> None:
    """A partner is struck out, and stays in what it brings."""
    data["cases"][0]["partners"].pop()


def more_points(data: Any) -> None:
    """The stated objective is one point too high."""
    data["objective"] += 1


def lower_bound(data: Any) -> None:
    """A bound below the plan."""
    data["bound"] = data["objective"] - 1


def no_needed(data: Any) -> None:
    """Without the needed plan nobody would look at the money."""
    del data["needed"]


def no_plan(data: Any) -> None:
    """A plan without a value would not be judged."""
    data["objective"] = None


def wrong_gap(data: Any) -> None:
    """The gap does not follow from objective and bound."""
    data["gap"] = 0.5


def other_verdict(data: Any) -> None:
    """A verdict that is not the one that was written."""
    data["verdict"]["holds"] = False


def strange_lead(data: Any) -> None:
    """A lead of the wrong kind of value."""
    data["cases"][0]["lead"] = ["LAK"]


def unknown_region(data: Any) -> None:
    """A region that does not exist."""
    data["cases"][0]["partners"].append("XX9")


def more_units(data: Any) -> None:
    """An exchange of more than the need."""
    first(data, "exchanges")["units"] += 1000


@pytest.mark.parametrize(
    "change",
    [
        one_cent_more, one_partner_less, more_points, lower_bound, no_needed, no_plan,
        wrong_gap, other_verdict, strange_lead, unknown_region, more_units,
    ],
)  # fmt: skip
def test_a_forged_proposal_is_found(
    result: Path, change: Callable[[Any], None]
) -> None:
    """Code 9, although the manifest was forged as well."""
    rewrite(result, lambda _: None)
    assert call("verify", result).exit_code == 0
    rewrite(result, change)
    told = call("verify", result)
    assert told.exit_code == 9, told.output
    assert "broken" in told.stdout or "damaged" in told.stdout
    shown = document(call("verify", result, "--json").stdout)
    assert not shown["holds"]
    assert shown["broken"] or shown["damaged"]


@pytest.mark.parametrize(
    "name",
    ["proposal.json", "cases.csv", "funding.csv", "rules.csv", "manifest.json",
     "inputs/regions.csv", "inputs/scenario.yaml"],
)  # fmt: skip
@pytest.mark.parametrize("text", ["", "{", '"', "[" * 100_000, "a,b\n1\n", None])
def test_damaged_files_are_named(result: Path, name: str, text: str | None) -> None:
    """Code 9 and the file's name, whatever happened to it."""
    if text is None:
        (result / name).unlink()
    else:
        (result / name).write_text(text)
    told = call("verify", result)
    assert told.exit_code == 9, told.output
    assert name in told.stdout
    assert "Traceback" not in told.output


def test_a_forged_table_is_found(result: Path) -> None:
    """A table must say what the proposal says."""
    path = result / "funding.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("own,", "vinnovate,", 1), "utf-8")
    told = call("verify", result)
    assert told.exit_code == 9
    assert "damaged: funding.csv: does not say what proposal.json says" in told.stdout


def test_a_folder_that_is_no_result_is_bad_input(tmp_path: Path) -> None:
    """Code 3: there is nothing to verify."""
    assert call("verify", tmp_path).exit_code == 3
    assert call("verify", tmp_path / "nothing").exit_code == 3


def test_verify_needs_no_scenario_and_no_solver(tmp_path: Path) -> None:
    """The scenario may be gone; neither engine nor backends are loaded."""
    scenario, out = tmp_path / "mine", tmp_path / "out"
    assert call("init", scenario).exit_code == 0
    words = ("--assumption", "no-erdf", "--out", out)
    assert call("solve", scenario, *words).exit_code == 0
    shutil.rmtree(scenario)
    code = (
        "import sys; from matcher.cli import main\n"
        f"sys.argv = ['matcher', 'verify', {str(out)!r}]\n"
        "try:\n    main()\n"
        "finally:\n    print(*sys.modules, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout
    loaded = set(ended.stderr.split())
    assert not loaded & {"highspy", "ortools", "pulp", "pandas"}
    assert not [
        m for m in loaded if m.startswith(("matcher.backends", "matcher.engine"))
    ]


def test_verify_as_a_real_command(result: Path) -> None:
    """One JSON document with everything that was found."""
    ended = run("verify", result, "--json")
    assert ended.returncode == 0
    shown = document(ended.stdout)
    assert shown["holds"]
    assert not shown["broken"]
    assert shown["checks"] > 100


def test_proposal_comes_back_from_its_file(solved: Path) -> None:
    """Reading what was written gives the same values."""
    text = (solved / "proposal.json").read_text("utf-8")
    proposal = from_json(loads(text))
    data = to_json(proposal)
    again = from_json(loads(dumps({**data, "meta": {}})))
    assert again == proposal
    assert matcher.verify(proposal, "starter").holds
