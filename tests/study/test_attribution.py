"""Which change does what: single changes, parts that add up, and who turns why."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.engine.desk import Desk
from matcher.engine.run import options_of
from matcher.errors import InputError, Place
from matcher.program.solution import SolveOptions, Stop
from matcher.scenario.load import load
from matcher.scenario.schema import Assumption, InstrumentChoice
from matcher.study.attribution.attribution import attribution
from matcher.study.attribution.changes import split
from matcher.study.attribution.replay import Replay
from matcher.study.attribution.shapley import exact, sampled
from matcher.study.comparison.aligned import CHANGE, OPEN, TIE
from matcher.study.course import Course
from tests.scenarios.conftest import ROOT, call, document, run
from tests.tiny import PAID, POOLED, grant, tiny_scenario

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from matcher.engine.solving import Workers
    from matcher.engine.stages import Stage
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting
    from matcher.study.attribution.attribution import Attribution
    from matcher.study.attribution.shapley import Points

MINIATURE = ROOT / "scenarios" / "miniature"
Game = dict[frozenset[int], Fraction]


@pytest.fixture(scope="module")
def desk(workers: Workers) -> Desk:
    """A desk on the shared solvers; it remembers what it solved."""
    return Desk(workers, SolveOptions())


def assuming(scenario: Scenario, **more: dict[str, Any]) -> Scenario:
    """The scenario with assumptions of these names: what they set or leave out."""
    made = {}
    for line, (name, stated) in enumerate(more.items(), 1):
        left_out = stated.get("without")
        choice = InstrumentChoice(without=left_out) if left_out else None
        overlay = Assumption(instruments=choice, set=stated.get("set", {}))
        made[name] = overlay, Place("test", line)
    return scenario.assuming(made)


def parts(found: Attribution) -> list[Points]:
    """The Shapley values, in the order of the changes."""
    return [share.part.points for share in found.shares]


# --- the parts -------------------------------------------------------------------


@st.composite
def games(draw: st.DrawFn) -> tuple[int, Game]:
    """Points of every set of up to five changes."""
    count = draw(st.integers(1, 5))
    whole = st.integers(-20, 20).map(Fraction)
    game = {
        frozenset(i for i in range(count) if bits >> i & 1): draw(whole)
        for bits in range(2**count)
    }
    return count, game


def added(order: tuple[int, ...], game: Game) -> list[Fraction]:
    """What each change adds to those before it."""
    found = [Fraction(0)] * len(order)
    done: frozenset[int] = frozenset()
    for i in order:
        found[i] = game[done | {i}] - game[done]
        done |= {i}
    return found


@given(games())
def test_parts_are_the_mean_over_all_orders(drawn: tuple[int, Game]) -> None:
    """Brute force over all orders gives the same, and it adds up exactly."""
    count, game = drawn
    found = [part.points for part in exact(count, lambda s: (game[s], game[s]))]
    orders = [added(order, game) for order in permutations(range(count))]
    means = [sum(each) / len(orders) for each in zip(*orders, strict=True)]
    assert found == means
    assert sum(means) == game[frozenset(range(count))] - game[frozenset()]


@given(games(), st.integers(0, 9))
def test_bounds_hold_for_any_values_within(drawn: tuple[int, Game], slack: int) -> None:
    """Whatever the true points are between plan and bound, the range holds its part."""
    count, game = drawn
    ranged = exact(count, lambda s: (game[s], game[s] + slack))
    true = exact(count, lambda s: (game[s] + slack * (len(s) % 2), None))
    for part, sure in zip(ranged, true, strict=True):
        assert part.at_least is not None
        assert part.at_most is not None
        assert sure.points is not None
        assert part.at_least <= sure.points <= part.at_most
        assert (sure.at_least, sure.at_most) == (None, None)


@given(games())
def test_null_and_symmetric_changes(drawn: tuple[int, Game]) -> None:
    """A change that never matters gets 0; two that are alike get the same."""
    count, game = drawn
    more = {s | e: v for s, v in game.items() for e in (frozenset(), {count})}
    found = exact(count + 1, lambda s: (more[s], more[s]))
    assert found[count].points == 0
    alike = {s: Fraction(len(s) ** 2) for s in more}
    values = {part.points for part in exact(count + 1, lambda s: (alike[s], None))}
    assert values == {Fraction(count + 1)}


@given(games(), st.integers(2, 9), st.integers(0, 99))
@settings(max_examples=50)
def test_drawn_orders_add_up_as_well(
    drawn: tuple[int, Game], orders: int, seed: int
) -> None:
    """Every order adds up; the same seed draws the same; sums need no luck."""
    count, game = drawn
    found = sampled(count, lambda s: (game[s], None), orders, seed)
    again = sampled(count, lambda s: (game[s], None), orders, seed)
    assert found == again
    total = sum(part.points or 0 for part in found)
    assert total == game[frozenset(range(count))] - game[frozenset()]
    plain = {s: Fraction(sum(s)) for s in game}  # what each adds is always the same
    certain = sampled(count, lambda s: (plain[s], None), orders, seed)
    assert [part.points for part in certain] == list(range(count))
    assert {part.error for part in certain} == {Fraction(0)}


def test_standard_error_by_hand() -> None:
    """Two changes of which the second to come brings 2: errors as by the book."""
    game = {frozenset(): 0, frozenset({0}): 0, frozenset({1}): 0, frozenset({0, 1}): 2}
    first, second = sampled(2, lambda s: (Fraction(game[s]), None), 100, 7)
    assert first.points is not None
    assert first.points + (second.points or 0) == 2
    share = first.points / 2  # of the orders in which it comes last
    variance = float(share * (1 - share)) * 4 / 99
    assert float(first.error or 0) == pytest.approx(variance**0.5, abs=1e-6)
    assert first.error == second.error


def test_parts_without_a_plan_are_unknown() -> None:
    """Where some set of changes has no plan, nothing is shared out."""
    gap = {frozenset({0})}
    points = {part.points for part in exact(2, lambda s: (
        None if s in gap else Fraction(1), None))}  # fmt: skip
    assert points == {None}
    drawn = sampled(2, lambda s: (None if s in gap else Fraction(1), None), 20, 1)
    assert {part.points for part in drawn} == {None}


# --- single changes --------------------------------------------------------------


def test_changes_of_the_miniature() -> None:
    """What only the first states is undone, then what the second states is done."""
    scenario = load(MINIATURE)
    found = split(scenario, "elm-short", "bid-first-two")
    assert [change.told for change in found.changes] == [
        "eu-grant is taken in (scenario.yaml:30)",
        "the amount of pool/ELM in budgets is as written again (scenario.yaml:31)",
        "objective becomes expected-cases instead of objective.yaml (scenario.yaml:48)",
        "the max_cases of DUN in regions becomes 2 instead of 1 (scenario.yaml:48)",
    ]
    assert found.names == ("elm-short", "bid-first-two")
    assert found.setting(()).budgets == scenario.setting("elm-short").budgets
    assert found.setting({0, 1}).instruments == scenario.setting().instruments
    assert found.setting(found.every).wait_for is None


def test_a_part_of_many_rows_is_one_change() -> None:
    """A pool or a wildcard is scaled at once, and told with its rows."""
    found = split(load(ROOT / "scenarios" / "3dp-2023"), "", "no-eu+half-pool")
    assert [change.text for change in found.changes] == [
        "i3-strand1-2021 is left out",
        "the envelope of vinnovate becomes 0.5x of what it was in 16 rows",
    ]


def test_the_same_path_set_otherwise(tmp_path: Path) -> None:
    """A value that both set is one change; one that both set alike is none."""
    scenario = assuming(
        tiny_scenario(tmp_path, POOLED),
        a={"set": {"budgets.p/A.amount": "0.5x", "regions.B.own_budget": "2x"}},
        b={"set": {"budgets.p/A.amount": "2x", "regions.B.own_budget": "2x"}},
    )
    changes = split(scenario, "a", "b").changes
    texts = ["the amount of p/A in budgets becomes 2x instead of 0.5x"]
    assert [change.text for change in changes] == texts
    twice = split(scenario, "", "a+b").changes
    assert "the amount of p/A in budgets becomes 2x of 0.5x" in twice[0].text
    assert not split(scenario, "a", "a").changes


def test_what_cannot_be_split_is_a_fault(tmp_path: Path) -> None:
    """Overlaps in contrary orders, entries that need each other, unknown names."""
    every, one = "budgets.p/*.amount", "budgets.p/A.amount"
    scenario = assuming(
        tiny_scenario(
            tmp_path, POOLED, cases="case,name\nD1,Repair\nD2,Powder\n",
            settings={"limits": {"max_cases": 1}},
        ),
        a={"set": {every: "100", one: "200"}},
        b={"set": {one: "200", every: "100"}},
        c={"set": {"limits.min_cases": Fraction(2), "limits.max_cases": Fraction(2)}},
    )  # fmt: skip
    with pytest.raises(InputError) as refused:
        split(scenario, "a", "b")
    assert [fault.code for fault in refused.value.faults] == ["CANNOT_SPLIT"]
    with pytest.raises(InputError) as refused:
        split(scenario, "", "c")
    assert {fault.code for fault in refused.value.faults} == {"CANNOT_SPLIT"}
    with pytest.raises(InputError):
        split(scenario, "", "nowhere")


# --- whole attributions ----------------------------------------------------------


def solved(scenario: Scenario, desk: Desk, without: tuple[str, ...]) -> Fraction:
    """Points of the best plan without some instruments, solved by itself."""
    name = assuming(scenario, t={"without": without}) if without else scenario
    points = desk.best(name.setting("t" if without else "")).proposal.objective
    assert points is not None
    return points


def test_the_miniature_by_independent_solves(desk: Desk) -> None:
    """All orders of three changes, each set of instruments solved by itself."""
    scenario = load(MINIATURE)
    found = attribution(scenario, desk, "eu-only", start="regional-money")
    game = {}
    for bits in range(8):
        out = [] if bits & 1 else ["eu-grant"]
        out += [n for i, n in ((2, "pool"), (4, "dune-erdf")) if bits & i]
        done = frozenset(i for i in range(3) if bits >> i & 1)
        game[done] = solved(scenario, desk, tuple(out))
    orders = [added(order, game) for order in permutations(range(3))]
    means = [sum(each) / len(orders) for each in zip(*orders, strict=True)]
    assert parts(found) == means
    assert sum(means) == found.difference == Fraction(-916, 100)
    assert [step.plan.objective for step in found.steps] == [
        game[frozenset(range(i))] for i in (1, 2, 3)
    ]
    for i, share in enumerate(found.shares):
        every = frozenset(range(3))
        assert share.alone == game[frozenset({i})] - game[frozenset()]
        assert share.last == game[every] - game[every - {i}]
        assert share.part.at_least == share.part.at_most == share.part.points
    assert found.reached
    flips = {(f.difference.case, f.difference.region): f for f in found.flips}
    assert flips["D1", "ALD"].proof == TIE  # somebody leads; whoever costs nothing
    assert flips["D2", ""].alone == (1, 2)
    assert flips["D3", "FJO"].necessary == (0, 1)
    assert not flips["D3", "FJO"].alone
    assert flips["D3", "FJO"].enough
    told = [s for s in found.sentences if s.startswith("FJO enters D3")]
    assert told == [
        "FJO enters D3 because eu-grant is taken in (scenario.yaml:19) and pool is "
        "left out (scenario.yaml:16) together: none alone would do it."
    ]


def test_ties_are_no_flips(desk: Desk) -> None:
    """Less money of Cedar loses D3 only; all else stays as it is."""
    found = attribution(load(MINIATURE), desk, "cedar-short")
    assert parts(found) == [0, Fraction(-22, 10)]
    assert not found.steps[0].judged
    assert {f.difference.case for f in found.flips} == {"D3"}
    assert [s for s in found.sentences if s.startswith("D3")] == [
        "D3 is dropped because the amount of pool/CED in budgets becomes 300000 "
        "instead of 400000 (scenario.yaml:35); eu-grant is left out (scenario.yaml:34) "
        "alone would not do it."
    ]


def test_a_step_of_ties_is_a_choice_and_not_nothing(desk: Desk) -> None:
    """Somebody must join in every best plan, but who joins is a tie."""
    found = attribution(load(MINIATURE), desk, "elm-short")
    told = [sentence for sentence in found.sentences if sentence.startswith("Once")]
    assert told[0].endswith("everybody stays.")
    assert told[1].endswith("is a choice among plans worth as much.")


def test_substitutes_share_alike_and_a_null_change_gets_nothing(
    tmp_path: Path, desk: Desk
) -> None:
    """Either grant pays the case: only both together lose it, half each."""
    scenario = assuming(
        tiny_scenario(tmp_path, PAID, books={"h": grant()}),
        poor={"without": ("g", "h"), "set": {"limits.max_cases": Fraction(5)}},
    )
    found = attribution(scenario, desk, "poor")
    by_path = {share.change.path: share for share in found.shares}
    assert by_path["instruments.g"].part.points == Fraction(-7, 2)
    assert by_path["instruments.h"].part.points == Fraction(-7, 2)
    assert by_path["limits.max_cases"].part.points == 0
    grants = tuple(
        i for i, c in enumerate(found.changes) if c.path.startswith("instruments")
    )
    for flip in found.flips:
        assert (flip.alone, flip.necessary, flip.proof) == ((), grants, CHANGE)
        assert "g is left out (test:1) and h is left out (test:1) together" in (
            found.why(flip)
        )


def test_either_change_suffices(tmp_path: Path, desk: Desk) -> None:
    """Without the grant or without own money nothing is paid: neither is necessary."""
    scenario = assuming(
        tiny_scenario(tmp_path, PAID),
        poor={"without": ("g",), "set": {"regions.*.own_budget": Fraction(0)}},
        back={},
    )
    found = attribution(scenario, desk, "poor")
    assert parts(found) == [Fraction(-7, 2)] * 2
    assert {(flip.alone, flip.necessary) for flip in found.flips} == {((0, 1), ())}
    assert "either of these alone would do it" in found.why(found.flips[0])
    home = attribution(scenario, desk, "back", start="poor")
    assert home.difference == 7
    assert parts(home) == [Fraction(7, 2)] * 2
    assert all(flip.enough for flip in home.flips)
    # the plan before it is known although nothing is launched in it
    assert home.start is not None
    assert not home.start.cases


def test_nothing_differs(desk: Desk) -> None:
    """The same twice is nothing to attribute, and says so."""
    found = attribution(load(MINIATURE), desk, "baseline")
    assert not found.changes
    assert found.difference == 0
    assert found.sentences == (
        "baseline and baseline state the same: there is nothing to attribute.",
    )


def test_many_changes_draw_orders(tmp_path: Path, desk: Desk) -> None:
    """Seven changes are shared out over drawn orders, which add up as well."""
    names = ("own_budget", "max_cases")
    sets: dict[str, Any] = {
        f"regions.{r}.{n}": Fraction(0 if n == names[0] else 3)
        for r in "ABC" for n in names
    }  # fmt: skip
    scenario = assuming(
        tiny_scenario(tmp_path, PAID), poor={"without": ("g",), "set": sets}
    )
    found = attribution(scenario, desk, "poor", orders=5)
    assert len(found.changes) == 7
    assert found.orders == 5
    assert sum(part or 0 for part in parts(found)) == found.difference == -7
    for share in found.shares:
        assert share.part.error is not None
        if share.change.path.endswith("max_cases"):
            assert (share.part.points, share.part.error) == (0, 0)


def test_within_a_gap_ranges_hold_what_is_exact(workers: Workers, desk: Desk) -> None:
    """Plans that are not best: parts add up, and their ranges hold the true ones."""
    scenario = load(MINIATURE)
    wide = Desk(workers, SolveOptions(gap=0.4))
    rough = attribution(scenario, wide, "cedar-short+grove-letter")
    true = attribution(scenario, desk, "cedar-short+grove-letter")
    assert sum(part or 0 for part in parts(rough)) == rough.difference
    for one, other in zip(rough.shares, true.shares, strict=True):
        assert one.part.at_least is not None
        assert one.part.at_most is not None
        assert other.part.points is not None
        assert one.part.at_least <= other.part.points <= one.part.at_most
    for flip in rough.flips:
        if rough.end is not None and rough.end.bound != rough.end.objective:
            assert flip.proof == OPEN
            assert "not proven" in rough.why(flip)


def test_less_money_does_not_seem_to_bring_more(desk: Desk) -> None:
    """A plan found with less money is tried where there is more, if it is better."""
    way = split(load(MINIATURE), "", "alder-short")
    replay = Replay(desk, way, Course())
    best, less = replay.plan(()), replay.plan(way.every)
    stage = replay.plans[frozenset()][0]
    setting = stage.question.full.inst.setting
    poor = desk.kept(setting, best.cases[:1]).proposal  # as if no better one was found
    replay.plans[frozenset()] = stage, replace(poor, bound=best.bound)
    assert poor.objective is not None
    assert less.objective is not None
    assert poor.objective < less.objective
    replay.share()
    assert replay.found == 1
    found = replay.plan(())
    assert found.objective is not None
    assert found.objective >= less.objective
    assert found.bound == best.bound
    replay.share()  # what is known to be best, or better than all others, stays
    assert replay.found == 1


def test_a_plan_that_no_rule_allows_is_unknown_not_nothing(
    tmp_path: Path, desk: Desk
) -> None:
    """Without any plan there are no points, no flips and no parts."""
    settings = {"limits": {"min_cases": 1}}
    scenario = assuming(
        tiny_scenario(tmp_path, PAID, settings=settings), poor={"without": ("g",)}
    )
    found = attribution(scenario, desk, "poor")
    assert found.difference is None
    assert not found.flips
    assert parts(found) == [None]
    assert "7 points to no plan" in found.sentences[0]
    *_, last = next(t for t in found.tables if t.name == "steps").rows
    assert last[-2:] == (None, None)
    assert found.status == "found"
    assert found.reached


@pytest.mark.parametrize("after", range(1, 9))
def test_interrupted_it_tells_what_it_knows(
    desk: Desk, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C at any solve leaves the steps made so far."""
    best, left = Desk.best, [after]

    def tired(self: Desk, setting: Setting, **more: Any) -> Stage:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return best(self, setting, **more)

    monkeypatch.setattr(Desk, "best", tired)
    found = attribution(load(MINIATURE), desk, "eu-only", start="regional-money")
    whole = after >= 8
    assert (found.stop is Stop.INTERRUPTED) != whole
    assert found.reached == whole
    assert len(found.steps) == min(after - 1, 3)
    assert bool(found.shares) == whole
    assert found.sentences
    assert found.tables[0].name == "steps"


# --- the command -----------------------------------------------------------------


def test_the_command_for_real(tmp_path: Path) -> None:
    """A real process attributes, and writes what it found."""
    out = tmp_path / "attribution"
    ended = run("study", "attribution", "miniature", "--from", "regional-money",
                "--to", "eu-only", "--out", out, "--json")  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    told = document(ended.stdout)
    assert (told["from"], told["to"]) == ("regional-money", "eu-only")
    assert told["difference"] == -9.16
    shares = [row["shapley"] for row in told["tables"]["shapley"]]
    assert shares == [1.35, -8.28, -2.23]
    assert (out / "steps.csv").is_file()
    assert "D2 is dropped because" in (out / "reasons.csv").read_text("utf-8")


def test_the_command_tells_slips_before_it_solves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Unknown assumptions are told without a solver; text is for people."""
    words = ("study", "attribution", "miniature")
    assert call(*words).exit_code == 2
    shown = call(*words, "--to", "cedar-short")
    assert shown.exit_code == 0
    assert "D3 is dropped because" in shown.output
    monkeypatch.setattr("matcher.engine.desk.open_desk", None)
    assert call(*words, "--to", "nowhere").exit_code == 3


def test_a_desk_with_the_options_of_the_scenario(workers: Workers) -> None:
    """The face in Python: the options of the scenario, two changes, two parts."""
    scenario = load(MINIATURE)
    desk = Desk(workers, options_of(scenario.setting()))
    found = attribution(scenario, desk, "alder-short")
    assert found.plain()["difference"] == -0.5
    assert {change['at'] for change in found.plain()['changes']} == {
        'scenario.yaml:22', 'scenario.yaml:23'
    }  # fmt: skip
