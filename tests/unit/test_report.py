"""Text of reports: exact numbers, harmless names, plain reasons."""

from __future__ import annotations

import io
from fractions import Fraction

import pytest

import matcher
from matcher.program.solution import Progress
from matcher.proposal.facts import Facts
from matcher.proposal.proposal import CasePlan, Exchange, Payment, Proposal
from matcher.report.manifest import versions
from matcher.report.progress import Watch
from matcher.report.reasons import why
from matcher.report.terminal import console, show
from matcher.report.words import clean, euros, number_text, percent, points, table_text
from matcher.scenario.load import load


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(1, 4), "0.25"), (-5, "-5"), (Fraction(1, 3), "0.333333333333"),
     (Fraction(1, 10**14), "0"), (Fraction(-5, 2), "-2.5")],
)  # fmt: skip
def test_numbers_are_plain_decimals(value: Fraction | int, text: str) -> None:
    """Never a float's tail, never an exponent."""
    assert number_text(value) in (text, f"{text}.000000000000")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_text_cells_are_no_formulas(text: str) -> None:
    """Spreadsheets run such cells unless a quote stands before them."""
    lines = table_text(("a", "b"), [(text, -1)])
    assert lines.startswith(("a,b\n'", "a,b\n\"'"))
    assert lines.endswith(",-1\n")


def test_words_for_people() -> None:
    """Money, points and shares as they are read aloud."""
    assert euros(123_456_700) == "EUR 1,234,567"
    assert euros(-105) == "EUR -1.05"
    assert points(Fraction(37, 2)) == "18.5"
    assert points(None) == "unknown"
    assert percent(Fraction(1, 8)) == "12.50%"
    assert clean("a\x1b[31m\u202eb\nc") == "a[31mb c"


def hostile() -> tuple[Proposal, str]:
    """A proposal whose codes try to be markup and control sequences."""
    plan = CasePlan(
        "[bold]D1", "[red]X", ("[/red]\x1b[2J", ":smile:"),
        exchanges=(Exchange("[red]X", ":smile:", "[link=x]k", 2),),
        funding=(Payment("[blink]f", "[red]X", "1", 100_01),), cost=200_00, gap=99_99,
    )  # fmt: skip
    proposal = Proposal(
        "s", "", "feasible", Fraction(1), Fraction(2), cases=(plan,), notes=("[/bold]",)
    )
    buffer = io.StringIO()
    show(proposal, load("miniature").setting(), console(buffer))
    return proposal, buffer.getvalue()


def test_names_are_shown_as_they_are() -> None:
    """Markup, emoji codes and control characters of data do nothing."""
    text = hostile()[1]
    for part in ("[bold]D1", "[red]X", "[/red]", ":smile:", "[blink]f", "[/bold]",
                 "EUR 100.01", "unpaid"):  # fmt: skip
        assert part in text
    assert "\x1b" not in text


def test_reasons_name_what_a_region_brings() -> None:
    """Level, exchange, state, priorities: the first that fits, and who pays."""
    setting = load("starter").setting()
    facts = Facts(setting)
    plan = CasePlan(
        "SORT", "LAK", ("HAR", "PIN", "MIL"), ("SOL",),
        exchanges=(Exchange("HAR", "LAK", "sorting", 10, min_level=2),),
        funding=(Payment("vinnovate", "LAK", "1", 5000),),
    )  # fmt: skip
    assert why(facts, plan, "LAK", "lead") == (
        "adds 2 of 3 levels of Lead buyers and gets 10 line-days of Fibre sorting "
        "from HAR; funded by vinnovate (EUR 50)"
    )
    assert "serves 10 line-days" in why(facts, plan, "HAR", "partner")
    assert "the sorting hall stands there" in why(facts, plan, "HAR", "partner")
    assert why(facts, plan, "PIN", "partner") == "brings in state QC"
    assert why(facts, plan, "MIL", "partner").startswith("shares priorities")
    assert "commitment level 3" in why(facts, plan, "SOL", "observer")


def test_progress_says_what_is_known() -> None:
    """Stage, best, bound and gap, each as soon as there is one."""
    watch = Watch("solving")
    assert "starting" in watch.line()
    watch.report("needed", Progress(1.0, None, 20.0))
    assert "no plan yet, bound 20" in watch.line()
    watch.report("fundable", Progress(1.0, 10.0, 20.0))
    assert "with every rule" in watch.line()
    assert "best 10, bound 20, gap 100.00%" in watch.line()
    watch.report("fundable", Progress(1.0, 0.0, 0.0))
    assert "gap 0.00%" in watch.line()


def test_versions_name_every_solver() -> None:
    """A manifest tells which solvers were installed."""
    assert {"matcher", "python", "numpy", "highspy", "ortools", "pulp"} <= set(
        versions()
    )


def test_frames_are_tidy() -> None:
    """One row per fact, the same columns with and without rows."""
    full, empty = matcher.solve("starter"), Proposal("s", "", "unknown", None, None)
    for name, columns in (
        ("memberships", {"case", "region", "role"}),
        ("exchanges", {"case", "provider", "receiver", "capability", "units"}),
        ("funding", {"instrument", "case", "region", "layer", "amount"}),
        ("objective_terms", {"term", "value", "weight", "unit", "points"}),
    ):
        assert columns <= set(getattr(full, name).columns)
        assert list(getattr(full, name).columns) == list(getattr(empty, name).columns)
        assert len(getattr(full, name)) > 0 == len(getattr(empty, name))
    paid = full.funding.groupby("case")["amount"].sum()
    for plan in full.cases:
        assert round(paid[plan.case] * 100) == plan.cost
