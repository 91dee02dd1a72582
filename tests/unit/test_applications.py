"""Applications: their columns, what is read from an answer, their money, and files."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matcher.engine.run import prepare
from matcher.errors import InputError
from matcher.formulation import expected
from matcher.formulation.assemble import assemble
from matcher.formulation.bind import bind
from matcher.formulation.decode import applications, decode
from matcher.problem.encode import encode
from matcher.program.applications import Entries
from matcher.proposal.jsonform import dumps, from_json, loads, to_json
from matcher.proposal.proposal import OWN, Application
from tests.rules.bites_applications import APART, asked
from tests.tiny import PAID, PLAIN, cited, grant, scene, tiny
from tests.verify.honest import broken

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Solve
    from tests.tiny import Scene

F = Fraction
HALF = {"success": {"value": 0.5, "source": "S"}}
RICH = {region: {"own_budget": 2000} for region in "ABC"}


def chancy(what: Scene, **changes: Any) -> Scene:
    """A scene whose points count with the chance that the grant comes."""
    return scene(what, books={"g": grant(**HALF)}, objective={"expected": True},
                 **changes)  # fmt: skip


def test_who_takes_no_bundles_is_asked_for_each_case(tmp_path: Path) -> None:
    """The columns of such applications are those of the cases."""
    cols = assemble(*prepare(tiny(tmp_path, APART)), funding=True).layout
    apps = cols.applications
    assert apps.names == ("g D1", "g D2")
    assert np.array_equal(apps.bid, cols.uses[0])
    assert not len(apps.bundles)
    assert not len(apps.own)


def test_the_second_application_holds_no_case_before_the_second(tmp_path: Path) -> None:
    """Sorted by their first cases, all sets of applications look like that."""
    what = asked({"bundle": True})
    apps = assemble(*prepare(tiny(tmp_path, what)), funding=True).layout.applications
    assert apps.names == ("g #1", "g #2")
    held = list(zip(apps.part.application.tolist(), apps.part.index.tolist(),
                    strict=True))  # fmt: skip
    assert held == [(0, 0), (0, 1), (1, 1)]


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [3, 0, 4, 1, 2]])
def test_entries_of_some_applications(order: list[int]) -> None:
    """They are found, with their places, in whatever order the entries stand."""
    every = Entries(*(np.array(axis)[order] for axis in (
        [0, 2, 2, 3, 5], [7, 8, 9, 7, 8], [10, 11, 12, 13, 14],
    )))  # fmt: skip
    place, found = every.among(np.array([2, 5]))
    kept = {(0, 2, 11), (0, 2, 12), (1, 5, 14)}
    assert {*zip(place, found.application, found.column, strict=True)} == kept
    place, found = every.among(np.zeros(0, dtype=np.int64))
    assert len(place) == len(found.column) == 0


def test_what_is_read_from_an_answer(tmp_path: Path) -> None:
    """An application holds the cases that it pays, not those it only names."""
    setting = tiny(tmp_path, asked({"bundle": True}, **HALF))
    assembly = assemble(*prepare(setting), funding=True)
    cols, apps = assembly.layout, assembly.layout.applications
    x = np.zeros(assembly.program.arrays.num_columns)
    for region, case in ((0, 0), (1, 0), (2, 1)):
        x[cols.member[region, case]] = 1
    x[cols.open], x[cols.lead[0, 0]], x[cols.lead[2, 1]] = 1, 1, 1
    x[apps.part.column[:2]] = 1
    mine = cols.grants.column[(cols.grants.region == 0) & (cols.grants.case == 0)]
    x[cols.share[0, 0, 0]] = x[mine] = 40_000
    plans = decode(assembly, x)
    assert applications(assembly, x, plans) == (
        Application("g", ("D1",), 40_000, F(1, 2)),
    )
    theirs = cols.grants.column[(cols.grants.region == 2) & (cols.grants.case == 1)]
    x[cols.share[2, 1, 0]] = x[theirs] = 20_000
    (both,) = applications(assembly, x, decode(assembly, x))
    assert (both.cases, both.grant) == (("D1", "D2"), 60_000)
    assert both.subject == "g D1+D2"


def test_one_application_for_two_cases(tmp_path: Path, solve: Solve) -> None:
    """Neither case has three members; both together do, and pay in round sums.

    Grants go before own money: half of 1500 EUR.
    """
    what = asked({"bundle": True}, consortium={"min_regions": cited(3)})
    setting = tiny(tmp_path, what)
    proposal = solve(setting)
    assert proposal.applications == (Application("g", ("D1", "D2"), 75_000),)
    own = [p.amount for c in proposal.cases for p in c.funding if p.instrument == OWN]
    assert sum(own) == 75_000
    amounts = [p.amount for c in proposal.cases for p in c.funding]
    assert not [cents for cents in amounts if cents % 100]
    assert not broken(proposal, setting)


def test_awkward_cents_in_a_bundle(tmp_path: Path, solve: Solve) -> None:
    """At a rate of a third sums are not round, and still add up to the cent."""
    what = scene(
        asked({"bundle": True, "max_number": 2}, consortium={"min_regions": cited(2)}),
        costs="case,layer,amount\nD1,1,800.01\nD2,1,400.01\n",
    )
    what["books"]["g"]["rate"][0]["value"] = 0.3333
    setting = tiny(tmp_path, what)
    proposal = solve(setting)
    assert (proposal.status, proposal.objective) == ("optimal", 7)
    assert not broken(proposal, setting)


def test_who_is_not_asked_is_not_paid_in_the_end(tmp_path: Path, solve: Solve) -> None:
    """Own money is certain: that the grant could pay is no reason to ask for it."""
    setting = tiny(tmp_path, chancy(PAID, regions=RICH))
    proposal = solve(setting)
    assert (proposal.objective, proposal.applications) == (7, ())
    assert not broken(proposal, setting)


def test_a_plan_counts_with_its_chance(tmp_path: Path, solve: Solve) -> None:
    """Only with the grant D1 can be paid: half of 7 points; 7 are needed."""
    setting = tiny(tmp_path, chancy(PAID))
    proposal = solve(setting)
    assert proposal.needed is not None
    assert (proposal.objective, proposal.needed.objective) == (F(7, 2), 7)
    (made,) = proposal.applications
    assert made.success == F(1, 2)
    assert not broken(proposal, setting)


def test_a_loss_is_less_with_a_chance(tmp_path: Path, solve: Solve) -> None:
    """D1 must be launched at a loss; with the grant it is expected to be half of it."""
    what = chancy(PAID, regions=RICH, settings={"pins": [{"case": "D1"}]})
    worth = {"one": -1, "two": -2, "four": -4}
    parameters = {"cohesion": {"scheme": "worth", "points": worth}}
    setting = tiny(tmp_path, scene(what, objective={"parameters": parameters}))
    proposal = solve(setting)
    assert proposal.needed is not None
    assert (proposal.objective, proposal.needed.objective) == (F(-1, 2), -1)
    assert not broken(proposal, setting)
    forged = replace(proposal.needed, bound=F(-2))
    found = broken(replace(proposal, needed=forged), setting)
    assert ("objective", "needed") in {(f.rule, f.subject) for f in found}


def test_applications_come_back_from_a_file(tmp_path: Path, solve: Solve) -> None:
    """Grant in EUR, chance as a decimal or nothing: read back they are the same."""
    setting = tiny(tmp_path, asked({"bundle": True}, **HALF))
    proposal = replace(solve(setting), applications=(
        Application("g", ("D1", "D2"), 60_001, F(3, 10)), Application("h", ("D1",), 5),
    ))  # fmt: skip
    data = loads(dumps(to_json(proposal)))
    assert data["applications"][0]["cases"] == ["D1", "D2"]
    assert float(data["applications"][0]["grant"]) == 600.01
    assert data["applications"][1]["success"] is None
    assert from_json(data) == proposal


def refused(setting: object) -> list[tuple[str, str]]:
    """Code and place of every fault when a setting is prepared."""
    with pytest.raises(InputError) as caught:
        prepare(setting)  # type: ignore[arg-type]
    return [(fault.code, str(fault.place)) for fault in caught.value.faults]


def test_expected_points_need_every_chance(tmp_path: Path) -> None:
    """An instrument that does not say how likely its money is."""
    setting = tiny(tmp_path, PAID, objective={"expected": True})
    ((code, place),) = refused(setting)
    assert code == "UNKNOWN_NEEDED"
    assert place.startswith("g.yaml")


def test_scope_is_not_expected(tmp_path: Path) -> None:
    """A need may be served in cases of different chances; without weight it is free."""
    parameters = {"scope": {"share": 1}}
    for weight in (1, 0):
        objective = {"weights": {"scope": weight}, "expected": True,
                     "parameters": parameters}  # fmt: skip
        setting = tiny(
            tmp_path / str(weight), PAID, objective=objective,
            books={"g": grant(**HALF)},
        )  # fmt: skip
        if weight:
            assert [code for code, _ in refused(setting)] == ["NOT_EXPECTED"]
        else:
            prepare(setting)


def test_too_many_mixes_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two uncertain instruments pay in four combinations, or in three if apart.

    It is told before anything is solved, of every case at once, and again by whoever
    assembles such a program all the same.
    """
    monkeypatch.setattr(expected, "MOST_SETS", 3)
    apart = {"stacking": {"excludes": [{"of": ["h"], "source": "S"}]}}
    for more, fine in (({}, False), (apart, True)):
        setting = tiny(
            tmp_path / str(fine), PLAIN, objective={"expected": True},
            books={"g": grant(**HALF, **more), "h": grant(**HALF)},
            costs="case,layer,amount\nD1,1,1000\nD2,1,1000\n",
            regions="region,name,state,category.worth,own_budget\nA,A,S1,one,9\n",
        )  # fmt: skip
        if fine:
            prepare(setting)
            continue
        for ask in (
            lambda s: prepare(s), lambda s: assemble(encode(s), bind(s), funding=True),
        ):  # fmt: skip
            with pytest.raises(InputError, match="too many combinations") as told:
                ask(setting)
            assert [fault.code for fault in told.value.faults] == ["TOO_MANY_MIXES"] * 2
        # without chances nobody counts combinations
        prepare(replace(setting, objective=replace(setting.objective, expected=False)))


def test_what_is_counted_beforehand_is_what_the_program_lets_pay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No rule is written for it: g is too late for D1, and D2 costs nothing."""
    counted: list[list[list[bool]]] = []
    monkeypatch.setattr(
        expected, "refuse_too_many", lambda _, pays: counted.append(pays.tolist())
    )
    near = {"start": {"min": cited(7), "max": cited(8)},
            "end": {"min": cited(8), "max": cited(9)}}  # fmt: skip
    what = scene(
        PAID, objective={"expected": True},
        books={"g": grant(**HALF, trl=near), "h": grant(**HALF)},
        cases="case,name,trl_start,trl_end\nD1,Repair,5,6\nD2,Powder,7,8\n",
    )  # fmt: skip
    inst, terms = prepare(tiny(tmp_path, what))
    assemble(inst, terms, funding=True)
    beforehand, assembled = counted
    assert inst.labels.instruments.ids == ("g", "h")
    assert beforehand == assembled == [[False, False], [True, False]]


@pytest.mark.parametrize("name", ["expected", "expected-cases"])
def test_shipped_expected_weightings_can_be_used(tmp_path: Path, name: str) -> None:
    """Nothing in them lacks an expected value; the scheme they name is there."""
    poor = {"A": {"category.cohesion_2021_27": "transition"}}
    setting = tiny(tmp_path, PAID, books={"g": grant(**HALF)}, regions=poor,
                   settings={"objective": name})  # fmt: skip
    assert setting.objective.expected
    _, terms = prepare(setting)
    assert terms


def test_where_nothing_is_possible_nothing_is_compared(
    tmp_path: Path, solve: Solve
) -> None:
    """Pins that contradict each other leave no plan, needed or fundable."""
    pins = [{"case": "D1"}, {"case": "D1", "forbid": True}]
    setting = tiny(tmp_path, chancy(PAID, settings={"pins": pins}))
    proposal = solve(setting)
    assert proposal.needed is not None
    assert (proposal.status, proposal.needed.status) == ("infeasible", "infeasible")
    assert not broken(proposal, setting)
