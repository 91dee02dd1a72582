"""Regret: every entry solved anew, the least regret by trying everything."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import matcher
from matcher.backends.client import open_worker
from matcher.engine.desk import Desk
from matcher.engine.solving import Task, Workers
from matcher.errors import AnswerRejected
from matcher.formulation.joint import Joint
from matcher.program.solution import SolveOptions, Stop
from matcher.proposal.proposal import CasePlan
from matcher.study.regret import least as leastregret
from matcher.study.regret.labels import CORE, NEVER, SWING
from matcher.study.regret.recourse import DROP, KEEP, RECOURSES
from matcher.study.regret.regret import regret
from matcher.verify.oracle import best
from tests.property.changes import (
    decided,
    fixed,
    kept_out,
    vetoed,
    with_money,
    with_pins,
)
from tests.property.generator import write_scenario
from tests.tiny import POOLED, tiny

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from random import Random

    from matcher.backends.client import Worker
    from matcher.engine.stages import Stage
    from matcher.program.program import Arrays
    from matcher.program.solution import Solution
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting
    from matcher.study.regret.regret import Regret

BACKENDS = ("highs", "cpsat", "cbc")
OPTIONS = SolveOptions(gap=0.0, time_limit=60.0)
BY_HAND = ("baseline", "eu-only", "regional-money")
SEEDS = (1, 2, 3, 9, 10)
"""Drawn scenarios with money of at most three regions and two cases."""
MOST_MENUS = 400
"""Menus of consortia beyond which a drawn scenario takes too long to try."""


@pytest.fixture
def desk(workers: Workers) -> Desk:
    """A desk on the shared solvers that proves its plans best."""
    return Desk(workers, OPTIONS)


@pytest.fixture(scope="module")
def others(workers: Workers) -> Iterator[Mapping[str, Workers]]:
    """Workers of every backend."""
    with open_worker("cbc") as cbc:
        yield {
            "highs": workers,
            "cpsat": Workers(workers.exact, workers.smooth, workers.exact),
            "cbc": Workers(cbc, workers.smooth, workers.exact),
        }


@functools.cache
def miniature(name: str) -> Setting:
    """The worked miniature under one assumption."""
    return matcher.load("miniature").setting(name)


def solved(desk: Desk, worlds: Mapping[str, Setting], **how: Any) -> Regret:
    """The study of some settings."""
    plans = {name: desk.best(setting).proposal for name, setting in worlds.items()}
    return regret(desk, worlds, plans, **how)


def of_miniature(desk: Desk, *names: str, **how: Any) -> Regret:
    """The study of some assumptions of the miniature."""
    return solved(desk, {name: miniature(name) for name in names}, **how)


def least(study: Regret) -> Fraction:
    """Its least regret, which is proven."""
    assert study.minimax is not None
    assert study.minimax.status == "optimal"
    assert study.minimax.at_least == study.minimax.largest
    return study.minimax.largest


def consistent(study: Regret) -> None:
    """Diagonal zero, nothing negative, least regret no worse than any listed plan."""
    possible = [n for n in study.names if study.proposals[n].objective is not None]
    for name in possible:
        assert study.regret[name][name] == 0
        assert study.values[name][name] == study.proposals[name].objective
    for row in study.regret.values():
        assert all(cell is None or cell >= 0 for cell in row.values())
    if study.minimax is None:
        return
    for name in possible:
        lost = [study.regret[name][other] for other in possible]
        known = [cell for cell in lost if cell is not None]
        if len(known) == len(lost):
            assert study.minimax.largest <= max(known)
    told = [study.minimax.regret[name] for name in possible]
    assert max(cell for cell in told if cell is not None) == study.minimax.largest


def frozen(setting: Setting, plans: Sequence[CasePlan]) -> Setting:
    """The setting in which just these consortia are launched."""
    pins = []
    for one in plans:
        out = set(setting.regions) - {*one.members, *one.observers}
        watching = set(one.observers)
        pins += [*decided(one), *kept_out(out, [one.case])]
        pins += [vetoed(one.case, r, "observer") for r in setting.regions
                 if r not in watching and r not in out]  # fmt: skip
    launched = {one.case for one in plans}
    pins += [vetoed(case) for case in setting.cases if case not in launched]
    return with_pins(setting, *pins)


def parts(plans: Sequence[CasePlan]) -> Iterator[tuple[CasePlan, ...]]:
    """All ways to drop some of the cases."""
    yield from chain.from_iterable(
        combinations(plans, size) for size in range(len(plans) + 1)
    )


def anew(desk: Desk, setting: Setting, plans: Sequence[CasePlan], *, drop: bool) -> Any:
    """Points of consortia by solving the scenario with pins; None without any plan."""
    found = [
        desk.best(frozen(setting, some)).proposal.objective
        for some in (parts(plans) if drop else [tuple(plans)])
    ]
    return max((value for value in found if value is not None), default=None)


def test_the_worked_miniature(desk: Desk) -> None:
    """The matrix is the one worked out on paper."""
    study = of_miniature(desk, *BY_HAND)
    consistent(study)
    rows = study.plain()["regret"]
    assert rows["baseline"] == {"baseline": 0, "eu-only": 2.7, "regional-money": 0}
    assert rows["eu-only"]["baseline"] == pytest.approx(9.16, abs=1e-12)
    assert rows["eu-only"]["regional-money"] == 11.86
    assert least(study) == Fraction(27, 10)
    assert study.driver is not None
    assert (study.driver.plan, study.driver.assumption) == ("eu-only", "regional-money")
    assert study.sentences[0] == (
        "The choice hangs on whether eu-only or regional-money comes true: the plan "
        "for eu-only loses 11.86 points under regional-money."
    )
    assert study.reached
    assert study.stop is Stop.FINISHED


@pytest.mark.parametrize("recourse", RECOURSES)
def test_every_entry_is_an_independent_solve(desk: Desk, recourse: str) -> None:
    """The same scenario with all consortia pinned gives the same points."""
    names = ("baseline", "eu-only", "cedar-short", "elm-short")
    study = of_miniature(desk, *names, recourse=recourse)
    consistent(study)
    for name, other in product(names, names):
        cases = study.proposals[name].cases
        told = anew(desk, miniature(other), cases, drop=recourse == DROP)
        assert study.values[name][other] == told


def test_all_cases_must_go_ahead_without_recourse(desk: Desk) -> None:
    """Where no money is left, a plan cannot be carried out; that is no zero."""
    study = of_miniature(desk, *BY_HAND, recourse=KEEP)
    consistent(study)
    assert study.values["baseline"]["eu-only"] is None
    assert study.regret["baseline"]["eu-only"] is None
    assert study.plain()["regret"]["baseline"]["eu-only"] is None
    assert "cannot be carried out under eu-only" in study.sentences[0]
    assert study.minimax is not None
    for name, outcome in study.minimax.outcomes.items():
        told = anew(desk, miniature(name), study.minimax.cases, drop=False)
        assert outcome.objective == told is not None


@pytest.mark.parametrize("recourse", RECOURSES)
def test_every_backend_proves_the_same_least_regret(
    others: Mapping[str, Workers], recourse: str
) -> None:
    """To the last digit."""
    found = {
        name: least(of_miniature(Desk(others[name], OPTIONS), "eu-only", "elm-short",
                                 recourse=recourse))
        for name in BACKENDS
    }  # fmt: skip
    assert len(set(found.values())) == 1


def test_least_regret_is_no_plan_of_the_list(desk: Desk) -> None:
    """Consortia between the extremes lose less than the best plan of any assumption."""
    study = of_miniature(desk, *BY_HAND, "elm-short", recourse=KEEP)
    assert study.minimax is not None
    assert not study.minimax.of
    assert "made of other consortia" in " ".join(study.sentences)


def by_budgets(folder: Path, *budgets: str, **limits: int) -> dict[str, Setting]:
    """The pooled scene for two regions at a time, with budgets of A, B and C in EUR.

    Only two that both have a budget can pay.
    """
    return {
        text: tiny(
            folder / text, POOLED, settings={"limits": limits},
            cases="case,name,max_partners\nD1,Repair,2\n",
            budgets=[
                {"instrument": "p", "region": name, "amount": amount}
                for name, amount in zip("ABC", text.split("-"), strict=True)
            ],
        )
        for text in budgets
    }  # fmt: skip


def menus(setting: Setting) -> Iterator[tuple[CasePlan, ...]]:
    """Every way to decide who takes part, whatever the rules say."""
    regions, by_case = sorted(setting.regions), []
    for case in setting.cases:
        some: list[CasePlan | None] = [None]
        for roles in product("lpo-", repeat=len(regions)):
            if roles.count("l") == 1:
                who = {role: tuple(r for r, mine in zip(regions, roles, strict=True)
                                   if mine == role) for role in "lpo"}  # fmt: skip
                some.append(CasePlan(case, who["l"][0], who["p"], who["o"]))
        by_case.append(some)
    for menu in product(*by_case):
        yield tuple(one for one in menu if one is not None)


def value_of(
    setting: Setting, plans: Sequence[CasePlan], *, funding: bool = True
) -> Any:
    """Points of just these consortia by the oracle, None where a rule is broken."""
    found = best(frozen(setting, plans), funding=funding)
    return None if found is None else found.value


def least_by_trying(worlds: Iterable[Setting], *, drop: bool) -> Fraction | None:
    """Least regret over everything that may be decided, by the oracle."""
    worlds = list(worlds)
    every = [
        menu for menu in menus(worlds[0])
        if any(value_of(s, menu, funding=False) is not None for s in worlds)
    ]  # fmt: skip
    if len(every) > MOST_MENUS:
        raise ValueError("too much to try")
    asked = {one for menu in every for one in (parts(menu) if drop else [menu])}
    found = []
    for setting in worlds:
        exact = {menu: value_of(setting, menu) for menu in asked}
        values = {
            menu: max(
                (v for one in (parts(menu) if drop else [menu])
                 if (v := exact[one]) is not None),
                default=None,
            )
            for menu in every
        }  # fmt: skip
        top = best(setting, funding=True)
        if top is not None:
            found.append({menu: None if v is None else top.value - v
                          for menu, v in values.items()})  # fmt: skip
    lost = [
        max(row[menu] for row in found)
        for menu in every
        if all(row[menu] is not None for row in found)
    ]
    return min(lost, default=None)


@pytest.mark.parametrize("recourse", RECOURSES)
def test_least_regret_by_trying_everything(
    tmp_path: Path, desk: Desk, recourse: str
) -> None:
    """Budgets in turn keep one region out: whom to take is the question."""
    worlds = by_budgets(tmp_path, "0-500-500", "500-0-500", "500-500-0", "300-300-300")
    study = solved(desk, worlds, recourse=recourse)
    consistent(study)
    drop = recourse == DROP
    # With B and C five points are lost where B is poor; the others lose six with A.
    assert least(study) == (5 if drop else 6)
    assert least(study) == least_by_trying(worlds.values(), drop=drop)


def drawn_worlds(folder: Path, seed: int) -> dict[str, Setting]:
    """A drawn scenario as it is, with half the money, and without an instrument."""
    setting = matcher.load(
        write_scenario(folder, seed, money=True, small=True)
    ).setting()

    def change(kind: str, cents: int) -> int:
        return cents // 2 if kind in ("own", "budget", "envelope", "cap") else cents

    worlds = {"as it is": setting, "half": with_money(setting, change)}
    if setting.instruments:
        last = max(setting.instruments)
        fewer = {n: book for n, book in setting.instruments.items() if n != last}
        budgets = tuple(row for row in setting.budgets if row.instrument != last)
        worlds["fewer"] = replace(
            setting, instruments=fewer, budgets=budgets, wait_for=None
        )
    return worlds


@pytest.mark.parametrize("seed", SEEDS)
def test_drawn_scenarios_by_trying_everything(
    tmp_path: Path, desk: Desk, seed: int
) -> None:
    """Whatever rules were drawn: entries and least regret are the oracle's."""
    worlds = drawn_worlds(tmp_path, seed)
    for recourse in RECOURSES:
        study = solved(desk, worlds, recourse=recourse)
        consistent(study)
        drop = recourse == DROP
        for name, other in product(worlds, worlds):
            cases = study.proposals[name].cases
            if study.proposals[name].objective is None:
                continue
            found = [
                value_of(worlds[other], some)
                for some in (parts(cases) if drop else [cases])
            ]
            told = max((v for v in found if v is not None), default=None)
            assert study.values[name][other] == told
        possible = [
            world for name, world in worlds.items()
            if study.proposals[name].objective is not None
        ]  # fmt: skip
        if len(possible) > 1:
            try:
                known = least_by_trying(possible, drop=drop)
            except ValueError:
                continue
            assert (None if study.minimax is None else least(study)) == known


ALWAYS: dict[str, Any] = {
    "deadline": None, "database": None, "derandomize": True, "max_examples": 12,
    "suppress_health_check": [
        HealthCheck.too_slow, HealthCheck.function_scoped_fixture,
    ],
}  # fmt: skip
"""Solving takes as long as it takes; folders are told apart by their seed."""


@settings(**ALWAYS)
@given(seed=st.integers(0, 60), pick=st.randoms(use_true_random=False))
def test_relations(
    seed: int, pick: Random, tmp_path_factory: pytest.TempPathFactory, workers: Workers
) -> None:
    """More assumptions are no better, the same twice changes nothing, nor does order.

    The assumptions differ in money only.
    """
    desk = Desk(workers, OPTIONS)
    worlds = drawn_worlds(tmp_path_factory.mktemp("drawn"), seed)
    study = solved(desk, worlds)
    consistent(study)
    names = list(worlds)
    pick.shuffle(names)
    turned = solved(desk, {name: worlds[name] for name in names})
    assert turned.names == tuple(names)
    for name, other in product(names, names):
        assert turned.regret[name][other] == study.regret[name][other]
    twice = solved(desk, {**worlds, "again": worlds[names[0]]})
    for name, other in product(worlds, worlds):
        assert twice.regret[name][other] == study.regret[name][other]
    assert twice.regret["again"] == twice.regret[names[0]]
    if study.minimax is None:
        return
    assert least(study) == least(turned) == least(twice)
    fewer = solved(desk, {name: worlds[name] for name in names[1:]})
    if fewer.minimax is not None:
        assert least(fewer) <= least(study)


def known_up_to(proposal: Proposal, bound: Fraction) -> Proposal:
    """A plan of which a bound is proven, and no more."""
    return replace(proposal, bound=bound, status="feasible")


def test_a_better_plan_takes_the_place_of_an_own_one(desk: Desk) -> None:
    """Short of a proof another assumption's consortia may do better at home."""
    worlds = {name: miniature(name) for name in BY_HAND}
    plans = {name: desk.best(setting).proposal for name, setting in worlds.items()}
    poor = desk.kept(worlds["baseline"], plans["eu-only"].cases).proposal
    plans["baseline"] = known_up_to(poor, Fraction(12))
    study = regret(desk, worlds, plans)
    consistent(study)
    assert study.cross.improved == ("baseline",)
    better = study.proposals["baseline"]
    assert (better.objective, better.bound) == (Fraction(1186, 100), 12)
    assert better.status == "feasible"
    assert study.regret_at_most["eu-only"]["baseline"] == 12 - Fraction(27, 10)
    told = " ".join(study.sentences)
    assert "took its place" in told
    assert "known up to 0.14 points only" in told


def test_the_plan_of_least_regret_may_be_better_at_home_as_well(desk: Desk) -> None:
    """Then it takes the place of that plan, and all is compared anew."""
    worlds = {name: miniature(name) for name in ("baseline", "eu-only")}
    plans = {name: desk.best(setting).proposal for name, setting in worlds.items()}
    alone = [one for one in plans["baseline"].cases if one.case == "D2"]
    poor = desk.kept(worlds["baseline"], alone).proposal
    plans["baseline"] = known_up_to(poor, Fraction(12))
    study = regret(desk, worlds, plans)
    consistent(study)
    assert study.cross.improved
    assert study.minimax is not None
    assert study.minimax.at_least is not None
    assert study.minimax.at_least <= study.minimax.largest


def test_nothing_is_least_against_plans_that_are_not_proven_best(desk: Desk) -> None:
    """Where some assumption may have a better plan, a regret of zero may be greater."""
    worlds = {name: miniature(name) for name in ("baseline", "regional-money")}
    plans = {name: desk.best(setting).proposal for name, setting in worlds.items()}
    sure = regret(desk, worlds, plans)
    assert sure.minimax is not None
    assert (least(sure), sure.minimax.largest_at_most, sure.reached) == (0, 0, True)
    assert plans["baseline"].objective is not None
    for bound, most in ((plans["baseline"].objective + 1, 1), (None, None)):
        open_ = replace(plans["baseline"], bound=bound, status="feasible")
        study = regret(desk, worlds, {**plans, "baseline": open_})
        assert study.minimax is not None
        assert (study.minimax.largest, study.minimax.at_least) == (0, 0)
        assert (study.minimax.status, study.reached) == ("feasible", False)
        assert study.minimax.largest_at_most == most
        assert study.plain()["minimax"]["largest_regret_at_most"] == most
        told = " ".join(study.sentences)
        assert "no consortia lose less in their worst case" not in told
        assert "under all the others, as far as is known" in told
        assert "better plans may exist" in told
        assert ("it loses 1 at most" in told) == (most == 1)


def test_a_bound_that_is_beaten_is_refused(desk: Desk) -> None:
    """One of the two answers is wrong then."""
    worlds = {name: miniature(name) for name in ("baseline", "regional-money")}
    plans = {name: desk.best(setting).proposal for name, setting in worlds.items()}
    nothing = desk.kept(worlds["baseline"], ()).proposal
    plans["baseline"] = known_up_to(nothing, Fraction(1))
    with pytest.raises(AnswerRejected, match="more than was proven possible"):
        regret(desk, worlds, plans)


def test_an_assumption_without_any_plan_takes_no_part(desk: Desk) -> None:
    """Its column is blank, never zero."""
    whole = miniature("baseline")
    worlds = {
        "none": with_pins(whole, fixed("D1"), vetoed("D1")),
        "baseline": whole, "eu-only": miniature("eu-only"),
    }  # fmt: skip
    study = solved(desk, worlds)
    consistent(study)
    assert set(study.values["none"].values()) == {None}
    assert study.regret["baseline"]["none"] is None
    assert "none" not in {driver.plan for driver in study.drivers}
    assert least(study) == least(
        solved(desk, {n: worlds[n] for n in ("baseline", "eu-only")})
    )
    assert "Under none no plan is possible" in " ".join(study.sentences)
    rows = list(study.tables[1].records())
    assert {row["carried out"] for row in rows if row["plan for"] == "none"} == {
        "no plan"
    }


def test_labels(desk: Desk) -> None:
    """A membership is in all plans, in some, or in none."""
    study = of_miniature(desk, "regional-money", "eu-only")
    found = {(each.region, each.case): each for each in study.labels}
    assert len(found) == 7 * 3
    for (region, case), each in found.items():
        held = tuple(
            name for name in study.names
            if region in {m for one in study.proposals[name].cases if one.case == case
                          for m in one.members}
        )  # fmt: skip
        assert each.assumptions == held
        assert each.label == {0: NEVER, 1: SWING, 2: CORE}[len(held)]
    assert study.core == tuple(pair for pair, a in found.items() if a.label == CORE)
    assert study.plain()["labels"]["D1"]["ALD"] == {
        "label": CORE, "assumptions": ["regional-money", "eu-only"]
    }  # fmt: skip


def test_points_that_are_counted_unlike_are_told(desk: Desk) -> None:
    """So is an assumption that awaits an answer."""
    study = of_miniature(desk, "baseline", "bid-first")
    told = " ".join(study.sentences)
    assert "do not count points alike" in told
    assert "Under bid-first the plan that waits for no answer is compared" in told


def test_interrupted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """After Ctrl-C what is known is shown, and what is not is blank."""
    worlds = {name: miniature(name) for name in BY_HAND}
    plans = {name: desk.best(setting).proposal for name, setting in worlds.items()}
    whole = Desk.kept

    def cut_short(self: Desk, *args: Any, **how: Any) -> Stage:
        stage = whole(self, *args, **how)
        return replace(stage, solution=replace(stage.solution, stop=Stop.INTERRUPTED))

    monkeypatch.setattr(Desk, "kept", cut_short)
    study = regret(desk, worlds, plans)
    assert (study.stop, study.reached, study.minimax) == (Stop.INTERRUPTED, False, None)
    cells = [cell for row in study.regret.values() for cell in row.values()]
    assert None in cells
    assert "interrupted" in study.sentences[-1]


def test_an_interrupt_of_the_late_solve_ends_the_search(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the first solver is late, the exact one is asked; Ctrl-C is heard there."""
    answered, asked = Task.answered, []

    def late(self: Task, arrays: Arrays, worker: Worker | None = None) -> Solution:
        answer = answered(self, arrays, worker)
        if arrays.num_columns < 300:  # not the program of several assumptions
            return answer
        asked.append(worker)
        if worker is None:
            return replace(answer, stop=Stop.TIME_LIMIT)
        return replace(answer, x=None, stop=Stop.INTERRUPTED)

    monkeypatch.setattr(Task, "answered", late)
    study = of_miniature(desk, *BY_HAND)
    assert asked == [None, desk.workers.exact]
    assert (study.stop, study.reached) == (Stop.INTERRUPTED, False)
    assert "interrupted" in study.sentences[-1]


def test_tables_are_tidy(desk: Desk) -> None:
    """Every table is a frame; the matrix has a row for the least regret."""
    study = of_miniature(desk, *BY_HAND)
    names = [table.name for table in study.tables]
    assert names == ["regret", "outcomes", "least_regret", "labels", "swing"]
    matrix, outcomes, *_ = (table.frame for table in study.tables)
    assert list(matrix["plan for"]) == [*BY_HAND, "least regret"]
    assert len(outcomes) == 4 * 3
    assert all(len(table.frame.columns) == len(table.columns) for table in study.tables)


def test_unknown_recourse(desk: Desk) -> None:
    """There are two."""
    with pytest.raises(ValueError, match="use drop or keep"):
        regret(desk, {}, {}, recourse="pray")


def test_the_command_hands_out_the_matrix() -> None:
    """``compare`` has it under the key ``regret``."""
    words = [sys.executable, "-m", "matcher", "compare", "miniature",
             "--assumptions", ",".join(BY_HAND), "--json"]  # fmt: skip
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["regret"]["baseline"]["eu-only"] == 2.7
    assert told["minimax"]["largest_regret"] == 2.7
    assert told["recourse"] == DROP


def test_the_command_without_the_plan_of_least_regret() -> None:
    """What plans lose is the same; the plan itself is said not to be looked for."""
    words = [sys.executable, "-m", "matcher", "compare", "miniature",
             "--assumptions", ",".join(BY_HAND), "--plans-only", "--json"]  # fmt: skip
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["regret"]["baseline"]["eu-only"] == 2.7
    assert told["minimax"] is None
    assert "The plan of least regret was not looked for." in told["sentences"]
    assert done.returncode == 0


def test_plans_nearby_are_tried_where_the_program_is_large(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They change nothing where the program itself is solved."""
    names = ("baseline", "eu-only", "elm-short")
    known = least(of_miniature(desk, *names, recourse=KEEP))
    monkeypatch.setattr(leastregret, "SMALL", 0)
    assert least(of_miniature(desk, *names, recourse=KEEP)) == known


def test_no_consortia_for_every_assumption(tmp_path: Path, desk: Desk) -> None:
    """Where a case must be launched, and none can be under both, there is no answer."""
    worlds = by_budgets(tmp_path, "500-500-0", "0-500-500", min_cases=1)
    study = solved(desk, worlds)
    consistent(study)
    assert study.minimax is None
    assert (study.impossible, study.reached) == (True, True)
    assert "under every assumption." in " ".join(study.sentences)


def test_rows_stricter_than_a_rule_do_not_prove_that_there_are_none(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it is not known, and not reached."""
    worlds = by_budgets(tmp_path, "500-500-0", "0-500-500", min_cases=1)
    monkeypatch.setattr(Joint, "rounded", property(lambda _: True))
    study = solved(desk, worlds)
    assert (study.stop, study.minimax) == (Stop.FINISHED, None)
    assert (study.impossible, study.reached) == (False, False)
    assert "not proven that there are none" in " ".join(study.sentences)


def test_what_is_not_proven_of_an_outcome_is_told(desk: Desk) -> None:
    """The same consortia may bring more where a solver stopped short."""
    study = of_miniature(desk, *BY_HAND)
    assert "may lose less" not in " ".join(study.sentences)
    rows = {plan: dict(row) for plan, row in study.cross.outcomes.items()}
    short = rows["eu-only"]["baseline"]
    rows["eu-only"]["baseline"] = known_up_to(short, Fraction(5))
    loose = replace(study, cross=replace(study.cross, outcomes=rows))
    assert (
        "What the same consortia bring is not proven to be the most for eu-only under "
        "baseline: they may lose less than is told."
    ) in loose.sentences
