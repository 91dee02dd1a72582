"""Who pays which line of cost, in which year, on which terms, and what is open."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.proposal.dated import after_grants, cost_lines
from matcher.proposal.facts import Facts
from matcher.proposal.proposal import OWN
from matcher.report.claims import claims, unproven
from matcher.report.funding_mix import COLUMNS, mix_lines, mix_rows
from matcher.report.tables import result_tables
from matcher.report.terminal import console, show
from matcher.report.words import table_rows
from tests.rules.bites_years import LATER, YEAR, paid, planned
from tests.tiny import (
    PLAIN,
    book,
    cited,
    grant,
    pay,
    plan,
    proposed,
    scene,
    serve,
    tiny,
)

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.proposal.proposal import CasePlan, Payment
    from matcher.scenario.setting import Setting
    from tests.conftest import Solve

COSTS = (
    "case,layer,amount,per,year\n"
    "D1,1,400,case,2026\nD1,1,300,case,2025\nD1,1,50,case,\nD1,1,10,partner,2025\n"
    "D1,2,90,case,2025\nD1,2,60,case,2027\n"
)
BOOKS = {"g": YEAR, "h": LATER | {"success": {"value": 0.39, "source": "S"}}}
DATED = planned(900, COSTS, BOOKS)


def read(setting: Setting, case: CasePlan) -> list[tuple[str, int | None, str, int]]:
    """Line, and payments of it as a short text; the gap last."""
    return [
        (line.layer, line.year,
         " ".join(f"{p.instrument}:{p.region}:{cents}" for p, cents in line.paid),
         line.gap)
        for line in cost_lines(Facts(setting), case)
    ]  # fmt: skip


def test_grants_pay_the_earliest_years_in_the_order_they_end(tmp_path: Path) -> None:
    """Costs without a year come first, own money pays the rest, cents are whole."""
    setting = tiny(tmp_path, DATED)
    (case,) = paid(
        pay("A", 100, "h"), pay("B", 200, "g"), pay("C", 100, "g"), pay("A", 300),
        pay("B", 80),
    )  # fmt: skip
    assert read(setting, case) == [
        ("1", None, "g:B:3333 g:C:1667", 0),
        ("1", 2025, "g:B:16667 g:C:8333 h:A:8000", 0),
        ("1", 2026, "h:A:2000 own:A:30000 own:B:8000", 0),
        ("2", 2025, "", 9000),
        ("2", 2027, "", 6000),
    ]


def test_own_money_is_shared_in_proportion(tmp_path: Path) -> None:
    """A cent that does not divide goes where most is left over, nobody pays twice."""
    setting = tiny(tmp_path, DATED)
    (case,) = paid(pay("A", 100, layer="2"), pay("B", 40, layer="2"),
                   pay("C", 10, layer="2"))  # fmt: skip
    assert read(setting, case)[3:] == [
        ("2", 2025, "own:A:6000 own:B:2400 own:C:600", 0),
        ("2", 2027, "own:A:4000 own:B:1600 own:C:400", 0),
    ]
    (case,) = paid(pay("A", 50, layer="2"), pay("B", 50, layer="2"),
                   pay("C", 50, layer="2"), pay("A", 0, "g", layer="2"))  # fmt: skip
    assert read(setting, case)[3:] == [
        ("2", 2025, "own:A:3000 own:B:3000 own:C:3000", 0),
        ("2", 2027, "own:A:2000 own:B:2000 own:C:2000", 0),
    ]


def test_grants_without_a_known_end_come_last(tmp_path: Path) -> None:
    """After those that end, before own money; a strange instrument likewise."""
    setting = tiny(tmp_path, scene(DATED, books={"i": grant()}))
    (case,) = paid(pay("A", 20, "i", layer="2"), pay("B", 10, "h", layer="2"),
                   pay("C", 5, "q", layer="2"), pay("A", 115, layer="2"))  # fmt: skip
    assert read(setting, case)[3] == (
        "2", 2025, "h:B:1000 i:A:2000 q:C:500 own:A:5500", 0,
    )  # fmt: skip


def test_exchanged_units_are_a_cost_without_year(tmp_path: Path) -> None:
    """They are charged to their layer, for whoever provides them."""
    setting = tiny(tmp_path, planned(
        900, "case,layer,amount,year\nD1,2,10,2025\n", {},
        capabilities="capability\nK\n",
        assets="region,capability,level,capacity,unit_cost\nA,K,2,3,20\n",
        needs="region,capability,amount\nB,K,2\n",
        roles="case,capability,kind,min_amount\nD1,K,exchange,1\n",
    ))  # fmt: skip
    (case,) = paid(pay("A", 40), exchanges=(serve("AB", 2),))
    assert read(setting, case) == [("1", None, "own:A:4000", 0), ("2", 2025, "", 1000)]


def test_each_row_has_its_terms(tmp_path: Path) -> None:
    """Rate, confidence and chance of an instrument; own money is sure."""
    setting = tiny(tmp_path, DATED)
    (case,) = paid(pay("A", 90, "h", layer="2"), pay("B", 50, layer="2"))
    rows = [row for row in mix_rows(proposed(case), setting) if row[1] == "2"]
    assert len(COLUMNS) == 11
    assert rows == [
        ("D1", "2", 2025, "h", "A", Fraction(1, 2), 90, "assumption",
         Fraction(39, 100), "no", 0),
        ("D1", "2", 2027, OWN, "B", None, 50, "", 1, "no", 0),
        ("D1", "2", 2027, "", "", None, 0, "", None, "", 10),
    ]  # fmt: skip
    (case,) = paid(pay("A", 1, "g"), pay("A", 1, "q"), pay("Z", 1, "g"))
    told = [(row[3], row[5], row[7], row[8]) for row in mix_rows(
        proposed(case), setting)][:3]  # fmt: skip
    assert told == [
        ("g", Fraction(1, 2), "assumption", None), ("g", None, "assumption", None),
        ("q", None, "", None),
    ]  # fmt: skip


def test_the_terminal_adds_regions_up(tmp_path: Path) -> None:
    """Each line of cost, what each source pays on its terms, and the gap."""
    setting = tiny(tmp_path, DATED)
    (case,) = paid(pay("A", 40, "h", layer="2"), pay("B", 20, "h", layer="2"),
                   pay("B", 20, layer="2"), pay("C", 10, layer="2"))  # fmt: skip
    assert list(mix_lines(proposed(case), setting))[3:] == [
        ("D1 layer 2, 2025",
         "h EUR 60 (pays 50%, assumption, chance 39%); own money EUR 30"),
        ("D1 layer 2, 2027", "nobody EUR 60"),
    ]  # fmt: skip
    assert next(mix_lines(proposed(case), setting))[0] == "D1 layer 1"


def test_without_costs_there_is_no_mix(tmp_path: Path) -> None:
    """Nobody pays anything."""
    setting = tiny(tmp_path, PLAIN)
    assert list(mix_rows(proposed(plan("D1", "AB")), setting)) == []


LATE = (pay("A", 75, "g"), pay("A", 60, layer="2"), pay("B", 90, layer="2"))


@pytest.mark.parametrize(
    ("funding", "text"),
    [(LATE, "D1: EUR 60 of layer 2 falls due after 2025, when the grants of g have "
      "ended; who bears it: own money of A EUR 24, own money of B EUR 36"),
     ((*LATE[:2], pay("B", 90, "l", layer="2")), "D1: EUR 60 of layer 2 falls due "
      "after 2025, when the grants of g have ended; who bears it: own money of A EUR 60"
      ),
     ((LATE[0], pay("B", 110, "l", layer="2")), "D1: EUR 60 of layer 2 falls due "
      "after 2025, when the grants of g have ended; who bears it: l for B EUR 20"),
     ((*LATE[:1], pay("B", 1, "h")), "D1: EUR 60 of layer 2 falls due after 2026, "
      "when the grants of g, h have ended; who bears it: nobody"),
     (LATE[1:], ""), ((*LATE, pay("C", 1, "i")), "")],
)  # fmt: skip
def test_upkeep_after_all_grants_is_told(
    tmp_path: Path, funding: tuple[Payment, ...], text: str
) -> None:
    """Not where no grant pays, nor where nobody knows when one of them ends."""
    loan = book("loan", rate=[{"value": 1, "source": "S"}])
    setting = tiny(tmp_path, scene(DATED, books={"i": grant(), "l": loan}))
    notes = after_grants(proposed(*paid(*funding)), setting)
    assert notes == ((text,) if text else ())


def test_upkeep_in_time_is_not_told(tmp_path: Path) -> None:
    """What falls due while a grant runs, in another layer, or at any time."""
    long = {"g": grant(duration={"max": cited(36)}), "h": None}
    setting = tiny(tmp_path / "long", scene(DATED, books=long))
    assert after_grants(proposed(*paid(*LATE)), setting) == ()
    undated = "case,layer,amount,year\nD1,1,400,2026\nD1,2,300,\n"
    setting = tiny(tmp_path / "other", planned(900, undated, BOOKS))
    assert after_grants(proposed(*paid(*LATE)), setting) == ()


TWO = scene(
    planned(300, "case,layer,amount,year\nD1,1,500,2025\nD1,2,300,2026\n"
            "D2,1,2000,2026\n", {"g": YEAR}),
    cases="case,name\nD1,Repair\nD2,Powder\n",
)  # fmt: skip
"""D1 can be paid, and D2 by nobody."""


def test_a_whole_answer_tells_mix_note_and_gap(tmp_path: Path, solve: Solve) -> None:
    """In the table, in the notes, and on the page."""
    setting = tiny(tmp_path, TWO)
    proposal = solve(setting)
    assert [case.case for case in proposal.cases] == ["D1"]
    (note,) = after_grants(proposal, setting)
    assert note in proposal.notes
    assert "EUR 300 of layer 2 falls due after 2025" in note
    header, *rows = table_rows(result_tables(proposal, setting)["funding_mix.csv"])
    assert tuple(header) == COLUMNS
    mine = [row for row in rows if row[0] == "D1"]
    assert sum(Fraction(row[6]) for row in mine) == 800
    assert all(row[2] == "2025" for row in mine if row[3] == "g")
    assert [row for row in rows if row[0] == "D2"] == [
        ["D2", "1", "2026", "", "", "", "0", "", "", "", "2000"],
    ]  # fmt: skip
    page = io.StringIO()
    show(proposal, setting, console(page))
    assert "Funding mix" in page.getvalue()
    assert "D2: its whole cost of EUR 2,000 is a gap" in page.getvalue()


def test_a_note_on_upkeep_cannot_be_left_out(tmp_path: Path, solve: Solve) -> None:
    """It follows from the plan, so it is checked, and not called unverified."""
    setting = tiny(tmp_path, TWO)
    proposal = solve(setting)
    assert all(finding.holds for finding in claims(proposal, setting))
    assert not any("the note" in text for text in unproven(proposal, setting))
    silent = replace(proposal, notes=proposal.notes[:-1])
    broken = [f for f in claims(silent, setting) if not f.holds]
    assert [f.text for f in broken] == ["leave out upkeep that no grant pays"]
