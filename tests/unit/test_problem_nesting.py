"""Nested regions: of places that hold or overlap each other one counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.problem.encode import encode
from matcher.proposal.facts import Facts
from tests.tiny import ONE, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

PLACES = [
    pytest.param(
        {"EastNL": "NL2", "Gelderland": "NL22"}, [("Gelderland", "EastNL")],
        id="Gelderland lies in East Netherlands",
    ),
    pytest.param(
        {"Flanders": "BE2", "WestFl": "BE25"}, [("WestFl", "Flanders")],
        id="West Flanders lies in Flanders",
    ),
    pytest.param(
        {"A": "NL22", "B": "NL21|NL22|NL23"}, [("A", "B")],
        id="a region of several units holds each of them",
    ),
    pytest.param(
        {"A": "X1|X2", "B": "X2|X3"}, [("B", "A")],
        id="of two that overlap in part the first by id counts",
    ),
    pytest.param(
        {"A": "X1", "B": "X1"}, [("B", "A")], id="of the same units the first counts"
    ),
    pytest.param(
        {"A": "X", "B": "X1", "C": "X11"}, [("B", "A"), ("C", "A"), ("C", "B")],
        id="nesting goes on inside",
    ),
    pytest.param({"A": "BE2", "B": "NL2"}, [], id="strangers"),
    pytest.param({"A": "BE2", "B": ""}, [], id="without units nothing is known"),
    pytest.param({"A": "BE", "B": "BG"}, [], id="a shared letter is no place"),
]  # fmt: skip


def places(nuts: dict[str, str]) -> dict[str, object]:
    """A scene of regions with these units."""
    rows = "".join(f"{name},{name},S,{units}\n" for name, units in nuts.items())
    return scene(ONE, regions=f"region,name,state,nuts\n{rows}",
                 objective={"weights": {"scope": 1},
                            "parameters": {"scope": {"share": 1}}})  # fmt: skip


@pytest.mark.parametrize(("nuts", "pairs"), PLACES)
def test_pairs_of_inner_and_outer(
    tmp_path: Path, nuts: dict[str, str], pairs: list[tuple[str, str]]
) -> None:
    """Each nested pair is found once, the inner region first."""
    inst = encode(tiny(tmp_path, places(nuts)))
    names = inst.labels.regions.ids
    found = zip(inst.inner, inst.outer, strict=True)
    assert [(names[i], names[j]) for i, j in found] == pairs


@pytest.mark.parametrize(("nuts", "pairs"), PLACES)
def test_checks_nest_alike(
    tmp_path: Path, nuts: dict[str, str], pairs: list[tuple[str, str]]
) -> None:
    """The facts that proposals are judged by are derived apart, and agree."""
    facts = Facts(tiny(tmp_path, places(nuts)))
    found = {(i, o) for i in nuts for o in nuts if facts.covers(o, i)}
    assert found == set(pairs)


def test_who_counts(tmp_path: Path) -> None:
    """A member inside another member is no member more; without that one it is."""
    facts = Facts(tiny(tmp_path, places({"A": "X", "B": "X1", "C": "Y"})))
    assert facts.counting("ABC") == ["A", "C"]
    assert facts.counting("BC") == ["B", "C"]
