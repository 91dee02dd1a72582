"""The smallest missing piece is the least that does, and names its line."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import matcher.engine.missing as engine
from matcher.engine.missing import only, smallest_missing
from matcher.engine.pieces import amount, commitments, conditions, rates
from matcher.errors import AnswerRejected, SolverFailed
from matcher.program.solution import Stop
from matcher.proposal.jsonform import from_json, to_json
from matcher.proposal.proposal import Missing, Proposal
from matcher.report.claims import claims, unproven
from matcher.report.terminal import console, show
from tests.tiny import PAID, book, cited, club, grant, pool, scene, tiny

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from matcher.engine.solving import Workers
    from matcher.scenario.setting import Setting
    from tests.conftest import Solve

OWN = {"A": {"own_budget": 360}, "B": {"own_budget": 360}, "C": {"own_budget": 180}}
"""900 EUR, in amounts that leave no parts of cents here."""
LOW = scene(PAID, regions=OWN, books={"g": grant(0.04)})
"""960 EUR of own money are needed, and there are 900."""
COMMITTED = scene(
    PAID, books={"g": grant(0.2), "club": club(commitment=[
        {"role": "partner", "level": cited(2)}, {"role": "lead", "level": cited(2)}])},
    commitments="region,level\nA,2\nB,2\nC,1\n",
)  # fmt: skip
"""A and B have 600 EUR, which pay for 750; with C's there would be enough."""


def told(proposal: Proposal) -> list[tuple[str, str]]:
    """Kind and words of every piece."""
    return [(piece.piece, piece.text) for piece in proposal.missing]


def test_euros_and_rates(tmp_path: Path, solve: Solve) -> None:
    """The fewest euros in one place, and the lowest rate."""
    found = solve(tiny(tmp_path, LOW))
    assert [piece.case for piece in found.missing] == ["D1", "D1"]
    (money, euros), (rate, percent) = told(found)
    assert (money, rate) == ("money", "rate")
    assert euros.startswith("EUR 60 more of own money of ")
    assert "(regions.csv:" in euros
    assert percent == "a rate of 10% instead of 4% of g (g.yaml)"


def test_conditions(tmp_path: Path, solve: Solve) -> None:
    """One region less asked for is enough; own money would be, too."""
    four = scene(PAID, books={"g": grant(0.5, consortium={"min_regions": cited(4)})})
    found = told(solve(tiny(tmp_path, four)))
    assert [kind for kind, _ in found] == ["money", "condition"]
    assert found[0][1].startswith("EUR 100 more of own money of ")
    assert found[1][1] == "3 instead of 4 regions asked by g (g.yaml)"


def test_commitments(tmp_path: Path, solve: Solve) -> None:
    """A third region would bring its money, were it committed."""
    found = told(solve(tiny(tmp_path, COMMITTED)))
    assert [kind for kind, _ in found] == ["money", "rate", "commitment"]
    assert found[1][1] == "a rate of 40% instead of 20% of g (g.yaml)"
    assert found[2][1] == "commitment level 2 instead of 1 of C (commitments.csv:4)"


def test_beside_the_others(tmp_path: Path, solve: Solve) -> None:
    """Where each case could be paid by itself, the piece is about all together."""
    two = scene(PAID, regions=OWN, cases="case,name\nD1,Repair\nD2,Powder\n",
                costs="case,layer,amount\nD1,1,1000\nD2,1,1000\n")  # fmt: skip
    found = solve(tiny(tmp_path, two))
    (launched,) = found.by_case
    kinds = [kind for kind, _ in told(found)]
    assert kinds == ["money", "rate"]
    beside = f", to launch it beside {launched}"
    assert told(found)[0][1].startswith("EUR 100 more of own money of ")
    assert told(found)[1][1] == f"a rate of 55% instead of 50% of g (g.yaml){beside}"


def test_the_next_case_where_no_piece_helps(tmp_path: Path, solve: Solve) -> None:
    """A case that nobody could pay gives way to one that somebody nearly could."""
    hopeless = scene(LOW, cases="case,name\nD1,Repair\nD2,Powder\n",
                     books={"g": grant(0.04), "own": book(
                         "own", max_own_share=cited(0.97))},
                     costs="case,layer,amount\nD1,1,1000\nD1,2,1000\nD2,1,1000\n",
                     )  # fmt: skip
    hopeless["books"]["g"]["layers"] = cited([1])
    found = solve(tiny(tmp_path, hopeless))
    assert {piece.case for piece in found.missing} == {"D2"}


def test_nothing_is_missing(tmp_path: Path, solve: Solve) -> None:
    """What is needed can be paid."""
    assert solve(tiny(tmp_path, PAID)).missing == ()


def test_no_piece_alone_is_enough(tmp_path: Path, solve: Solve) -> None:
    """Where only two changes together would do, nothing is told."""
    far = scene(LOW, books={"g": grant(0.05, envelope=cited(10),
                                       consortium={"min_regions": cited(4)})},
                regions={"A": {"own_budget": 0}, "B": {"own_budget": 0},
                         "C": {"own_budget": 0}},
                settings={"limits": {"min_cases": 0}})  # fmt: skip
    (piece,) = solve(tiny(tmp_path, far)).missing
    assert piece.text.startswith("EUR 1,000 more of own money of ")


def test_pieces_are_written_read_and_shown_as_unproven(
    tmp_path: Path, solve: Solve
) -> None:
    """They survive a file, are about cases left out, and are not taken as proven."""
    setting = tiny(tmp_path, LOW)
    found = solve(setting)
    assert from_json(to_json(found)).missing == found.missing
    assert all(finding.holds for finding in claims(found, setting))
    assert any("could be paid with" in line for line in unproven(found, setting))
    strange = replace(found, missing=(Missing("D9", "money", "EUR 1"),))
    broken = [f.subject for f in claims(strange, setting) if not f.holds]
    assert broken == ["missing"]


@pytest.fixture
def low(tmp_path: Path) -> Setting:
    """The setting in which 60 EUR are missing."""
    return tiny(tmp_path, LOW)


def answers(setting: Setting, workers: Workers) -> tuple[Proposal, Proposal]:
    """What is needed and what is fundable."""
    from matcher.engine.run import prepare
    from matcher.engine.solving import Clock
    from matcher.engine.stages import run_stage
    from matcher.program.solution import SolveOptions

    inst, terms = prepare(setting)
    needed, fundable = (
        run_stage(inst, terms, workers, SolveOptions(), Clock(), funding=funding)
        for funding in (False, True)
    )
    return needed.proposal, fundable.proposal


def test_without_time_nothing_is_told(low: Setting, workers: Workers) -> None:
    """The plan does not wait for it."""
    needed, fundable = answers(low, workers)
    assert smallest_missing(low, needed, fundable, workers, seconds=0.0) == ()
    late = replace(fundable, status="unknown")
    assert smallest_missing(low, needed, late, workers) == ()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SolverFailed("stuck")])
def test_what_was_found_before_the_end_is_told(
    low: Setting, workers: Workers, monkeypatch: pytest.MonkeyPatch, error: Any
) -> None:
    """Ctrl-C and a failing solver cost the rest only."""
    needed, fundable = answers(low, workers)

    def stub(*_: object) -> object:
        raise error

    monkeypatch.setattr(engine, "rates", stub)
    assert smallest_missing(low, needed, fundable, workers) == ()
    monkeypatch.undo()
    monkeypatch.setattr(engine.Search, "_least", stub_least(error))
    (piece,) = smallest_missing(low, needed, fundable, workers)
    assert piece.piece == "money"


def stub_least(error: Any) -> Any:
    """A search that ends at its second kind of piece."""

    def least(*_: object) -> Any:
        yield from ()
        raise error

    return least


def test_an_answer_that_is_not_to_be_had_is_no_answer(
    low: Setting, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted, out of time, not payable in cents, or not what the rules allow."""
    until = float("inf")
    search = engine.Search(low, workers, until)
    free = replace(low, regions={
        name: replace(row, own_budget="unlimited") for name, row in low.regions.items()
    })  # fmt: skip
    assert search.possible(low) is True  # nothing need be launched
    assert search.possible(only(low, ["D1"])) is False
    assert search.possible(only(free, ["D1"])) is True

    def refused(*_: object) -> None:
        raise AnswerRejected("not what the rules allow")

    with monkeypatch.context() as patch:
        patch.setattr(engine, "checked", refused)
        assert search.possible(only(free, ["D1"])) is None
    with monkeypatch.context() as patch:
        patch.setattr(engine.Task, "settled", lambda *_: None)
        assert search.possible(only(free, ["D1"])) is None
    with monkeypatch.context() as patch:
        patch.setattr(engine, "TRIAL_SECONDS", 0.0)
        assert search.possible(only(free, ["D1"])) is None
    real = engine.Task.solved
    with monkeypatch.context() as patch:
        patch.setattr(engine.Task, "solved", lambda *words: replace(
            real(*words), stop=Stop.INTERRUPTED
        ))  # fmt: skip
        with pytest.raises(KeyboardInterrupt):
            search.possible(only(free, ["D1"]))
        with pytest.raises(KeyboardInterrupt):
            list(search.pieces("D1", ()))


@pytest.mark.parametrize("asked", [55, 59, 60, 500])
def test_no_euro_too_many_is_told(
    low: Setting, workers: Workers, monkeypatch: pytest.MonkeyPatch, asked: int
) -> None:
    """Whatever the solver in doubles asks for, 60 EUR do and 59 do not."""
    stub_euros(monkeypatch, asked)
    search = engine.Search(low, workers, float("inf"))
    kind, least = next(search.pieces("D1", ()))
    assert (kind, least.steps, least.sure) == ("money", 60, True)


def stub_euros(monkeypatch: pytest.MonkeyPatch, euros: int) -> None:
    """Have the program with one free limit ask for some euros of A."""
    monkeypatch.setattr(
        engine.Search, "_fewest_euros", lambda *_: ("own_money", ("A",), euros)
    )


@pytest.mark.parametrize("second", [None, TimeoutError()])
def test_what_nobody_proves_is_told_as_perhaps_too_much(
    low: Setting, workers: Workers, monkeypatch: pytest.MonkeyPatch, second: Any
) -> None:
    """Where the exact solver does not come to an answer in time."""
    needed, fundable = answers(low, workers)
    real = engine.Search.possible

    def stub(search: Any, setting: Setting, *, exact: bool = False) -> bool | None:
        if exact and second:
            raise second
        return None if exact else real(search, setting)

    monkeypatch.setattr(engine.Search, "possible", stub)
    money, rate = smallest_missing(low, needed, fundable, workers)
    assert money.text.startswith("EUR 60 more of own money of ")
    assert money.text.endswith(f"){engine.PERHAPS}")
    assert rate.text == f"a rate of 10% instead of 4% of g (g.yaml){engine.PERHAPS}"


def test_the_end_of_the_time_leaves_the_euros_that_do(
    low: Setting, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten more than asked for do; which of them are needed is not found out."""
    stub_euros(monkeypatch, 55)
    real, search = engine.Search.possible, engine.Search(low, workers, float("inf"))
    trials: list[bool | None] = []

    def stub(search: Any, setting: Setting, *, exact: bool = False) -> bool | None:
        if trials[-1:] == [True]:
            raise TimeoutError
        trials.append(real(search, setting, exact=exact))
        return trials[-1]

    monkeypatch.setattr(engine.Search, "possible", stub)
    _, least = next(search.pieces("D1", ()))
    assert (least.steps, least.sure) == (65, False)


def test_nothing_is_told_where_the_exact_solver_needs_nothing(
    low: Setting, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case that can be paid as it is, whatever the other solver says of it."""
    rich = replace(low, regions={
        name: replace(row, own_budget="unlimited") for name, row in low.regions.items()
    })  # fmt: skip
    monkeypatch.setattr(engine, "rates", lambda _: ())
    stub_euros(monkeypatch, 1)
    search = engine.Search(rich, workers, float("inf"))
    assert not list(search.pieces("D1", ()))


def test_rows_stricter_than_their_rules_prove_nothing(
    low: Setting, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That such rows allow no plan is no proof that less is not enough."""
    search = engine.Search(low, workers, float("inf"))
    assert search.possible(only(low, ["D1"]), exact=True) is False
    real = engine.ask

    def stub(*words: Any, **named: Any) -> Any:
        question = real(*words, **named)
        return replace(question, full=replace(question.full, rounded=True))

    monkeypatch.setattr(engine, "ask", stub)
    assert search.possible(only(low, ["D1"])) is False
    assert search.possible(only(low, ["D1"]), exact=True) is None


def test_amounts_are_raised_where_they_stand(tmp_path: Path) -> None:
    """In the row of the budgets, or in the rulebook; the words name the place."""
    setting = tiny(tmp_path, scene(
        PAID, budgets="instrument,region,amount\ng,A,300\ng,,500\n",
        books={"g": pool(),
               "h": grant(envelope=cited(700), per_region_cap=cited(70))},
    ))  # fmt: skip
    region, whole = (
        amount(setting, "region_cap", ("g", "A")),
        amount(setting, "envelope", ("g",)),
    )
    assert region.told(1500) == "EUR 1,500 more in g for A (budgets.csv:2)"
    assert whole.told(2) == "EUR 2 more in g (budgets.csv:3)"
    amounts = {b.region: b.amount for b in region.changed(10).budgets}
    assert amounts == {"A": 31_000, None: 50_000}
    book = amount(setting, "envelope", ("h",))
    assert book.told(5) == "EUR 5 more in h (h.yaml)"
    assert book.changed(5).instruments["h"].envelope.value == 70_500
    cap = amount(setting, "region_cap", ("h", "B"))
    assert cap.told(5) == "EUR 5 more in h for B (h.yaml)"
    assert cap.changed(5).instruments["h"].per_region_cap.value == 7_500


def test_every_condition_can_be_lowered(tmp_path: Path) -> None:
    """Regions, states and categories, of instruments, partnership and case."""
    worth = {"scheme": "worth", "categories": ["one", "two"], "min_regions": cited(2)}
    asked = {"min_regions": cited(3), "min_states": cited(2), "required": [worth]}
    setting = tiny(tmp_path, scene(
        PAID, books={"g": grant(0.5, consortium=asked), "club": club(consortium=asked)},
        cases="case,name,min_partners,min_states\nD1,Repair,3,2\n",
    ))  # fmt: skip
    pieces = list(conditions(setting, "D1"))
    assert [piece.told(1) for piece in pieces] == [
        "2 instead of 3 regions asked by g (g.yaml)",
        "1 instead of 2 states asked by g (g.yaml)",
        "1 instead of 2 one or two regions asked by g (g.yaml)",
        "2 instead of 3 regions asked by club (club.yaml)",
        "1 instead of 2 states asked by club (club.yaml)",
        "1 instead of 2 one or two regions asked by club (club.yaml)",
        "2 instead of 3 members asked by D1 (cases.csv:2)",
        "1 instead of 2 states asked by D1 (cases.csv:2)",
    ]
    changed = [piece.changed(1) for piece in pieces]
    assert all(one != setting for one in changed)
    assert changed[2].instruments["g"].consortium.required[0].min_regions.value == 1
    assert changed[4].partnership.consortium.min_states.value == 1
    assert changed[6].cases["D1"].min_partners == 2


def test_commitments_bring_a_level_and_nothing_else(tmp_path: Path) -> None:
    """The fewest levels first; the mandate stays as it is; none known is told."""
    entries = [
        {"role": "partner", "level": cited(2)},
        {"role": "lead", "level": cited(3)},
    ]
    setting = tiny(tmp_path, scene(
        PAID, books={"club": club(commitment=entries)},
        commitments="region,case,level,mandate\nA,,1,yes\nB,D1,3,\n",
    ))  # fmt: skip
    found = commitments(setting, "D1")
    assert [lack for lack, _ in found] == [1, 2, 2, 3]
    assert [piece.told(1) for _, piece in found] == [
        "commitment level 2 instead of 1 of A (commitments.csv:2)",
        "commitment level 3 instead of 1 of A (commitments.csv:2)",
        "commitment level 2 instead of 0 of C (commitments.csv)",
        "commitment level 3 instead of 0 of C (commitments.csv)",
    ]
    new = found[0][1].changed(1).commitments[-1]
    assert (new.region, new.case, new.level, new.mandate) == ("A", "D1", 2, "yes")
    assert found[2][1].changed(1).commitments[-1].mandate is None
    assert found[2][1].changed(0) == setting
    bare = tiny(tmp_path / "bare", PAID)
    assert commitments(bare, "D1") == []


def test_rates_go_up_by_tenths_of_a_point(tmp_path: Path) -> None:
    """To all at most; a rate of all has no piece. The words tell for whom it is."""
    rate = [{"scheme": "worth", "category": "one", **cited(0.5)}, cited(1)]
    setting = tiny(tmp_path, scene(PAID, books={"g": {**grant(), "rate": rate}}))
    (piece,) = rates(setting)
    assert piece.most == 500
    whom = "for regions that are one by worth"
    assert piece.told(125) == f"a rate of 62.5% instead of 50% of g {whom} (g.yaml)"
    assert piece.changed(1).instruments["g"].rate[0].value == Fraction(501, 1000)


def test_pieces_are_shown(tmp_path: Path, solve: Solve) -> None:
    """On the page, under a heading of their own."""
    setting = tiny(tmp_path, LOW)
    page = io.StringIO()
    show(solve(setting), setting, console(page))
    _, heading, rest = page.getvalue().partition("Smallest missing piece")
    assert heading
    assert "EUR 60 more of own money of" in rest
