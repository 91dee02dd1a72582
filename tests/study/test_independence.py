"""Without direct EU money: what is left, and what regional money would win back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.engine.desk import Desk
from matcher.errors import InputError, Place
from matcher.program.solution import SolveOptions, Stop
from matcher.scenario.load import load
from matcher.scenario.schema import Assumption, InstrumentChoice
from matcher.study.independence.dependence import KEPT, LOST
from matcher.study.independence.independence import independence, without_direct
from matcher.study.independence.opening import openings
from tests.scenarios.conftest import ROOT, call, document, run
from tests.tiny import PAID, cited, grant, pool, scene, tiny, tiny_scenario

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from matcher.engine.solving import Workers
    from matcher.engine.stages import Stage
    from matcher.scenario.setting import Setting
    from matcher.study.independence.independence import Independence
    from tests.tiny import Scene

MINIATURE = ROOT / "scenarios" / "miniature"

EU: Scene = scene(
    PAID,
    regions={name: {"own_budget": 150} for name in "ABC"},
    costs="case,layer,amount\nD1,1,900\n",
    books={
        "g": grant(management="direct"),
        "p": pool(management="regional"),
    },
    budgets="instrument,region,amount\np,A,250\np,B,200\n",
)
"""D1 costs 900 EUR, each region has 150, half is paid: with the EU grant 7 points, with
the pool alone none, as C has no money in it."""


@pytest.fixture(scope="module")
def desk(workers: Workers) -> Desk:
    """A desk on the shared solvers; it remembers what it solved."""
    return Desk(workers, SolveOptions())


def gains(found: Independence) -> dict[str, Fraction | None]:
    """Points won back, by instrument and the first words of the change."""
    return {
        f"{g.opening.instrument}: {' '.join(g.opening.text.split()[:4])}": g.won
        for g in found.gains
    }


def worth(desk: Desk, folder: Path, **changes: Any) -> Fraction | None:
    """Points of a scene as it would be written with a change, without the EU grant."""
    books = {"g": None, **changes.pop("books", {})}
    return desk.best(tiny(folder, EU, books=books, **changes)).proposal.objective


def test_what_wins_back_and_what_does_not(tmp_path: Path, desk: Desk) -> None:
    """Money for C or one pot win all back, more of the same nothing: by hand."""
    found = independence(tiny_scenario(tmp_path / "eu", EU), desk)
    assert (found.values, found.index) == ((7, 0), 1)
    assert found.index_range == (1, 1)
    assert found.direct == ("g",)
    assert [(c.case, c.status, c.before, c.after) for c in found.cases] == [
        ("D1", LOST, 7, None)
    ]
    assert (found.granted, found.direct_share) == ((450_00, 0), None) or (
        found.money_index == 1
    )
    assert gains(found) == {
        "p: C without its money": 7,
        "p: its regions' money is": 7,
        "p: it has twice the": 0,
        "p: it pays 10 points": 0,
    }
    assert [found.share(gain) for gain in found.gains] == [1, 1, 0, 0]
    assert all(g.at_least == g.at_most == g.won for g in found.gains)
    assert (
        "p: if C without its money gets EUR 200, the median of the 2"
        in (found.sentences[-2])
    )
    assert found.sentences[-2].endswith("7 points are won back, 100 % of the loss.")


def test_each_change_is_as_if_it_were_written(tmp_path: Path, desk: Desk) -> None:
    """The same change in files, solved by itself, brings the same points."""
    head = "instrument,region,amount\n"
    assert worth(desk, tmp_path / "now") == 0
    for name, changes in {
        "row": {"budgets": f"{head}p,A,250\np,B,200\np,C,200\n"},
        "pot": {"budgets": f"{head}p,,450\n", "books": {"p": grant()}},
    }.items():
        assert worth(desk, tmp_path / name, **changes) == 7
    for name, changes in {
        "twice": {"budgets": f"{head}p,A,500\np,B,400\n"},
        "rate": {"books": {"p": pool(0.6)}},
        "less": {"budgets": f"{head}p,,449\n", "books": {"p": grant()}},
    }.items():
        assert worth(desk, tmp_path / name, **changes) == 0


def test_a_programme_that_pays_elsewhere(tmp_path: Path, desk: Desk) -> None:
    """All its money may go to C, beside A or B, as `out_of_area` says."""
    programme = {**pool(management="shared"), "kind": "programme"}
    found = independence(
        tiny_scenario(tmp_path / "eu", EU, books={"p": programme}), desk
    )
    assert gains(found)["p: it may pay all"] == 7
    open_ = {**programme, "out_of_area": {"cap": cited(1)}}
    assert worth(desk, tmp_path / "open", books={"p": open_}) == 7
    # what is open already is not tried once more
    texts = [
        o.text for o in openings(tiny(tmp_path / "o", EU, books={"p": open_}), "p")
    ]
    assert not any("may pay all" in text for text in texts)


def test_associates_and_states(tmp_path: Path, desk: Desk) -> None:
    """No smallest share for members without money, and money for every state."""
    asking = pool(management="regional", cost_share={"min": cited(0.3)})
    small = {
        "costs": "case,layer,amount\nD1,1,750\n",
        "books": {"p": asking, "g": grant(management="direct")},
    }
    found = independence(tiny_scenario(tmp_path / "eu", EU, **small), desk)
    assert gains(found)["p: members without its money"] == worth(
        desk, tmp_path / "a", costs=small["costs"],
        books={"p": {**asking, "associates": cited(True)}},
    )  # fmt: skip
    home = grant(management="regional", states=cited(["S1", "S2"]))
    books = {"p": None, "h": home}
    found = independence(
        tiny_scenario(tmp_path / "states", EU, books=books, budgets=None), desk
    )
    assert gains(found) == {"h: it pays members of": 7, "h: it pays 10 points": 7}
    homely = {"p": None, "h": grant(0.6, states=cited(["S1", "S2"]))}
    assert worth(desk, tmp_path / "more", books=homely, budgets=None) == 7


@pytest.mark.parametrize("admitted", [True, False])
def test_money_for_more_regions_may_oblige_them(
    tmp_path: Path, admitted: bool
) -> None:  # fmt: skip
    """Who was spared the smallest share as an associate must bear it with a row."""
    asking = pool(
        management="regional", cost_share={"min": cited(0.3)},
        associates=cited(admitted),
    )  # fmt: skip
    setting = tiny(tmp_path, EU, books={"g": None, "p": asking})
    told = {found.text: found.widens for found in openings(setting, "p")}
    obliging = [text for text in told if "without its money get" in text]
    obliging += [text for text in told if text.startswith("its regions' money is")]
    assert len(obliging) == 2
    assert all(widens == (not admitted) for widens in map(told.__getitem__, obliging))
    assert all(told[text] for text in told if text not in obliging)


def test_points_below_nothing_are_divided_by_what_makes_the_range_hold(
    tmp_path: Path, desk: Desk
) -> None:
    """1 + 2 / v is least where v is largest, and largest where v is least."""
    found = independence(tiny_scenario(tmp_path, EU), desk)
    before, after = found.plans
    assert before is not None
    assert after is not None
    before = replace(before, objective=Fraction(4), bound=Fraction(8))
    after = replace(after, objective=Fraction(-4), bound=Fraction(-2))
    below = replace(found, plans=(before, after))
    assert below.index_range == (1 + Fraction(2, 8), 1 + Fraction(4, 4))
    after = replace(after, bound=Fraction(2))
    mixed = replace(found, plans=(before, after))
    assert mixed.index_range == (1 - Fraction(2, 4), 1 + Fraction(4, 4))


def test_changes_that_do_not_fit_are_left_out(tmp_path: Path) -> None:
    """No rows, no limits, whole rates: nothing to align, double or raise."""
    books = {"p": None, "g": None, "h": grant(1.0)}
    setting = tiny(tmp_path / "a", EU, books=books, budgets=None)
    assert not list(openings(setting, "h"))
    rows = "instrument,region,amount\np,A,unlimited\np,,300\n"
    texts = [o.text for o in openings(tiny(tmp_path / "b", EU, budgets=rows), "p")]
    assert texts == [
        "it has twice the money",
        "it pays 10 points of a member's cost more",
    ]
    rows = "instrument,region,amount\np,A,100\np,B,100\np,C,100\np,,200\n"
    found = {o.text: o for o in openings(tiny(tmp_path / "c", EU, budgets=rows), "p")}
    (pot,) = (o for text, o in found.items() if "one pot" in text)
    assert [(row.region, row.amount) for row in pot.setting.budgets] == [(None, 200_00)]
    whole = {"p": pool(envelope=cited(300))}
    found = {o.text: o for o in openings(tiny(tmp_path / "d", EU, books=whole), "p")}
    twice = found["it has twice the money"].setting
    assert [row.amount for row in twice.budgets] == [500_00, 400_00]
    assert twice.instruments["p"].envelope.value == 600_00
    (pot,) = (o for text, o in found.items() if "one pot" in text)
    assert not pot.setting.budgets  # the rulebook's own envelope is the pot


def test_the_miniature_rests_on_regional_money(desk: Desk) -> None:
    """As written it loses nothing; what a case brings is told by hand in its README."""
    found = independence(load(MINIATURE), desk)
    assert (found.index, found.money_index, found.direct_share) == (0, 0, 0)
    assert not found.gains
    assert {c.case: (c.status, c.after, c.kept) for c in found.cases} == {
        "D1": (KEPT, Fraction(49, 10), 1),  # 0.8 x 8 - 3 x 0.5
        "D2": (KEPT, Fraction(476, 100), 1),  # 0.72 x 8 - 2 x 0.5
        "D3": (KEPT, Fraction(22, 10), 1),  # 0.8 x 4 - 2 x 0.5
    }
    assert "No loss was found, so that nothing is there to win back." in found.sentences


def test_what_an_assumption_leaves_out_may_be_taken_in(desk: Desk) -> None:
    """Under eu-only all is lost; the pool in play wins back more than that."""
    scenario = load(MINIATURE)
    found = independence(scenario, desk, assumption="eu-only")
    assert (found.index, found.money_index, found.direct_share) == (1, 1, 1)
    assert {c.case: c.status for c in found.cases} == {"D1": LOST, "D3": LOST}
    choice = InstrumentChoice(only=("pool",))
    pooled = scenario.assuming({"t": (Assumption(instruments=choice), Place("test"))})
    alone = desk.best(pooled.setting("t")).proposal.objective
    assert gains(found) == {"pool: it is in play": alone, "dune-erdf: it is in play": 0}
    assert found.share(found.gains[0]) == Fraction(74, 27)


def test_without_direct_money_is_without_its_rows() -> None:
    """Instruments and rows of direct EU money are out, and so is waiting for it."""
    setting = load(MINIATURE).setting("bid-first")
    left = without_direct(setting)
    assert list(left.instruments) == ["dune-erdf", "pool"]
    assert {row.instrument for row in left.budgets} == {"dune-erdf", "pool"}
    assert left.wait_for is None
    real = without_direct(load(ROOT / "scenarios" / "3dp-2023").setting())
    assert list(real.instruments) == ["erdf-2021-27", "vinnovate"]


def test_nothing_direct_and_nothing_said(tmp_path: Path, desk: Desk) -> None:
    """Who manages the money may be unsaid: then it stays, and that is told."""
    books = {"g": grant(), "p": pool()}
    found = independence(tiny_scenario(tmp_path, EU, books=books), desk)
    assert (found.direct, found.unsaid) == ((), ("g", "p"))
    assert found.index == 0
    assert "nothing rests on it" in found.sentences[0]
    assert "Nothing says who manages g and p" in found.sentences[1]


def test_a_plan_worth_nothing_has_no_index(tmp_path: Path, desk: Desk) -> None:
    """Where nothing can be launched anyway, no part is told, and none is 0."""
    poor = {"regions": {name: {"own_budget": 0} for name in "ABC"}}
    found = independence(tiny_scenario(tmp_path, EU, **poor), desk)
    assert found.values == (0, 0)
    assert found.index is None
    assert found.index_range == (None, None)
    assert found.plain()["dependence"]["points"] is None


def test_no_plan_at_all_without_it(tmp_path: Path, desk: Desk) -> None:
    """Where a case must be launched, no plan is left, which is told as such."""
    settings = {"limits": {"min_cases": 1}}
    found = independence(tiny_scenario(tmp_path, EU, settings=settings), desk)
    assert found.values == (7, None)
    assert found.index is None
    assert not found.cases
    assert "there is no plan without g" in found.sentences[0]
    tables = {table.name: table.rows for table in found.tables}
    assert tables["summary"][1][3:] == (None, None, None)
    assert {row[3] for row in tables["layers"]} == {None}
    assert [table.name for table in found.tables] == [
        "summary", "dependence", "cases", "layers", "gains",
    ]  # fmt: skip


def test_within_a_gap_the_range_holds_what_is_exact(
    workers: Workers, desk: Desk
) -> None:
    """Plans that are not best: the proven ranges hold the exact figures."""
    scenario = load(MINIATURE)
    wide = Desk(workers, SolveOptions(gap=0.4))
    rough = independence(scenario, wide, assumption="eu-only")
    true = independence(scenario, desk, assumption="eu-only")
    least, most = rough.index_range
    assert least is not None
    assert true.index is not None
    assert least <= true.index
    assert most is None or true.index <= most
    exact = {g.opening.instrument: g.won or 0 for g in true.gains}
    for gain in rough.gains:
        assert gain.at_least is not None
        assert 0 <= gain.at_least <= exact[gain.opening.instrument]
        assert gain.at_most is None or gain.at_most >= exact[gain.opening.instrument]


def test_a_better_plan_without_counts_with_it_as_well(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a poor plan was found with EU money, nothing seems to be gained without."""
    best = Desk.best

    def poor(self: Desk, setting: Setting, **more: Any) -> Stage:
        stage = best(self, setting, **more)
        if "eu-grant" not in setting.instruments:
            return stage
        one = self.kept(setting, stage.proposal.cases[:1]).proposal
        return replace(stage, proposal=replace(one, bound=stage.proposal.bound))

    monkeypatch.setattr(Desk, "best", poor)
    found = independence(load(MINIATURE), desk)
    assert found.values == (Fraction(1186, 100),) * 2
    assert found.index == 0
    assert not found.told


@pytest.mark.parametrize("after", range(4))
def test_interrupted_it_tells_what_it_knows(
    tmp_path: Path, desk: Desk, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C at any solve leaves what was found before."""
    best, left = Desk.best, [after]

    def tired(self: Desk, setting: Setting, **more: Any) -> Stage:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return best(self, setting, **more)

    monkeypatch.setattr(Desk, "best", tired)
    found = independence(tiny_scenario(tmp_path, EU), desk)
    assert found.stop is Stop.INTERRUPTED
    assert not found.reached
    assert len(found.gains) == max(after - 2, 0)
    assert (found.index is None) == (after < 2)
    assert found.sentences
    assert list(found.tables[0].rows) or not after


def test_the_command_for_real(tmp_path: Path) -> None:
    """A real process studies, and writes what it found."""
    out = tmp_path / "independence"
    words = ("study", "independence", "miniature", "--assumption", "eu-only")
    ended = run(*words, "--out", out, "--json")
    assert ended.returncode == 0, ended.stderr
    told = document(ended.stdout)
    assert told["direct"] == ["eu-grant"]
    assert told["dependence"]["points"] == 1
    assert told["tables"]["gains"][0]["points_then"] == 7.4
    assert (out / "cases.csv").is_file()


def test_the_command_shows_and_tells_slips() -> None:
    """Text is for people; unknown assumptions are told."""
    words = ("study", "independence", "miniature")
    shown = call(*words)
    assert shown.exit_code == 0
    assert "0 % of the points rest on direct EU money." in shown.output
    assert call(*words, "--assumption", "nowhere").exit_code == 3
    with pytest.raises(InputError):
        load(MINIATURE).setting("nowhere")
