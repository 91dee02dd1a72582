"""Plans under several assumptions side by side: the numbers, and what is a tie."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.engine.desk import Desk
from matcher.engine.run import options_of
from matcher.errors import InputError, Place
from matcher.program.solution import Stop
from matcher.proposal.jsonform import from_json, loads, to_json
from matcher.scenario.load import load
from matcher.scenario.schema import Assumption
from matcher.scenario.setting import PlacedPin
from matcher.study.comparison.aligned import (
    CHANGE,
    LEAD,
    OBSERVER,
    OPEN,
    PARTNER,
    TIE,
    Difference,
    differences,
)
from matcher.study.comparison.compare import Comparison, compare
from matcher.study.comparison.ties import nearest, undone
from matcher.verify.oracle import best
from matcher.verify.verify import verify
from tests.property.generator import write_scenario
from tests.scenarios.conftest import ROOT, call, document, run
from tests.tiny import ONE, scene, tiny_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from matcher.engine.solving import Workers
    from matcher.engine.stages import Stage
    from matcher.scenario.load import Scenario
    from matcher.scenario.setting import Setting

NAMES = ("baseline", "eu-only", "alder-short", "cedar-short")
WORTH = {"baseline": 11.86, "eu-only": 2.7, "alder-short": 11.36, "cedar-short": 9.66}
NOWHERE = Place("test")
MINIATURE = ROOT / "scenarios" / "miniature"

TWINS = scene(
    ONE,
    regions="""
        region,name,state,category.worth,max_cases
        A,Alder,S1,four,
        B,Birch,S2,two,1
        C,Cedar,S3,two,1
    """,
    cases="case,name,max_partners\nD1,Repair,2\n",
    settings={
        "assumptions": {
            "no-b": {"describe": "without B", "set": {"regions.B.max_cases": 0}},
            "no-c": {"describe": "without C", "set": {"regions.C.max_cases": 0}},
            "none": {
                "describe": "a case must be launched, and nobody can",
                "set": {
                    "limits.min_cases": 1,
                    **{f"regions.{name}.max_cases": 0 for name in "ABC"},
                },
            },
        }
    },
)
"""A with B, or A with C: six points either way, but for who is kept out."""


def sit(workers: Workers, scenario: Scenario, **options: Any) -> Desk:
    """A desk with the workers of all tests."""
    return Desk(workers, replace(options_of(scenario.setting()), **options))


@pytest.fixture(scope="module")
def miniature() -> Scenario:
    """The worked miniature."""
    return load(MINIATURE)


@pytest.fixture(scope="module")
def compared(workers: Workers, miniature: Scenario) -> Comparison:
    """Four of its assumptions side by side."""
    return compare(miniature, sit(workers, miniature), NAMES)


@pytest.fixture
def twins(tmp_path: Path) -> Scenario:
    """Two regions of which either will do."""
    return tiny_scenario(tmp_path / "twins", TWINS)


# --- what is compared


def test_every_plan_is_the_best_of_its_assumption(
    compared: Comparison, miniature: Scenario, workers: Workers
) -> None:
    """Values are those of a solve by itself, and every plan holds."""
    assert {n: float(p.objective or 0) for n, p in compared.proposals.items()} == WORTH
    for name, plan in compared.proposals.items():
        alone = sit(workers, miniature).best(miniature.setting(name)).proposal
        assert plan.objective == alone.objective
        assert plan.status == "optimal"
        assert verify(plan, miniature.setting(name)).holds
    assert compared.reached
    assert compared.stop is Stop.FINISHED


def test_the_gap_to_what_is_needed_is_told(compared: Comparison) -> None:
    """18.5 points would be possible if nobody asked about money."""
    rows = {row["assumption"]: row for row in compared.table("summary").records()}
    assert {row["needed"] for row in rows.values()} == {18.5}
    assert rows["eu-only"]["gap to needed"] == pytest.approx(15.8)
    needed = compared["eu-only"].needed
    assert needed is not None
    assert needed.objective == Fraction("18.5")


def test_tables_are_aligned(compared: Comparison) -> None:
    """Each thing has a row under each assumption, the reference first."""
    keys = {
        "cases": ("case",), "terms": ("term",), "money": ("source",),
        "memberships": ("case", "region"),
        "exchanges": ("case", "provider", "receiver", "capability"),
    }  # fmt: skip
    for name, key in keys.items():
        records = list(compared.table(name).records())
        seen: dict[tuple[str, ...], list[str]] = {}
        for row in records:
            seen.setdefault(tuple(row[k] for k in key), []).append(row["assumption"])
        assert all(tuple(found) == NAMES for found in seen.values()), name


def test_sums_add_up(compared: Comparison) -> None:
    """Terms add up to the points, sources to all that is paid, gaps to the rest."""
    terms = compared.table("terms").frame
    money = compared.table("money").frame
    totals = compared.table("totals").frame.set_index("assumption")
    for name, plan in compared.proposals.items():
        mine = terms[terms["assumption"] == name]
        assert mine["points"].sum() == pytest.approx(WORTH[name])
        change = WORTH[name] - WORTH["baseline"]
        assert mine["difference"].sum() == pytest.approx(change)
        paid = money[money["assumption"] == name]
        assert paid["paid EUR"].sum() * 100 == sum(case.cost for case in plan.cases)
        row = totals.loc[name]
        own = paid[paid["source"] == "own"]["paid EUR"].sum()
        assert row["own EUR"] == own
        assert row["instruments EUR"] == paid["paid EUR"].sum() - own
        assert row["missing EUR"] * 100 == sum(case.cost for case in plan.unpaid)


def test_exchanges_are_counted_against_the_reference(
    workers: Workers, tmp_path: Path
) -> None:
    """Units under each assumption, and how many more or fewer than in the reference."""
    more = {"describe": "more", "set": {"assets.A/K.capacity": 4}}
    base = scene(
        ONE, capabilities="capability\nK\n",
        assets="region,capability,level,capacity\nA,K,2,1\n",
        needs="region,capability,amount,min_level\nB,K,4,1\n",
        roles="case,capability,kind,min_amount\nD1,K,exchange,1\n",
        objective={"weights": {"need_coverage": 1}},
        settings={"assumptions": {"more": more}},
    )  # fmt: skip
    scenario = tiny_scenario(tmp_path / "s", base)
    found = compare(scenario, sit(workers, scenario))
    assert list(found.table("exchanges").rows) == [
        ("D1", "A", "B", "K", "baseline", 1, 0),
        ("D1", "A", "B", "K", "more", 4, 3),
    ]


def test_names_are_settled_before_anything_is_solved(
    workers: Workers, miniature: Scenario
) -> None:
    """Unknown names are told, all of them; names of one thing count once."""
    desk = sit(workers, miniature)
    with pytest.raises(InputError) as error:
        compare(miniature, desk, ["baseline", "eu-onyl", "nobody+eu-only"])
    assert [fault.code for fault in error.value.faults] == ["UNKNOWN_ASSUMPTION"] * 2
    assert desk.solves == 0
    with pytest.raises(ValueError, match="recourse"):
        compare(miniature, desk, recourse="nothing")
    assert desk.solves == 0
    found = compare(miniature, desk, ["", "eu-only+cedar-short", "baseline+"])
    assert list(found.proposals) == ["baseline", "eu-only+cedar-short"]


def test_all_assumptions_are_the_default(workers: Workers, twins: Scenario) -> None:
    """The scenario as written comes first."""
    found = compare(twins, sit(workers, twins))
    assert list(found.proposals) == ["baseline", "no-b", "no-c", "none"]


def test_the_order_matters_for_the_reference_only(
    compared: Comparison, workers: Workers, miniature: Scenario
) -> None:
    """The others in another order: the same plans, the same verdicts."""
    other = compare(
        miniature, sit(workers, miniature), [NAMES[0], *reversed(NAMES[1:])]
    )
    assert dict(other.judged) == dict(compared.judged)
    assert {n: to_json(p) for n, p in other.proposals.items()} == {
        n: to_json(p) for n, p in compared.proposals.items()
    }


def test_without_a_plan_nothing_is_made_up(workers: Workers, twins: Scenario) -> None:
    """What cannot be met is infeasible, with blanks and no zeros."""
    found = compare(twins, sit(workers, twins), ["baseline", "none"])
    rows = {row["assumption"]: row for row in found.table("summary").records()}
    assert rows["none"]["status"] == "infeasible"
    assert rows["none"]["points"] is rows["none"]["gap to needed"] is None
    assert "Under none no plan meets every rule." in found.sentences
    assert "none" not in found.judged
    for name in ("cases", "memberships", "terms"):
        for row in found.table(name).records():
            if row["assumption"] == "none":
                assert row.get("versus reference", "unknown") == "unknown"
                assert row.get("launched") is row.get("points") is None
    turned = compare(twins, sit(workers, twins), ["none", "baseline"])
    assert turned["baseline"].objective == 6
    assert not turned.judged
    assert "There is no plan under none to compare with." in turned.sentences[1]


# --- ties


def best_of(desk: Desk, setting: Setting) -> Stage:
    """The best plan of a setting."""
    return desk.best(setting)


@pytest.mark.parametrize("reference", ["no-b", "no-c"])
def test_another_best_plan_is_no_difference(
    workers: Workers, twins: Scenario, reference: str
) -> None:
    """Whoever the solver names of two twins: the one of the reference is kept.

    Solved by itself, the scenario as written can agree with one of the two only.
    """
    found = compare(twins, sit(workers, twins), [reference, "baseline"])
    assert found.judged == {"baseline": ()}
    assert "everybody takes part" in found.sentences[1]
    naive = best_of(sit(workers, twins), twins.setting()).proposal
    others = {
        name: best_of(sit(workers, twins), twins.setting(name)).proposal
        for name in ("no-b", "no-c")
    }
    assert any(differences(plan, naive) for plan in others.values())


def test_a_choice_that_the_reference_has_too_is_a_tie(
    workers: Workers, twins: Scenario
) -> None:
    """The reference could have named the other twin for as much: no change."""
    found = compare(twins, sit(workers, twins), ["baseline", "no-b", "no-c"])
    labels = {label for judged in found.judged.values() for _, label in judged}
    assert labels == {TIE}
    told = " ".join(found.sentences)
    assert "takes the place of" in told
    assert "Each of these is a tie" in told
    assert "The whole plan is a best one under baseline as well." in told


def test_what_nobody_could_have_chosen_is_a_change(
    workers: Workers, twins: Scenario
) -> None:
    """With B out of the question here and C there, the places must change."""
    found = compare(twins, sit(workers, twins), ["no-b", "no-c"])
    members = [(d, label) for d, label in found.judged["no-c"] if d.region in "BC"]
    assert [(d.kind, d.region, label) for d, label in members] == [
        ("enters", "B", CHANGE), ("leaves", "C", CHANGE),
    ]  # fmt: skip


def test_without_proof_nothing_is_a_change(workers: Workers, twins: Scenario) -> None:
    """A plan that may be beaten proves nothing, and is left as it is."""
    desk = sit(workers, twins)
    stage = best_of(desk, twins.setting("no-c"))
    known = stage.proposal
    other = best_of(desk, twins.setting("no-b")).proposal
    loose = replace(known, bound=Fraction(7), status="feasible")
    every = differences(other, known)
    assert undone(desk, stage, loose, every).those == frozenset()
    assert undone(desk, stage, loose, every).complete is False
    assert undone(desk, stage, loose, ()).complete is True
    late = sit(workers, twins, time_limit=0.0)
    assert nearest(late, stage, known, other) is None
    assert undone(late, stage, known, every) == (
        replace(undone(desk, stage, known, ()), complete=False)
    )


def test_under_a_gap_the_reference_is_kept_where_it_is_as_good(
    workers: Workers, twins: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not proven best gives way to the consortia of the reference, if as good.

    Where they are not, no difference is called a change.
    """
    answer = Desk.answer

    def unsure(self: Desk, question: Any, what: str, start: Any = None) -> Stage:
        stage = answer(self, question, what, start)
        known = stage.proposal
        if known.objective is None:
            return stage
        loose = replace(known, bound=known.objective + 1, status="feasible")
        return replace(stage, proposal=loose)

    monkeypatch.setattr(Desk, "answer", unsure)
    for reference, other in (("no-b", "no-c"), ("no-c", "no-b")):
        found = compare(twins, sit(workers, twins), [reference, "baseline", other])
        assert found.judged["baseline"] == ()
        assert found["baseline"].status == "feasible"
        assert {label for _, label in found.judged[other]} == {OPEN}
        assert not found.reached
        told = " ".join(found.sentences)
        assert "brings 6 points, and none more than 7" in told
        assert "None of this is proven to be a change" in told


def pins(each: Difference) -> list[PlacedPin]:
    """Pins under which a plan is as it was before a difference."""

    def pin(role: str | None, *, forbid: bool) -> PlacedPin:
        region = each.region or None
        return PlacedPin(each.case, region, role, forbid, "", NOWHERE)  # type: ignore[arg-type]

    if not each.region:
        return [pin(None, forbid=not each.before)]
    if each.kind == "role changes":
        role = {LEAD: [pin("lead", forbid=False)],
                PARTNER: [pin("member", forbid=False), pin("lead", forbid=True)],
                OBSERVER: [pin("observer", forbid=False)]}  # fmt: skip
        return role[each.before]
    watching = OBSERVER in (each.before, each.after)
    return [pin("observer" if watching else "member", forbid=not each.before)]


def may_be_undone(
    setting: Setting, each: Difference, value: Fraction, desk: Desk | None
) -> bool:
    """Whether some plan worth as much does without a difference.

    By the oracle, or by a solve with pins where there is a desk.
    """
    pinned = replace(setting, pins=(*setting.pins, *pins(each)))
    if desk is not None:
        return desk.best(pinned).proposal.objective == value
    found = best(pinned, funding=setting.has_money)
    return found is not None and found.value == value


def assert_judged_rightly(found: Comparison, desk: Desk | None = None) -> set[str]:
    """Hold every verdict against an independent answer; return the verdicts met."""
    first, *others = found.proposals
    met = set()
    for name in others:
        for each, label in found.judged.get(name, ()):
            sides = ((name, each), (first, each.turned))
            free = [
                may_be_undone(
                    replace(found.settings[side], wait_for=None), which,
                    found[side].objective or Fraction(0), desk,
                )
                for side, which in sides
            ]  # fmt: skip
            assert label == (TIE if any(free) else CHANGE), (name, each)
            met.add(label)
    return met


def test_verdicts_agree_with_solves_under_pins(
    compared: Comparison, workers: Workers, miniature: Scenario
) -> None:
    """No plan that is as good does without what is called a change."""
    assert assert_judged_rightly(compared, sit(workers, miniature)) == {CHANGE, TIE}


def variants(scenario: Scenario) -> Iterator[tuple[str, Assumption]]:
    """Each instrument left out, one at a time."""
    for name, book in scenario.rulebooks.items():
        if book.data["kind"] not in ("partnership", "own"):
            yield (
                f"no-{name}",
                Assumption(describe="without it", instruments={"without": (name,)}),
            )  # type: ignore[arg-type]


def test_verdicts_agree_with_the_oracle(workers: Workers, tmp_path: Path) -> None:
    """In drawn scenarios, too, every verdict holds, and both kinds are met."""
    met, seen = set[str](), 0
    for seed in range(12):
        folder = write_scenario(tmp_path / str(seed), seed, money=True, small=True)
        drawn = load(folder)
        more = {name: (each, NOWHERE) for name, each in variants(drawn)}
        drawn = drawn.assuming(more)
        found = compare(drawn, sit(workers, drawn), ["baseline", *more])
        if all(p.status in ("optimal", "infeasible") for p in found.proposals.values()):
            met |= assert_judged_rightly(found)
            seen += 1
    assert met == {CHANGE, TIE}
    assert seen > 6


# --- Python, files and the command


def test_the_python_face(miniature: Scenario) -> None:
    """One call compares; what comes back reads well."""
    study = matcher.compare(miniature, ["baseline", "cedar-short"])
    assert study["cedar-short"].objective == Fraction("9.66")
    frame = study.table("memberships").frame
    left = frame[(frame["assumption"] == "cedar-short") & (frame["verdict"] == CHANGE)]
    assert set(left["region"]) == {"BIR", "CED"}
    assert repr(study) == (
        "<Comparison 'miniature': baseline optimal 11.86 points, "
        "cedar-short optimal 9.66 points>"
    )
    page = study._repr_html_()
    assert page.count("<table") == len(study.tables)
    assert study.regret is not None
    with pytest.raises(KeyError, match="there are summary"):
        study.table("nothing")
    with pytest.raises(InputError):
        matcher.compare(miniature, "cedar-shrt")


def test_ctrl_c_keeps_what_is_known(
    workers: Workers, miniature: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Assumptions that were not reached are unknown, and differences are open."""
    desk, asked = sit(workers, miniature), []
    answer = Desk.answer

    def until(self: Desk, question: Any, what: str, start: Any = None) -> Any:
        if what == "alder-short":
            raise KeyboardInterrupt
        asked.append(what)
        return answer(self, question, what, start)

    monkeypatch.setattr(Desk, "answer", until)
    found = compare(miniature, desk, ["baseline", "cedar-short", "alder-short"])
    assert found.stop is Stop.INTERRUPTED
    assert not found.reached
    assert found.regret is None
    assert found["alder-short"].status == "unknown"
    assert {label for _, label in found.judged["cedar-short"]} == {OPEN}
    assert "alder-short" not in found.judged
    assert "Under alder-short no plan was found" in " ".join(found.sentences)
    assert found.plain()["proposals"]["cedar-short"]["objective"] == 9.66


def test_the_command_writes_what_it_prints(tmp_path: Path) -> None:
    """One folder: every table as CSV, everything in study.json, and a manifest."""
    folder = tmp_path / "study"
    words = ("compare", MINIATURE, "--assumptions", "baseline, cedar-short")
    outcome = run(*words, "--json", "--out", folder)
    assert outcome.returncode == 0, outcome.stderr
    printed = document(outcome.stdout)
    text = (folder / "study.json").read_text("utf-8")
    assert json.loads(text) == printed
    assert printed["study"] == "compare"
    assert printed["assumptions"] == ["baseline", "cedar-short"]
    assert printed["regret"]["baseline"]["baseline"] == 0
    names = {f"{name}.csv" for name in printed["tables"]}
    assert {path.name for path in folder.iterdir()} == (
        names | {"study.json", "manifest.json"}
    )
    for name, rows in printed["tables"].items():
        read = list(
            csv.reader(io.StringIO((folder / f"{name}.csv").read_text("utf-8")))
        )
        assert len(read) == len(rows) + 1
        assert not rows or read[0] == list(rows[0])
    plans = loads(text)["proposals"]
    for name, plain in plans.items():
        plan = from_json(plain)
        assert to_json(plan) == printed["proposals"][name]
        assert verify(plan, load(MINIATURE).setting(name)).holds


def test_the_command_prints_sentences_and_tables() -> None:
    """Long tables stay in the files."""
    outcome = call("compare", "miniature", "--assumptions", "baseline,cedar-short")
    assert outcome.exit_code == 0
    assert "2.2 less than under baseline: D3 is dropped" in outcome.stdout
    assert "What differs from baseline" in outcome.stdout
    assert "Who takes part in what" not in outcome.stdout


def test_the_command_refuses_names(tmp_path: Path) -> None:
    """A name too few is a slip in usage, an unknown one a fault in the input."""
    assert call("compare", "miniature", "--assumptions", "baseline,,x").exit_code == 2
    unknown = call("compare", "miniature", "--assumptions", "baseline,cedar-shrt")
    assert unknown.exit_code == 3
    assert 'did you mean "cedar-short"' in unknown.stderr


def test_points_counted_otherwise_are_not_compared(
    workers: Workers, miniature: Scenario
) -> None:
    """An assumption with other weights, and one that awaits an answer, are told."""
    names = ["baseline", "expected-cases", "bid-first"]
    found = compare(miniature, sit(workers, miniature), names)
    told = " ".join(found.sentences)
    assert "Under expected-cases the best plan brings 2.32 points, counted" in told
    assert "bid-first awaits the answer of eu-grant" in told
    assert found["bid-first"].objective == Fraction("2.32")


def test_ctrl_c_keeps_what_is_known_to_be_needed(
    workers: Workers, miniature: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first solve was cut short: its plan is kept, and nothing more is solved."""
    answer, asked = Desk.answer, []

    def cut(self: Desk, question: Any, what: str, start: Any = None) -> Stage:
        asked.append(what)
        stage = answer(self, question, what, start)
        solution = replace(stage.solution, stop=Stop.INTERRUPTED)
        return replace(stage, solution=solution)

    monkeypatch.setattr(Desk, "answer", cut)
    found = compare(miniature, sit(workers, miniature), ["baseline", "cedar-short"])
    assert asked == ["baseline, needed"]
    assert found.stop is Stop.INTERRUPTED
    assert found["baseline"].objective is None
    (needed,) = (p.needed for n, p in found.proposals.items() if n == "baseline")
    assert needed is not None
    assert needed.objective == Fraction("18.5")
