"""Text of reports: exact numbers, harmless names, plain reasons."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import matcher
from matcher.program.solution import Progress
from matcher.proposal.facts import Facts
from matcher.proposal.jsonform import cents
from matcher.proposal.proposal import CasePlan, Exchange, Payment, Proposal
from matcher.report.manifest import versions
from matcher.report.progress import Watch
from matcher.report.reasons import why
from matcher.report.terminal import console, show
from matcher.report.words import clean, euros, number_text, percent, points
from matcher.scenario.load import load

if TYPE_CHECKING:
    from matcher.scenario.setting import Setting


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(1, 4), "0.25"), (-5, "-5"), (Fraction(1, 3), "0.333333333333"),
     (Fraction(1, 10**14), "0"), (Fraction(-5, 2), "-2.5")],
)  # fmt: skip
def test_numbers_are_plain_decimals(value: Fraction | int, text: str) -> None:
    """Never a float's tail, never an exponent."""
    assert number_text(value) in (text, f"{text}.000000000000")


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


def shown(proposal: Proposal, setting: Setting) -> list[str]:
    """Lines of the page of a proposal, blanks narrowed."""
    buffer = io.StringIO()
    show(proposal, setting, console(buffer))
    return [" ".join(line.split()) for line in buffer.getvalue().splitlines()]


def test_a_gap_is_told_in_points_and_in_euros() -> None:
    """What a solver left open, and what the rules about money leave undone."""
    setting = load("starter").setting()
    dear, cheap = (
        CasePlan("SORT", "LAK", (), cost=cost, gap=gap)
        for cost, gap in ((900_00, 900_00), (650_50, 0))
    )
    needed = Proposal("s", "", "optimal", Fraction(9), Fraction(9), cases=(dear,))
    proposal = Proposal(
        "s", "", "feasible", Fraction(4), Fraction(5), cases=(cheap,), needed=needed
    )
    lines = shown(proposal, setting)
    assert (
        "feasible: 4 points, no plan brings more than 5 (gap 25.00%, 1 point)" in lines
    )
    assert "difference 5 points for lack of fitting money" in lines
    assert "cost EUR 900 needed, EUR 650.50 fundable, EUR 249.50 apart" in lines
    dearer = replace(proposal, cases=(dear,), needed=replace(needed, cases=(cheap,)))
    told = "cost EUR 650.50 needed, EUR 900 fundable, EUR 249.50 more"
    assert told in shown(dearer, setting)
    even = shown(replace(proposal, cases=(dear,), bound=Fraction(4)), setting)
    assert "feasible: 4 points, no plan brings more than 4 (gap 0%)" in even
    assert "cost EUR 900 needed, EUR 900 fundable" in even
    open_ = shown(replace(proposal, bound=None), setting)
    assert "feasible: 4 points, and no bound on what other plans bring" in open_


def test_scenarios_and_settings_introduce_themselves() -> None:
    """One line, whatever they hold, and nothing in it that steers a terminal."""
    scenario = load("starter")
    assert repr(scenario).startswith("<Scenario 'starter': ")
    assert "regions 5" in repr(scenario)
    assert "assumptions: 'half-pool', 'no-erdf'>" in repr(scenario)
    setting = scenario.setting("half-pool")
    assert repr(setting) == (
        "<Setting 'starter' under 'half-pool': 5 regions, 3 cases, "
        "instruments: 'erdf-2021-27', 'vinnovate'>"
    )
    odd = "a\x1b[2J\u202e"
    proposal = Proposal(odd, odd, "unknown", None, None)
    for value in (replace(scenario, name=odd), replace(setting, name=odd), proposal):
        assert repr(value).isprintable()
        assert len(repr(value)) < 400


def test_jupyter_shows_the_main_tables() -> None:
    """Every table with rows, every name escaped."""
    proposal = hostile()[0]
    page = Proposal("<script>x</script>", "", "feasible", Fraction(1), Fraction(2),
                    cases=(replace(proposal.cases[0], lead="<img src=x onerror=y>"),)
                    )._repr_html_()  # fmt: skip
    for part in ("Who takes part", "Who serves whom", "Who pays", "100.01",
                 "&lt;img src=x onerror=y&gt;", "&lt;script&gt;"):  # fmt: skip
        assert part in page
    assert "Points" not in page, "there are no terms"
    assert "<img" not in page
    assert "<script" not in page
    empty = Proposal("s", "", "unknown", None, None)._repr_html_()
    assert empty == "<p><b>&lt;Proposal &#x27;s&#x27;: unknown&gt;</b></p>"


@pytest.mark.parametrize("amount", [1.009, "0.001"])
def test_parts_of_a_cent_are_refused(amount: float | str) -> None:
    """A forged amount is not cut down to the honest one."""
    with pytest.raises(ValueError, match="no whole number"):
        cents(amount)
