"""The oracle on who stands behind a case, by answers worked out in each docstring."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from matcher.verify.oracle import best
from tests.property.by_hand import THREE, book, scene, worth
from tests.property.drawing import cited

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.scenario.setting import Setting

FULL = Fraction("1.5")
"""A and B bring 1 and 0.5 points, C none."""
NO_A = {"pins": [{"case": "D", "region": "A", "role": "member", "forbid": True}]}
COMMITTED = "region,level,mandate\nA,3,yes\nB,1,no\nC,3,\n"


def asked(
    folder: Path, phase: str = "", settings: Any = None, *, rules: Any = None,
    **tables: str,
) -> Setting:  # fmt: skip
    """A scene with a partnership's rules, and the case in a phase."""
    books = () if rules is None else (book("p", "partnership", **rules),)
    cases = f"case,name,phase\nD,D,{phase}\n"
    return scene(folder, {"cohesion": 1}, books=books, settings=settings,
                 **{"cases": cases, **tables})  # fmt: skip


MANDATES: list[tuple[str, list[dict[str, str]], str, Fraction]] = [
    ("only A may take part", [{"role": "partner"}], COMMITTED, Fraction(1)),
    ("A leads, all join", [{"role": "lead"}], COMMITTED, FULL),
    ("not in this phase", [{"role": "partner", "phase": "learn"}], COMMITTED, FULL),
    ("nobody says anything", [{"role": "partner"}], "region,level\nA,3\n", FULL),
    ("A has no row, B may lead", [{"role": "lead"}],
     "region,level,mandate\nB,3,yes\n", FULL),
    ("A's row for D says no", [{"role": "partner"}],
     "region,case,level,mandate\nA,,3,yes\nA,D,3,no\nB,,3,yes\n", Fraction("0.5")),
]  # fmt: skip


@pytest.mark.parametrize(("what", "entries", "rows", "expected"), MANDATES,
                         ids=[m[0] for m in MANDATES])  # fmt: skip
def test_mandates(
    tmp_path: Path, what: str, entries: list[dict[str, str]], rows: str,
    expected: Fraction,
) -> None:  # fmt: skip
    """Roles that need a mandate are taken by those whose row in force says yes."""
    rules = {"mandate": [{**entry, "source": "S"} for entry in entries]}
    setting = asked(tmp_path, "connect", rules=rules, commitments=rows)
    assert worth(setting) == expected


def test_mandates_without_a_partnership(tmp_path: Path) -> None:
    """Nobody asks for one: everybody joins."""
    assert worth(asked(tmp_path, commitments=COMMITTED)) == FULL


def test_an_observer_with_a_mandate(tmp_path: Path) -> None:
    """All fit and one joins for 1; only A may watch, for 0.5, so it does not join."""
    setting = scene(
        tmp_path, {"strategic_fit": 1}, cases="case,name,max_partners\nD,D,1\n",
        books=(book("p", "partnership", mandate=[
            {"role": "observer", "source": "S"}]),),
        commitments="region,level,mandate\nA,3,yes\nB,3,no\nC,3,no\n",
        priorities="region,topic\nA,t\nB,t\nC,t\n", case_topics="case,topic\nD,t\n",
    )  # fmt: skip
    answer = best(setting, funding=False)
    assert answer is not None
    assert answer.value == Fraction("1.5")
    assert answer.cases["D"].observers == {"A"}


CO_LEADS: list[tuple[str, str, dict[str, Any], Any, str, Fraction]] = [
    ("A and C", "", {}, None, COMMITTED, FULL),
    ("C alone is ready", "", {}, NO_A, COMMITTED, Fraction(0)),
    ("in learn B is ready", "learn", {}, NO_A, COMMITTED, Fraction("0.5")),
    ("three ready ones", "", {"min_co_leads": cited(2)}, None, COMMITTED, Fraction(0)),
    ("no level is asked of leads", "", {"commitment": []}, NO_A, COMMITTED,
     Fraction("0.5")),
    ("without commitments", "", {"min_co_leads": cited(3)}, None, "", FULL),
]  # fmt: skip


@pytest.mark.parametrize(("what", "phase", "more", "settings", "rows", "expected"),
                         CO_LEADS, ids=[c[0] for c in CO_LEADS])  # fmt: skip
def test_co_leads(
    tmp_path: Path, what: str, phase: str, more: dict[str, Any], settings: Any,
    rows: str, expected: Fraction,
) -> None:  # fmt: skip
    """Besides the lead one more is committed at level 3, in the phase learn 1."""
    rules = {
        "commitment": [{"role": "lead", "level": cited(3)},
                       {"role": "lead", "phase": "learn", "level": cited(1)}],
        "min_co_leads": cited(1), **more,
    }  # fmt: skip
    tables = {"commitments": rows} if rows else {}
    assert worth(asked(tmp_path, phase, settings, rules=rules, **tables)) == expected


ACTORS = "actor,region,type\nx,A,company\ny,B,\nz,C,sme\nw,C,cluster\n"
FIRMS = ["company", "sme"]
ORGANISATIONS: list[tuple[str, str, list[dict[str, Any]], Any, str, Fraction]] = [
    ("two firms, of A and C", "", [{"types": FIRMS, "min": cited(2)}], None, ACTORS,
     FULL),
    ("without A one firm", "", [{"types": FIRMS, "min": cited(2)}], NO_A, ACTORS,
     Fraction(0)),
    ("in learn one firm is enough", "learn", [
        {"types": FIRMS, "min": cited(2)},
        {"types": FIRMS[::-1], "phase": "learn", "min": cited(1)}], NO_A, ACTORS,
     Fraction("0.5")),
    ("other types hold besides", "learn", [
        {"types": ["ngo"], "min": cited(1)},
        {"types": FIRMS, "phase": "learn", "min": cited(1)}], NO_A, ACTORS,
     Fraction(0)),
    ("without actors", "", [{"types": FIRMS, "min": cited(9)}], None, "", FULL),
]  # fmt: skip


@pytest.mark.parametrize(("what", "phase", "entries", "settings", "rows", "expected"),
                         ORGANISATIONS, ids=[o[0] for o in ORGANISATIONS])  # fmt: skip
def test_organisations(
    tmp_path: Path, what: str, phase: str, entries: list[dict[str, Any]],
    settings: Any, rows: str, expected: Fraction,
) -> None:  # fmt: skip
    """Organisations of the types in the member regions; B's is of unknown type."""
    tables = {"actors": rows} if rows else {}
    rules = {"stakeholders": entries}
    assert worth(asked(tmp_path, phase, settings, rules=rules, **tables)) == expected


USERS = {
    "capabilities": "capability,class\nK,lead_user\nL,skill\nM,lead_user\n",
    "assets": "region,capability,level\nA,K,3\nA,L,3\nB,K,1\nB,M,1\nC,K,1\n",
}
LEAD_USERS: list[tuple[str, list[dict[str, Any]], Any, dict[str, str], Fraction]] = [
    ("3 + 2 + 1", [{"min": cited(6)}], None, USERS, FULL),
    ("without A only 3", [{"min": cited(4)}], NO_A, USERS, Fraction(0)),
    ("in learn 3 are enough", [{"min": cited(4)}, {"phase": "learn", "min": cited(3)}],
     NO_A, USERS, Fraction("0.5")),
    ("2 + 2 + 1", [{"min": cited(5), "cap_per_region": cited(2)}], None, USERS, FULL),
    ("at most 5", [{"min": cited(6), "cap_per_region": cited(2)}], None, USERS,
     Fraction(0)),
    ("no lead user is known", [{"min": cited(9)}], None,
     {**USERS, "capabilities": "capability\nK\nL\nM\n"}, FULL),
]  # fmt: skip


@pytest.mark.parametrize(("what", "entries", "settings", "tables", "expected"),
                         LEAD_USERS, ids=[u[0] for u in LEAD_USERS])  # fmt: skip
def test_lead_users(
    tmp_path: Path, what: str, entries: list[dict[str, Any]], settings: Any,
    tables: dict[str, str], expected: Fraction,
) -> None:  # fmt: skip
    """A brings 3, B 1 + 1 and C 1, each no more than the cap."""
    rules = {"lead_users": entries}
    assert worth(asked(tmp_path, "learn", settings, rules=rules, **tables)) == expected


def test_lead_users_of_nested_regions_count_once(tmp_path: Path) -> None:
    """A holds B: with both it is A's 1 alone, so B joins C without A for 2 + 1."""
    setting = asked(
        tmp_path, rules={"lead_users": [{"min": cited(3)}]},
        regions=THREE.replace("A,A,NO,", "A,A,NO,X").replace("B,B,SE,", "B,B,SE,X1"),
        capabilities=USERS["capabilities"],
        assets="region,capability,level\nA,K,1\nB,K,2\nC,K,1\n",
    )  # fmt: skip
    assert worth(setting) == Fraction("0.5")


def test_people_by_skill(tmp_path: Path) -> None:
    """D and E ask 1 of each member and 1 more of the lead; F asks for nothing.

    A has 1, B 2 and C any number: C leads D and E, B joins both and A one of them:
    0.5 + 0.5 + 1, and F brings 1.5.
    """
    setting = scene(
        tmp_path, {"cohesion": 1}, cases="case,name\nD,D\nE,E\nF,F\n",
        staff="region,skill,capacity\nA,legal,1\nB,legal,2\nC,legal,unlimited\n"
        "A,other,\nB,other,0\n",
        skill_effort="case,skill,base,per_partner\nD,legal,1,1\nE,legal,1,1\n"
        "F,other,,0\n",
    )  # fmt: skip
    answer = best(setting, funding=False)
    assert answer is not None
    assert answer.value == Fraction("3.5")
    assert {answer.cases[name].lead for name in "DE"} == {"C"}
