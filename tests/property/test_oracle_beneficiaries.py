"""The oracle on types of beneficiaries, by answers worked out in each docstring."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.verify.oracle_beneficiaries import bodies, part, weighed
from tests.property.by_hand import book, scene, worth
from tests.property.drawing import cited

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.scenario.setting import Setting

REGIONS = (
    "region,name,state,own_budget,category.c\nA,A,NO,{},x\nB,B,NO,{},x\nC,C,ES,0,y\n"
)
EACH = {"cohesion": {"scheme": "c", "points": {"x": 1}}}
TYPES = "region,case,type,share\nA,,sme,0.5\nA,,rto,0.5\nB,,sme,1\nB,D,company,0.75\n"
COSTS = "case,layer,amount\nD,1,100000\n"


def paid(
    folder: Path, own: tuple[int, int], *, types: str = TYPES,
    rate: tuple[dict[str, Any], ...] = ({"value": 0.5},),
    books: tuple[dict[str, Any], ...] = (), **conditions: Any,
) -> Setting:  # fmt: skip
    """Two regions with own money, one case of 100 000 EUR, and a grant."""
    folder.mkdir()
    entries = [{"source": "S", **entry} for entry in rate]
    tables = {"beneficiaries": types} if types else {}
    return scene(
        folder, {"cohesion": 1}, parameters=EACH, regions=REGIONS.format(*own),
        costs=COSTS, books=(book("g", "grant", rate=entries, **conditions), *books),
        **tables,
    )  # fmt: skip


def money(setting: Setting) -> Fraction | None:
    """Worth of the best plan that can be paid."""
    return worth(setting, funding=True)


def test_bodies_of_a_region(tmp_path: Path) -> None:
    """Rows of the case replace the general ones; nothing is known of C."""
    setting = paid(tmp_path / "a", (0, 0))
    half = Fraction(1, 2)
    assert bodies(setting, "A", "D") == {"sme": half, "rto": half}
    assert bodies(setting, "B", "D") == {"company": Fraction(3, 4)}
    assert bodies(setting, "B", "E") == {"sme": 1}
    assert bodies(setting, "C", "D") == {}
    assert part(setting, "A", "D", ["sme", "ngo"]) == half
    assert part(setting, "B", "D", ["sme"]) == 0


def test_each_body_has_the_first_rate_that_fits(tmp_path: Path) -> None:
    """A: half at 1, half at 0.2. B: three quarters unfit, a quarter unknown at 0.2."""
    setting = paid(tmp_path / "a", (0, 0), rate=(
        {"beneficiary": ["sme"], "value": 1},
        {"beneficiary": ["company"], "scheme": "c", "category": "x", "value": 0},
        {"scheme": "c", "category": "x", "value": 0.2},
    ))  # fmt: skip
    rates = setting.instruments["g"].rate
    assert weighed(setting, rates, ("A", "D"), Fraction(0)) == Fraction(3, 5)
    assert weighed(setting, rates, ("B", "D"), Fraction(0)) == Fraction(1, 20)
    assert weighed(setting, rates, ("C", "D"), Fraction(0)) == 0
    assert weighed(setting, rates[:1], ("B", "D"), Fraction(1)) == 1


def test_rates_by_type_and_layer_pay(tmp_path: Path) -> None:
    """A's 25 000 beside a rate of 0.75 in layer 1; at 0.5 or in layer 2 it is short."""
    firms = {"beneficiary": ["sme"], "value": 1}
    for i, (rate, expected) in enumerate((
        ((firms, {"value": 0.5}), 2),
        (({"value": 0.5}, firms), 0),
        (({**firms, "layers": [1]}, {"value": 0.5}), 2),
        (({**firms, "layers": [2]}, {"value": 0.5}), 0),
    )):  # fmt: skip
        assert money(paid(tmp_path / str(i), (25000, 0), rate=rate)) == expected


def test_an_earmark_counts_what_goes_to_the_group(tmp_path: Path) -> None:
    """A gets 45 000 of the grant, half of it for small firms, and B 5 000 for others.

    Categories count in full. Soft earmarks, and those for types while no type is
    stated, rule nothing out.
    """
    firms = {"types": ["sme"]}
    here = {"scheme": "c", "categories": ["x"]}
    for i, (group, least, types, expected) in enumerate((
        (firms, 0.45, TYPES, 2), (firms, 0.46, TYPES, 0), (firms, 0.46, "", 2),
        ({**firms, "enforce": "soft"}, 1, TYPES, 2), (here, 1, TYPES, 2),
        ({**here, "categories": ["y"]}, 0.01, TYPES, 0),
    )):  # fmt: skip
        marks = [{**group, "min_share": cited(least)}]
        setting = paid(tmp_path / str(i), (45000, 5000), types=types, earmarks=marks)
        assert money(setting) == expected


def test_states_and_types_bear_what_is_asked(tmp_path: Path) -> None:
    """A and B lie in one state and must bear all; small firms bear half of A's part."""
    for i, (conditions, expected) in enumerate((
        ({"max_state_share": cited(0.99)}, 0),
        ({"max_state_share": cited(1)}, 2),
        ({"min_beneficiary_share": {"types": ["sme"], "min": cited(0.45)}}, 2),
        ({"min_beneficiary_share": {"types": ["sme"], "min": cited(0.51)}}, 0),
    )):  # fmt: skip
        assert money(paid(tmp_path / str(i), (45000, 5000), **conditions)) == expected
    bare = paid(tmp_path / "bare", (45000, 5000), types="", **{
        "min_beneficiary_share": {"types": ["sme"], "min": cited(0.51)}})  # fmt: skip
    assert money(bare) == 2
    soft = {"types": ["sme"], "min_share": cited(1), "enforce": "soft"}
    both = paid(tmp_path / "both", (45000, 5000), earmarks=[soft],
                max_state_share=cited(1))  # fmt: skip
    assert money(both) == 2


def test_aid_is_capped_by_who_bears_the_cost(tmp_path: Path) -> None:
    """A alone could have half paid; a cap of 0.5 on small firms leaves it 0.75.

    A cap of 0.2 for everybody leaves 20 000 of 100 000.
    """
    for i, (caps, own, expected) in enumerate((
        ([{"beneficiary": ["sme"], "value": 0.5}], 50000, 2),
        ([{"beneficiary": ["sme"], "value": 0.2}, {"value": 0.4}], 70000, 2),
        ([{"beneficiary": ["sme"], "value": 0.2}, {"value": 0.4}], 69999, 0),
        ([{"value": 0.2}], 80000, 2), ([{"value": 0.2}], 79999, 0),
    )):  # fmt: skip
        club = book("club", "partnership", aid_cap=[
            {"source": "S", **cap} for cap in caps])  # fmt: skip
        assert money(paid(tmp_path / str(i), (own, 0), books=(club,))) == expected


def test_what_is_repaid_is_no_aid(tmp_path: Path) -> None:
    """Where aid is capped at nothing, a grant pays nothing, and a loan its half."""
    none = book("club", "partnership", aid_cap=[{"value": 0, "source": "S"}])
    assert money(paid(tmp_path / "a", (50000, 0), books=(none,))) == 0
    loan = book("l", "loan", rate=[{"value": 0.5, "source": "S"}])
    assert money(paid(tmp_path / "b", (50000, 0), books=(none, loan))) == 2
