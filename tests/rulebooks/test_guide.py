"""The guide on rulebooks, step by step, with the files it shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.scenarios.conftest import ROOT, call, document

if TYPE_CHECKING:
    from pathlib import Path

import pytest

FUND = "textile-fund-2025"


def block(start: str) -> str:
    """The block of YAML on the page that begins with a word."""
    text = (ROOT / "docs" / "rulebooks.md").read_text("utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return next(body for body in blocks if body.startswith(start))


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """The scenario of the guide, with its rulebook, listed and varied."""
    folder = tmp_path / "our-scenario"
    assert call("init", folder).exit_code == 0
    (folder / "rulebooks").mkdir()
    (folder / "rulebooks" / f"{FUND}.yaml").write_text(block("format: 1"), "utf-8")
    settings = folder / "scenario.yaml"
    text = settings.read_text("utf-8")
    listed = re.search(r"^rulebooks: .*\n", text, re.MULTILINE)
    assert listed
    text = text.replace(listed[0], block("rulebooks:"))
    settings.write_text(text.replace("assumptions:\n", block("assumptions:")), "utf-8")
    return folder


def test_the_rulebook_of_the_guide_is_sound(ours: Path) -> None:
    """The check of the guide ends well, and every condition is told as open."""
    told = call("check", ours / "rulebooks")
    assert (told.exit_code, told.stderr) == (0, "")
    assert f"{FUND} (grant): 1 assumption, 9 confirmed, 3 secondary" in told.stdout
    checked = document(call("check", ours, "--json").stdout)
    said = [text for text in checked["untested"] if FUND in text]
    assert len(said) == 1
    assert said[0].startswith(f"not tested: {FUND}: A company leads. [Textile fund")


def test_the_fund_of_the_guide_pays_until_it_is_made_poorer(
    ours: Path, tmp_path: Path
) -> None:
    """With it the dyeing case is launched; under the assumption it cannot be paid."""
    plans = {}
    for name in ("", "poorer-fund"):
        words = ("--assumption", name) if name else ()
        told = call("solve", ours, *words, "--out", tmp_path / "out", "--json")
        assert told.exit_code == 0, told.output
        plans[name] = document(told.stdout)
    launched = {n: {plan["case"] for plan in p["cases"]} for n, p in plans.items()}
    assert launched == {"": {"DYE", "SORT", "YARN"}, "poorer-fund": {"SORT", "YARN"}}
    dye = next(plan for plan in plans[""]["cases"] if plan["case"] == "DYE")
    assert FUND in {payment["instrument"] for payment in dye["funding"]}
    manifest = document((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    paths = {change["path"]: change["new"] for change in manifest["overrides"]}
    assert paths[f"instruments.{FUND}.envelope"] == "400000"
    assert paths[f"instruments.{FUND}.rate"] == "0.5"
