"""Partnerships that exist are possible: every one of them, entered as pins.

``partnerships.csv`` holds the members as printed in JRC108028 (2017), Table 4, and
in the concept note of the S3 Community of Practice of 9 May 2023, Boxes 1 to 3,
resolved to NUTS 2021 codes.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.proposal.facts import Facts
from matcher.verify.verify import verify

if TYPE_CHECKING:
    from tests.conftest import Solve

MEMBERS: dict[str, list[dict[str, str]]] = defaultdict(list)
with Path(__file__).with_name("partnerships.csv").open(encoding="utf-8") as handle:
    for row in csv.DictReader(handle):
        if row["role"] in ("lead", "participant"):
            MEMBERS[row["partnership"]].append(row)

SETTINGS = """\
format: 1
title: a partnership that exists
date: 2023-05-09
rulebooks: [s3p-partnership]
objective: {coordination_cost: 1}
pins:
"""


def entered(folder: Path, partnership: str) -> Path:
    """A scenario with one case, and every member of the partnership pinned to it."""
    regions = {row["region"]: row for row in MEMBERS[partnership]}
    lines = [f"{r},{r},{row['state']},{row['nuts']}" for r, row in regions.items()]
    (folder / "regions.csv").write_text(
        "region,name,state,nuts\n" + "\n".join(sorted(lines)) + "\n", encoding="utf-8"
    )
    (folder / "cases.csv").write_text("case,name\nP,P\n", encoding="utf-8")
    pins = "".join(f"  - {{region: '{r}', case: P, role: member}}\n" for r in regions)
    (folder / "scenario.yaml").write_text(SETTINGS + pins, encoding="utf-8")
    return folder


@pytest.mark.parametrize("partnership", sorted(MEMBERS))
def test_a_real_partnership_meets_the_partnership_rule(
    partnership: str, tmp_path: Path, solve: Solve
) -> None:
    """Three regions from three states: its members as pins are feasible and verify."""
    setting = matcher.load(entered(tmp_path, partnership)).setting()
    proposal = solve(setting)
    assert proposal.status == "optimal"
    (plan,) = proposal.cases
    assert set(plan.members) == {row["region"] for row in MEMBERS[partnership]}
    assert verify(proposal, setting).holds


def test_nested_members_are_counted_once(tmp_path: Path) -> None:
    """Gelderland lies in East Netherlands, South Holland in West Netherlands."""
    setting = matcher.load(entered(tmp_path, "high-tech-farming-2023")).setting()
    counting = set(Facts(setting).counting(setting.regions))
    assert {"NL2", "NL3", "NL1"} <= counting
    assert not {"NL22", "NL33"} & counting
    assert len(counting) == len(setting.regions) - 2
