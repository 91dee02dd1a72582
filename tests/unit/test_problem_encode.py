"""Ids to indices and back, and tables to arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.problem.encode import encode
from matcher.problem.instance import UNKNOWN
from matcher.problem.labels import Axis, line_ids
from matcher.proposal.facts import Facts
from tests.tiny import ONE, PAID, PLAIN, POOLED, TRADE, club, grant, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path


def test_codec_round_trip() -> None:
    """Decoding undoes encoding; an id that is not there is an error, not an index."""
    axis = Axis(("A", "B", "C"))
    assert axis.decode(axis.encode(["C", "A", "C"])) == ["C", "A", "C"]
    assert axis.encode([]).dtype == np.int64
    assert len(axis) == 3
    with pytest.raises(KeyError, match="D"):
        axis.encode(["D"])


def test_ids_of_rows_are_readable_and_unique() -> None:
    """Blank parts are left out, unless two rows would then be called the same."""
    axis = line_ids([("A", "K", ""), ("A", "K", "x"), ("A", "", "K")])
    assert axis.ids == ("A/K", "A/K/x", "A//K")


def test_levels_tell_missing_from_unknown(tmp_path: Path) -> None:
    """A stated 0 is known to be missing; of several actors the best level counts."""
    inst = encode(tiny(
        tmp_path, TRADE,
        assets="region,capability,actor,level\nA,K,x,1\nA,K,y,3\nB,K,,0\n",
    ))  # fmt: skip
    region, capability = np.arange(3), np.zeros(3, dtype=np.int64)
    assert inst.known_level(region, capability).tolist() == [3, 0, UNKNOWN]


def test_commitment_of_the_most_specific_valid_row(tmp_path: Path) -> None:
    """Case before partnership before all; the arrays agree with the facts."""
    setting = tiny(
        tmp_path, PLAIN, cases={"D1": {"partnership": "p"}},
        commitments="region,case,partnership,level,expires,mandate\nA,,,1,,yes\n"
        "A,,p,2,,no\nA,D2,,3,,yes\nB,D1,,5,2025-05-31,yes\nB,,,4,2025-06-01,\n"
        "C,,q,5,,yes\n",
    )  # fmt: skip
    inst, facts = encode(setting), Facts(setting)
    assert inst.commitment.tolist() == [[2, 3], [4, 4], [0, 0]]
    assert inst.mandate.tolist() == [[False, True], [False, False], [False, False]]
    for r, region in enumerate(setting.regions):
        for d, case in enumerate(setting.cases.values()):
            assert facts.commitment(region, case)[0] == inst.commitment[r, d]


def test_fit_is_capped_and_expires(tmp_path: Path) -> None:
    """Weight times weight over shared topics, at most 1, valid rows only."""
    inst = encode(tiny(
        tmp_path, PLAIN,
        priorities="region,topic,weight,valid_until\nA,t,1,\nA,u,1,\nB,t,0.5,2025-05-31\n"
        "C,v,1,\n",
        case_topics="case,topic,weight\nD1,t,0.75\nD1,u,0.75\nD2,t,0.5\n",
    ))  # fmt: skip
    assert inst.fit.toarray().tolist() == [[1.0, 0.5], [0.0, 0.0], [0.0, 0.0]]


def test_money_by_case_layer_and_rate(tmp_path: Path) -> None:
    """Cents by layer, rates as whole fractions, windows as yes or no."""
    inst = encode(tiny(
        tmp_path, PAID, cases={"D1": {"phase": "learn"}},
        costs="case,layer,amount,per,year\nD1,1,10,case,2025\nD1,1,5,case,2026\n"
        "D1,2,1.5,partner,\n",
        books={"g": {**grant(0.35), "phases": {"value": ["connect"], "source": "S"}},
               "h": {**grant(1), "layers": {"value": [2], "source": "S"}}},
    ))  # fmt: skip
    money = inst.money
    assert money.case_cost.tolist() == [[1500, 0, 0, 0]]
    assert money.partner_cost.tolist() == [[0, 150, 0, 0]]
    assert money.most_cost.tolist() == [[1500, 450, 0, 0]]
    assert (money.rate_num[:, 0, 0] / money.rate_den[:, 0, 0]).tolist() == [0.35, 1]
    assert money.pays_case.tolist() == [[False], [True]]
    assert money.pays_layer.tolist() == [[True] * 4, [False, True, False, False]]


def test_exchanged_units_are_charged_where_the_partnership_says(tmp_path: Path) -> None:
    """Without a word of the partnership it is layer 1."""
    layer = {"exchange_layer": {"value": "coordination", "source": "S"}}
    assert encode(tiny(tmp_path / "a", TRADE)).money.exchange_layer == 0
    stated = encode(tiny(tmp_path / "b", TRADE, books={"club": club(**layer)}))
    assert stated.money.exchange_layer == 3


def test_arrays_are_read_only(tmp_path: Path) -> None:
    """Nobody changes an instance by accident."""
    inst = encode(tiny(tmp_path, POOLED))
    for array in (inst.commitment, inst.money.case_cost, inst.exchanges.amount,
                  inst.level.data):  # fmt: skip
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 1


def test_nothing_at_all_encodes(tmp_path: Path) -> None:
    """Empty tables give empty arrays of the right shape, not an error."""
    inst = encode(tiny(
        tmp_path, scene(ONE, regions="region,name,state\nA,a,S\n"),
        objective={"weights": {"need_coverage": 1}},
    ))  # fmt: skip
    assert inst.shape == (1, 1)
    assert inst.level.shape == (1, 0)
    assert inst.exchanges.pair_asset.shape == (0,)
    assert inst.money.rate_num.shape == (0, 1, 4)
