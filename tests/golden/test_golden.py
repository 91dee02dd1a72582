"""The rows that rules and terms write, as text that a person can check.

``pytest tests/golden --write-golden`` writes the files anew; read the difference
before it is committed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matcher.engine.run import prepare
from matcher.formulation import expected, structure
from matcher.formulation.assemble import assemble
from matcher.formulation.fallback import paired
from matcher.objectives import all_terms
from matcher.program.blocks import RowBlock, Subject
from matcher.program.lpwrite import write
from matcher.program.program import Program
from matcher.rules import all_rules
from tests.objectives.scenes import TERMS, Valued
from tests.rules.bites import Bites, keeping, plain
from tests.rules.every import ALL
from tests.tiny import (
    NESTED,
    PAID,
    PLAIN,
    TRADE,
    WAIT,
    cited,
    grant,
    proposed,
    scene,
    tiny,
)

HERE = Path(__file__).parent


def compare(path: Path, text: str, request: pytest.FixtureRequest) -> None:
    """Hold text against a golden file, or write the file when asked to."""
    if request.config.getoption("--write-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert path.is_file(), f"write {path.name} with --write-golden"
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("bites", ALL, ids=lambda bites: bites.rule)
def test_rows_of_a_rule(
    tmp_path: Path, bites: Bites, request: pytest.FixtureRequest
) -> None:
    """In each scenario where the rule bites it writes the rows on file."""
    parts = []
    for i, bite in enumerate(bites.bites):
        assembly = plain(tiny(tmp_path / str(i), bite.scene))
        rows = write(keeping(assembly, lambda name: name == bites.rule).program,
                     rules=[bites.rule])  # fmt: skip
        parts.append(f"# {bite.what}\n\n{rows}")
    compare(HERE / "rules" / f"{bites.rule}.lp", "\n".join(parts), request)


@pytest.mark.parametrize("valued", TERMS, ids=lambda valued: valued.term)
def test_points_of_a_term(
    tmp_path: Path, valued: Valued, request: pytest.FixtureRequest
) -> None:  # fmt: skip
    """The term writes the points, columns and rows on file."""
    inst, terms = prepare(tiny(tmp_path, valued.scene))
    assembly = assemble(inst, terms, funding=False)
    # Terms and rules share no names, so these rows are the term's own.
    text = write(keeping(assembly, lambda name: name == valued.term).program)
    compare(HERE / "terms" / f"{valued.term}.lp", text, request)


def test_rows_that_define_the_columns(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What member, lead, counted and state mean, what a member can bear, and pools."""
    nested = scene(
        PAID, regions={r["region"]: {"nuts": r["nuts"]} for r in NESTED["regions"]}
    )
    levels = scene(
        TRADE,
        assets="region,capability,level,capacity\nA,K,3,2\nB,K,1,3\n",
        needs="region,capability,amount,min_level\nC,K,3,1\nC,K,2,2\nB,K,1,2\n",
    )
    asked = {"min_regions": cited(2), "min_states": cited(2)}
    bundled = scene(
        nested, cases=PLAIN["cases"], costs="case,layer,amount\nD1,1,1000\nD2,1,500\n",
        books={"g": grant(application={"bundle": cited(True)}, consortium=asked)},
    )  # fmt: skip
    parts = []
    for name, what in (("nested regions", nested), ("pooled exchanges", levels),
                       ("two applications for two cases", bundled)):  # fmt: skip
        inst, _ = prepare(tiny(tmp_path / name, what))
        rows = write(assemble(inst, (), funding=True).program, rules=[structure.NAME])
        parts.append(f"# {name}\n\n{rows}")
    compare(HERE / "structure.lp", "\n".join(parts), request)


def test_rows_of_expected_points(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A case with two uncertain payers brings its points in one of four mixes."""
    success = {"success": {"value": 0.5, "source": "S"}}
    worth = {"cohesion": {"scheme": "worth", "points": {
        "one": 1, "two": 2, "four": -0.5}}}  # fmt: skip
    likely = scene(
        PAID, books={"g": grant(**success), "h": grant(**success)},
        objective={"expected": True, "parameters": worth},
    )  # fmt: skip
    inst, terms = prepare(tiny(tmp_path, likely))
    assembly = assemble(inst, terms, funding=True)
    rows = keeping(assembly, lambda name: name == expected.NAME).program
    compare(HERE / "expected.lp", write(rows), request)


def test_rows_that_join_two_plans(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Where an answer is awaited: points of both plans, and what is alike in them."""
    alone = scene(WAIT, cases="case,name\nD1,Repair\n", costs=WAIT["costs"][:1],
                  regions=WAIT["regions"][:1])  # fmt: skip
    inst, terms = prepare(replace(tiny(tmp_path, alone), wait_for=None))
    f = inst.labels.instruments.index["g"]
    yes, no = (assemble(inst, terms, funding=True, awaited=a) for a in (f, None))
    pair = paired(yes, no, f, 0.5)
    width, rows = yes.program.arrays.num_columns, pair.arrays.num_rows
    plans = [
        replace(block, name=f"{plan}.{block.name}", start=block.start + start)
        for plan, start in (("yes", 0), ("no", width))
        for block in yes.program.columns
    ]
    joined = rows - yes.program.arrays.num_rows - no.program.arrays.num_rows
    every = Subject((tuple(map(str, range(1, joined + 1))),), (np.arange(joined),))
    alike = RowBlock("alike", joined, every, np.zeros(joined, dtype=np.int64))
    blocks = (*yes.program.rows, *no.program.rows, alike)
    program = Program(pair.arrays, tuple(plans), blocks)
    compare(HERE / "fallback.lp", write(keeping(replace(yes, program=program),
            lambda name: name == "alike").program), request)  # fmt: skip


def test_nothing_lacks_its_golden_file() -> None:
    """There is a file for every rule and every term, and no other."""
    for folder, names in (("rules", all_rules()), ("terms", all_terms())):
        on_file = sorted(path.stem for path in (HERE / folder).iterdir())
        assert on_file == sorted(names)
    assert not set(all_rules()) & set(all_terms())


@pytest.mark.parametrize("bites", ALL, ids=lambda bites: bites.rule)
def test_nothing_on_file_is_empty(bites: Bites) -> None:
    """Each scenario makes its rule write a row: a golden without rows shows nothing."""
    text = (HERE / "rules" / f"{bites.rule}.lp").read_text("utf-8")
    assert text.count("# ") == len(bites.bites)
    for part in text.split("# ")[1:]:
        assert f"  {bites.rule}[" in part


@pytest.mark.parametrize("bites", ALL, ids=lambda bites: bites.rule)
def test_nothing_lacks_its_check_and_its_sentence(bites: Bites) -> None:
    """Every rule has a plan broken by hand, a plan that keeps it, and its words."""
    assert all(bite.text and bite.subject and bite.sentence for bite in bites.bites)
    assert any(bite.good for bite in bites.bites)
    assert any(proposed(*bite.bad).cases or "fewest" in bite.subject
               for bite in bites.bites)  # fmt: skip
