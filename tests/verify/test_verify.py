"""What a proposal says of itself must be what the tables say of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from matcher.proposal.proposal import OWN, Filled, Payment, Proposal, Rejected
from matcher.verify.verify import WRITTEN, verify
from tests.tiny import (
    ONE,
    PAID,
    PLAIN,
    TRADE,
    cited,
    club,
    pay,
    plan,
    serve,
    tiny,
)
from tests.verify.honest import GIVEN, SKILLED, broken, honest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matcher.proposal.proposal import CasePlan


def test_an_honest_proposal_holds(tmp_path: Path) -> None:
    """Rules, codes, terms, sum and bound: all hold, and every rule was looked at."""
    setting = tiny(tmp_path, SKILLED)
    verdict = verify(honest(setting, GIVEN), setting)
    assert verdict.holds
    assert verdict.untested == ("no money rule is tested: there is no costs table",)
    assert {f.rule for f in verdict.findings} >= {
        "known", "objective", "unpaid", "one_lead", "need_once", "asset_capacity",
    }  # fmt: skip


UNKNOWN: list[tuple[str, Callable[[CasePlan], CasePlan], str]] = [
    ("lead", lambda p: replace(p, lead="X"), "X"),
    ("partner", lambda p: replace(p, partners=(*p.partners, "X")), "X"),
    ("observer", lambda p: replace(p, observers=("X",)), "X"),
    ("case", lambda p: replace(p, case="D9"), "D9"),
    ("provider", lambda p: replace(p, exchanges=(serve("XC", 1),)), "X"),
    ("receiver", lambda p: replace(p, exchanges=(serve("AX", 1),)), "X"),
    ("capability", lambda p: replace(p, exchanges=(serve("AC", 1, "Q"),)), "Q"),
    ("named", lambda p: replace(p, roles=(Filled("K", ("X",)),)), "X"),
    ("role", lambda p: replace(p, roles=(Filled("Q", ("A",)),)), "Q"),
    ("payer", lambda p: replace(p, funding=(pay("X", 0),)), "X"),
    ("instrument", lambda p: replace(p, funding=(pay("A", 0, "f"),)), "f"),
    ("layer", lambda p: replace(p, funding=(pay("A", 0, layer="9"),)), "9"),
]


@pytest.mark.parametrize(
    ("what", "change", "code"), UNKNOWN, ids=[u[0] for u in UNKNOWN]
)
def test_every_code_must_be_known(
    tmp_path: Path, what: str, change: Callable[[CasePlan], CasePlan], code: str
) -> None:
    """A code that no table knows is named, and nothing further is judged."""
    setting = tiny(tmp_path, SKILLED)
    good = honest(setting, GIVEN)
    (found,) = broken(replace(good, cases=(change(GIVEN),)), setting)
    assert found.rule == "known"
    assert found.subject == ("D9" if what == "case" else "D1")
    assert f"{code}" in found.text.removeprefix("unknown: ").split(", ")


STATED: list[tuple[Callable[[CasePlan], CasePlan], str, str]] = [
    (lambda p: replace(p, states=("S1", "S2")), "D1 states",
     "states are S1, S2, S3"),
    (lambda p: replace(p, states=("S1", "S2", "S3", "S3")), "D1 states",
     "states are S1, S2, S3"),
    (lambda p: replace(p, exchanges=(serve("AC", 1, min_level=2),)), "D1 needs",
     "serves a need that is not stated"),
    (lambda p: replace(p, roles=(Filled("K", ("C",)), *p.roles)), "D1 roles",
     "a role is filled twice"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "subject", "text"), STATED)
def test_what_a_plan_says_of_itself_is_checked(
    tmp_path: Path, change: Callable[[CasePlan], CasePlan], subject: str, text: str
) -> None:
    """States, needs and roles: each wrong statement is the one thing found."""
    setting = tiny(tmp_path, SKILLED)
    good = honest(setting, GIVEN)
    (found,) = broken(replace(good, cases=(change(GIVEN),)), setting)
    assert (found.rule, found.subject) == ("known", subject)
    assert found.text == text


def test_only_roles_of_kind_best_name_providers(tmp_path: Path) -> None:
    """Nobody is named for a role of another kind, or of another case."""
    setting = tiny(
        tmp_path, SKILLED, cases=PLAIN["cases"], capabilities="capability\nK\nL\nM\n",
        roles="case,capability,kind\nD1,K,best\nD1,K,exchange\nD1,M,total\nD2,L,best\n",
    )  # fmt: skip
    good = honest(setting, GIVEN)
    assert not broken(good, setting)
    strange = (*GIVEN.roles, Filled("L", ("A",)), Filled("M", ("A",)), Filled("Q", ()))
    (found,) = broken(replace(good, cases=(replace(GIVEN, roles=strange),)), setting)
    assert found.text == "unknown: L, M, Q"


def test_a_role_named_twice_hides_nobody(tmp_path: Path) -> None:
    """A second entry for a role would leave the first unjudged."""
    setting = tiny(tmp_path, SKILLED)
    twice = replace(GIVEN, roles=(Filled("K", ("C", "B")), Filled("K", ("A",))))
    assert broken(honest(setting, twice), setting)


def test_no_case_stands_twice(tmp_path: Path) -> None:
    """The same case, launched twice, would bring its points twice."""
    setting = tiny(tmp_path, PLAIN)
    (found,) = broken(honest(setting, plan("D1", "A"), plan("D1", "B")), setting)
    assert (found.rule, found.subject, found.text) == (
        "known", "cases", "a case stands twice",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rejected", "good"),
    [((), True), (("D2",), True), (("D1",), False), (("D9",), False),
     (("D2", "D2"), False)],
)  # fmt: skip
def test_only_cases_left_out_are_rejected(
    tmp_path: Path, rejected: tuple[str, ...], good: bool
) -> None:
    """A case is launched or rejected, never both, and rejected once."""
    setting = tiny(tmp_path, PLAIN)
    said = tuple(Rejected(case, "no") for case in rejected)
    found = broken(replace(honest(setting, plan("D1", "A")), rejected=said), setting)
    assert [(f.rule, f.subject, f.text) for f in found] == (
        [] if good
        else [("known", "rejected", "only cases left out are rejected, once each")]
    )  # fmt: skip


UNPAID: list[tuple[Callable[[CasePlan], CasePlan], str]] = [
    (lambda p: replace(p, funding=(pay("A", 0),)), "D1"),
    (lambda p: replace(p, funding=(pay("A", 1000),)), "D1"),
    (lambda p: replace(p, cost=p.cost + 1), "D1 cost"),
    (lambda p: replace(p, gap=p.gap - 1), "D1 cost"),
    (lambda p: replace(p, cost=p.cost + 1, gap=p.gap + 1), "D1 cost"),
]


@pytest.mark.parametrize("funded", [True, False])
@pytest.mark.parametrize(("change", "subject"), UNPAID)
def test_where_no_money_rule_holds_nobody_pays(
    tmp_path: Path, funded: bool, change: Callable[[CasePlan], CasePlan], subject: str
) -> None:
    """What is needed has no payer; its cost is stated in full and wholly open."""
    setting = tiny(tmp_path, PAID if funded else ONE)
    mine = replace(plan("D1", "ABC"), cost=100_000 if funded else 0)
    good = honest(setting, mine)
    assert not broken(good, setting, funding=False)
    bad = replace(good, cases=(change(good.cases[0]),))
    (found,) = broken(bad, setting, funding=False)
    assert (found.rule, found.subject) == ("unpaid", subject)
    assert found.text == (
        "somebody pays, but no rule about money holds" if subject == "D1"
        else f"cost and gap are {mine.cost} cents"
    )  # fmt: skip


def test_without_costs_even_a_funded_answer_pays_nothing(tmp_path: Path) -> None:
    """No costs table, no payments, although unit costs are stated."""
    setting = tiny(tmp_path, TRADE, assets={"A": {"unit_cost": 50}})
    good = honest(setting, plan("D1", "ABC", exchanges=(serve("AB", 1),)))
    assert not broken(good, setting)
    bad = replace(good, cases=(replace(good.cases[0], cost=5000, gap=5000),))
    assert [f.subject for f in broken(bad, setting)] == ["D1 cost"]


@pytest.mark.parametrize(
    ("status", "with_case", "holds"),
    [("infeasible", False, True), ("unknown", False, True), ("infeasible", True, False),
     ("unknown", True, False), ("optimal", False, False), ("feasible", False, False)],
)  # fmt: skip
def test_no_value_means_no_plan(
    tmp_path: Path, status: str, with_case: bool, holds: bool
) -> None:
    """Only an infeasible or unknown answer is without value, and it has no cases."""
    setting = tiny(tmp_path, PLAIN)
    cases = (plan("D1", "A"),) if with_case else ()
    proposal = Proposal("tiny", "", status, None, None, cases=cases)
    assert verify(proposal, setting).holds is holds


NEEDED: list[tuple[str, Callable[[Proposal], Proposal], bool]] = [
    ("the same", lambda p: p, True),
    ("unknown", lambda p: Proposal("", "", "unknown", None, None), True),
    ("infeasible", lambda p: Proposal("", "", "infeasible", None, None), False),
    (
        "a higher bound",
        lambda p: replace(p, status="feasible", bound=p.bound + 1),
        True,
    ),
    ("as written", lambda p: replace(p, bound=p.bound - WRITTEN), True),
    ("a bound below", lambda p: replace(p, bound=p.bound - 2 * WRITTEN), False),
]


@pytest.mark.parametrize(("change", "holds"), [n[1:] for n in NEEDED],
                         ids=[n[0] for n in NEEDED])  # fmt: skip
def test_what_is_needed_is_worth_no_less(
    tmp_path: Path, change: Callable[[Proposal], Proposal], holds: bool
) -> None:
    """A fundable plan is one that is possible without rules about money."""
    setting = tiny(tmp_path, ONE)
    fundable = honest(setting, plan("D1", "ABC"))
    found = broken(replace(fundable, needed=change(fundable)), setting)
    said = {(f.rule, f.text) for f in found if f.subject == "needed"}
    assert said == (set() if holds else {(
        "objective", "what is fundable is worth more than what is said to be needed"
    )})  # fmt: skip
    assert bool(found) is not holds


def test_nothing_fundable_says_nothing_of_what_is_needed(tmp_path: Path) -> None:
    """Without a fundable plan anything may be needed, nothing included."""
    setting = tiny(tmp_path, PAID)
    none = Proposal("tiny", "", "infeasible", None, None)
    assert verify(replace(none, needed=none), setting).holds


def test_the_needed_plan_is_judged_without_money_only(tmp_path: Path) -> None:
    """Its rules are judged, its payments are not; those of the fundable one are."""
    setting = tiny(tmp_path, PAID)
    mine = replace(plan("D1", "AB"), cost=100_000)
    needed = honest(setting, mine)
    paid = plan("D1", "AB", funding=(pay("A", 300), pay("B", 300), pay("A", 200, "g"),
                                     pay("B", 200, "g")))  # fmt: skip
    fundable = honest(setting, paid, paid=True)
    assert not broken(replace(fundable, needed=needed), setting)
    assert {f.rule for f in broken(replace(needed, needed=needed), setting)} == {
        "cost_balance"
    }
    worse = honest(setting, replace(mine, observers=("A",)))
    assert {f.rule for f in broken(replace(fundable, needed=worse), setting)} == {
        "observer", "one_lead",
    }  # fmt: skip


def test_money_is_called_untested_where_money_was_asked_about(tmp_path: Path) -> None:
    """What is needed asks for no money, so it misses none."""
    setting = tiny(tmp_path, PLAIN)
    empty = honest(setting)
    assert verify(empty, setting).untested
    assert not verify(empty, setting, funding=False).untested


def test_only_rules_that_were_judged_are_called_untested(tmp_path: Path) -> None:
    """Own money without budgets is untested where money counts, and only there."""
    setting = tiny(
        tmp_path, PAID, regions={r: {"own_budget": ""} for r in "ABC"},
        cases={"D1": {"effort_base": 1}},
    )  # fmt: skip
    empty = honest(setting)
    effort = "effort is not tested: no region states an effort_capacity"
    assert verify(empty, setting, funding=False).untested == (effort,)
    both = verify(replace(empty, needed=empty), setting).untested
    assert both.count(effort) == 1
    assert any(text.startswith("own_money is not tested") for text in both)


def test_instruments_without_costs_are_not_called_untested(tmp_path: Path) -> None:
    """Where nothing costs anything, no envelope is missed."""
    setting = tiny(tmp_path, PAID, costs=None)
    assert verify(honest(setting), setting).untested == (
        "no money rule is tested: there is no costs table",
    )


def test_every_rule_is_asked(tmp_path: Path) -> None:
    """A broken rule of each sort reaches the verdict; money only where it counts."""
    setting = tiny(
        tmp_path, PAID, books={"club": club(consortium={"min_regions": cited(4)})}
    )
    empty = replace(plan("D1", "ABC"), cost=100_000)
    bad = honest(setting, empty)
    assert {f.rule for f in broken(bad, setting)} == {"consortium_size", "cost_balance"}
    assert {f.rule for f in broken(bad, setting, funding=False)} == {"consortium_size"}


@pytest.mark.parametrize("cents", [1, -1])
def test_a_cent_in_the_quadrillions_is_found(tmp_path: Path, cents: int) -> None:
    """No amount is too large to be exact: floats would lose this cent."""
    most = 10**17
    assert float(most + cents) == float(most)
    read = tiny(tmp_path, PAID, books={"g": None})
    setting = replace(
        read, costs=(replace(read.costs[0], amount=2 * most),),
        regions={n: replace(r, own_budget=most) for n, r in read.regions.items()},
    )  # fmt: skip
    even = plan("D1", "AB", funding=(
        Payment(OWN, "A", "1", most), Payment(OWN, "B", "1", most)))  # fmt: skip
    assert not broken(honest(setting, even, paid=True), setting)
    uneven = plan("D1", "AB", funding=(
        Payment(OWN, "A", "1", most + cents), Payment(OWN, "B", "1", most - cents),
    ))  # fmt: skip
    (found,) = broken(honest(setting, uneven, paid=True), setting)
    assert (found.rule, found.slack) == ("own_money", -1)


def test_decimals_add_up_as_they_are_written(tmp_path: Path) -> None:
    """0.1 and 0.2 of a person are 0.3, neither more nor less."""
    setting = tiny(
        tmp_path, PLAIN, regions={"A": {"effort_capacity": 0.3}},
        cases={"D1": {"effort_per_partner": 0.1}, "D2": {"effort_per_partner": 0.2}},
    )  # fmt: skip
    assert 0.1 + 0.2 > 0.3
    verdict = verify(honest(setting, plan("D1", "A"), plan("D2", "A")), setting)
    assert verdict.holds
    assert [f.slack for f in verdict.findings if f.rule == "effort"] == [0]
