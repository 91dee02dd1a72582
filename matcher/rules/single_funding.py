"""Each euro of cost is declared to one instrument at most, and paid at its rate.

::

    sum_{f in set} grant[f,r,d,l] / rate_fr <= share[r,d,l]    for every largest set
    sum_f grant[f,r,d,l] <= share[r,d,l]                       where there are several

set: instruments of which no two may pay for the same euro. Two of them may where one
declares the other cumulative; loans, equity and private money are no aid, and stand
beside any other money, each up to its rate. Without such pairs all instruments are one
set. rate: the first rate of the instrument that fits the region's category, the type of
beneficiary and the layer, mixed as they bear the member's cost; 1 for a pledge that
states none. The rows are written in whole numbers.

Who may not share a euro are the edges of a graph, and the sets its cliques. The euros
can be divided up exactly when no clique declares more than there are, if the graph is
perfect (Lovasz, 1972). Graphs of up to four instruments are; one with a ring of odd
length without chords, in it or in its complement, is not, and refused. What several
instruments pay together is held against the whole share, not euro by euro.

Source: ``rate`` and ``stacking.cumulative`` of the instruments' rulebooks; no double
funding (domain rules on cumulation).
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.proposal.proposal import OWN
from matcher.proposal.verdict import Finding, at_most, must
from matcher.rules._rates import cost_declared
from matcher.rules._stacking import largest_sets, odd_ring

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from matcher.errors import Faults
    from matcher.problem.instance import Bools, Ints
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

NAME = "single_funding"
FUNDING = True


def rows(model: Model) -> None:
    """Add the rows of each member's share that some instrument may pay."""
    cols, money, labels = model.cols, model.inst.money, model.inst.labels
    paid = cols.grants
    payable = np.zeros(len(cols.shares[0]), dtype=bool)
    payable[cols.granted] = True
    region, case, layer, share = (axis[payable] for axis in cols.shares)
    names = labels.regions.ids, labels.cases.ids, labels.layers.ids

    def add(at: Ints, grants: tuple[Ints, Ints, Ints], factor: Ints) -> None:
        model.add.add_rows(
            NAME, Subject(names, (region[at], case[at], layer[at])),
            [grants, (np.arange(len(at)), share[at], -factor)], case=case[at], upper=0,
        )  # fmt: skip

    cell = (np.cumsum(payable) - 1)[cols.granted]
    at, grant, row = _sets(cell, paid.instrument, len(region), ~money.cumulative)
    every = np.arange(len(cell))
    # one factor for all rows of a region
    factor, weight = cost_declared(model, every, paid.region, len(labels.regions))
    add(at, (row, paid.column[grant], weight[grant]), factor[region[at]])
    (at,) = np.nonzero(np.bincount(at, minlength=len(region)) > 1)
    several = np.full(len(region), NONE)
    several[at] = np.arange(len(at))
    (grant,) = np.nonzero(several[cell] != NONE)
    one = np.ones(len(grant), dtype=np.int64)
    add(at, (several[cell[grant]], paid.column[grant], one), np.ones_like(at))


def _sets(
    cell: Ints, instrument: Ints, cells: int, conflict: Bools
) -> tuple[Ints, Ints, Ints]:
    """Cell of each row, and the grants of all rows with the row of each.

    One row for every largest set of instruments, in conflict with each other, that
    may pay in a cell: what one member bears in one case and layer.
    """
    if conflict.all():
        return np.arange(cells), np.arange(len(cell)), cell
    pays = np.zeros((cells, len(conflict)), dtype=bool)
    pays[cell, instrument] = True
    _, first, pattern = np.unique(
        np.packbits(pays, axis=1), axis=0, return_index=True, return_inverse=True
    )
    pattern = pattern.ravel()
    sets = [largest_sets(conflict, pays[one]) for one in first]
    size = np.array([len(found) for found in sets], dtype=np.int64)
    inside = np.concatenate([*sets, np.zeros((0, len(conflict)), dtype=bool)])
    of_row = np.repeat(np.arange(cells), size[pattern])
    first_row = np.cumsum(size[pattern]) - size[pattern]
    first_set = np.cumsum(size) - size
    each = size[pattern[cell]]
    grant = np.repeat(np.arange(len(cell)), each)
    turn = np.arange(len(grant)) - np.repeat(np.cumsum(each) - each, each)
    here = cell[grant]
    kept = inside[first_set[pattern[here]] + turn, instrument[grant]]
    return of_row, grant[kept], (first_row[here] + turn)[kept]


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Add up the cost that each member declares, layer by layer."""
    books = facts.setting.instruments
    for plan in proposal.cases:
        paid: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for p in plan.funding:
            mine = paid[p.region, p.layer]
            mine[p.instrument] = mine.get(p.instrument, 0) + p.amount
        for (region, layer), amounts in sorted(paid.items()):
            subject = f"{plan.case} {region} layer {layer}"
            borne = sum(amounts.values())
            amounts.pop(OWN, None)
            if not amounts:
                continue
            declared: dict[str, Fraction] = {}
            for name, cents in amounts.items():
                book = books.get(name)
                rate = facts.rate(book, region, plan.case, layer) if book else None
                if rate:
                    declared[name] = cents / rate
            if len(declared) < len(amounts):
                yield must(NAME, subject, False,
                           "paid by an instrument that has no rate for it",
                           what="rates are known")  # fmt: skip
                continue
            most = _most(facts, declared, sorted(declared))
            yield at_most(NAME, subject, most, borne, "declared", unit="cents")
            if most < sum(declared.values()):
                yield at_most(NAME, subject, sum(amounts.values()), borne,
                              "paid for them", unit="cents")  # fmt: skip


def _most(facts: Facts, declared: Mapping[str, Fraction], names: list[str]) -> Fraction:
    """Most that instruments declare of which no two may declare the same euro."""
    if not names:
        return Fraction(0)
    books = facts.setting.instruments
    first, rest = names[0], names[1:]
    apart = [n for n in rest if not _may_share(books[first], books[n])]
    with_it = declared[first] + _most(facts, declared, apart)
    if apart == rest:
        return with_it
    return max(with_it, _most(facts, declared, rest))


def _may_share(one: Instrument, other: Instrument) -> bool:
    """Whether two instruments may pay for the same euro."""
    return not (one.aid and other.aid) or _declares(one, other) or _declares(other, one)


def _declares(book: Instrument, other: Instrument) -> bool:
    called = {other.id, *other.stacking.groups}
    return any(called & set(said.of) for said in book.stacking.cumulative)


def unknowns(setting: Setting, joining: Set[str], faults: Faults) -> None:
    """Cumulative pairs for which the sets do not say all are refused."""
    books = list(setting.instruments.values())
    near = [
        {j for j, two in enumerate(books) if i != j and _may_share(one, two)}
        for i, one in enumerate(books)
    ]
    far = [set(range(len(books))) - {i} - near[i] for i in range(len(books))]
    ring = odd_ring(near) or odd_ring(far)
    if ring:
        names = [books[i].id for i in ring]
        faults.add(
            "ODD_CUMULATION", setting.places[names[0]],
            f"{', '.join(names)} are cumulative in a ring of odd length: no rule can "
            "say exactly what they may pay together",
            "declare one more of these pairs cumulative, or leave an instrument out",
        )  # fmt: skip


def untested(setting: Setting) -> str:
    """The rule is tested wherever it plays a part."""
    return ""


def sentence(setting: Setting) -> str:
    """The rule with its numbers."""
    books = list(setting.instruments.values())
    if not books:
        return ""
    rates = "; ".join(
        f"{book.id} "
        + ", ".join(f"{float(rate.value):.0%}{rate.whom()}" for rate in book.rate)
        for book in books
        if book.rate
    )
    rule = "Each euro of cost is declared to one instrument at most"
    text = f"{rule}, paid at its rate: {rates}."
    pairs = [
        f"{one.id} and {two.id}"
        for one, two in combinations([book for book in books if book.aid], 2)
        if _may_share(one, two)
    ]
    text += f" They may pay for the same euro: {'; '.join(pairs)}." if pairs else ""
    others = [book.id for book in books if not book.aid]
    if others:
        text += f" No aid, and beside any other money: {', '.join(others)}."
    return text
