"""The resolved scenario in a result is the setting that was solved."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

import matcher
from matcher.report.folder import write_folder
from matcher.scenario.export import resolved_files, yaml_text
from matcher.scenario.load import load
from matcher.scenario.yamlfile import parse_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.scenario.setting import Setting

SCENARIOS = ("3dp-2023", "engagement", "miniature", "s3p-industry-2017", "starter")
EVERY = [(name, a) for name in SCENARIOS for a in ("", *load(name).assumptions)]


def anonymous(setting: Setting) -> Setting:
    """A setting without the names of where it came from."""
    return replace(setting, name="", assumption="", overrides=())


@pytest.mark.parametrize(("name", "assumption"), EVERY)
def test_resolved_files_load_to_an_equal_setting(
    name: str, assumption: str, tmp_path: Path
) -> None:
    """Overlays are part of the files; nothing else has changed."""
    scenario = load(name)
    folder = tmp_path / "inputs"
    write_folder(folder, resolved_files(scenario, assumption))
    again = load(folder)
    assert not again.assumptions
    assert not again.notices
    assert anonymous(again.setting()) == anonymous(scenario.setting(assumption))


def test_resolved_files_give_the_same_answer(tmp_path: Path) -> None:
    """Solving the resolved scenario is solving the assumption."""
    folder = tmp_path / "inputs"
    write_folder(folder, resolved_files(load("starter"), "half-pool"))
    there = matcher.solve("starter", assumption="half-pool")
    here = matcher.solve(folder)
    assert (here.objective, here.bound) == (there.objective, there.bound)
    assert here.cases == there.cases
    assert matcher.verify(here, folder).holds


def test_a_missing_date_is_made_explicit(miniature: Path, tmp_path: Path) -> None:
    """A result does not change with the day it is verified on."""
    path = miniature / "scenario.yaml"
    path.write_text(path.read_text("utf-8").replace("date: 2025-01-01\n", ""), "utf-8")
    day = dt.date(2024, 5, 6)
    write_folder(tmp_path / "inputs", resolved_files(load(miniature, today=day)))
    assert load(tmp_path / "inputs").setting().date == day


def test_weights_and_odd_names_survive(miniature: Path, tmp_path: Path) -> None:
    """Weights given in the scenario, other paths of tables, budgets left out."""
    path = miniature / "scenario.yaml"
    text = path.read_text("utf-8")
    text = text.replace("objective: objective.yaml", "objective: {role_quality: 0.7}")
    text += "tables: {regions: places.csv, cases: cases.csv, budgets: budgets.csv}\n"
    (miniature / "regions.csv").rename(miniature / "places.csv")
    path.write_text(text, "utf-8")
    for assumption in ("", "eu-only"):
        scenario = load(miniature)
        folder = tmp_path / f"inputs{assumption}"
        write_folder(folder, resolved_files(scenario, assumption))
        here, there = load(folder).setting(), scenario.setting(assumption)
        assert anonymous(here) == anonymous(there)


def test_no_id_leads_out_of_the_folder(miniature: Path, tmp_path: Path) -> None:
    """An id that is no file name still gets a file of its own."""
    names = (("miniature-partnership", "../../evil"), ("pool", "EU-GRANT"))
    for name, id_ in names:
        path = miniature / "rulebooks" / f"{name}.yaml"
        lines = path.read_text("utf-8").splitlines()
        lines[2] = f'id: "{id_}"'
        path.write_text("\n".join(lines), "utf-8")
    budgets = miniature / "budgets.csv"
    for file in (budgets, miniature / "scenario.yaml"):
        text = file.read_text("utf-8").replace("pool,", "EU-GRANT,")
        file.write_text(text.replace("budgets.pool/", "budgets.EU-GRANT/"), "utf-8")
    files = resolved_files(load(miniature))
    books = {name for name in files if name.startswith("rulebooks/")}
    assert len({name.casefold() for name in books}) == 5
    assert not [name for name in files if ".." in name]
    write_folder(tmp_path / "inputs", files)
    here, there = load(tmp_path / "inputs").setting(), load(miniature).setting()
    assert anonymous(here) == anonymous(there)


@pytest.mark.parametrize(
    "value",
    ["NO", "no", "on", "1e5", "0123", "1E5", "-", "~", "null", ".inf", ".5", "1_000",
     "12:30", "2025-01-31", "=1+1", "a: b", "a #b", "[x]", "*a", "&a", "!t", "%d",
     "", " ", "two\nlines", "tab\t", "[red]", "é ü", "'", '"', "\\", "true", "x" * 500,
     Fraction(1, 8), Fraction(-7), Fraction(10**15), Fraction(3, 10**6), True, None],
)  # fmt: skip
def test_yaml_comes_back_as_it_was(value: Any) -> None:
    """Codes that look like numbers stay text, numbers stay exact."""
    data = {"value": value, "list": (value, {"inner": value})}
    assert parse_yaml(yaml_text(data), "x.yaml").data == data


def test_yaml_keys_come_back_as_they_were() -> None:
    """Keys are codes as well."""
    data = {"1": {"no": "x"}, "a b": Fraction(1), "x:y": "z"}
    assert parse_yaml(yaml_text(data), "x.yaml").data == data
