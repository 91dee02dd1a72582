"""What checks look up: every figure as the tables mean it, worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.proposal.facts import Facts
from tests.tiny import (
    ONE,
    PAID,
    PLAIN,
    POOLED,
    TRADE,
    book,
    cited,
    club,
    grant,
    plan,
    scene,
    serve,
    tiny,
)  # fmt: skip

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tiny import Scene


def facts(folder: Path, base: Scene = PLAIN, **changes: object) -> Facts:
    """Facts of a scene, changed."""
    return Facts(tiny(folder, base, **changes))


def test_the_best_level_counts(tmp_path: Path) -> None:
    """Of several assets the highest level; what is not stated is no level."""
    what = facts(tmp_path, TRADE, assets="region,capability,level,actor\n"
                 "A,K,1,a\nA,K,3,b\nA,K,2,c\nB,K,0,\n")  # fmt: skip
    assert what.levels == {("A", "K"): 3, ("B", "K"): 0}
    assert [what.level(r, "K") for r in "ABC"] == [3, 0, 0]


COVERS = [
    ("NL2", "NL22", True, False, "a part lies inside"),
    ("NL22", "NL2", False, True, "the whole does not lie inside its part"),
    ("NL2", "NL2", True, False, "the same twice: the first by id is the outer one"),
    ("NL2", "BE2", False, False, "apart"),
    ("NL2|BE2", "NL22|BE22", True, False, "parts of both lie inside"),
    ("NL22|BE22", "NL2|BE2", False, True, "both hold a part each"),
    ("NL2|BE2", "NL22|DE1", True, False, "in part: the first by id is the outer one"),
    ("NL22|DE1", "NL2|BE2", True, False, "in part, the other way round: still by id"),
    ("NL2", "", False, False, "unknown units lie nowhere"),
    ("", "NL2", False, False, "nothing is known to lie inside the unknown"),
    ("", "", False, False, "two unknown ones are no pair"),
]


@pytest.mark.parametrize(("first", "second", "outer", "inner", "what"), COVERS,
                         ids=[c[4] for c in COVERS])  # fmt: skip
def test_nesting_is_read_from_nuts_units(
    tmp_path: Path, first: str, second: str, outer: bool, inner: bool, what: str
) -> None:
    """Who covers whom, and that a region does not cover itself."""
    known = facts(tmp_path, regions={"A": {"nuts": first}, "B": {"nuts": second}})
    assert (known.covers("A", "B"), known.covers("B", "A")) == (outer, inner)
    assert known.nested("A", "B") == known.nested("B", "A") == (outer or inner)
    assert known.covers("A", "A") is False
    assert known.counting(iter("A")) == ["A"]
    assert sorted(known.counting(iter("AB"))) == sorted(known.counting("AB"))
    assert sorted(known.counting("AB")) == [
        name for name, hidden in (("A", inner), ("B", outer)) if not hidden
    ]
    assert known.counting("B") == ["B"]


COMMITMENTS: list[tuple[str, str, int, int | None]] = [
    ("general", "A,,,2,", 2, 2),
    ("of the partnership before the general", "A,,,4,\nA,,steel,2,", 2, 3),
    ("of the case before the partnership's", "A,,steel,4,\nA,D1,,1,\nA,,,3,", 1, 3),
    ("of another case", "A,D2,,4,", 0, None),
    ("of another partnership", "A,,wind,4,", 0, None),
    ("of another region", "B,,,4,\nB,D1,,5,", 0, None),
    ("expired", "A,,,4,2025-05-31", 0, None),
    ("on its last day", "A,,,4,2025-06-01", 4, 2),
    ("an expired one uncovers the general", "A,,,3,\nA,D1,,5,2025-05-31", 3, 2),
    ("level 0 for the case", "A,,,3,\nA,D1,,0,", 0, 3),
]


@pytest.mark.parametrize(("what", "rows", "level", "line"), COMMITMENTS,
                         ids=[c[0] for c in COMMITMENTS])  # fmt: skip
def test_the_most_specific_valid_commitment_holds(
    tmp_path: Path, what: str, rows: str, level: int, line: int | None
) -> None:
    """Level in force and the line that states it, whatever the order of the rows."""
    head = "region,case,partnership,level,expires\n"
    for order in (rows.split("\n"), rows.split("\n")[::-1]):
        known = facts(
            tmp_path / str(len(order[0])) / order[0][:6],
            cases={"D1": {"partnership": "steel"}},
            commitments=head + "\n".join(order) + "\n",
        )
        found, row = known.commitment("A", known.setting.cases["D1"])
        assert found == level
        assert (row is None) is (line is None)
        if row is not None:
            assert row.region == "A"
            assert row.level == level


def test_entries_of_the_phase_go_before_the_general_ones(tmp_path: Path) -> None:
    """Of an unknown phase, and of one without an entry, the general ones hold."""
    known = facts(
        tmp_path,
        cases={"D1": {"phase": "learn"}},
        books={
            "club": club(
                lead_users=[
                    {"phase": phase, "min": cited(least)}
                    for phase, least in (
                        (None, 1),
                        ("learn", 2),
                        ("connect", 3),
                        ("learn", 4),
                        (None, 5),
                    )
                ]
            )
        },
    )
    book, cases = known.setting.partnership, known.setting.cases
    assert book is not None
    held = {
        name: [need.min.value for need in known.in_phase(book.lead_users, case)]
        for name, case in cases.items()
    }
    assert held == {"D1": [2, 4], "D2": [1, 5]}
    assert known.in_phase(book.lead_users[1:3], cases["D2"]) == []


def test_lead_users_add_up_by_region(tmp_path: Path) -> None:
    """Best levels in capabilities of the class, of whatever actor."""
    known = facts(
        tmp_path, capabilities="capability,class\nK,lead_user\nL,skill\nM,lead_user\n",
        assets="region,capability,level,actor\nA,K,1,x\nA,K,3,y\nA,M,2,\nA,L,3,\n"
        "B,L,1,\nC,M,0,\n",
    )  # fmt: skip
    assert known.lead_user_levels == {"A": 5, "C": 0}


def test_a_case_without_partnership_belongs_to_none(tmp_path: Path) -> None:
    """A commitment to a partnership is none to a case outside any."""
    known = facts(tmp_path, commitments="region,partnership,level\nA,steel,3\n")
    assert known.commitment("A", known.setting.cases["D1"]) == (0, None)


def test_fit_adds_up_shared_topics_up_to_one(tmp_path: Path) -> None:
    """Weight times weight over valid priorities, never above 1, exactly."""
    known = facts(
        tmp_path,
        priorities="region,topic,weight,valid_until\nA,t,0.1,\nA,u,0.2,\nA,v,1,\n"
        "B,t,1,2025-06-01\nB,u,1,2025-05-31\nC,t,1,\nC,u,1,\n",
        case_topics="case,topic,weight\nD1,t,0.3\nD1,u,0.8\nD2,v,0.5\n",
    )  # fmt: skip
    assert known.fit("A", "D1") == Fraction(19, 100)
    assert known.fit("A", "D2") == Fraction(1, 2)
    assert known.fit("B", "D1") == Fraction(3, 10)
    assert known.fit("B", "D2") == 0
    assert known.fit("C", "D1") == 1


NET_ASSETS = """
    region,capability,level,capacity,actor
    A,K,3,2,b
    A,K,1,5,p
    A,K,3,1.5,a
    A,K,2,,c
    A,L,3,unlimited,
    B,K,3,4,
    C,K,1,2.5,
"""
NET_NEEDS = """
    region,capability,amount,min_level,actor
    A,K,2.5,3,
    A,K,6,1,y
    A,K,1,1,x
    A,L,7,1,
    B,K,1,3,
    B,K,1.5,2,
    C,K,4,2,
"""


def test_own_needs_are_served_first(tmp_path: Path) -> None:
    """Most demanding needs first, each from the plainest assets; ties by actor.

    A's need at level 3 takes 1.5 of actor a and 1 of b. Then x takes 1 of the plain
    asset of 5 and y the other 4; 1 of b is left for y, who still misses 1.
    """
    known = facts(tmp_path, TRADE, capabilities="capability\nK\nL\n",
                  assets=NET_ASSETS, needs=NET_NEEDS)  # fmt: skip
    assert {key: known.stock(key) for key in known.assets} == {
        ("A", "K", "a"): 0, ("A", "K", "b"): 0, ("A", "K", "c"): 0, ("A", "K", "p"): 0,
        ("A", "L", ""): None, ("B", "K", ""): 1, ("C", "K", ""): 2,
    }  # fmt: skip
    missing = {key: known.missing(key) for key in known.needs}
    assert missing == {
        ("A", "K", "", 3): 0, ("A", "K", "y", 1): 1, ("A", "K", "x", 1): 0,
        ("A", "L", "", 1): 0, ("B", "K", "", 3): 0, ("B", "K", "", 2): 0,
        ("C", "K", "", 2): 4,
    }  # fmt: skip
    assert known.stock(("B", "Q", "")) == 0


def test_the_plainest_asset_and_the_hardest_need_come_first(tmp_path: Path) -> None:
    """Not the first by actor: better assets stay free, harder needs are met."""
    known = facts(
        tmp_path, TRADE, assets="region,capability,level,capacity,actor\nA,K,3,2,a\n"
        "A,K,1,2,z\nB,K,3,2,\n", needs="region,capability,amount,min_level,actor\n"
        "A,K,1,1,\nB,K,2,1,a\nB,K,2,3,b\n",
    )  # fmt: skip
    assert [known.stock(("A", "K", actor)) for actor in "az"] == [2, 1]
    assert known.missing(("B", "K", "a", 1)) == 2
    assert known.missing(("B", "K", "b", 3)) == 0


def test_units_left_are_rounded_down(tmp_path: Path) -> None:
    """Half a unit cannot be given away."""
    known = facts(tmp_path, TRADE, assets="region,capability,level,capacity\n"
                  "A,K,2,3.75\nB,K,2,1.5\nC,K,2,unlimited\n",
                  needs="region,capability,amount\nA,K,1\nC,K,2\n")  # fmt: skip
    left = [known.stock((r, "K", "")) for r in "ABC"]
    assert left == [2, 1, None]
    assert known.missing(("C", "K", "", 1)) == 0


def test_one_rejection_rejects_a_pair(tmp_path: Path) -> None:
    """Rejected before validated before doubtful, by pair and capability."""
    known = facts(
        tmp_path, TRADE, verdicts="provider,receiver,capability,verdict,expert\n"
        "A,B,K,validated,one\nA,B,K,rejected,two\nA,C,K,doubtful,one\n"
        "A,C,K,validated,two\nB,A,K,doubtful,one\n",
    )  # fmt: skip
    assert known.verdicts == {
        ("A", "B", "K"): "rejected", ("A", "C", "K"): "validated",
        ("B", "A", "K"): "doubtful",
    }  # fmt: skip


def test_costs_add_up_by_layer(tmp_path: Path) -> None:
    """Lines of the case once, lines of members for each, units at their provider."""
    known = facts(
        tmp_path, TRADE, cases=PLAIN["cases"],
        assets="region,capability,level,capacity,unit_cost\nA,K,2,3,50\nC,K,1,1,\n",
        costs="case,layer,amount,per,year\nD1,1,100,case,2025\nD1,1,10,case,2026\n"
        "D1,2,7,partner,\nD2,1,1000,case,\nD2,2,900,partner,\n",
    )  # fmt: skip
    mine = plan("D1", "ABC", exchanges=(serve("AB", 2), serve("AC", 1), serve("CB", 1)))
    assert known.exchange_layer == "1"
    assert known.cost(mine) == {"1": 11_000 + 15_000, "2": 2_100}
    assert known.unit_costs(mine) == {"A": 15_000, "C": 0}
    assert known.unit_costs(plan("D1", "AB", exchanges=(serve("BA", 2),))) == {"B": 0}
    assert known.cost(plan("D1", "A")) == {"1": 11_000, "2": 700}


def test_units_are_charged_to_the_layer_of_the_rulebook(tmp_path: Path) -> None:
    """The partnership names the layer; without a word it is the first."""
    charged = scene(TRADE, assets={"A": {"unit_cost": 1}}, costs="case,layer,amount\n"
                    "D1,1,5\n")  # fmt: skip
    mine = plan("D1", "AB", exchanges=(serve("AB", 2),))
    known = facts(tmp_path / "a", charged,
                  books={"club": club(exchange_layer=cited(2))})  # fmt: skip
    assert known.exchange_layer == "2"
    assert known.cost(mine) == {"1": 500, "2": 200}
    assert facts(tmp_path / "b", charged, books={"club": club()}).exchange_layer == "1"


def test_the_first_rate_that_fits_holds(tmp_path: Path) -> None:
    """By category in the order written; None where no rate fits."""
    rates = [
        {"scheme": "worth", "category": "one", "value": 0.7, "source": "S"},
        {"scheme": "worth", "category": "two", "value": 0.6, "source": "S"},
        {"scheme": "worth", "category": "none", "value": 0.5, "source": "S"},
    ]
    known = facts(tmp_path, PAID, books={"g": book("grant", rate=rates)})
    book_g = known.setting.instruments["g"]
    paid = [known.rate(book_g, r, "D1", "1") for r in "ABC"]
    assert paid == [Fraction(7, 10), Fraction(6, 10), None]
    general = {"value": 0.1, "source": "S"}
    known = facts(tmp_path / "b", PAID,
                  books={"g": book("grant", rate=[general, *rates])})  # fmt: skip
    book_g = known.setting.instruments["g"]
    assert known.rate(book_g, "A", "D1", "1") == Fraction(1, 10)


def test_budget_rows_add_up(tmp_path: Path) -> None:
    """Years add up, unlimited swallows them, and no row is no figure."""
    known = facts(
        tmp_path, POOLED, books={"h": grant()},
        budgets="instrument,region,amount,year\np,A,1,2025\np,A,2,2026\np,,50,\n"
        "p,B,5,2025\np,B,unlimited,2026\nh,,7,\nh,C,3,\n",
    )  # fmt: skip
    assert known.budgets("p", "A") == 300
    assert known.budgets("p", None) == 5_000
    assert known.budgets("p", "B") == "unlimited"
    assert known.budgets("p", "C") is None
    assert known.budgets("h", None) == 700
    assert known.budgets("h", "C") == 300


def test_roles_name_what_a_case_wants(tmp_path: Path) -> None:
    """Capabilities by case, of every kind of role; a case without roles wants none."""
    known = facts(
        tmp_path,
        ONE,
        cases=PLAIN["cases"],
        capabilities="capability\nK\nL\n",
        roles="case,capability,kind\nD1,K,best\nD1,L,total\nD1,K,exchange\n",
    )
    assert known.wanted["D1"] == {"K", "L"}
    assert known.wanted["D2"] == set()
