"""An instrument pays no cost that falls due after its grant has ended.

::

    sum_{f: last_f <= y} sum_r grant[f,r,d,l] / rate_fr <= due_dly    for every y

last: year of the last day of the longest project that f pays, which begins with the
horizon or as long after as a contract takes; y: each of these years; due: cost of the
layer that falls due by then. Who ends first has the least to choose from, so these
sums say exactly when each grant finds cost that is due in time. Costs without a year,
and exchanged units, are due in time; loans, equity and private money do not end.
Instruments that may pay for the same euro are counted one by one all the same, on the
safe side. The row is written in whole numbers. Source:
``duration`` and ``months_to_contract`` of the instruments' rulebooks; ``horizon`` of
the scenario; column ``year`` of the costs table (R82).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from matcher.problem.instance import UNKNOWN
from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.proposal.facts import Facts
from matcher.proposal.verdict import Finding, at_most, euros
from matcher.rules._costs import cost_entries
from matcher.rules._figures import Figure, may_join, places
from matcher.rules._raising import late_cost, own_money
from matcher.rules._rates import cost_declared
from matcher.rules._shared import cite

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from matcher.errors import Faults
    from matcher.problem.instance import Ints
    from matcher.program.builder import Part
    from matcher.program.model import Model
    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.rules._figures import Chances
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

NAME = "grant_years"
FUNDING = True


def rows(model: Model) -> None:
    """Add one row per case, layer and last year after which some cost falls due."""
    money, paid, labels = model.inst.money, model.cols.grants, model.inst.labels
    if not len(money.years):
        return
    late = money.late_case + money.late_partner
    ended = money.last_year[paid.instrument] <= money.years[:, None]
    ended &= money.last_year[paid.instrument] != UNKNOWN
    ended &= late[:, paid.case, paid.layer] > 0
    year, at = np.nonzero(ended)
    position = np.full(late.shape, NONE)
    position[year, paid.case[at], paid.layer[at]] = 0
    y, case, layer = np.nonzero(position != NONE)
    position[y, case, layer] = np.arange(len(y))
    row = position[year, paid.case[at], paid.layer[at]]
    factor, share = cost_declared(model, at, row, len(y))
    names = tuple(map(str, money.years.tolist()))
    model.add.add_rows(
        NAME,
        Subject((labels.cases.ids, labels.layers.ids, names), (case, layer, y)),
        [(row, paid.column[at], share), *_due(model, position, factor)],
        case=case, upper=0,
    )  # fmt: skip


def _due(model: Model, position: Ints, factor: Ints) -> Iterator[Part]:
    """Cost of the layer less what falls due later, on the right-hand side of rows."""
    money, cols = model.inst.money, model.cols
    case, layer, column, cents = cost_entries(model)
    y, entry = np.nonzero(position[:, case, layer] != NONE)
    row = position[y, case[entry], layer[entry]]
    yield row, column[entry], -factor[row] * cents[entry]
    y, d, line = np.nonzero(position != NONE)
    row = position[y, d, line]
    yield row, cols.open[d], factor[row] * money.late_case[y, d, line]
    _, case, column = cols.members
    at, entry = np.nonzero(d[:, None] == case[None, :])
    late = factor[row] * money.late_partner[y, d, line]
    yield row[at], column[entry], late[at]


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up what grants that end by some year declare, and what is due by then."""
    for plan in proposal.cases:
        ends = _ends(facts, plan)
        for year in sorted(set(ends.values())):
            declared: dict[str, Fraction] = {}
            for payment in plan.funding:
                if ends.get(payment.instrument, year + 1) <= year:
                    book = facts.setting.instruments[payment.instrument]
                    rate = facts.rate(book, payment.region, plan.case, payment.layer)
                    cost = payment.amount / rate if rate else Fraction(0)
                    known = declared.get(payment.layer, Fraction(0))
                    declared[payment.layer] = known + cost
            due, whole = facts.due(plan, year), facts.cost(plan)
            source = "; ".join(
                _source(facts.setting.instruments[name])
                for name, last in sorted(ends.items())
                if last <= year
            )
            for layer, cents in sorted(declared.items()):
                if due.get(layer, 0) == whole.get(layer, 0):
                    continue  # all of it is due in time, whoever declares it
                yield at_most(NAME, f"{plan.case} layer {layer} {year}", cents,
                              due.get(layer, 0), "declared", source,
                              unit="cents")  # fmt: skip


def _ends(facts: Facts, plan: CasePlan) -> dict[str, int]:
    """Last year of each instrument that pays in a case, where it is known."""
    found = {}
    for name in {payment.instrument for payment in plan.funding}:
        book = facts.setting.instruments.get(name)
        last = facts.last_year(book) if book else None
        if last is not None:
            found[name] = last
    return found


def _source(book: Instrument) -> str:
    return cite(book, book.duration.max)


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Nothing is asked for: a grant whose end nobody knows may pay at any time."""


def untested(setting: Setting) -> str:
    """Where costs carry years: instruments, or a horizon, that say too little."""
    if not any(cost.year is not None for cost in setting.costs):
        return ""
    if setting.horizon is None:
        return "grant_years is not tested: the scenario states no horizon"
    aids = {n: b for n, b in setting.instruments.items() if b.aid}
    open_ended = [n for n, b in aids.items() if b.duration.max is None]
    text = "grant_years is not tested for"
    named = ", ".join(open_ended)
    return f"{text} {named}: no longest project is stated" if open_ended else ""


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    ends = {n: Facts(setting).last_year(b) for n, b in setting.instruments.items()}
    told = [f"{name} up to {last}" for name, last in ends.items() if last is not None]
    if not told or not any(cost.year is not None for cost in setting.costs):
        return ""
    rule = "An instrument pays no cost that falls due after its grant has ended"
    return f"{rule}: {', '.join(told)}."


def figures(chances: Chances) -> Figure | None:
    """What falls due after every grant, and the own money there is for it."""
    paying = chances.paid.any(axis=1)
    ends = chances.inst.money.last_year[paying]
    last = int(ends.max(initial=UNKNOWN))
    late = late_cost(chances, last) if last != UNKNOWN else 0
    if not late or UNKNOWN in ends:
        return None
    after = [
        cost.at for cost in chances.setting.costs
        if cost.case == chances.row.case and (cost.year or 0) > last
    ]  # fmt: skip
    when = f"falls due after {last}, when every grant has ended"
    text = f"{euros(late)} of its cost {when}"
    own = own_money(chances)
    if own is None:
        return Figure(text, places(after))
    text += f", and {may_join(chances)} have {euros(own)} of their own"
    return Figure(text, places(after), enough=own >= late)
