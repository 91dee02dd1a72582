"""Types of beneficiaries: rates of mixes, what is told, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matcher.engine.run import notes_on, prepare
from matcher.errors import InputError
from matcher.problem.layers import with_merged_layers
from matcher.proposal.earmarked import missed_earmarks
from matcher.proposal.facts import Facts
from matcher.report.claims import claims, unproven
from matcher.rules import asking, untested
from matcher.rules._rates import LONGEST, cost_declared
from matcher.scenario.load import load
from tests.rules.bites_beneficiaries import ALL, HALF, IN_D1, UNPAID, asks, mark
from tests.tiny import (
    PAID,
    PLAIN,
    book,
    cited,
    grant,
    proposed,
    scene,
    tiny,
    write_scene,
)

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.scenario.setting import Setting
    from tests.conftest import Solve
    from tests.tiny import Row, Scene


def rates(*entries: dict[str, Any]) -> Row:
    """A grant with these rates."""
    return book("grant", rate=[{"source": "S", **entry} for entry in entries])


MIXED = rates(
    {"beneficiary": ["rto"], "layers": [1], "value": 0.9},
    {"beneficiary": ["rto", "sme"], "value": 1},
    {"scheme": "worth", "category": "two", "value": 0.3},
    {"beneficiary": ["company"], "scheme": "worth", "category": "one", "value": 0.2},
    {"layers": [1, 2], "value": 0.6},
)
TWO = scene(
    PAID, cases=PLAIN["cases"], books={"g": MIXED, "h": grant(0.7)},
    costs="case,layer,amount\nD1,1,400\nD1,2,300\nD2,3,100\nD2,coordination,100\n",
    beneficiaries="region,case,type,share\nA,,sme,0.5\nA,,company,0.5\nA,D2,rto,0.25\n"
    "B,,company,0.1\nC,D1,rto,1\nC,D1,sme,0\n",
)  # fmt: skip


def test_a_mix_is_paid_the_mix_of_its_rates(tmp_path: Path) -> None:
    """The first entry that fits each part; rows of a case replace the general ones."""
    facts = Facts(tiny(tmp_path, TWO))
    g = facts.setting.instruments["g"]

    def rate(region: str, case: str, layer: str) -> Fraction | None:
        return facts.rate(g, region, case, layer)

    assert rate("A", "D1", "1") == Fraction(1, 2) + Fraction(1, 10)
    assert rate("A", "D1", "3") == Fraction(1, 2) + Fraction(1, 10)
    assert rate("A", "D2", "1") == Fraction(9, 40) + Fraction(3, 4) * Fraction(3, 5)
    assert rate("A", "D2", "3") == Fraction(1, 4)
    assert rate("B", "D1", "1") == Fraction(3, 10)
    assert rate("C", "D1", "1") == Fraction(9, 10)
    assert rate("C", "D1", "coordination") == 1
    assert rate("C", "D2", "coordination") is None


def test_arrays_and_facts_agree_on_every_rate(tmp_path: Path) -> None:
    """Two ways to work them out, one outcome for every instrument, place and layer."""
    setting = tiny(tmp_path, TWO)
    inst, facts = prepare(setting)[0], Facts(setting)
    books, labels = list(setting.instruments.values()), inst.labels
    for f, r, d, x in np.ndindex(
        len(books), len(labels.regions), len(labels.cases), len(labels.layers)
    ):
        at = (np.array(n) for n in (f, r, d, x))
        num, den = inst.money.rate(*at)
        told = facts.rate(
            books[f], labels.regions.ids[r], labels.cases.ids[d], labels.layers.ids[x]
        )
        assert Fraction(int(num), int(den)) == (told or 0)


def test_layers_of_other_rates_stay_apart(tmp_path: Path) -> None:
    """Rates of g keep 1 and 2 apart from the others; without it all layers are one."""
    inst, _ = prepare(tiny(tmp_path / "a", TWO))
    assert with_merged_layers(inst).labels.layers.ids == ("3+coordination", "2", "1")
    inst, _ = prepare(tiny(tmp_path / "b", scene(TWO, books={"g": None})))
    assert with_merged_layers(inst).labels.layers.ids == ("1+2+3+coordination",)


def test_a_blended_rate_pays_what_it_says(tmp_path: Path, solve: Solve) -> None:
    """Half at 100 and half at 60 %: of 1000 EUR A's own 200 pay the rest."""
    none = {"own_budget": 0}
    what = scene(
        asks(HALF.partition("C")[0]),
        regions={"A": {"own_budget": 200}, "B": none, "C": none},
        books={"g": rates({"beneficiary": ["sme"], "value": 1}, {"value": 0.6})},
        objective={"weights": {"cohesion": 1}, "parameters": {
            "cohesion": {"scheme": "worth", "points": {"one": 1}}}},
    )  # fmt: skip
    found = solve(tiny(tmp_path, what))
    assert found.objective == 1
    funding = found.cases[0].funding
    assert sum(p.amount for p in funding) == 1000_00
    poorer = scene(what, regions={"A": {"own_budget": 199}})
    assert solve(tiny(tmp_path / "poorer", poorer)).objective == 0


def told(setting: Setting) -> list[str]:
    """Notes about rates."""
    return [text for text in untested(setting) if "by type of beneficiary" in text]


def test_rates_by_type_without_types_are_told(tmp_path: Path) -> None:
    """Without the table, with a part of it, and with all of it."""
    by_type = rates({"beneficiary": ["sme"], "value": 1}, {"value": 0.5})
    bare = tiny(tmp_path / "a", scene(PAID, books={"g": by_type}))
    assert told(bare) == ["rates of g by type of beneficiary do not hold: there is no "
                          "table beneficiaries"]  # fmt: skip
    partly = tiny(tmp_path / "b", scene(asks(IN_D1), books={"g": by_type}))
    assert told(partly) == ["rates of g by type of beneficiary do not hold in full for "
                            "B, C: fill in the table beneficiaries"]  # fmt: skip
    full = "region,type,share\nA,sme,1\nB,rto,0.4\nB,ngo,0.6\nC,public,1\n"
    whole = tiny(tmp_path / "c", scene(asks(full), books={"g": by_type}))
    assert told(whole) == []
    many = scene(asks(full.replace("1\n", "0.9\n").replace("0.6", "0.5")), books={
        "g": by_type}, regions=[*PAID["regions"], {"region": "E", "name": "E",
        "state": "S4", "own_budget": 0}])  # fmt: skip
    assert "for A, B, C and 1 more: fill in" in told(tiny(tmp_path / "d", many))[0]
    assert told(tiny(tmp_path / "e", asks())) == []


def test_a_soft_earmark_is_told_where_it_is_missed(
    tmp_path: Path, solve: Solve
) -> None:
    """It rules out nothing; who is above it, or without types, reads nothing."""
    soft = {**mark(0.7, types=["sme"]), "enforce": "soft"}
    group = {**mark(1, scheme="worth", categories=["four"]), "enforce": "soft"}
    low = {**mark(0.1, types=["sme", "company"]), "enforce": "soft"}
    setting = tiny(tmp_path / "a", asks(earmarks=[soft, low, group, mark(0.1, types=[
        "sme"])]))  # fmt: skip
    notes = (
        "g D1: 50% of the grant goes to sme, 70% is asked for",
        "g D1: 0% of the grant goes to four, 100% is asked for",
    )
    assert missed_earmarks(proposed(*ALL), setting) == notes
    assert notes_on(proposed(*ALL), setting)[-2:] == notes
    assert missed_earmarks(proposed(*UNPAID), setting) == ()
    bare = tiny(tmp_path / "b", asks(None, earmarks=[soft]))
    assert missed_earmarks(proposed(*ALL), bare) == ()
    paid = solve(setting)
    assert paid.objective == 7
    missed = missed_earmarks(paid, setting)
    assert "100% is asked for" in missed[-1]
    assert set(missed) <= set(paid.notes)
    assert not any("is asked for" in text for text in unproven(paid, setting))
    silent = replace(paid, notes=[n for n in paid.notes if n != missed[-1]])
    broken = [f.text for f in claims(silent, setting) if not f.holds]
    assert broken == ["leave out an earmark that is missed"]


@pytest.mark.parametrize(
    ("rows", "code", "place"),
    [
        ("A,,sme,0.6\nA,,rto,0.5\n", "ABOVE_ONE", "beneficiaries.csv:3, column share"),
        ("A,D1,sme,0.6\nA,,rto,1\nA,D1,ngo,1\n", "ABOVE_ONE",
         "beneficiaries.csv:4, column share"),
        ("A,,sme,0.333\n", "FRACTION_OF_PERCENT", "beneficiaries.csv:2, column share"),
        ("A,,sme,1.5\n", "OUT_OF_RANGE", "beneficiaries.csv:2, column share"),
        ("A,,small,0.5\n", "NOT_A_CHOICE", "beneficiaries.csv:2, column type"),
    ],
)  # fmt: skip
def test_shares_are_parts_of_one_whole(
    tmp_path: Path, rows: str, code: str, place: str
) -> None:
    """More than all of a region's cost is refused, and so is what is too fine."""
    what = scene(PAID, beneficiaries=f"region,case,type,share\n{rows}")
    with pytest.raises(InputError) as told_:
        load(write_scene(tmp_path, what)).setting()
    assert [(f.code, str(f.place)) for f in told_.value.faults] == [(code, place)]


@pytest.mark.parametrize(
    ("conditions", "problem"),
    [
        ({"earmarks": [mark(0.5)]}, "an earmark goes to types or to categories"),
        ({"earmarks": [mark(0.5, types=["sme"], scheme="worth", categories=["one"])]},
         "an earmark goes to types or to categories"),
        ({"earmarks": [mark(0.5, scheme="worth")]}, "scheme and categories belong"),
        ({"min_beneficiary_share": {"types": [], "min": cited(1)}}, "at least one"),
    ],
)  # fmt: skip
def test_demands_that_make_no_sense_are_refused(
    tmp_path: Path, conditions: Row, problem: str
) -> None:
    """Each with its own words."""
    with pytest.raises(InputError) as told_:
        load(write_scene(tmp_path, scene(PAID, books={"g": grant(**conditions)})))
    assert problem in str(told_.value)


def test_schemes_of_demands_must_exist(tmp_path: Path) -> None:
    """An earmark or a cap for a scheme that no column knows would fit nobody."""
    misspelt: Scene = scene(
        asks(earmarks=[mark(0.5, scheme="wurth", categories=["one"])]),
        books={"club": book("partnership", aid_cap=[
            {"scheme": "wordh", "category": "one", "value": 0.5, "source": "S"}])},
    )  # fmt: skip
    with pytest.raises(InputError) as told_:
        load(write_scene(tmp_path, misspelt)).setting()
    assert [f.code for f in told_.value.faults] == ["UNKNOWN_SCHEME"] * 2


def of_rates(num: list[int], den: list[int]) -> Any:
    """What the rows of grants with these rates are written for, and nothing else."""
    at = np.arange(len(num))
    grants = SimpleNamespace(instrument=at, region=at, case=at, layer=at)
    rates = np.array(num), np.array(den)
    money = SimpleNamespace(rate=lambda *_: rates, most_cost=np.full((1, 1), 10**8))
    return SimpleNamespace(
        inst=SimpleNamespace(money=money), cols=SimpleNamespace(grants=grants),
        add=SimpleNamespace(rounded=False),
    )  # fmt: skip


def test_rows_of_many_rates_stay_short() -> None:
    """Without a short common multiple a row asks for a trifle more, never less."""
    model = of_rates([83, 9973, 9967, 1], [100, 10000, 10000, 2])
    row = np.array([0, 0, 0, 1])
    factor, each = cost_declared(model, np.arange(4), row, 2)
    assert factor.tolist() == [LONGEST, 1]
    exact = [LONGEST * 100 / 83, LONGEST * 10000 / 9973, LONGEST * 10000 / 9967, 2]
    assert all(0 <= n - x < 1 for n, x in zip(each.tolist(), exact, strict=True))
    assert model.add.rounded


def test_rows_with_a_common_multiple_are_exact() -> None:
    """Two blended rates of four digits have one: nothing is rounded."""
    model = of_rates([1901, 767], [2000, 1000])
    factor, each = cost_declared(model, np.arange(2), np.zeros(2, dtype=int), 1)
    assert factor.tolist() == [1901 * 767]
    assert each.tolist() == [2000 * 767, 1000 * 1901]
    assert not model.add.rounded


def test_nothing_is_asked_for(tmp_path: Path) -> None:
    """Types that nobody states are told, never asked for."""
    setting = tiny(tmp_path, asks(None, earmarks=[mark(0.5, types=["sme"])]))
    for name in ("aid_cap", "earmark", "state_share"):
        asking()[name].unknowns(setting, frozenset("ABC"), None)  # type: ignore[arg-type]
