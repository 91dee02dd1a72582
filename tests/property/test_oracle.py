"""The oracle against answers worked out by hand in each docstring."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from matcher.scenario.load import load
from matcher.verify.oracle import best
from matcher.verify.oracle_lp import Inequalities
from tests.property.generator import write_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.scenario.setting import Setting

THREE = """
region,name,state,nuts,category.c
A,A,NO,,less_developed
B,B,SE,,transition
C,C,ES,,more_developed
"""
ONE_CASE = "case,name\nD,D\n"
CAPABILITY = "capability\nK\n"


def cited(value: Any) -> dict[str, Any]:
    """A number with its source."""
    return {"value": value, "source": "S"}


def book(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """A rulebook of one kind."""
    return {
        "format": 1, "id": name, "kind": kind, "name": name,
        "confidence": "assumption", "sources": {"S": "made for the test"}, **more,
    }  # fmt: skip


def scene(
    folder: Path,
    weights: dict[str, float],
    *,
    books: tuple[dict[str, Any], ...] = (),
    parameters: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    **tables: str,
) -> Setting:
    """Write a scenario of three regions and one case, unless told otherwise."""
    defaults = {"regions": THREE, "cases": ONE_CASE, "capabilities": CAPABILITY}
    for name, text in {**defaults, **tables}.items():
        (folder / f"{name}.csv").write_text(text.lstrip(), "utf-8")
    for each in books:
        (folder / f"{each['id']}.yaml").write_text(json.dumps(each), "utf-8")
    standard = {
        "scale": {"steps": [{"levels": 3, "points": 1}, {"levels": 3, "points": 0.5}]},
        "scope": {"share": 0.5},
        "strategic_fit": {"observer_share": 0.5},
        "cohesion": {"scheme": "c", "points": {"less_developed": 1, "transition": 0.5}},
        "coordination_cost": {
            "per_case": 1, "per_member": 0.5, "per_state": 0.1, "per_observer": 0.1,
        },
    }  # fmt: skip
    objective = {
        "format": 1, "id": "o", "name": "o", "weights": weights,
        "parameters": {**standard, **(parameters or {})},
    }  # fmt: skip
    (folder / "o.yaml").write_text(json.dumps(objective), "utf-8")
    scenario = {
        "format": 1, "title": "t", "date": "2025-06-01", "objective": "o.yaml",
        "rulebooks": [f"{each['id']}.yaml" for each in books], **(settings or {}),
    }  # fmt: skip
    (folder / "scenario.yaml").write_text(json.dumps(scenario), "utf-8")
    return load(folder).setting()


def worth(setting: Setting, *, funding: bool = False) -> Fraction | None:
    """Value of the best plan, or None."""
    answer = best(setting, funding=funding)
    return None if answer is None else answer.value


def test_nothing_pays(tmp_path: Path) -> None:
    """Launching costs 1 + 0.5 + 0.1 and brings nothing: stay closed, worth 0."""
    answer = best(scene(tmp_path, {"coordination_cost": 1}), funding=False)
    assert answer is not None
    assert (answer.value, dict(answer.cases)) == (0, {})


def test_cheapest_case_when_one_is_asked_for(tmp_path: Path) -> None:
    """One case with one member of one state: -(1 + 0.5 + 0.1) = -1.6."""
    settings = {"limits": {"min_cases": 1}}
    setting = scene(tmp_path, {"coordination_cost": 1}, settings=settings)
    assert worth(setting) == Fraction("-1.6")


def test_contradictory_pins(tmp_path: Path) -> None:
    """A region cannot be lead and partner of one case."""
    pins = [{"case": "D", "region": "A", "role": r} for r in ("lead", "partner")]
    assert worth(scene(tmp_path, {}, settings={"pins": pins})) is None


def test_veto_on_partner_leaves_the_lead(tmp_path: Path) -> None:
    """C must be a member and not a partner: it leads, and all three score 1.5."""
    pins = [
        {"case": "D", "region": "C", "role": "member"},
        {"case": "D", "region": "C", "role": "partner", "forbid": True},
    ]
    answer = best(
        scene(tmp_path, {"cohesion": 1}, settings={"pins": pins}), funding=False
    )
    assert answer is not None
    assert answer.value == Fraction("1.5")
    assert answer.cases["D"].lead == "C"
    assert answer.cases["D"].members >= {"A", "B", "C"}


def test_netting_takes_the_plainest_asset_first(tmp_path: Path) -> None:
    """A serves its own 2 with level 1, so 2 units of level 3 are left for B.

    B wants 3 at level 3 and gets 2; scope needs half of 3, which 2 reach:
    2 x 1 + 1 = 3.
    """
    setting = scene(
        tmp_path, {"need_coverage": 1, "scope": 1},
        assets="region,capability,actor,level,capacity\nA,K,x,3,2\nA,K,y,1,2\n",
        needs="region,capability,amount,min_level\nA,K,2,1\nB,K,3,3\n",
        roles="case,capability,kind\nD,K,exchange\n",
    )  # fmt: skip
    answer = best(setting, funding=False)
    assert answer is not None
    assert answer.value == 3
    assert [(e.provider, e.receiver, e.units) for e in answer.exchanges] == [
        ("A", "B", 2)
    ]


def test_whole_units_and_unknown_capacity(tmp_path: Path) -> None:
    """1.9 on offer serve one unit at 2 points; unknown capacity serves none."""
    setting = scene(
        tmp_path, {"need_coverage": 1},
        assets="region,capability,level,capacity\nA,K,2,1.9\nC,K,2,\n",
        needs="region,capability,amount,value\nB,K,4,2\n",
        roles="case,capability,kind\nD,K,best\n",
    )  # fmt: skip
    assert worth(setting) == 2


def test_scope_measures_the_unfloored_need(tmp_path: Path) -> None:
    """2 of 2.5 units are 0.8: enough for a share of 0.75, not for one of 0.9."""
    tables = {
        "assets": "region,capability,level,capacity\nA,K,2,unlimited\n",
        "needs": "region,capability,amount\nB,K,2.5\n",
        "roles": "case,capability,kind\nD,K,exchange\n",
    }
    for share, expected in ((0.75, 1), (0.9, 0)):
        setting = scene(tmp_path, {"scope": 1}, parameters={"scope": {"share": share}},
                        **tables)  # fmt: skip
        assert worth(setting) == expected


@pytest.mark.parametrize(
    ("exchanges", "said", "expected"),
    [
        ("not-rejected", ["validated", "rejected"], 0),
        ("not-rejected", ["doubtful"], 1),
        ("validated-only", ["doubtful"], 0),
        ("validated-only", ["validated", "doubtful"], 1),
    ],
)
def test_verdicts(
    tmp_path: Path, exchanges: str, said: list[str], expected: int
) -> None:
    """One rejection closes the pair; validated-only asks for a validation."""
    rows = "".join(f"A,B,K,{word},e{i}\n" for i, word in enumerate(said))
    setting = scene(
        tmp_path, {"need_coverage": 1}, settings={"exchanges": exchanges},
        assets="region,capability,level,capacity\nA,K,2,1\n",
        needs="region,capability,amount\nB,K,1\n",
        roles="case,capability,kind\nD,K,exchange\n",
        verdicts="provider,receiver,capability,verdict,expert\n" + rows,
    )  # fmt: skip
    assert worth(setting) == expected


def test_exchange_role_in_two_cases(tmp_path: Path) -> None:
    """3 units cannot give 2 to each of two cases: one is launched and serves 3.

    Pinning both makes the scenario infeasible.
    """
    tables = {
        "cases": "case,name\nD,D\nE,E\n",
        "assets": "region,capability,level,capacity\nA,K,2,3\n",
        "needs": "region,capability,amount\nB,K,9\n",
        "roles": "case,capability,kind,min_amount\nD,K,exchange,2\nE,K,exchange,2\n",
    }
    assert worth(scene(tmp_path, {"need_coverage": 1}, **tables)) == 3
    pins = [{"case": "D"}, {"case": "E"}]
    both = scene(tmp_path, {"need_coverage": 1}, settings={"pins": pins}, **tables)
    assert worth(both) is None


def test_role_quality_adds_up_the_best_providers(tmp_path: Path) -> None:
    """Two providers from level 2 of levels 3, 2, 1: 4 x (3 + 2) = 20."""
    setting = scene(
        tmp_path, {"role_quality": 1},
        assets="region,capability,level\nA,K,3\nB,K,2\nC,K,1\n",
        roles="case,capability,kind,min_level,min_providers,weight\nD,K,best,2,2,4\n",
    )  # fmt: skip
    assert worth(setting) == 20


def test_nested_regions_count_once(tmp_path: Path) -> None:
    """A holds B: of A, B, C only A and C count, so levels are 3 + 1 = 4.

    g(4) = 3 x 1 + 1 x 0.5 = 3.5; three counting members are impossible.
    """
    tables = {
        "regions": "region,name,state,nuts\nA,A,NO,NO0\nB,B,NO,NO01\nC,C,SE,SE1\n",
        "assets": "region,capability,level\nA,K,3\nB,K,3\nC,K,1\n",
        "roles": "case,capability,kind\nD,K,total\n",
    }
    assert worth(scene(tmp_path, {"scale": 1}, **tables)) == Fraction("3.5")
    three = "case,name,min_partners\nD,D,3\n"
    assert worth(scene(tmp_path, {"scale": 1}, **{**tables, "cases": three})) == 0


def test_partial_overlap_and_equal_units(tmp_path: Path) -> None:
    """B shares X1 with A, and C equals A: only A counts, so 2 members never do."""
    setting = scene(
        tmp_path, {"cohesion": 1},
        regions="region,name,state,nuts,category.c\nA,A,NO,X1|X2,less_developed\n"
        "B,B,NO,X1|X3,less_developed\nC,C,NO,X1|X2,less_developed\n",
        cases="case,name,min_partners\nD,D,2\n",
    )  # fmt: skip
    assert worth(setting) == 0


def test_commitment_most_specific_and_expired(tmp_path: Path) -> None:
    """A leads by its row for D; B's better row has expired; C is too low for D.

    Members A (1) only, with B as observer: 1 point of cohesion.
    """
    needs = [
        {"role": "lead", "level": cited(3)},
        {"role": "partner", "level": cited(2)},
        {"role": "partner", "phase": "learn", "level": cited(0)},
        {"role": "observer", "level": cited(1)},
    ]
    tables = {
        "regions": THREE.replace("transition", "less_developed")
        .replace("more_developed", "less_developed"),
        "commitments": "region,case,partnership,level,expires\nA,,,0,\nA,D,,3,\n"
        "B,,,1,\nB,D,,5,2025-05-31\nC,,,5,\nC,,p,1,2025-06-01\n",
    }  # fmt: skip
    partnership = book("p", "partnership", commitment=needs)
    for phase, expected in (("scale_up", 1), ("learn", 3)):
        setting = scene(
            tmp_path, {"cohesion": 1}, books=(partnership,),
            cases=f"case,name,partnership,phase\nD,D,p,{phase}\n", **tables,
        )  # fmt: skip
        assert worth(setting) == expected


def test_priority_gate_and_observers(tmp_path: Path) -> None:
    """A fits 0.6 + 0.5, capped at 1; B fits 0.5, below 0.6, and only observes.

    1 + 0.5 x 0.5 = 1.25; C's priority has expired.
    """
    setting = scene(
        tmp_path, {"strategic_fit": 1},
        books=(book("p", "partnership", priority_min_fit=cited(0.6)),),
        priorities="region,topic,weight,valid_until\nA,t,1,\nA,u,1,2025-06-01\n"
        "B,u,1,\nC,t,1,2025-05-31\n",
        case_topics="case,topic,weight\nD,t,0.6\nD,u,0.5\n",
    )  # fmt: skip
    answer = best(setting, funding=False)
    assert answer is not None
    assert answer.value == Fraction("1.25")
    assert answer.cases["D"].observers == {"B"}


def test_effort_and_leads(tmp_path: Path) -> None:
    """Leading takes 1.5 and joining 0.5; A may lead nowhere, B has 1 and C 1.5.

    C leads one case with A and B: 1.5 points. Nobody is left to lead the other.
    """
    setting = scene(
        tmp_path, {"cohesion": 1},
        regions="region,name,state,effort_capacity,max_leads,category.c\n"
        "A,A,NO,unlimited,0,less_developed\nB,B,SE,1,,transition\nC,C,ES,1.5,,\n",
        cases="case,name,effort_base,effort_per_partner\nD,D,1,0.5\nE,E,1,0.5\n",
    )  # fmt: skip
    answer = best(setting, funding=False)
    assert answer is not None
    assert answer.value == Fraction("1.5")
    assert [case.lead for case in answer.cases.values()] == ["C"]


def test_exclusive_group_state_and_case_limits(tmp_path: Path) -> None:
    """Of D, E (exclusive) and F, G (done): one of D, E and F, each worth 1.5.

    The partnership's limit of one case leaves 1.5.
    """
    cases = "case,name,exclusive_group,state\nD,D,x,\nE,E,x,\nF,F,,idea\nG,G,,done\n"
    assert worth(scene(tmp_path, {"cohesion": 1}, cases=cases)) == 3
    limit = book("p", "partnership", max_cases=cited(1))
    setting = scene(tmp_path, {"cohesion": 1}, cases=cases, books=(limit,))
    assert worth(setting) == Fraction("1.5")


OWN = "region,name,state,own_budget,category.c\nA,A,NO,{},x\nB,B,SE,{},x\nC,C,ES,0,y\n"
EACH = {"cohesion": {"scheme": "c", "points": {"x": 1}}}


def test_own_budgets_bind_to_the_cent(tmp_path: Path) -> None:
    """100 000 EUR are paid by 60 000 and 40 000, and not with one cent less."""
    costs = "case,layer,amount\nD,1,100000\n"
    for second, expected in (("40000", 2), ("39999.99", 0)):
        setting = scene(
            tmp_path, {"cohesion": 1}, parameters=EACH, costs=costs,
            regions=OWN.format("60000", second),
        )  # fmt: skip
        assert worth(setting) == 2
        assert worth(setting, funding=True) == expected


def test_rates_and_smallest_grant(tmp_path: Path) -> None:
    """A pays 50 000 of its own and a grant at 0.5 pays the other 50 000.

    A smallest grant of 50 000 is met exactly, one of 50 000.01 is not.
    """
    for least, expected in ((50000, 2), (50000.01, 0)):
        grant = book("g", "grant", rate=[{"value": 0.5, "source": "S"}],
                     grant={"min": cited(least)})  # fmt: skip
        setting = scene(
            tmp_path, {"cohesion": 1}, parameters=EACH, books=(grant,),
            regions=OWN.format("50000", "0"), costs="case,layer,amount\nD,1,100000\n",
        )  # fmt: skip
        assert worth(setting, funding=True) == expected


def test_pool_pays_its_own_regions_in_its_layers(tmp_path: Path) -> None:
    """The pool pays A half of layer 1; layer 2 needs B's own 20 000.

    A's row of 30 000 pays half of 60 000 beside 30 000 of its own: with 10 000
    per member and 40 000 per case, two members cost 60 000.
    """
    pool = book("g", "pooled", rate=[{"value": 0.5, "source": "S"}], layers=cited([1]))
    costs = "case,layer,per,amount\nD,1,case,40000\nD,1,partner,10000\nD,2,case,20000\n"
    for row, expected in (("A,30000", 2), ("A,29999", 0), ("B,30000", 0)):
        setting = scene(
            tmp_path, {"cohesion": 1}, parameters=EACH, books=(pool,),
            regions=OWN.format("30000", "20000"), costs=costs,
            budgets=f"instrument,region,amount\ng,{row}\n",
            settings={"pins": [{"case": "D", "region": r, "role": "member",
                                "forbid": True} for r in "C"]},
        )  # fmt: skip
        # B alone can pay 20 000, never the 70 000 of a case of its own.
        assert worth(setting, funding=True) == expected


def test_unit_costs_fall_on_the_provider(tmp_path: Path) -> None:
    """A has 20 000 for units at 10 000 each: 2 of the 3 units wanted are served.

    Layer 1 costs nothing else. Without money rules all 3 are.
    """
    setting = scene(
        tmp_path, {"need_coverage": 1}, regions=OWN.format("20000", "unlimited"),
        assets="region,capability,level,capacity,unit_cost\nA,K,2,3,10000\n",
        needs="region,capability,amount\nB,K,3\n",
        roles="case,capability,kind\nD,K,exchange\n",
        costs="case,layer,amount\nD,2,10000\n",
    )  # fmt: skip
    assert worth(setting) == 3
    assert worth(setting, funding=True) == 2


def test_share_bounds_and_own_share(tmp_path: Path) -> None:
    """Every member bears at least 0.4: three members cannot, two can.

    With at most half of a share paid by the member itself, nothing pays the rest.
    """
    bounds = book("p", "partnership", cost_share={"min": cited(0.4)})
    points = {"cohesion": {"scheme": "c", "points": {"x": 1, "y": 1}}}
    regions = OWN.format("unlimited", "unlimited").replace(",0,y", ",unlimited,y")
    for books, expected in (
        ((bounds,), 2),
        ((bounds, book("own", "own", max_own_share=cited(0.5))), 0),
    ):
        setting = scene(
            tmp_path, {"cohesion": 1}, parameters=points, books=books,
            regions=regions, costs="case,layer,amount\nD,1,100000\n",
        )  # fmt: skip
        assert worth(setting) == 3
        assert worth(setting, funding=True) == expected


def test_envelope_is_shared_and_consortium_is_asked(tmp_path: Path) -> None:
    """All is granted at rate 1: 150 000 pay one case of 100 000, not two.

    An instrument that asks for 4 members pays none.
    """
    for least, expected in ((2, 2), (4, 0)):
        grant = book(
            "g", "grant", rate=[{"value": 1, "source": "S"}],
            envelope=cited(150000), consortium={"min_regions": cited(least)},
        )  # fmt: skip
        setting = scene(
            tmp_path, {"cohesion": 1}, parameters=EACH, books=(grant,),
            regions=OWN.format("0", "0"), cases="case,name\nD,D\nE,E\n",
            costs="case,layer,amount\nD,1,100000\nE,1,100000\n",
        )  # fmt: skip
        assert worth(setting) == 4
        assert worth(setting, funding=True) == expected


def test_readiness_and_phase_windows(tmp_path: Path) -> None:
    """The grant asks for readiness 6 at the start; 5 and unknown get nothing."""
    grant = book(
        "g", "grant", rate=[{"value": 1, "source": "S"}], phases=cited(["learn"]),
        trl={"start": {"min": cited(6)}},
    )  # fmt: skip
    for phase, start, expected in (
        ("learn", "6", 2), ("learn", "5", 0), ("learn", "", 0), ("", "6", 0),
    ):  # fmt: skip
        setting = scene(
            tmp_path, {"cohesion": 1}, parameters=EACH, books=(grant,),
            regions=OWN.format("0", "0"), costs="case,layer,amount\nD,1,100\n",
            cases=f"case,name,phase,trl_start\nD,D,{phase},{start}\n",
        )  # fmt: skip
        assert worth(setting, funding=True) == expected


def test_whole_solutions_only() -> None:
    """2x + 2y = 3 has fractional solutions only; 2x + 3y = 7 has (2, 1)."""
    odd = Inequalities()
    x, y = odd.variable(), odd.variable()
    odd.row({x: 2, y: 2}, 3, 3)
    assert odd.whole_solution() is None
    even = Inequalities()
    x, y = even.variable(), even.variable(1)
    even.row({x: 2, y: 3}, 7, 7)
    assert even.whole_solution() == (2, 1)


def test_refuses_what_is_too_large(tmp_path: Path) -> None:
    """Seven regions are one too many."""
    rows = "".join(f"R{i},R{i},NO\n" for i in range(7))
    setting = scene(tmp_path, {}, regions="region,name,state\n" + rows)
    with pytest.raises(ValueError, match="7 regions"):
        best(setting, funding=False)


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("money", [False, True])
def test_money_never_adds_value(tmp_path: Path, seed: int, money: bool) -> None:
    """Drawn scenarios load, and money rules only take plans away."""
    setting = load(write_scenario(tmp_path, seed, money=money, small=True)).setting()
    needed = best(setting, funding=False)
    fundable = best(setting, funding=True)
    if needed is None:
        assert fundable is None
        return
    assert fundable is None or fundable.value <= needed.value
    weights = setting.objective.weights
    assert needed.value == sum(weights[t] * p for t, p in needed.points.items())
