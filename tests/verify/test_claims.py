"""The points a proposal claims must be those of its plan, but for the last digit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.errors import InputError
from matcher.objectives import all_terms
from matcher.proposal.proposal import Proposal, Term
from matcher.verify.verify import WRITTEN, exact_terms
from tests.tiny import (
    PLAIN,
    plan,
    scene,
    tiny,
)
from tests.verify.honest import GIVEN, SKILLED, broken, honest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


LIES: list[tuple[str, Callable[[Proposal], Proposal], set[str]]] = [
    ("sum", lambda p: replace(p, objective=p.objective + 1, bound=p.bound + 1),
     {"sum", "status"}),
    ("sum below", lambda p: replace(p, objective=p.objective - 1), {"sum"}),
    ("just off", lambda p: replace(p, objective=p.objective + 2 * WRITTEN), {"sum"}),
    ("bound", lambda p: replace(p, bound=p.bound - 1), {"bound"}),
    ("bound just off", lambda p: replace(p, bound=p.bound - 2 * WRITTEN), {"bound"}),
    ("loose bound", lambda p: replace(p, bound=p.bound + 2 * WRITTEN), {"status"}),
    ("no bound", lambda p: replace(p, bound=None), {"status"}),
    ("infeasible", lambda p: replace(p, status="infeasible"), {"status"}),
    ("unknown", lambda p: replace(p, status="unknown"), {"status"}),
    ("a word", lambda p: replace(p, status="best"), {"status"}),
    ("no term", lambda p: replace(p, terms=p.terms[1:]), {"terms", "need_coverage"}),
    ("a term twice", lambda p: replace(p, terms=(*p.terms, p.terms[0])), {"terms"}),
    ("a further term", lambda p: replace(p, terms=(
        *p.terms, Term("luck", Fraction(9), Fraction(0), "points"))), {"terms"}),
    ("value", lambda p: first_term(p, value=Fraction(3)), {"need_coverage"}),
    ("value too low", lambda p: first_term(p, value=Fraction(1)), {"need_coverage"}),
    ("weight too low", lambda p: first_term(p, weight=Fraction(0)), {"need_coverage"}),
    ("weight", lambda p: first_term(p, weight=Fraction(2)), {"need_coverage"}),
    ("the same points", lambda p: first_term(p, value=Fraction(1), weight=Fraction(2)),
     {"need_coverage"}),
    ("unit", lambda p: first_term(p, unit="euros"), {"need_coverage"}),
    ("value of weight nil", lambda p: replace(p, terms=(
        p.terms[0], replace(p.terms[1], value=Fraction(9)))), {"role_quality"}),
]  # fmt: skip


def first_term(proposal: Proposal, **changes: object) -> Proposal:
    """The proposal with its first term changed."""
    one, *others = proposal.terms
    return replace(proposal, terms=(replace(one, **changes), *others))


@pytest.mark.parametrize(("change", "subjects"), [lie[1:] for lie in LIES],
                         ids=[lie[0] for lie in LIES])  # fmt: skip
def test_stated_points_must_be_those_of_the_plan(
    tmp_path: Path, change: Callable[[Proposal], Proposal], subjects: set[str]
) -> None:
    """Terms, sum, bound and status: each lie is found at its place, and alone."""
    setting = tiny(tmp_path, SKILLED)
    found = broken(change(honest(setting, GIVEN)), setting)
    assert {f.rule for f in found} == {"objective"}
    assert {f.subject for f in found} == subjects
    assert all(f.text for f in found)


TRUE: list[tuple[str, Callable[[Proposal], Proposal]]] = [
    ("feasible", lambda p: replace(p, status="feasible")),
    ("no bound", lambda p: replace(p, status="feasible", bound=None)),
    ("bound above", lambda p: replace(p, status="feasible", bound=p.bound + 5)),
    ("as written", lambda p: replace(p, objective=p.objective + Fraction(1, 10**12))),
    ("at the edge", lambda p: replace(p, objective=p.objective - WRITTEN)),
    ("bound as written", lambda p: replace(p, bound=p.bound - WRITTEN)),
    ("bound at the edge", lambda p: replace(p, bound=p.bound + WRITTEN)),
    ("term as written", lambda p: first_term(p, value=2 - WRITTEN)),
    ("weight as written", lambda p: first_term(p, weight=1 + WRITTEN)),
    ("terms in any order", lambda p: replace(p, terms=p.terms[::-1])),
]


@pytest.mark.parametrize("change", [t[1] for t in TRUE], ids=[t[0] for t in TRUE])
def test_what_is_true_but_for_the_last_digit_holds(
    tmp_path: Path, change: Callable[[Proposal], Proposal]
) -> None:
    """Numbers come back from files with twelve decimals; that is no lie."""
    setting = tiny(tmp_path, SKILLED)
    assert not broken(change(honest(setting, GIVEN)), setting)


def test_the_texts_tell_the_true_figures(tmp_path: Path) -> None:
    """Who reads a finding learns what the plan is really worth."""
    setting = tiny(
        tmp_path, SKILLED, needs="region,capability,amount,value\nC,K,2,0.75\n",
        objective={"weights": {"role_quality": 0, "need_coverage": 0.5}},
    )  # fmt: skip
    good = honest(setting, GIVEN)
    assert good.objective == Fraction(3, 4)
    bad = replace(good, objective=Fraction(15, 2), bound=Fraction(1, 4), terms=())
    assert {f.subject: f.text for f in broken(bad, setting)} == {
        "terms": "the terms are need_coverage, role_quality",
        "need_coverage": "the plan gives 1.5 points of needs served of weight 0.5",
        "role_quality": "the plan gives 2 levels of named providers of weight 0",
        "sum": "stated 7.5, but the plan gives 0.75 points",
        "bound": "the bound 0.25 is below the plan's 0.75",
    }
    (found,) = broken(replace(good, status="best"), setting)
    assert found.text == "the plan is called best, which its bound does not show"


def test_a_plan_without_points_is_worth_nothing(tmp_path: Path) -> None:
    """The empty plan has objective 0, which is not the same as none."""
    setting = tiny(tmp_path, PLAIN)
    empty = honest(setting)
    assert empty.objective == 0
    assert not broken(empty, setting)
    (found,) = broken(replace(empty, objective=None), setting)
    assert (found.rule, found.subject) == ("objective", "status")
    assert found.text == "optimal with cases, but without a value"


def test_terms_come_back_exactly(tmp_path: Path) -> None:
    """Name, value, weight and unit of every term, sorted, in fractions."""
    what = scene(PLAIN, objective={"weights": {"coordination_cost": 3, "cohesion": 0.1},
                 "parameters": {**PLAIN.get("objective", {}).get("parameters", {}),
                 "cohesion": {"scheme": "worth", "points": {"one": 0.7}},
                 "coordination_cost": {"per_case": 0.3}}})  # fmt: skip
    setting = tiny(tmp_path, what)
    assert exact_terms(honest(setting, plan("D1", "AB")), setting) == (
        Term("cohesion", Fraction(7, 10), Fraction(1, 10), "points of categories"),
        Term(
            "coordination_cost", Fraction(-3, 10), Fraction(3), "points of coordination"
        ),
    )


@pytest.mark.parametrize(
    "objective",
    [{"weights": {"cohesoin": 1}}, {"weights": {"scope": 1}},
     {"weights": {"cohesion": 1}, "parameters": {"cohesion": {"sheme": "worth"}}}],
)  # fmt: skip
def test_an_objective_nobody_can_compute_is_bad_input(
    tmp_path: Path, objective: dict[str, dict[str, object]]
) -> None:
    """The fault names the line that gives the term its weight."""
    setting = tiny(tmp_path, PLAIN, objective=objective)
    name = next(iter(objective["weights"]))
    with pytest.raises(InputError) as told:
        exact_terms(Proposal("tiny", "", "feasible", None, None), setting)
    (fault,) = told.value.faults
    assert (fault.code, fault.place.file) == ("BAD_OBJECTIVE", "objective.yaml")
    assert f'"{name}"' in fault.problem
    assert fault.remedy == (
        f"use {', '.join(all_terms())}, with the parameters each one takes"
    )
