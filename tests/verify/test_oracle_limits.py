"""The oracle gives up rather than guess, and judges given plans by its own lights."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.verify import oracle, oracle_exchange, oracle_lp, oracle_money
from matcher.verify.oracle import best
from matcher.verify.oracle_exchange import Outcome
from matcher.verify.oracle_facts import Facts
from matcher.verify.oracle_lp import Inequalities
from matcher.verify.oracle_money import Money
from tests.rules.bites_cases import COMMITTED
from tests.tiny import (
    ONE,
    PAID,
    PLAIN,
    TRADE,
    cited,
    grant,
    pay,
    plan,
    scene,
    serve,
    tiny,
)  # fmt: skip
from tests.verify.by_oracle import ByOracle
from tests.verify.honest import honest

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from matcher.proposal.proposal import CasePlan
    from tests.tiny import Scene

PINNED = {"pins": [{"case": "D1", "region": r, "role": "member", "forbid": True}
                   for r in "AB"]}  # fmt: skip


@pytest.mark.parametrize(
    ("module", "limit", "what", "text"),
    [(oracle, "MAX_PLANS", ONE, "too many combinations"),
     (oracle_exchange, "MAX_STATES", TRADE, "too many exchanges"),
     (oracle_money, "MAX_SOLVES", PAID, "too many ways to pay")],
)  # fmt: skip
def test_what_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType, limit: str,
    what: Scene, text: str,
) -> None:  # fmt: skip
    """A limit is told by an error, never by a wrong answer."""
    monkeypatch.setattr(module, limit, 0)
    with pytest.raises(ValueError, match=text):
        best(tiny(tmp_path, what), funding=True)


def halves() -> Inequalities:
    """Two whole numbers, twice whose sum is odd."""
    system = Inequalities()
    x, y = system.variable(), system.variable()
    system.row({x: 2, y: 2}, 5, 5)
    return system


def test_endless_splitting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where splitting would not come to an end, it says so."""
    monkeypatch.setattr(oracle_lp, "MAX_SPLITS", 3)
    with pytest.raises(ValueError, match="cannot be settled"):
        halves().whole_solution()


def test_both_ways_of_pivoting_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The careful order finds a solution, too, and one that keeps every bound."""
    monkeypatch.setattr(oracle_lp, "BOLD_PIVOTS", 0)
    system = Inequalities()
    x, y, z = (system.variable() for _ in range(3))
    system.row({x: 1, y: 1, z: 1}, 10, 10)
    system.row({x: 1, y: -1}, 2, None)
    system.row({y: Fraction(1, 2), z: -1}, 0, None)
    untouched = system.copy()
    found = system.whole_solution()
    assert found is not None
    assert untouched.holds(dict(enumerate(found)))
    assert not untouched.holds({0: 10, 1: 0, 2: -1})
    assert not untouched.holds({0: 9, 1: 0, 2: 0})
    assert not untouched.holds({0: 6, 1: 1, 2: 3})
    assert not untouched.holds({0: 5, 1: 5, 2: 0})


def test_an_answer_once_found_is_kept(tmp_path: Path) -> None:
    """The same question is not solved again."""
    money = Money(Facts(tiny(tmp_path, PAID)))
    launched = {"D1": frozenset("ABC")}
    (mix,) = money.mixes(launched)
    first = money.payments(launched, (), (), mix)
    assert first is not None
    assert money.payments(launched, (), (), mix) is first


def test_of_two_ways_that_cost_the_same_the_better_is_kept() -> None:
    """Whichever comes first."""
    bill = ((("A", "D1"), 5),)
    low, high = (Outcome(Fraction(n), bill, (), frozenset()) for n in (1, 2))
    nothing = [Outcome(Fraction(0), (), (), frozenset())]
    for both in ([low, high], [high, low]):
        (kept,) = oracle_exchange._combined(both, nothing)  # noqa: SLF001
        assert kept.value == 2


def test_the_oracle_lets_only_named_regions_lead(tmp_path: Path) -> None:
    """Nothing is left where only A and B may lead, and both stay out."""
    what = scene(ONE, cases={"D1": {"leads": "A|B"}})
    free, bound = (
        tiny(tmp_path / "a", what),
        tiny(tmp_path / "b", what, settings=PINNED),
    )
    answer = best(free, funding=False)
    assert answer is not None
    assert answer.cases["D1"].lead in "AB"
    none = best(bound, funding=False)
    assert none is not None
    assert (none.value, dict(none.cases)) == (0, {})
    mine = honest(free, plan("D1", "AC"))
    assert ByOracle(free).accepts(mine, funding=False)
    assert not ByOracle(free).accepts(honest(free, plan("D1", "CA")), funding=False)


def test_a_pinned_observer_who_may_not_watch_closes_the_case(tmp_path: Path) -> None:
    """The pin cannot hold, so no plan keeps every rule."""
    what = scene(COMMITTED, settings={"pins": [
        {"case": "D1", "region": "B", "role": "observer"}]})  # fmt: skip
    assert best(tiny(tmp_path, what), funding=False) is None


def test_each_case_bears_the_units_exchanged_in_it(tmp_path: Path) -> None:
    """Two cases, one unit for B in each, 50 EUR apiece, paid by a grant for S1 only."""
    what = scene(
        TRADE, cases=PLAIN["cases"], assets={"A": {"unit_cost": 50}},
        roles="case,capability,kind,min_amount\nD1,K,exchange,1\nD2,K,exchange,1\n",
        needs="region,capability,amount\nB,K,2\n", costs="case,layer,amount\nD1,1,1\n",
        regions="region,name,state,own_budget\nA,Alder,S1,50\nB,Birch,S2,1\n",
        books={"g": grant(states=cited(["S1"]))}, settings={"pins": [
            {"case": "D1"}, {"case": "D2"}]},
    )  # fmt: skip
    answer = best(tiny(tmp_path, what), funding=True)
    assert answer is not None
    assert answer.payments is not None
    shares = answer.payments.shares
    assert shares["A", "D1", "1"] + shares["B", "D1", "1"] == 51_00
    assert shares["A", "D2", "1"] == 50_00
    assert {key[1] for key in answer.payments.grants} == {"A"}


def test_the_oracle_judges_payments(tmp_path: Path) -> None:
    """One cent too much, a payer out of place, or a grant above its rate is refused."""
    setting = tiny(tmp_path, PAID)
    judge = ByOracle(setting)
    own = tuple(pay(r, 300) for r in "AB")
    good = (*own, pay("A", 200, "g"), pay("B", 200, "g"))
    for funding, accepted in (
        (good, True), ((*good, pay("A", 0.01)), False), (own, False),
        ((*own, pay("A", 200, "g"), pay("C", 200, "g")), False),
        ((*own, pay("A", 200, "g"), pay("B", 200, "g", "2")), False),
        ((pay("A", 300), pay("B", 200), pay("B", 300, "g"), pay("A", 200, "g")), False),
        ((pay("A", -300), *good, pay("B", 300)), False),
    ):  # fmt: skip
        mine = replace(plan("D1", "AB", funding=funding), cost=100_000)
        found = judge.accepts(honest(setting, mine, paid=True), funding=True)
        assert found is accepted, funding


def test_the_oracle_judges_applications(tmp_path: Path) -> None:
    """One that is missing, one for several cases, and two that exclude each other."""
    apart = {"excludes": [{"of": ["h"], "source": "S"}]}
    what = scene(
        PAID, cases=PLAIN["cases"], costs="case,layer,amount\nD1,1,200\nD2,1,200\n",
        books={"g": grant(stacking=apart), "h": grant()},
    )  # fmt: skip
    setting = tiny(tmp_path, what)
    judge = ByOracle(setting)

    def paid(case: str, *names: str) -> CasePlan:
        shares = [pay("A", 100 / len(names), name) for name in names]
        mine = plan(case, "A", funding=(pay("A", 100), *shares))
        return replace(mine, cost=200_00)

    both = paid("D1", "g"), paid("D2", "g")
    good = honest(setting, *both, paid=True)
    together = honest(setting, *both, paid=True, together=("D1", "D2"))
    beside = honest(setting, paid("D1", "g", "h"), paid=True)
    assert judge.accepts(good, funding=True)
    for bad in (replace(good, applications=good.applications[:1]), together, beside):
        assert not judge.accepts(bad, funding=True)


def test_the_oracle_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    """Codes outside the tables, and exchanges along no arc."""
    setting = tiny(tmp_path, TRADE)
    good = honest(setting, plan("D1", "ABC", exchanges=(serve("AB", 2),)))
    judge = ByOracle(setting)
    assert judge.accepts(good, funding=True)
    (mine,) = good.cases
    for bad in (
        replace(mine, partners=("B", "C", "X")), replace(mine, case="D9"),
        replace(mine, exchanges=(serve("BA", 1),)),
        replace(mine, exchanges=(serve("AB", 3),)), replace(mine, cost=1, gap=1),
        replace(mine, states=()), replace(mine, exchanges=(serve("AX", 1),)),
    ):  # fmt: skip
        assert not judge.accepts(replace(good, cases=(bad,)), funding=True)
