"""What is needed is compared where all money is certain."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.tiny import PAID, grant, pay, plan, tiny
from tests.verify.honest import broken, honest

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_needed_counts_in_full(tmp_path: Path) -> None:
    """A plan of 3.5 expected points is one of 7 without rules about money."""
    success = {"success": {"value": 0.5, "source": "S"}}
    setting = tiny(tmp_path, PAID, books={"g": grant(**success)},
                   objective={"expected": True})  # fmt: skip
    own = tuple(pay(region, 200) for region in "ABC")
    paid = plan("D1", "ABC", funding=(*own, pay("A", 200, "g"), pay("B", 200, "g")))
    proposal = honest(setting, paid, paid=True)
    assert proposal.objective == Fraction(7, 2)
    needed = honest(setting, replace(paid, funding=()))
    assert not broken(replace(proposal, needed=needed), setting)
    few = honest(setting, replace(plan("D1", "BC"), cost=100_000))
    found = broken(replace(proposal, needed=few), setting)
    assert {(f.rule, f.subject) for f in found} == {("objective", "needed")}
