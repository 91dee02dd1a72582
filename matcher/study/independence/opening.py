"""Single changes by which a regional instrument would reach further.

Each is written as somebody would write it into the inputs: money for regions that have
none, one pot for all, money for members elsewhere, a higher rate, twice the money, no
smallest share for members without its money, or every state. Nothing else of the
setting changes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import median_low
from typing import TYPE_CHECKING, Any, Final

from matcher.proposal.verdict import show
from matcher.scenario.parts import Cited
from matcher.scenario.reach import OutOfArea
from matcher.scenario.records import Budget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

MORE_RATE: Final = Fraction(1, 10)
"""By which a rate is raised."""
TRIED: Final = "tried"
"""Source key of what is tried: no rulebook says it."""

ALIGN, OPEN_UP = "alignment", "opening"
"""More of the same for everybody who is in, or for others as well."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One change of one instrument."""

    instrument: str
    kind: str
    """`ALIGN` or `OPEN_UP`."""
    text: str
    """What is other than before, without a full stop."""
    setting: Setting
    widens: bool = True
    """Whether every plan possible before is still possible."""


def openings(setting: Setting, name: str) -> Iterator[Opening]:
    """Every change of an instrument in play that fits it."""
    book = setting.instruments[name]
    for found in (
        _aligned(setting, book), _doubled(setting, book), _rate(setting, book),
        _one_pot(setting, book), _elsewhere(setting, book),
        _associates(setting, book), _states(setting, book),
    ):  # fmt: skip
        if found is not None:
            yield found


def is_regional(book: Instrument) -> bool:
    """Whether it is public money that is given for good and no direct EU money."""
    return book.aid and not book.direct


def _amounts(setting: Setting, name: str) -> dict[str, int] | None:
    """Cents by region with rows of its own; None where one is not limited."""
    sums: dict[str, int] = defaultdict(int)
    for row in setting.budgets:
        if row.instrument == name and row.region is not None:
            if not isinstance(row.amount, int):
                return None
            sums[row.region] += row.amount
    return dict(sums)


def _aligned(setting: Setting, book: Instrument) -> Opening | None:
    """Regions without money of it get what the median of the others has."""
    amounts = _amounts(setting, book.id)
    if not book.from_rows or not amounts:
        return None
    without = [
        name for name, region in setting.regions.items()
        if name not in amounts
        and (book.states is None or region.state in book.states.value)
    ]  # fmt: skip
    typical = median_low(amounts.values())
    if not without or not typical:
        return None
    rows = tuple(
        Budget(instrument=book.id, region=name, amount=typical, year=None)
        for name in without
    )
    many = len(without) > 1
    who = f"the {len(without)} regions" if many else without[0]
    text = (
        f"{who} without its money get{'s' * (not many)} EUR {typical // 100:,}"
        f"{' each' * many}, the median of the {len(amounts)} that have some"
    )
    changed = replace(setting, budgets=(*setting.budgets, *rows))
    return Opening(book.id, ALIGN, text, changed, not _spares(book))


def _doubled(setting: Setting, book: Instrument) -> Opening | None:
    mine = [row for row in setting.budgets if row.instrument == book.id]
    if book.envelope is None and not any(isinstance(row.amount, int) for row in mine):
        return None
    budgets = tuple(
        replace(row, amount=2 * row.amount)
        if row.instrument == book.id and isinstance(row.amount, int) else row
        for row in setting.budgets
    )  # fmt: skip
    new = book
    if book.envelope is not None:
        more = book.envelope.model_copy(update={"value": 2 * book.envelope.value})
        new = _with(book, envelope=more)
    return Opening(book.id, ALIGN, "it has twice the money",
                   replace(_put(setting, new), budgets=budgets))  # fmt: skip


def _rate(setting: Setting, book: Instrument) -> Opening | None:
    """Ten points more for everybody, up to the whole cost."""
    rates = tuple(
        rate.model_copy(update={"value": min(rate.value + MORE_RATE, Fraction(1))})
        for rate in book.rate
    )
    if rates == book.rate:
        return None
    text = f"it pays {show(100 * MORE_RATE)} points of a member's cost more"
    return Opening(book.id, ALIGN, text, _put(setting, _with(book, rate=rates)))


def _one_pot(setting: Setting, book: Instrument) -> Opening | None:
    """Authorities put their money together, and it pays members of any region."""
    amounts = _amounts(setting, book.id)
    if book.kind != "pooled" or not amounts:
        return None
    budgets = tuple(
        row for row in setting.budgets
        if row.instrument != book.id or row.region is None
    )  # fmt: skip
    limited = book.envelope is not None or any(b.instrument == book.id for b in budgets)
    if not limited:
        whole = Budget(
            instrument=book.id, region=None, amount=sum(amounts.values()), year=None
        )
        budgets = (*budgets, whole)
    new = _with(book, kind="grant", associates=None)
    text = "its regions' money is one pot that pays members of every region"
    changed = replace(_put(setting, new), budgets=budgets)
    return Opening(book.id, OPEN_UP, text, changed, not _spares(book))


def _spares(book: Instrument) -> bool:
    """Whether members without a row of its money are spared the smallest share.

    Who gets money of it is a member like any other then, and is spared no more.
    """
    admitted = book.associates is not None and book.associates.value
    return bool(admitted and book.cost_share.min)


def _elsewhere(setting: Setting, book: Instrument) -> Opening | None:
    """A programme pays outside its area, in cases with a member of its area."""
    if book.kind != "programme" or not _amounts(setting, book.id):
        return None
    if book.out_of_area is not None and book.out_of_area.cap.value == 1:
        return None
    anywhere = OutOfArea(cap=Cited[Any](value=Fraction(1), source=TRIED))
    text = "it may pay all its money to members elsewhere, beside a member of its area"
    new = _with(book, out_of_area=anywhere)
    return Opening(book.id, OPEN_UP, text, _put(setting, new))


def _associates(setting: Setting, book: Instrument) -> Opening | None:
    """Members without a row of its money need not bear the smallest share."""
    admitted = book.associates is not None and book.associates.value
    asks = book.cost_share.min is not None and book.cost_share.min.value > 0
    if book.kind not in ("pooled", "programme") or admitted or not asks:
        return None
    yes = Cited[Any](value=True, source=TRIED)
    text = "members without its money may take part without a smallest share"
    return Opening(book.id, OPEN_UP, text, _put(setting, _with(book, associates=yes)))


def _states(setting: Setting, book: Instrument) -> Opening | None:
    if book.states is None:
        return None
    text = "it pays members of every state"
    return Opening(book.id, OPEN_UP, text, _put(setting, _with(book, states=None)))


def _with(book: Instrument, **new: Any) -> Instrument:
    """The rulebook with some fields changed."""
    sources = {**book.sources, TRIED: "tried in a study"}
    return book.model_copy(update={**new, "sources": sources})


def _put(setting: Setting, book: Instrument) -> Setting:
    return replace(setting, instruments={**setting.instruments, book.id: book})
