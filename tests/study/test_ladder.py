"""Ever more money: free plans, nested plans and a little more, all solved again."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.engine.desk import Desk
from matcher.errors import InputError, Place
from matcher.program.solution import SolveOptions, Stop
from matcher.proposal.difference import memberships_of
from matcher.scenario.schema import Assumption
from matcher.study.ladder.following import MONEY, PEOPLE, with_money
from matcher.study.ladder.ladder import STEPS, ladder
from matcher.verify.verify import verify
from tests.scenarios.conftest import call, document, run
from tests.tiny import PLAIN, cited, grant, plan, pool, scene, tiny_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.engine.solving import Workers
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting
    from matcher.study.ladder.ladder import Ladder
    from tests.tiny import Scene

GRANTED: Scene = scene(
    PLAIN,
    cases="case,name,exclusive_group\nD1,Repair,G\nD2,Powder,G\n",
    regions={name: {"own_budget": 0} for name in "ABC"},
    costs="case,layer,amount,per\nD1,1,100,partner\nD2,1,250,partner\n",
    books={"g": grant(1.0, envelope=cited(300))},
)
"""One case of two; a member of D1 costs 100 EUR, of D2 250; grant g has 300 for all."""

RIVALS: Scene = scene(
    GRANTED,
    cases="case,name,exclusive_group,min_partners\nD1,Repair,G,1\nD2,Powder,G,3\n",
    objective={
        "weights": {"cohesion": 1, "launched_cases": 0, "strategic_fit": 40},
    },
    regions={"C": {"own_budget": 0}},
    priorities="region,topic,weight\nA,T,1\nB,T,1\nC,T,1\n",
    case_topics="case,topic,weight\nD2,T,1\n",
)
"""D2 takes all three regions and 750 EUR, and is worth far more than D1."""


THREE = (Fraction(1, 2), Fraction(1), Fraction(4))


@pytest.fixture
def desk(workers: Workers) -> Desk:
    """A desk on the shared solvers."""
    return Desk(workers, SolveOptions())


def assumed(scenario: Scenario, before: str, sets: dict[str, str]) -> Setting:
    """A scenario with some inputs set besides an assumption."""
    overlay = Assumption(describe="test", set=sets)
    more = scenario.assuming({"t": (overlay, Place("test"))})
    return more.setting(f"{before}+t" if before else "t")


def best_chain(found: list[Setting], desk: Desk, cases: str, regions: str) -> Fraction:
    """Most points of nested plans over all settings, by trying all memberships."""
    some = [
        "".join(chosen) for size in range(len(regions) + 1)
        for chosen in combinations(regions, size)
    ]  # fmt: skip
    sets, worth = list(product(some, repeat=len(cases) // 2)), []
    names = [cases[i : i + 2] for i in range(0, len(cases), 2)]
    for setting in found:
        values = {}
        for chosen in sets:
            plans = [
                plan(case, who) for case, who in zip(names, chosen, strict=True) if who
            ]
            values[chosen] = desk.kept(setting, plans, drop=False).proposal.objective
        worth.append(values)
    reached = worth[0]
    for values in worth[1:]:
        reached = {
            now: max(
                (value + values[now] for before, value in reached.items()
                 if value is not None and values[now] is not None
                 and all(set(a) <= set(b) for a, b in zip(before, now, strict=True))),
                default=None,
            )
            for now in sets
        }  # fmt: skip
    return max(value for value in reached.values() if value is not None)


def check_plans(found: Ladder, settings: list[Setting], desk: Desk) -> None:
    """Free plans are the best of their steps, nested ones hold and are nested."""
    for rung, setting in zip(found.rungs, settings, strict=True):
        assert rung.free.objective == desk.best(setting).proposal.objective
        assert rung.nested is not None
        assert verify(rung.nested, setting).holds
        assert rung.price is not None
        assert rung.price >= 0
    nested = [rung.nested for rung in found.rungs if rung.nested]
    for less, more in pairwise(nested):
        assert memberships_of(less) <= memberships_of(more)
        assert set(less.by_case) <= set(more.by_case)


@pytest.mark.parametrize("scene_", [GRANTED, RIVALS], ids=["granted", "rivals"])
def test_nested_plans_are_those_of_brute_force(
    scene_: Scene, desk: Desk, tmp_path: Path
) -> None:
    """No chain of memberships is worth more, and its price is the difference."""
    scenario = tiny_scenario(tmp_path, scene_)
    found = ladder(scenario, desk, steps=THREE, following_too=False)
    settings = [
        assumed(scenario, "", {"instruments.g.envelope": f"{float(step):g}x"})
        for step in THREE
    ]
    check_plans(found, settings, desk)
    nested = sum(rung.nested.objective or 0 for rung in found.rungs if rung.nested)
    truth = best_chain(settings, desk, "D1D2", "ABC")
    assert nested == truth
    assert found.most == truth
    free = sum(rung.free.objective or 0 for rung in found.rungs)
    assert found.price == free - truth
    assert found.price_range == (found.price, found.price)


def test_a_rival_case_makes_nesting_dear(desk: Desk, tmp_path: Path) -> None:
    """D1 first shuts D2 out: all wait for D2, and go without D1 until then."""
    scenario = tiny_scenario(tmp_path, RIVALS)
    found = ladder(scenario, desk, following_too=False)
    small, large = found.rungs[2], found.rungs[-1]
    assert set(small.free.by_case) == {"D1"}
    assert set(large.free.by_case) == {"D2"}
    assert large.nested is not None
    assert set(large.nested.by_case) == {"D2"}
    assert found.price is not None
    assert found.price > 0
    assert "Keeping every case and member" in " ".join(found.sentences)


def test_the_miniature_climbs(desk: Desk) -> None:
    """Free and nested plans of the miniature, with the instruments that can grow."""
    scenario = matcher.load("scenarios/miniature")
    found = ladder(scenario, desk, steps=STEPS[:3])
    assert found.instruments == ("dune-erdf", "pool")
    assert "unknown" in found.fixed["eu-grant"]
    assert [rung.free.objective for rung in found.rungs] == [
        Fraction(163, 50), Fraction(363, 50), Fraction(593, 50),
    ]  # fmt: skip
    assert found.price == Fraction(144, 25)
    assert found.stop is Stop.FINISHED
    assert found.reached
    assert found.kind == "ladder"
    (steps, joining, following) = found.tables
    assert len(steps.rows) == 3
    assert {row[2] for row in joining.rows} == {"0.5x", "1x"}
    assert {row[0] for row in following.rows} >= {"pool", "eu-grant", "effort"}
    assert any("not prices" in sentence for sentence in found.sentences)


@pytest.mark.parametrize(
    "assumption", ["baseline", "cedar-short", "elm-short", "regional-money"]
)
def test_a_little_more_money_is_solved_again(desk: Desk, assumption: str) -> None:
    """The best region of a pool is the best of raising every row by itself."""
    scenario = matcher.load("scenarios/miniature")
    setting = scenario.setting(assumption)
    found = ladder(scenario, desk, assumption=assumption, steps=(Fraction(1),))
    now = desk.best(setting).proposal.objective
    for name in ("pool", "dune-erdf"):
        (one,) = [n for n in found.following if n.what == name]
        worths = {
            row.region: desk.best(with_money(setting, name, (row.region,)))
            .proposal.objective
            for row in setting.budgets if row.instrument == name
        }  # fmt: skip
        assert one.now == now
        assert one.after == max(w for w in worths.values() if w is not None)
        assert one.at_least == one.difference == one.at_most
        if one.difference:
            assert worths[one.region] == one.after


def test_more_money_is_that_of_the_overlay(desk: Desk) -> None:
    """A raised row is what an assumption that states the sum would make of it."""
    scenario = matcher.load("scenarios/miniature")
    raised = with_money(scenario.setting("cedar-short"), "pool", ("CED",))
    stated = assumed(scenario, "cedar-short", {"budgets.pool/CED.amount": "400000"})
    assert raised.budgets == stated.budgets
    assert MONEY == 10_000_000


PEOPLED: Scene = scene(
    PLAIN,
    cases="case,name,effort_base,effort_per_partner\nD1,Repair,0,0.5\nD2,Powder,0,0.75\n",
    regions={
        "A": {"effort_capacity": 0.5}, "B": {"effort_capacity": 0.25},
        "C": {"effort_capacity": "unlimited"},
    },
)  # fmt: skip
"""A takes part in one case or the other; B in none, with half an FTE more in one."""


def test_half_a_person_more_is_solved_again(desk: Desk, tmp_path: Path) -> None:
    """Every region with half an FTE more is worth what a solve of its own says."""
    scenario = tiny_scenario(tmp_path, PEOPLED)
    found = ladder(scenario, desk, instruments=(), steps=(Fraction(1),))
    now = desk.best(scenario.setting()).proposal.objective
    assert now == 1 + 8
    people = {n.region: n for n in found.following}
    for region, capacity in (("A", 0.5), ("B", 0.25)):
        more = {f"regions.{region}.effort_capacity": str(capacity + float(PEOPLE))}
        after = desk.best(assumed(scenario, "", more)).proposal.objective
        assert (people[region].now, people[region].after) == (now, after)
        assert people[region].at_least == people[region].at_most
    assert [people[r].difference for r in "ABC"] == [0, 2, 0]
    assert people["C"].how == "unlimited"


def test_what_no_set_of_cases_asks_for_is_not_solved(
    desk: Desk, tmp_path: Path
) -> None:
    """With 2 FTE a region staffs everything: half an FTE more is proven to be idle."""
    regions = {"A": {"effort_capacity": 2}, "B": {"effort_capacity": 2}}
    scenario = tiny_scenario(tmp_path, PEOPLED, regions=regions)
    before = desk.solves
    found = ladder(scenario, desk, instruments=(), steps=(Fraction(1),))
    assert {n.how for n in found.following} == {"no solve", "unlimited"}
    assert {n.difference for n in found.following} == {0}
    assert desk.solves - before == 1


def test_a_whole_envelope_grows(desk: Desk, tmp_path: Path) -> None:
    """Without rows by region the whole instrument gets more."""
    scenario = tiny_scenario(tmp_path, GRANTED)
    found = ladder(scenario, desk, steps=(Fraction(1),))
    (money,) = [n for n in found.following if n.what == "g"]
    assert (money.region, money.now, money.after) == ("", 7, 7)
    poor = ladder(scenario, desk, assumption="", steps=(Fraction(1, 4), Fraction(1)))
    assert [rung.free.objective for rung in poor.rungs] == [0, 7]


def test_a_step_without_a_plan_stays_out(desk: Desk, tmp_path: Path) -> None:
    """Where a step has no plan, the others are nested without it."""
    scenario = tiny_scenario(
        tmp_path, GRANTED, settings={"limits": {"min_cases": 1}},
        cases="case,name,exclusive_group,min_partners\nD1,Repair,G,3\nD2,Powder,G,3\n",
    )  # fmt: skip
    found = ladder(scenario, desk, following_too=False)
    assert [rung.free.status for rung in found.rungs[:2]] == ["infeasible"] * 2
    assert [rung.nested is None for rung in found.rungs] == [True, True, *[False] * 3]
    assert [rung.price for rung in found.rungs[:2]] == [None, None]
    assert "With 0.25x of the money the setting is infeasible." in found.sentences


def test_what_cannot_grow_is_told(desk: Desk, tmp_path: Path) -> None:
    """An instrument without any amount is refused by name, and left out otherwise."""
    scenario = tiny_scenario(
        tmp_path, GRANTED,
        books={"h": grant(0.5), "p": pool()},
        budgets="instrument,region,amount\np,A,100\n",
    )  # fmt: skip
    found = ladder(scenario, desk, steps=(Fraction(1),), following_too=False)
    assert found.instruments == ("g", "p")
    assert set(found.fixed) == {"h"}
    with pytest.raises(InputError):
        ladder(scenario, desk, instruments=("h",))
    with pytest.raises(InputError):
        ladder(scenario, desk, instruments=("nobody",))


def test_with_a_gap_ranges_hold_the_truth(workers: Workers) -> None:
    """Whatever a gap leaves open lies between the bounds that are told."""
    scenario = matcher.load("scenarios/miniature")
    wide = Desk(workers, SolveOptions(gap=0.3))
    found = ladder(scenario, wide, assumption="cedar-short", steps=STEPS[:3])
    exact = ladder(
        scenario, Desk(workers, SolveOptions()), assumption="cedar-short",
        steps=STEPS[:3],
    )  # fmt: skip
    least, most = found.price_range
    assert exact.price is not None
    assert least <= exact.price
    assert most is None or exact.price <= most
    for rough, true in zip(found.following, exact.following, strict=True):
        assert (rough.what, rough.how == "unknown") == (true.what, true.after is None)
        if true.difference is not None:
            assert rough.at_least is not None
            assert rough.at_least <= true.difference
            assert rough.at_most is None or true.difference <= rough.at_most
    for rung in found.rungs:
        assert rung.price is not None
        assert rung.price >= 0


def test_the_command_for_real(tmp_path: Path) -> None:
    """A real process climbs, and writes what it found."""
    out = tmp_path / "ladder"
    words = ("--steps", "0.5,1x", "--instruments", "pool", "--out", out, "--json")
    ended = run("study", "ladder", "miniature", *words)
    assert ended.returncode == 0, ended.stderr
    told = document(ended.stdout)
    assert told["instruments"] == ["pool"]
    assert list(told["price_of_nesting"]["steps"]) == ["0.5x", "1x"]
    assert {row["what"] for row in told["tables"]["next"]} >= {"pool"}
    assert (out / "next.csv").is_file()


def test_slips_of_the_command_line() -> None:
    """Steps that are no parts and instruments that are none are told."""
    words = ("study", "ladder", "miniature")
    assert call(*words, "--steps", "half").exit_code == 2
    unknown = call(*words, "--instruments", "nobody")
    assert unknown.exit_code == 3
    assert "use dune-erdf, eu-grant, pool" in unknown.stderr
    near = call(*words, "--instruments", "pol")
    assert 'did you mean "pool"' in near.stderr
    assert "UNKNOWN_INSTRUMENT" in near.stderr


def test_no_money_and_money_named_twice(desk: Desk, tmp_path: Path) -> None:
    """Without an instrument nothing grows; one named twice grows once."""
    steps = (Fraction(1, 2), Fraction(1))
    poor = ladder(tiny_scenario(tmp_path / "a", PLAIN), desk, steps=steps)
    assert poor.sentences[0].startswith("There is no money to grow")
    assert not any("of the money of" in told for told in poor.sentences)
    assert not any("brings nothing" in told for told in poor.sentences)
    scenario = tiny_scenario(tmp_path / "b", GRANTED)
    twice = ladder(
        scenario, desk, instruments=("g", "g"), steps=steps, following_too=False
    )
    assert twice.instruments == ("g",)
