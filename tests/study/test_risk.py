"""Deciding before the outcome is known: every figure by trying every plan."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, Any

import pytest

import matcher
from matcher.backends.client import open_worker
from matcher.engine.desk import Desk
from matcher.engine.solving import Task, Workers
from matcher.errors import InputError
from matcher.formulation.joint import Joint
from matcher.program.solution import SolveOptions, Stop
from matcher.proposal.proposal import CasePlan
from matcher.study.risk import outcomes as o
from matcher.study.risk import words
from matcher.study.risk.ampler import ample
from matcher.study.risk.relaxed import relaxed
from matcher.study.risk.risk import Span, risk
from matcher.study.risk.twostage import Measure, TwoStage
from matcher.verify.oracle import best
from tests.property.changes import decided, kept_out, vetoed, with_pins
from tests.tiny import PLAIN, cited, grant, pool, scene, tiny_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from matcher.backends.client import Worker
    from matcher.program.program import Arrays
    from matcher.program.solution import Solution
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting
    from matcher.study.risk.outcomes import Prospect
    from matcher.study.risk.risk import Risk

OPTIONS = SolveOptions(gap=0.0, time_limit=60.0)
HALF = Fraction(1, 2)
BACKENDS = ("highs", "cpsat", "cbc")
EACH = Fraction(1, 2)
"""Points that a membership costs in the tiny scenario."""

UNSURE = scene(
    PLAIN,
    regions={name: {"own_budget": 300} for name in "ABC"},
    costs="case,layer,amount\nD1,1,1000\nD2,1,600\n",
    budgets="instrument,region,amount\np,B,200\np,C,150\n",
    books={
        "g": grant(0.5, success={"value": 0.3, "source": "S"},
                   consortium={"min_regions": cited(3)}),
        "p": pool(0.6, success={"value": 0.8, "source": "S"}),
    },
    objective={
        "weights": {"cohesion": 1, "coordination_cost": 1},
        "parameters": {
            "cohesion": {"scheme": "worth", "points": {"one": 1, "two": 2, "four": 4}},
            "coordination_cost": {"per_member": float(EACH)},
        },
        "expected": True,
    },
    settings={"assumptions": {
        "poor": {"set": {"regions.*.own_budget": "0.5x"}},
        "same": {"set": {"regions.A.own_budget": 300}},
    }},
)  # fmt: skip
"""Grant g needs all three regions in a case; pool p pays B and C, and not much."""

EVENTS = {
    "g": [{"probability": 0.3},
          {"probability": 0.7, "instruments": {"without": ["g"]}}],
    "own": [{"probability": 0.6, "name": "rich"},
            {"probability": 0.4, "name": "poor", "set": {"regions.*.own_budget": 100}}],
}  # fmt: skip


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


def unsure(folder: Path, *, expected: bool) -> Scenario:
    """The tiny scenario, its effort counted in full or only where a case goes ahead."""
    return tiny_scenario(folder, UNSURE, objective={"expected": expected})


def written(folder: Path, events: Mapping[str, Any]) -> Path:
    """A file of events."""
    path = folder / "outcomes.yaml"
    path.write_text(json.dumps({"format": 1, "events": events}, indent=1), "utf-8")
    return path


# --- every plan, by the oracle ---------------------------------------------------


class Tried:
    """Every plan that may be decided, valued in every outcome by the oracle."""

    def __init__(self, prospect: Prospect) -> None:
        base = prospect.scenario.setting()
        self.prospect, self.expected = prospect, base.objective.expected
        self.settings = [
            self._counting(prospect.scenario.setting(prospect.assumption(outcome)))
            for outcome in prospect.outcomes
        ]
        known: dict[Any, Fraction | None] = {}
        self.plans: dict[Any, list[Fraction]] = {}
        for plans in menus(base):
            if best(frozen(base, plans), funding=False) is None:
                continue
            row = []
            for s, setting in enumerate(self.settings):
                found = []
                for some in parts(plans):
                    key = s, members_of(some)
                    if key not in known:
                        answer = best(frozen(setting, some), funding=True)
                        known[key] = None if answer is None else answer.value
                    found.append(known[key])
                row.append(max(v for v in found if v is not None))
            count = sum(len(plan.members) for plan in plans)
            effort = -count * EACH if self.expected else Fraction(0)
            self.plans[members_of(plans)] = [effort + value for value in row]

    def _counting(self, setting: Setting) -> Setting:
        """The setting in which money that comes is certain, and effort spent."""
        weights = dict(setting.objective.weights)
        if self.expected:
            weights["coordination_cost"] = Fraction(0)
        objective = replace(setting.objective, weights=weights, expected=False)
        return replace(setting, objective=objective)

    def chances(self, at: int | None = None, branch: int = 0) -> list[Fraction]:
        """Probability of each outcome, given a branch of an event."""
        every = self.prospect.outcomes
        mine = [
            x.probability if at is None or x.branches[at] == branch else Fraction(0)
            for x in every
        ]
        return [chance / sum(mine) for chance in mine]

    def worth(self, measure: Measure, chances: Sequence[Fraction]) -> Fraction:
        """The most that any plan is worth."""
        return max(worth(row, chances, measure) for row in self.plans.values())


def worth(
    values: Sequence[Fraction], chances: Sequence[Fraction], measure: Measure
) -> Fraction:
    """Mean and CVaR as weighed; the CVaR as the best of its dual's corners."""
    pairs = list(zip(chances, values, strict=True))
    average = sum((p * v for p, v in pairs), Fraction(0))
    tail = max(
        eta - sum((p * max(eta - v, Fraction(0)) for p, v in pairs), Fraction(0))
        / measure.level
        for eta in values
    )  # fmt: skip
    return (1 - measure.aversion) * average + measure.aversion * tail


def menus(setting: Setting) -> Iterator[tuple[CasePlan, ...]]:
    """Every way to decide who takes part."""
    regions = list(setting.regions)
    groups = [g for n in range(1, 4) for g in combinations(regions, n)]
    for chosen in product((None, *groups), repeat=len(setting.cases)):
        yield tuple(
            CasePlan(case, group[0], group[1:])
            for case, group in zip(setting.cases, chosen, strict=True)
            if group is not None
        )


def frozen(setting: Setting, plans: Sequence[CasePlan]) -> Setting:
    """The setting in which just these consortia are launched."""
    pins = []
    for one in plans:
        out = set(setting.regions) - set(one.members)
        pins += [*decided(one), *kept_out(out, [one.case])]
    launched = {one.case for one in plans}
    pins += [vetoed(case) for case in setting.cases if case not in launched]
    return with_pins(setting, *pins)


def parts(plans: Sequence[CasePlan]) -> Iterator[tuple[CasePlan, ...]]:
    """All ways to drop some of the cases."""
    sizes = range(len(plans) + 1)
    yield from chain.from_iterable(combinations(plans, size) for size in sizes)


def members_of(plans: Sequence[CasePlan]) -> tuple[Any, ...]:
    """Who is a member of what."""
    return tuple(sorted((plan.case, plan.members) for plan in plans))


def agrees(study: Risk, tried: Tried) -> None:
    """Every figure of a study is that of the plans tried."""
    measure, prospect, found = study.measure, study.prospect, study.found
    chances = tried.chances()
    assert study.reached
    assert found.worth == found.bound == tried.worth(measure, chances)
    assert found.plan is not None
    row = tried.plans[members_of(found.plan.cases)]
    by_outcome = {
        at: found.plan.values[i]
        for i, lot in enumerate(study.two.lots) for at in lot.outcomes
    }  # fmt: skip
    assert [by_outcome[at] for at in range(len(row))] == row
    assert study.expected == worth(row, chances, Measure(measure.level, Fraction(0)))
    assert study.cvar == worth(row, chances, Measure(measure.level, Fraction(1)))
    assert study.worst == min(row)
    assert study.as_written is not None
    naive = tried.plans[members_of(study.as_written.cases)]
    assert study.gained == found.worth - worth(naive, chances, measure)
    assert study.gained >= 0
    sure = [max(column) for column in zip(*tried.plans.values(), strict=True)]
    perfect = sum(p * v for p, v in zip(chances, sure, strict=True)) - found.worth
    assert study.perfect.least == study.perfect.most == perfect
    for at, event in enumerate(prospect.events):
        known = sum(
            branch.probability * tried.worth(measure, tried.chances(at, i))
            for i, branch in enumerate(event.branches)
        )
        told = next(k.worth for k in study.knowing if k.event == event.name)
        assert told.least == told.most == known - found.worth
        assert 0 <= known - found.worth <= perfect


@pytest.mark.parametrize("expected", [True, False])
@pytest.mark.parametrize("aversion", [Fraction(0), HALF])
def test_every_figure_by_trying_every_plan(
    desk: Desk, tmp_path: Path, expected: bool, aversion: Fraction
) -> None:
    """Applications that win or fail: worth, risk, and what knowing is worth."""
    prospect = o.applications(unsure(tmp_path, expected=expected))
    assert [event.name for event in prospect.events] == ["g", "p"]
    study = risk(prospect, desk, level=Fraction(1, 4), aversion=aversion)
    agrees(study, Tried(prospect))


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_backend_proves_the_same(
    others: Mapping[str, Workers], tmp_path: Path, backend: str
) -> None:
    """Events of a file, half the weight on the worst fifth."""
    scenario = unsure(tmp_path / "s", expected=True)
    prospect = o.from_file(scenario, written(tmp_path, EVENTS))
    desk = Desk(others[backend], OPTIONS)
    study = risk(prospect, desk, level=Fraction(1, 5), aversion=HALF)
    agrees(study, Tried(prospect))


def test_the_worked_miniature(desk: Desk) -> None:
    """With chances expanded, the best plan is the best expected one: 11.86."""
    study = risk(o.applications(matcher.load("miniature")), desk)
    assert study.found.worth == study.found.bound == Fraction(593, 50)
    assert study.gained == 0
    assert study.perfect.least == study.perfect.most == Fraction(447, 250)
    assert {k.event: k.worth.least for k in study.knowing} == {
        "eu-grant": 0, "pool": Fraction(31, 25), "dune-erdf": Fraction(13, 100),
    }  # fmt: skip
    assert study.sentences[0] == (
        "The plan decided now brings 11.86 points on average, and no plan brings more."
    )


def test_certain_outcomes_are_the_plain_plan(desk: Desk, tmp_path: Path) -> None:
    """Equal settings are one lot, and a single one leaves nothing to know."""
    scenario = unsure(tmp_path, expected=False)
    plain = desk.best(scenario.setting()).proposal
    weights = {"baseline": Fraction(1, 4), "same": Fraction(3, 4)}
    study = risk(o.weighted(scenario, weights), desk)
    assert len(study.two.lots) == 1
    assert study.found.worth == study.found.bound == plain.objective == study.worst
    assert study.perfect.most == study.gained == 0
    assert study.knowing == ()


def test_weights_of_assumptions(desk: Desk, tmp_path: Path) -> None:
    """The scenario's own assumptions, one of which comes true."""
    scenario = unsure(tmp_path, expected=False)
    weights = {"baseline": Fraction(2, 5), "poor": Fraction(3, 5)}
    prospect = o.weighted(scenario, weights)
    study = risk(prospect, desk, level=HALF, aversion=HALF)
    tried = Tried(prospect)
    assert study.found.worth == tried.worth(study.measure, tried.chances())
    for bad in ({"baseline": HALF}, {"baseline": Fraction(1), "poor": Fraction(0)}):
        with pytest.raises(InputError, match="--weights"):
            o.weighted(scenario, bad)


def test_draws_are_seeded_and_their_error_is_stated(desk: Desk, tmp_path: Path) -> None:
    """Of too many combinations some are drawn: the same for a seed."""
    scenario = unsure(tmp_path / "s", expected=False)
    events = {
        f"{name}{i}": [
            {"probability": 0.5},
            {"probability": 0.5, "set": {f"regions.{name}.own_budget": 100 + 50 * i}},
        ]
        for name in "ABC" for i in range(3)
    }  # fmt: skip
    path = written(tmp_path, events)
    one, same, other = (
        o.from_file(scenario, path, draws=60, seed=seed) for seed in (1, 1, 2)
    )
    assert one.every == 512
    assert one.outcomes == same.outcomes != other.outcomes
    assert sum(x.probability for x in one.outcomes) == 1
    study = risk(one, desk)
    plan = study.found.plan
    assert plan is not None
    assert study.expected is not None
    drawn = [
        plan.values[i]
        for i, lot in enumerate(study.two.lots) for _ in range(int(lot.weight * 60))
    ]  # fmt: skip
    spread = sum((v - study.expected) ** 2 for v in drawn)
    error, of_bound = study.errors
    assert error == pytest.approx((float(spread) / 59 / 60) ** 0.5)
    assert of_bound is not None
    assert "60 outcomes were drawn of 512" in " ".join(study.sentences)
    assert study.plain()["standard_error"] == error


def test_faults_of_a_file_stand_at_their_lines(tmp_path: Path) -> None:
    """Unknown keys, sums, equal names and settings that do not exist."""
    scenario = unsure(tmp_path / "s", expected=False)
    path = tmp_path / "outcomes.yaml"

    def told(text: str) -> str:
        path.write_text(f"format: 1\nevents:\n{text}", "utf-8")
        with pytest.raises(InputError) as caught:
            o.from_file(scenario, path)
        return str(caught.value)

    assert "outcomes.yaml:4:7: unknown key" in told(
        "  a:\n    - {probably: 1, probability: 1}\n"
    ).replace(":4:8:", ":4:7:")
    assert "outcomes.yaml:3:3: the probabilities of a add up to 0.9" in told(
        "  a:\n    - {probability: 0.5}\n    - {probability: 0.4}\n"
    )
    third = "    - {probability: 0.333333333}\n" * 3
    assert "add up to 0.999999999; let them add up to exactly 1" in told(
        "  a:\n" + third
    )
    thirds = dict.fromkeys(("eu-only", "regional-money"), Fraction(1, 3))
    with pytest.raises(InputError, match=r"add up to 2/3; .* exactly 1; 1/3 may be"):
        o.weighted(scenario, thirds)
    assert 'two branches "as written"' in told(
        "  a:\n    - {probability: 0.5}\n    - {probability: 0.5}\n"
    )
    assert "outcomes.yaml:4" in told(
        "  a:\n    - {probability: 1, set: {regions.X.own_budget: 1}}\n"
    )
    assert "not above 0" in told("  a:\n    - {probability: 0}\n")
    assert "without +" in told(
        "  a+b:\n    - {probability: 1, set: {date: 2025-06-02}}\n"
    )


def test_no_plan_for_every_outcome_is_no_zero(desk: Desk, tmp_path: Path) -> None:
    """A smallest number of cases that no money can pay for in one outcome."""
    purses = {name: {"own_budget": 100} for name in "ABC"}
    settings = {"limits": {"min_cases": 1}}
    scenario = tiny_scenario(tmp_path, UNSURE, regions=purses, settings=settings)
    study = risk(o.applications(scenario), desk)
    assert study.found.plan is None
    assert study.expected is study.worst is study.gained is None
    assert study.sentences == (
        "No consortia that can be decided now keep every rule in all outcomes.",
    )
    assert study.plain()["expected"] is None
    assert [table.name for table in study.tables]


def test_rows_stricter_than_a_rule_do_not_prove_that_there_is_none(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program of few outcomes without any answer says nothing then."""
    purses = {name: {"own_budget": 100} for name in "ABC"}
    settings = {"limits": {"min_cases": 1}}
    scenario = tiny_scenario(tmp_path, UNSURE, regions=purses, settings=settings)
    seen: list[TwoStage] = []
    look = TwoStage.look

    def noted(self: TwoStage, *args: Any) -> Any:
        seen.append(self)
        return look(self, *args)

    monkeypatch.setattr(TwoStage, "look", noted)
    risk(o.applications(scenario), desk)
    sure, lots = Measure(Fraction(1), Fraction(0)), range(len(seen[0].lots))

    def impossible() -> bool:
        return any(
            relaxed(seen[0], {i: Fraction(1)}, sure, [i], None, gap=0.0).impossible
            for i in lots
        )

    assert impossible()
    monkeypatch.setattr(Joint, "rounded", property(lambda _: True))
    assert not impossible()


def test_what_has_all_the_money_of_another(desk: Desk) -> None:
    """Ampler settings never bring less with the same consortia."""
    scenario = matcher.load("miniature")
    names = ("baseline", "eu-only", "regional-money", "alder-short", "cedar-short")
    settings = [scenario.setting(name) for name in names]
    ampler = ample(settings)
    assert [int(row.sum()) for row in ampler] == [5, 1, 3, 1, 1]
    for i, j in zip(*ampler.nonzero(), strict=True):
        plans = desk.best(settings[j]).proposal
        held = desk.kept(settings[i], plans.cases).proposal
        assert held.objective is not None
        assert plans.objective is not None
        assert held.objective >= plans.objective
    other = scenario.setting("grove-letter")
    assert not ample([settings[0], other])[0, 1]


def test_interrupted_with_a_plan(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C leaves the plan known so far; without one it goes on."""
    prospect = o.applications(unsure(tmp_path, expected=False))

    def stopped(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("matcher.study.risk.twostage.TwoStage.look", stopped)
    study = risk(prospect, desk)
    assert study.stop is Stop.INTERRUPTED
    assert not study.reached
    assert study.found.plan is not None
    assert "interrupted" in study.sentences[-1]
    monkeypatch.setattr("matcher.study.risk.twostage.TwoStage.decided", stopped)
    with pytest.raises(KeyboardInterrupt):
        risk(prospect, desk)


def test_an_interrupt_while_a_start_is_made_is_heard(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No program is asked after it."""
    seen: list[TwoStage] = []
    look = TwoStage.look

    def noted(self: TwoStage, *args: Any) -> Any:
        seen.append(self)
        return look(self, *args)

    monkeypatch.setattr(TwoStage, "look", noted)
    risk(o.applications(unsure(tmp_path, expected=False)), desk)
    plan = next(plan for plan in seen[0].known.values() if plan is not None)
    asked, whole = [0], Task.solved

    def halted(self: Task, worker: Worker, arrays: Arrays) -> Solution:
        asked[0] += 1
        answer = whole(self, worker, arrays)
        return replace(answer, stop=Stop.INTERRUPTED) if asked[0] == 1 else answer

    monkeypatch.setattr(Task, "solved", halted)
    sure = Measure(Fraction(1), Fraction(0))
    with pytest.raises(KeyboardInterrupt):
        relaxed(seen[0], {0: Fraction(1)}, sure, [0], (plan, plan.values[0]), gap=0.0)
    assert asked == [1]


def run(*args: str) -> subprocess.CompletedProcess[str]:
    """The command, for real."""
    return subprocess.run(
        [sys.executable, "-m", "matcher", "study", "risk", *args],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_command(tmp_path: Path) -> None:
    """Events of the miniature as JSON and as files; slips are told."""
    events = "scenarios/miniature/outcomes.yaml"
    done = run(
        "miniature", "--outcomes", events, "--json", "--out", str(tmp_path / "r")
    )
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["study"] == "risk"
    assert data["outcomes"] == 16
    assert data["bound"] == data["worth"] == data["expected"]
    total = sum(row["probability"] for row in data["tables"]["outcomes"])
    assert total == pytest.approx(1)
    assert (tmp_path / "r" / "consortia.csv").is_file()
    assert (
        run("miniature", "--weights", "eu-only=1", "--outcomes", events).returncode == 2
    )
    assert run("miniature", "--weights", "eu-only=0.5").returncode == 3
    other = run("miniature", "--weights", "expected-cases=0.5,baseline=0.5")
    assert other.returncode == 3
    assert "OTHER_OBJECTIVE" in other.stderr
    assert run("miniature", "--weights", "eu-only").returncode == 2
    assert run("miniature", "--level", "0").returncode == 2
    assert run("3dp-2023", "--outcomes", str(tmp_path / "none.yaml")).returncode == 3


def test_a_range_that_rounds_to_one_number_is_about_it() -> None:
    """Ends that differ only beyond what is printed are not printed twice."""
    least = Fraction("1.212")
    assert words.range_text(Span(least, least)) == "1.212"
    assert words.range_text(Span(least, least + Fraction(1, 10**6))) == "about 1.212"
    assert words.range_text(Span(least, Fraction("1.3"))) == "1.212 to 1.3"
