"""The whole of what a check finds: subjects, slacks, words and sources."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.proposal.facts import Facts
from matcher.rules import all_rules
from tests.rules.bites_cases import COMMITTED
from tests.rules.exact_beneficiaries import PAYABLE
from tests.rules.exact_cohesion import BROAD
from tests.rules.exact_engagement import ENGAGED, MANDATES
from tests.rules.exact_sources import PLACES, SUMS
from tests.rules.exact_years import CLOSED, ENDING
from tests.tiny import (
    CITE,
    NESTED,
    ONE,
    PAID,
    PLAIN,
    POOLED,
    TRADE,
    book,
    cited,
    club,
    grant,
    pay,
    plan,
    pool,
    proposed,
    scene,
    serve,
    tiny,
)

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.proposal.proposal import CasePlan
    from tests.tiny import Scene

Told = tuple[str, int | Fraction | None, str, str]
"""Subject, slack, text and source of a finding."""

FULL = plan("D1", "ABC")
TWO = scene(
    PLAIN,
    capabilities="capability\nK\nL\n",
    assets="""
    region,capability,level,capacity,actor
    A,K,3,5,z
    A,K,2,unlimited,a
    B,K,1,,
    A,L,0,1,
    B,L,3,2,
""",
    needs="""
    region,capability,amount,min_level,actor
    C,K,2,1,z
    B,K,1.5,2,
    C,K,3,1,
    C,L,1,1,
""",
)
MIXED = [{"scheme": "worth", "categories": ["one", "two"], "min_regions": cited(2)}]
GROUPED = scene(NESTED, cases=PLAIN["cases"])
PURSE = book("own", max_own_share=cited(0.5))
UNTIL = scene(PAID, cases={"D1": {"trl_start": 5, "phase": "learn"}})


def one(*funding: object, members: str = "ABC") -> tuple[CasePlan, ...]:
    """One case with these payments."""
    return (plan("D1", members, funding=funding),)  # type: ignore[arg-type]


EXACT: list[tuple[str, str, Scene, tuple[CasePlan, ...], list[Told]]] = [
    ("asset_capacity", "assets by actor, without limit, unknown, in two cases", scene(
        TWO, roles="case,capability,kind\nD1,K,exchange\nD2,K,exchange\n"
        "D2,L,exchange\n"),
     (plan("D1", "ABC", exchanges=(
         serve("BC", 1),
         replace(serve("AC", 1), provider_actor="z", receiver_actor="z"),
         replace(serve("AC", 9), provider_actor="a"))),
      plan("D2", "ABC", exchanges=(replace(serve("AC", 2), provider_actor="z"),))),
     [("A/K/z", 2, "", "assets.csv:2"),
      ("B/K", -1, "units given: 1 is above 0", "assets.csv:4")]),
    ("need_once", "needs by actor, in two cases", scene(
        TWO, roles="case,capability,kind\nD1,K,exchange\nD2,K,exchange\n"),
     (plan("D1", "ABC", exchanges=(
         replace(serve("AC", 1), receiver_actor="z"), serve("AC", 1))),
      plan("D2", "ABC", exchanges=(
          replace(serve("AC", 2), receiver_actor="z"),
          serve("AB", 1, min_level=2)))),
     [("B/K from level 2", Fraction(1, 2), "", "needs.csv:3"),
      ("C/K", 2, "", "needs.csv:4"),
      ("C/K/z", -1, "units got: 3 is above 2", "needs.csv:2")]),
    ("effort", "the lead gives more, in order of regions", scene(
        PLAIN, regions={r: {"effort_capacity": 5} for r in "ABC"},
        cases={"D1": {"effort_base": 1, "effort_per_partner": 2},
               "D2": {"effort_per_partner": 0.5}}),
     (plan("D1", "BC"), plan("D2", "CAB")),
     [("A", Fraction(9, 2), "", "regions.csv:2"),
      ("B", Fraction(3, 2), "", "regions.csv:3"),
      ("C", Fraction(5, 2), "", "regions.csv:4")]),
    ("effort", "what a case does not state it does not ask for", scene(
        ONE, regions={"A": {"effort_capacity": 5}}, cases={"D1": {"effort_base": 1}}),
     (FULL,), [("A", 4, "", "regions.csv:2")]),
    ("effort", "nor of its lead", scene(
        ONE, regions={"A": {"effort_capacity": 5}},
        cases={"D1": {"effort_per_partner": 1}}),
     (FULL,), [("A", 4, "", "regions.csv:2")]),
    ("envelope", "own rows, in all years, and nobody else's", scene(
        POOLED, books={"g": grant(envelope=cited(7)), "h": grant(envelope=cited(9)),
                       "p": pool(envelope=cited(1))},
        budgets="instrument,region,amount,year\nh,A,1,\np,A,1,\np,,20,2025\np,,30,2026\n"
        "h,,unlimited,\n"),
     one(pay("A", 3, "g"), pay("B", 5, "p"), pay("A", 4, "h"), pay("A", 1)),
     [("g", 400, "", f"g: {CITE}"), ("p", 4500, "", "budgets.csv:4")]),
    ("region_cap", "own rows and the limit of the rulebook", scene(
        POOLED, books={"p": pool(per_region_cap=cited(2))},
        budgets="instrument,region,amount,year\np,,9,\np,B,1,\np,A,4,2025\np,A,2,2026\n"),
     one(pay("B", 1, "p"), pay("A", 3, "p"), pay("A", 50)),
     [("p A", 300, "", "budgets.csv:4"),
      ("p A", -100, "paid: EUR 3 is above EUR 2", f"p: {CITE}"),
      ("p B", 0, "", "budgets.csv:3"), ("p B", 100, "", f"p: {CITE}")]),
    ("grant_size", "each instrument, also after one that does not pay", scene(
        PAID, books={"f": grant(grant={"max": cited(1)}),
                     "g": grant(grant={"min": cited(2), "max": cited(4)})}),
     one(pay("A", 3, "g"), pay("B", 2, "g"), pay("A", 9)),
     [("g D1", 300, "", f"g: {CITE}"),
      ("g D1", -100, "granted: EUR 5 is above EUR 4", f"g: {CITE}")]),
    ("instrument_share", "each instrument, also after one that does not pay", scene(
        PAID, books={"e": grant(cost_share={"min": cited(0.9)}),
                     "f": grant(cost_share={"min": cited(0.9)}),
                     "g": grant(cost_share={"min": cited(0.3), "max": cited(0.5)})}),
     one(pay("A", 200, "g"), pay("A", 100), pay("B", 700), pay("A", 0, "e"),
         members="AB"),
     [("g D1 A", 0, "", f"g: {CITE}"), ("g D1 A", 200_00, "", f"g: {CITE}"),
      ("g D1 B", 400_00, "", f"g: {CITE}"),
      ("g D1 B", -200_00, "borne: EUR 700 is above EUR 500", f"g: {CITE}")]),
    ("instrument_consortium", "nested regions count once; no payment, no demand",
     scene(PAID, regions={"A": {"nuts": "NL2"}, "B": {"nuts": "NL22"}}, books={
         "f": grant(consortium={"min_regions": cited(9)}),
         "g": grant(consortium={"min_regions": cited(3), "min_states": cited(2),
                                "max_partners": cited(3), "required": MIXED})}),
     one(pay("A", 1, "g"), pay("A", 0, "f"), pay("C", 5)),
     [("g D1", -1, "regions: 2 is below 3", f"g: {CITE}"),
      ("g D1", 1, "", f"g: {CITE}"),
      ("g D1", 0, "", f"g: {CITE}"),
      ("g D1", -1, "regions that are one or two: 1 is below 2", f"g: {CITE}")]),
    ("category_mix", "nested regions count once", scene(
        GROUPED, books={"club": club(consortium={"required": MIXED})}),
     (plan("D1", "ABC"), plan("D2", "BA")),
     [("D1", -1, "regions that are one or two: 1 is below 2", f"club: {CITE}"),
      ("D2", -1, "regions that are one or two: 1 is below 2", f"club: {CITE}")]),
    ("consortium_size", "of two equal minima the case's is named", scene(
        ONE, cases={"D1": {"min_partners": 2, "max_partners": 3}},
        books={"club": club(consortium={"min_regions": cited(2),
                                        "max_partners": cited(2)})}),
     (FULL,),
     [("D1", 1, "", "cases.csv:2"), ("D1", 0, "", "cases.csv:2"),
      ("D1", -1, "members: 3 is above 2", f"club: {CITE}")]),
    ("consortium_size", "the larger minimum counts, also when it sorts last", scene(
        ONE, cases={"D1": {"min_partners": 4}},
        books={"club": club(consortium={"min_regions": cited(2)})}),
     (FULL,), [("D1", -1, "members: 3 is below 4", "cases.csv:2")]),
    ("commitment", "every role is looked at, a lead as partner, too", COMMITTED,
     (plan("D1", "AB", observers="C"),),
     [("A lead D1", 0, "", f"club: {CITE}; commitments.csv:2"),
      ("A partner D1", 2, "", f"club: {CITE}; commitments.csv:2"),
      ("B partner D1", 0, "", f"club: {CITE}; commitments.csv:3"),
      ("C observer D1", -2, "commitment level: 0 is below 2",
       f"club: {CITE}; no valid row in commitments")]),
    ("commitment", "of several entries the first for the phase counts", scene(
        COMMITTED, cases={"D1": {"phase": "learn"}}, books={"club": club(commitment=[
            {"role": "observer", "phase": "learn", "level": cited(5)},
            {"role": "partner", "phase": "connect", "level": cited(5)},
            {"role": "partner", "level": cited(1)},
            {"role": "lead", "level": cited(3)},
            {"role": "lead", "phase": "learn", "level": cited(2)},
            {"role": "lead", "phase": "learn", "level": cited(5)}])}),
     (plan("D1", "AB"),),
     [("A lead D1", 1, "", f"club: {CITE}; commitments.csv:2"),
      ("A partner D1", 2, "", f"club: {CITE}; commitments.csv:2"),
      ("B partner D1", 0, "", f"club: {CITE}; commitments.csv:3")]),
    ("commitment", "without a partnership nothing is asked", scene(
        COMMITTED, books={"club": None}), (FULL,), []),
    ("commitment", "without commitments nothing is asked", scene(
        COMMITTED, commitments=None), (FULL,), []),
    ("priority_gate", "only in cases with topics", scene(
        PLAIN, priorities="region,topic,weight\nA,t,0.5\n", case_topics="case,topic\n"
        "D1,t\n", books={"club": club(priority_min_fit=cited(0.5))}),
     (plan("D1", "A"), plan("D2", "AB")), [("A D1", 0, "", f"club: {CITE}")]),
    ("priority_gate", "without a floor", scene(
        PLAIN, priorities="region,topic\nA,t\n", case_topics="case,topic\nD1,t\n",
        books={"club": club()}), (FULL,), []),
    ("priority_gate", "without a partnership", scene(
        PLAIN, priorities="region,topic\nA,t\n", case_topics="case,topic\nD1,t\n"),
     (FULL,), []),
    ("priority_gate", "without priorities", scene(
        PLAIN, case_topics="case,topic\nD1,t\n",
        books={"club": club(priority_min_fit=cited(0.5))}), (FULL,), []),
    ("own_share", "each member by its own payments", scene(
        PAID, books={"purse": PURSE}),
     one(pay("A", 1), pay("A", 3, "g"), pay("B", 6), pay("B", 2, "g"), members="AB"),
     [("D1 A", 100, "", f"purse: {CITE}"),
      ("D1 B", -200, "own money: EUR 6 is above EUR 4", f"purse: {CITE}")]),
    ("own_share", "without a limit", scene(PAID, books={"purse": book("own")}),
     one(pay("A", 1)), []),
    ("own_money", "regions in order, over all cases", scene(PAID, cases=PLAIN["cases"]),
     (plan("D1", "AC", funding=(pay("C", 1), pay("A", 2), pay("A", 9, "g"))),
      plan("D2", "C", funding=(pay("C", 3),))),
     [("A", 298_00, "", "regions.csv:2"), ("C", 296_00, "", "regions.csv:4")]),
    ("provider_bears", "in the layer of exchanges only, in order", scene(
        TRADE, assets="region,capability,level,capacity,unit_cost\nA,K,2,3,50\n"
        "C,K,2,3,1\n", costs="case,layer,amount\nD1,1,1\n"),
     (plan("D1", "ABC", exchanges=(serve("CB", 1), serve("AB", 1)),
           funding=(pay("A", 49), pay("A", 9, layer="2"), pay("C", 2), pay("B", 90))),),
     [("D1 A", -100, "borne: EUR 49 is below EUR 50", ""), ("D1 C", 100, "", "")]),
    ("single_funding", "each member and layer by itself, in order", scene(
        PAID, books={"g": grant(), "h": grant(0)}),
     one(pay("B", 4), pay("B", 3, "g", "2"), pay("B", 3, layer="2"), pay("A", 3, "g"),
         pay("A", 2), pay("C", 1, "h"), pay("C", 1, "g"), pay("C", 9)),
     [("D1 A layer 1", -100, "declared: EUR 6 is above EUR 5", ""),
      ("D1 B layer 2", 0, "", "")]),
    ("cost_share", "each member, both bounds", scene(
        PAID, books={"club": club(cost_share={"min": cited(0.2), "max": cited(0.5)})}),
     one(pay("A", 200), pay("B", 800), members="AB"),
     [("D1 A", 0, "", f"club: {CITE}"), ("D1 A", 300_00, "", f"club: {CITE}"),
      ("D1 B", 600_00, "", f"club: {CITE}"),
      ("D1 B", -300_00, "borne: EUR 800 is above EUR 500", f"club: {CITE}")]),
    ("role_best", "each role of its own case; unknown is no level", scene(
        TWO, roles="case,capability,kind,min_level,min_providers\nD2,L,best,3,1\n"
        "D1,K,total,,\nD1,K,best,1,2\nD1,L,best,0,2\n"),
     (plan("D1", "ABC", roles={"K": "AB", "L": "BC"}),),
     [("D1 K", 0, "", "roles.csv:4"), ("D1 L", 0, "", "roles.csv:5")]),
    ("role_exchange", "units of its capability and case", scene(
        TWO, roles="case,capability,kind,min_amount,min_total\nD2,K,exchange,9,\n"
        "D1,L,total,,2\nD1,L,exchange,1,\nD1,K,exchange,,\n"),
     (plan("D1", "ABC", exchanges=(serve("BC", 1, "L"), serve("AC", 5))),),
     [("D1 L", 0, "", "roles.csv:4")]),
    ("role_total", "levels for its capability and case", scene(
        TWO, roles="case,capability,kind,min_amount,min_total\nD2,K,total,,9\n"
        "D1,L,exchange,1,\nD1,L,total,,2\nD1,K,total,,\n"),
     (FULL,), [("D1 L", 1, "", "roles.csv:4")]),
    ("workload", "regions in order, each once", scene(
        PLAIN, regions={"A": {"max_cases": 2}, "B": {"max_leads": 1}}),
     (plan("D1", "BA"), plan("D2", "BA")),
     [("A cases", 0, "", "regions.csv:2"),
      ("B leads", -1, "leads: 2 is above 1", "regions.csv:3")]),
    ("exclusive_group", "groups in order", scene(
        PLAIN, cases="case,name,exclusive_group\nD1,a,z\nD2,b,b\nD3,c,\n"),
     (plan("D1", "A"), plan("D2", "A"), plan("D3", "A")),
     [("b", 0, "", ""), ("z", 0, "", "")]),
]  # fmt: skip
YES_OR_NO: list[tuple[str, str, Scene, tuple[CasePlan, ...], list[tuple[str, str]]]] = [
    ("observer", "everybody is named", PAID,
     (replace(plan("D1", "ABBCC"), funding=(pay("E", 1), pay("D", 1))),),
     [("D1", "B, C in two roles"), ("D1", "D, E paid without being member")]),
    ("one_lead", "a lead is no partner besides", PAID,
     (replace(FULL, partners=("A", "B")),), [("D1", "A leads")]),
    ("one_lead", "a lead is a region", PAID, (replace(FULL, lead="X"),),
     [("D1", "X leads")]),
    ("cost_balance", "each layer, in order; a payment of nothing is no debt", PAID,
     (replace(plan("D1", "AB", funding=(
         pay("A", 0), pay("A", 5, layer="coordination"), pay("B", 2, layer="2"))),
         cost=7_01, gap=5),),
     [("D1 layer 1", "cost less payments is EUR 1,000"),
      ("D1 layer 2", "cost less payments is EUR -2"),
      ("D1 layer coordination", "cost less payments is EUR -5"),
      ("D1", "cost is stated as EUR 7.01, but is EUR 1,000"),
      ("D1", "the stated gap is wrong")]),
    ("single_funding", "no rate is no rate, whatever else pays", scene(
        PAID, books={"g": grant(), "h": grant(0)}),
     one(pay("C", 1, "h"), pay("C", 1, "g"), pay("C", 9)),
     [("D1 C layer 1", "paid by an instrument that has no rate for it")]),
    ("role_best", "who is named twice fills a place once", scene(
        TWO, roles="case,capability,kind,min_level,min_providers\nD1,K,best,1,2\n"),
     (plan("D1", "ABC", roles={"K": "AA"}),), [("D1 K", "named for it: A, A")]),
    ("role_best", "neither more nor fewer than asked", scene(
        TWO, roles="case,capability,kind,min_level\nD1,K,best,1\n"),
     (plan("D1", "ABC", roles={"K": "AB"}),), [("D1 K", "named for it: A, B")]),
    ("role_best", "nobody is named", scene(
        TWO, roles="case,capability,kind,min_level\nD1,K,best,1\n"),
     (FULL,), [("D1 K", "named for it: nobody")]),
    ("exchange_verdict", "where only validated pairs exchange, silence is a no", scene(
        TRADE, settings={"exchanges": "validated-only"}),
     (plan("D1", "AB", exchanges=(serve("AB", 1),)),),
     [("D1 A-B K", "the pair is not validated")]),
    ("exchange_nesting", "both are named", scene(
        TRADE, regions={"A": {"nuts": "NL22"}, "B": {"nuts": "NL2"}}),
     (plan("D1", "AB", exchanges=(serve("AB", 1),)),),
     [("D1 A-B K", "one of the regions lies inside the other")]),
    ("pool_member", "a row of its own, in this fund", scene(
        POOLED, books={"q": book("programme", rate=[{"value": 0.5, "source": "S"}])},
        budgets="instrument,region,amount\np,A,3\nq,B,3\np,,9\nq,,9\n"),
     one(pay("A", 1, "p"), pay("B", 1, "q"), pay("B", 1, "p"), pay("A", 1, "q"),
         pay("C", 0, "p"), pay("C", 1)),
     [("p D1 B layer 1", "the region put no money into the fund"),
      ("q D1 A layer 1", "the region put no money into the fund")]),
    ("window", "own money has no window, and nothing is no payment", scene(
        UNTIL, books={"g": grant(phases=cited(["connect"]))}),
     one(pay("A", 1), pay("B", 0, "g"), pay("C", 1, "g")),
     [("g D1 C layer 1", "phase learn is not paid")]),
    ("window", "both ends of readiness belong to the window", scene(
        UNTIL, books={"g": grant(trl={"start": {"min": cited(5), "max": cited(5)}})}),
     one(pay("A", 1, "g")), []),
    ("window", "unknown readiness lies outside", scene(
        UNTIL, books={"g": grant(trl={"end": {"max": cited(9)}})}),
     one(pay("A", 1, "g")), [("g D1 A layer 1", "readiness at the end is None")]),
    ("window", "two below is as bad as one", scene(
        UNTIL, books={"g": grant(trl={"start": {"min": cited(7)}})}),
     one(pay("A", 1, "g")), [("g D1 A layer 1", "readiness at the start is 5")]),
    ("pins", "a member is lead or partner", scene(ONE, settings={"pins": [
        {"case": "D1", "region": r, "role": "member", "forbid": r == "B"}
        for r in "ABC"]}),
     (plan("D1", "AB"),),
     [("not B member of D1", "vetoed"), ("C member of D1", "asked for")]),
    ("asset_capacity", "a role of any kind lets a capability in", scene(
        TRADE, roles="case,capability,kind\nD1,K,best\n"),
     (plan("D1", "AB", exchanges=(serve("AB", 1),)),), []),
]  # fmt: skip
MEASURED = (*EXACT, *BROAD, *ENGAGED, *ENDING, *PAYABLE, *SUMS)
JUDGED = (*YES_OR_NO, *MANDATES, *CLOSED, *PLACES)


def name(entry: tuple[object, ...]) -> str:
    """Rule and what is shown of it."""
    return f"{entry[0]}: {entry[1]}"


@pytest.mark.parametrize(("rule", "what", "base", "plans", "told"),
                         MEASURED, ids=[name(e) for e in MEASURED])  # fmt: skip
def test_measured_findings_are_exact(
    tmp_path: Path, rule: str, what: str, base: Scene, plans: tuple[CasePlan, ...],
    told: list[Told],
) -> None:  # fmt: skip
    """Every finding with a slack, in order: nothing is missing, nothing too much."""
    found = list(all_rules()[rule].check(Facts(tiny(tmp_path, base)), proposed(*plans)))
    measured = [f for f in found if f.slack is not None]
    assert sorted((f.subject, f.slack, f.text, f.source) for f in measured) == sorted(
        told
    )
    subjects = [f.subject for f in measured]
    expected = [subject for subject, *_ in told]
    assert subjects == expected
    assert all(f.rule == rule for f in found)
    assert all(f.unit and f.what for f in measured)
    told_apart = {(f.subject, f.what, f.source) for f in found}
    assert len(told_apart) == len(found)
    assert all(f.holds is (f.slack >= 0) for f in measured if f.slack is not None)


@pytest.mark.parametrize(("rule", "what", "base", "plans", "told"),
                         JUDGED, ids=[name(e) for e in JUDGED])  # fmt: skip
def test_broken_findings_are_exact(
    tmp_path: Path, rule: str, what: str, base: Scene, plans: tuple[CasePlan, ...],
    told: list[tuple[str, str]],
) -> None:  # fmt: skip
    """Every broken yes or no, in order, with its words; the others are no breach."""
    found = list(all_rules()[rule].check(Facts(tiny(tmp_path, base)), proposed(*plans)))
    broken = [f for f in found if f.slack is None and not f.holds]
    assert [(f.subject, f.text) for f in broken] == told
    assert all(f.rule == rule for f in found)
    assert all(isinstance(f.holds, bool) for f in found)
