"""Layers that the same instruments pay are solved as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.engine.question import ask
from matcher.engine.run import prepare
from matcher.problem.layers import with_merged_layers
from tests.tiny import PAID, cited, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Solve

COSTS = "case,layer,amount,per\nD1,1,400,case\nD1,2,300,case\nD1,3,100,partner\n"
PARTLY = scene(PAID, costs=COSTS, books={"g": grant(layers=cited(["1", "3"]))})
"""The grant pays layers 1 and 3, own money all."""


def test_layers_are_grouped_by_who_pays_them(tmp_path: Path) -> None:
    """1 goes with 3, 2 with coordination; costs add up, the rest stays."""
    inst, _ = prepare(tiny(tmp_path, PARTLY))
    small = with_merged_layers(inst)
    assert small.labels.layers.ids == ("2+coordination", "1+3")
    assert small.money.case_cost.tolist() == [[30_000, 40_000]]
    assert small.money.partner_cost.tolist() == [[0, 10_000]]
    assert small.money.exchange_layer == 1
    assert small.money.pays_layer.tolist() == [[False, True]]
    assert small.money.most_cost.sum() == inst.money.most_cost.sum()


def test_without_instruments_all_layers_are_one(tmp_path: Path) -> None:
    """Own money does not tell layers apart."""
    inst, _ = prepare(tiny(tmp_path, scene(PARTLY, books={"g": None})))
    assert with_merged_layers(inst).labels.layers.ids == ("1+2+3+coordination",)


@pytest.mark.parametrize("layers", [["1"], ["2", "3"], None])
def test_payments_are_settled_on_the_layers_as_they_are(
    tmp_path: Path, solve: Solve, layers: list[str] | None
) -> None:
    """Every layer is paid in full, by the instruments that may."""
    book = grant(layers=cited(layers)) if layers else grant()
    (plan,) = solve(tiny(tmp_path, scene(PARTLY, books={"g": book}))).cases
    paid = {"1": 0, "2": 0, "3": 0}
    for payment in plan.funding:
        paid[payment.layer] += payment.amount
        assert payment.instrument != "g" or payment.layer in (layers or paid)
    assert paid == {"1": 40_000, "2": 30_000, "3": 10_000 * len(plan.members)}


def test_both_forms_decide_over_the_same_columns(tmp_path: Path) -> None:
    """Whole columns have the same labels in the same order in both forms."""
    inst, terms = prepare(tiny(tmp_path, PARTLY))
    question = ask(inst, terms, funding=True)
    names = []
    for form in (question.asked, question.full):
        whole = form.program.arrays.integer.nonzero()[0]
        names.append([form.program.column_label(int(j)) for j in whole])
    assert question.merged
    assert names[0] == names[1]
