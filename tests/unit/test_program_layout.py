"""Which decisions get a column, and how columns are looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.engine.run import prepare
from matcher.formulation.assemble import Assembly, assemble, possible_members
from matcher.program.blocks import COUPLING
from matcher.program.layout import NONE, present
from tests.objectives.scenes import TERMS
from tests.rules.bites import plain
from tests.rules.every import ALL
from tests.tiny import NESTED, PAID, PLAIN, POOLED, TRADE, cited, club, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tiny import Scene

APART = scene(
    PLAIN, commitments="region,level\nA,3\nB,1\n",
    books={"club": club(commitment=[
        {"role": "lead", "level": cited(3)}, {"role": "partner", "level": cited(1)}])},
)  # fmt: skip


def laid_out(folder: Path, what: Scene, *, every_column: bool = False) -> Assembly:
    """The program of a scene with money."""
    inst, terms = prepare(tiny(folder, what))
    return assemble(inst, terms, funding=True, every_column=every_column)


@pytest.mark.parametrize(
    "what",
    [PLAIN, TRADE, PAID, POOLED, NESTED, APART],
    ids=["plain", "trade", "paid", "pooled", "nested", "apart"],
)
def test_every_look_up_finds_its_own_column(tmp_path: Path, what: Scene) -> None:
    """The label of a looked-up column names the decision it was looked up for."""
    assembly = laid_out(tmp_path, what)
    cols, labels = assembly.layout, assembly.inst.labels
    axes = {
        "open": (labels.cases,), "member": (labels.regions, labels.cases),
        "lead": (labels.regions, labels.cases),
        "observer": (labels.regions, labels.cases),
        "share": (labels.regions, labels.cases, labels.layers),
        "uses": (labels.instruments, labels.cases),
    }  # fmt: skip
    for name, parts in axes.items():
        *index, columns = present(getattr(cols, name))
        for at, column in zip(zip(*index, strict=True), columns, strict=True):
            ids = ",".join(axis.ids[i] for axis, i in zip(parts, at, strict=True))
            assert assembly.program.column_label(int(column)) == f"{name}[{ids}]"
    paid = cols.grants
    for f, r, d, layer, column in zip(
        paid.instrument, paid.region, paid.case, paid.layer, paid.column, strict=True
    ):
        ids = ",".join([
            labels.instruments.ids[f], labels.regions.ids[r], labels.cases.ids[d],
            labels.layers.ids[layer],
        ])  # fmt: skip
        assert assembly.program.column_label(int(column)) == f"grant[{ids}]"


def test_a_gate_takes_the_column_away(tmp_path: Path) -> None:
    """B may not lead and C takes no part; with every column the gate is a row."""
    cols = laid_out(tmp_path / "a", APART).layout
    assert (cols.lead == NONE).tolist() == [[False] * 2, [True] * 2, [True] * 2]
    assert (cols.member == NONE).tolist() == [[False] * 2, [False] * 2, [True] * 2]
    every = laid_out(tmp_path / "b", APART, every_column=True)
    assert not (every.layout.lead == NONE).any()
    assert "commitment" in {block.rule for block in every.program.rows}


def test_a_pinned_decision_keeps_its_column(tmp_path: Path) -> None:
    """What a pin asks for against a gate is a conflict to be told, not an error."""
    pins = [{"case": "D1", "region": "C", "role": "lead"}]
    assembly = laid_out(tmp_path, scene(APART, settings={"pins": pins}))
    assert assembly.layout.lead[2].tolist() != [NONE, NONE]
    assert assembly.layout.lead[2, 1] == NONE
    labels = [
        assembly.program.row_label(i) for i in range(assembly.program.arrays.num_rows)
    ]
    assert {"commitment[C,D1]", "pins[C lead of D1]"} <= set(labels)


def test_who_may_join_something(tmp_path: Path) -> None:
    """Regions that no gate keeps out of every case."""
    inst, _ = prepare(tiny(tmp_path, APART))
    assert possible_members(inst) == {"A", "B"}


def test_only_inner_regions_have_a_count_of_their_own(tmp_path: Path) -> None:
    """For a region inside no other, being a member is counting."""
    cols = laid_out(tmp_path, NESTED).layout
    assert (cols.counted == cols.member).tolist() == [[True], [False], [True]]


def labels(assembly: Assembly, columns: object) -> list[str]:
    """Readable names of columns."""
    return [assembly.program.column_label(int(j)) for j in columns]  # type: ignore[attr-defined]


def test_pooled_columns(tmp_path: Path) -> None:
    """Each side counts its units, in each case that names the capability."""
    assembly = laid_out(tmp_path, scene(TRADE, cases=PLAIN["cases"]))
    moves, upper = assembly.layout.moves, assembly.program.arrays.upper
    assert labels(assembly, moves.pair) == []
    assert labels(assembly, moves.given.column) == ["supply[A/K,D1]"]
    assert labels(assembly, moves.taken.column) == [
        "serve[B/K/1+,D1]", "serve[C/K/1+,D1]",
    ]  # fmt: skip
    assert upper[moves.given.column].tolist() == [3]
    assert upper[moves.taken.column].tolist() == [2, 2]
    assert assembly.layout.wanted.tolist() == [[True], [False]]


@pytest.mark.parametrize("rejected", [True, False])
def test_pair_columns(tmp_path: Path, rejected: bool) -> None:
    """Where an expert rejects a pair, or on request, each pair counts by itself."""
    verdicts = "provider,receiver,capability,verdict\nA,C,K,rejected\n"
    what = scene(TRADE, verdicts=verdicts) if rejected else TRADE
    inst, terms = prepare(tiny(tmp_path, what))
    assembly = assemble(inst, terms, funding=True, pairwise=not rejected)
    moves, upper = assembly.layout.moves, assembly.program.arrays.upper
    pairs = ["exchange[A/K,B/K/1+,D1]", "exchange[A/K,C/K/1+,D1]"]
    assert labels(assembly, moves.pair) == pairs[: 1 if rejected else 2]
    assert upper[moves.pair].tolist() == [2] * len(moves.pair)
    assert not len(moves.supply.line) + len(moves.serve.line)
    assert moves.given.column.tolist() == moves.taken.column.tolist()


def test_without_money_there_are_no_money_columns(tmp_path: Path) -> None:
    """What is needed is asked without shares, grants and their rules."""
    inst, terms = prepare(tiny(tmp_path, PAID))
    needed = assemble(inst, terms, funding=False)
    assert needed.program.arrays.integer.all()
    assert (needed.layout.share == NONE).all()
    assert not {"own_money", "cost_balance"} & {b.rule for b in needed.program.rows}


@pytest.mark.parametrize(
    "what",
    [pytest.param(bite.scene, id=bites.rule) for bites in ALL for bite in bites.bites]
    + [pytest.param(valued.scene, id=valued.term) for valued in TERMS],
)
def test_rows_and_columns_know_their_case(tmp_path: Path, what: Scene) -> None:
    """A column has the case of its label; a row of a case touches no other case."""
    assembly = plain(tiny(tmp_path, what))
    program, inst = assembly.program, assembly.inst
    ids, roles = inst.labels.cases.ids, inst.labels.roles.ids
    for block in program.columns:
        named = np.full(block.size, COUPLING)
        for axis, index in zip(block.subject.names, block.subject.index, strict=True):
            if axis is ids or axis is roles:
                named = index if axis is ids else inst.role_case[index]
        assert block.case.tolist() == named.tolist(), block.name
    shared = np.concatenate([block.case for block in program.columns])
    assert (shared[: assembly.layout.of_cases] != COUPLING).all()
    arrays = program.arrays
    rows = np.concatenate([block.case for block in program.rows])
    row = np.repeat(rows, np.diff(arrays.indptr))
    column = shared[arrays.indices]
    assert ((row == column) | (row == COUPLING) | (column == COUPLING)).all()
