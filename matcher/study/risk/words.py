"""Plans for many outcomes in words and in tables."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from matcher.program.solution import Stop
from matcher.proposal.verdict import show
from matcher.study.comparison.words import listed
from matcher.study.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matcher.study.risk.risk import Risk, Span
    from matcher.study.table import Cell

DIGITS = 4
"""Decimals of points in sentences; files hold them exactly."""


def sentences(study: Risk) -> Iterator[str]:
    """What was found, the most important first."""
    if study.found.plan is None:
        if study.found.impossible:
            told = "No consortia that can be decided now keep every rule"
            yield f"{told} in all outcomes."
        else:
            yield "No plan was found in the time there was."
        return
    yield _worth(study)
    yield _spread(study)
    yield from _gained(study)
    yield from _information(study)
    yield from _drawn(study)
    yield from _certain(study)
    if study.stop is Stop.INTERRUPTED:
        yield "The study was interrupted: better plans and closer bounds may be left."


def _worth(study: Risk) -> str:
    found, averse = study.found, study.measure.aversion
    what = "brings" if not averse else "is worth"
    told = f"The plan decided now {what} {_points(found.worth)} points"
    tail = f"the worst {_percent(study.measure.level)} of outcomes"
    told += f", weighing {tail} by {_percent(averse)}" if averse else " on average"
    if found.bound is None:
        return f"{told}; nothing is proven of other plans."
    if found.bound == found.worth:
        return f"{told}, and no plan {what} more."
    gap = f"a gap of {_gap(study)}" if found.worth else "the gap is not closed"
    return f"{told}, and no plan {what} more than {_points(found.bound)}: {gap}."


def _spread(study: Risk) -> str:
    outcome, points = _worst(study)
    return (
        f"It brings {_points(study.expected)} points on average, {_points(study.cvar)} "
        f"in the worst {_percent(study.measure.level)} of outcomes and "
        f"{_points(points)} in the worst one: {outcome}."
    )


def _worst(study: Risk) -> tuple[str, Fraction]:
    plan = study.found.plan
    assert plan is not None
    i = min(study.weights, key=plan.values.__getitem__)
    first = study.prospect.outcomes[study.two.lots[i].outcomes[0]]
    return study.prospect.name(first), plan.values[i]


def _gained(study: Risk) -> Iterator[str]:
    gained = study.gained
    if gained is None:
        yield "The scenario as written has no plan that could be decided now instead."
        return
    assert study.as_written is not None
    worth = study.measure.worth(study.weights, study.as_written.values)
    if gained == 0:
        yield "The plan found for the scenario as written is worth as much."
    else:
        yield (
            f"The plan found for the scenario as written is worth {_points(worth)}: "
            f"to decide with the outcomes in mind is worth {_points(gained)}."
        )


def _information(study: Risk) -> Iterator[str]:
    worth = range_text(study.perfect)
    yield f"To know the outcome before deciding is worth {worth} points."
    told = sorted(study.knowing, key=lambda k: (-(k.worth.most or 0), k.event))
    for each in told:
        worth = range_text(each.worth)
        yield f"To know first how {each.event} ends is worth {worth} points."


def _drawn(study: Risk) -> Iterator[str]:
    prospect = study.prospect
    if prospect.draws is None:
        return
    error, of_bound = study.errors
    yield (
        f"{prospect.draws} outcomes were drawn of {prospect.every} combinations: all "
        "figures are about those drawn. For all combinations the standard error of the "
        f"mean is {error:.3g} points"
        + ("." if of_bound is None else f", that of the bound {of_bound:.3g}.")
        + " The plan was chosen on the same draws, which flatters it a little."
    )


def _certain(study: Risk) -> Iterator[str]:
    """Chances of the rulebooks that no event stands for."""
    stated, settings = set(), [lot.setting for lot in study.two.lots]
    for name in {name for setting in settings for name in setting.instruments}:
        books = [setting.instruments.get(name) for setting in settings]
        chancy = any(b and b.success and b.success.share < 1 for b in books)
        if chancy and all(books):
            stated.add(name)
    if stated:
        yield (
            f"No outcome is without {listed(sorted(stated))}: the money is taken as "
            "certain, whatever chance the rulebook states."
        )


def tables(study: Risk) -> Iterator[Table]:
    """One table for each question."""
    yield _figures(study)
    if study.found.plan is not None:
        yield _consortia(study)
        yield _applications(study)
    yield _outcomes(study)
    yield _knowing(study)
    yield _events(study)


def _figures(study: Risk) -> Table:
    perfect = study.perfect
    level = _percent(study.measure.level)
    rows: list[tuple[Cell, ...]] = [
        ("mean points", study.expected, None),
        (f"mean of the worst {level}", study.cvar, None),
        ("worst outcome", study.worst, None),
        ("worth as weighed", study.found.worth, study.found.bound),
        ("gained over the plan as written", study.gained, None),
        ("to know the outcome first", perfect.least, perfect.most),
    ]
    return Table(
        "figures", "The plan in figures", ("figure", "points", "at most"), tuple(rows)
    )


def _consortia(study: Risk) -> Table:
    plan = study.found.plan
    assert plan is not None
    launched: dict[str, Fraction] = defaultdict(Fraction)
    for i, done in enumerate(plan.carried):
        for case in done.by_case:
            launched[case] += study.weights[i]
    rows = tuple(
        (p.case, p.lead, ", ".join(p.members), ", ".join(p.observers), launched[p.case])
        for p in plan.cases
    )
    columns = ("case", "lead", "members", "observers", "launched")
    return Table(
        "consortia", "Decided now, and the chance to be launched", columns, rows
    )


def _applications(study: Risk) -> Table:
    """Who pays what case how often: nothing else says which applications matter."""
    plan = study.found.plan
    assert plan is not None
    often: Mapping[tuple[str, str], list[Fraction]]
    often = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for i, done in enumerate(plan.carried):
        for each in done.cases:
            for payer in each.payers:
                paid = sum(p.amount for p in each.funding if p.instrument == payer)
                often[payer, each.case][0] += study.weights[i]
                often[payer, each.case][1] += study.weights[i] * paid
    rows = tuple(
        (*key, chance, round(mean)) for key, (chance, mean) in sorted(often.items())
    )
    columns = ("instrument", "case", "pays", "mean EUR")
    return Table("applications", "Who pays, how often and how much", columns, rows)


def _outcomes(study: Risk) -> Table:
    plan, alone, prospect = study.found.plan, study.two.alone, study.prospect
    rows: list[tuple[Cell, ...]] = []
    for i, lot in enumerate(study.two.lots):
        done = None if plan is None else plan.carried[i]
        cases = None if done is None else ", ".join(done.by_case)
        points = None if plan is None else plan.values[i]
        most = None if study.found.impossible else alone.most[i]
        rows += [
            (prospect.name(prospect.outcomes[o]), prospect.outcomes[o].probability,
             points, most, None if done is None else len(done.cases), cases)
            for o in lot.outcomes
        ]  # fmt: skip
    rows.sort(key=lambda row: (row[2] or 0, str(row[0])))
    columns = ("outcome", "probability", "points", "best at most", "launched", "cases")
    return Table("outcomes", "What becomes of the plan", columns, tuple(rows))


def _knowing(study: Risk) -> Table:
    rows = [(k.event, k.worth.least, k.worth.most) for k in study.knowing]
    rows.append(("everything", study.perfect.least, study.perfect.most))
    columns = ("known first", "at least", "at most")
    return Table("information", "What it is worth to know first", columns, tuple(rows))


def _events(study: Risk) -> Table:
    rows = tuple(
        (event.name, branch.name, branch.probability, branch.source or "assumed")
        for event in study.prospect.events for branch in event.branches
    )  # fmt: skip
    columns = ("event", "branch", "probability", "source")
    return Table("events", "What is uncertain", columns, rows)


def _points(value: Fraction | None) -> str:
    return "unknown" if value is None else show(round(value, DIGITS))


def range_text(span: Span) -> str:
    """A number of points of which two ends are known, rounded for people."""
    if span.least is None and span.most is None:
        return "an unknown number of"
    if span.least == span.most:
        return _points(span.least)
    if span.most is None:
        return f"at least {_points(span.least)}"
    if not span.least:
        return f"at most {_points(span.most)}"
    least, most = _points(span.least), _points(span.most)
    return f"about {least}" if least == most else f"{least} to {most}"


def _percent(part: Fraction) -> str:
    return f"{show(part * 100)} %"


def _gap(study: Risk) -> str:
    found = study.found
    assert found.worth
    assert found.bound is not None
    gap = (found.bound - found.worth) / abs(found.worth)
    return f"{float(gap * 100):.2g} %"
