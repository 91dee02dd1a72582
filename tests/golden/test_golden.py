"""The rows that rules and terms write, as text that a person can check.

``pytest tests/golden --write-golden`` writes the files anew; read the difference
before it is committed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.engine.run import prepare
from matcher.formulation import structure
from matcher.formulation.assemble import assemble
from matcher.objectives import all_terms
from matcher.program.lpwrite import write
from matcher.rules import all_rules
from tests.objectives.scenes import TERMS, Valued
from tests.rules.bites import Bites, keeping, plain
from tests.rules.every import ALL
from tests.tiny import NESTED, PAID, TRADE, proposed, scene, tiny

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
    parts = []
    for name, what in (("nested regions", nested), ("pooled exchanges", levels)):
        inst, _ = prepare(tiny(tmp_path / name, what))
        rows = write(assemble(inst, (), funding=True).program, rules=[structure.NAME])
        parts.append(f"# {name}\n\n{rows}")
    compare(HERE / "structure.lp", "\n".join(parts), request)


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
