"""Tables of plans under several assumptions, one question each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matcher.proposal.proposal import OWN
from matcher.study.comparison.aligned import (
    CHANGE,
    OPEN,
    TIE,
    roles_of,
)
from matcher.study.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from matcher.proposal.proposal import Proposal, Term
    from matcher.scenario.setting import Setting
    from matcher.study.comparison.aligned import Judged
    from matcher.study.table import Cell

SAME: Final = "same"
UNKNOWN: Final = "unknown"
"""Stands where one of the two has no plan to compare."""
Row = tuple["Cell", ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the tables are made from."""

    settings: Mapping[str, Setting]
    """By name of the assumption; the first one is the reference."""
    proposals: Mapping[str, Proposal]
    judged: Mapping[str, Judged]
    """Differences from the reference, but for the reference itself."""

    @property
    def reference(self) -> Proposal:
        """What the others are compared with."""
        return self.proposals[self.first]

    @property
    def first(self) -> str:
        """Name of the reference."""
        return next(iter(self.proposals))

    def tables(self) -> tuple[Table, ...]:
        """Every table, the most important first."""
        return (
            self._summary(), self._launches(), self._differences(), self._terms(),
            self._totals(), self._money(), self._cases(), self._memberships(),
            self._exchanges(),
        )  # fmt: skip

    def _summary(self) -> Table:
        columns = ("assumption", "status", "points", "bound", "gap", "needed",
                   "gap to needed")  # fmt: skip
        rows = tuple(self._summed(name, plan) for name, plan in self.proposals.items())
        return Table("summary", "What each assumption brings", columns, rows)

    @staticmethod
    def _summed(name: str, plan: Proposal) -> Row:
        needed = plan.needed.objective if plan.needed is not None else None
        return (
            name, plan.status, plan.objective, plan.bound, plan.gap, needed,
            less(needed, plan.objective),
        )  # fmt: skip

    def _launches(self) -> Table:
        """How much each plan takes on, and how much of it is other than elsewhere."""
        columns = ("assumption", "cases", "members", CHANGE, TIE, OPEN, "launched")
        rows = tuple(
            (name, *self._counted(name, plan)) for name, plan in self.proposals.items()
        )
        title = f"What is launched, and how much differs from {self.first}"
        return Table("launched", title, columns, rows)

    def _counted(self, name: str, plan: Proposal) -> Row:
        if plan.objective is None:
            return (None,) * 6
        count = Counter(label for _, label in self.judged.get(name, ()))
        known = name in self.judged
        labels = [count[label] if known else None for label in (CHANGE, TIE, OPEN)]
        members = sum(len(case.members) for case in plan.cases)
        return (len(plan.cases), members, *labels, ", ".join(plan.by_case) or "none")

    def _totals(self) -> Table:
        columns = ("assumption", "instruments EUR", "own EUR", "missing EUR")
        rows = tuple(
            (name, *self._money_of(name, plan)) for name, plan in self.proposals.items()
        )
        return Table("totals", "What is paid, and what nobody pays", columns, rows)

    def _money_of(self, name: str, plan: Proposal) -> tuple[Cell, ...]:
        """Cents of instruments, of the members' own money, and that nobody pays."""
        if not self._pays(name):
            return None, None, None
        paid = paid_by(plan)
        own = paid.pop(OWN, 0)
        missing = sum(case.gap for case in plan.cases)
        missing += sum(case.cost for case in plan.unpaid)
        return sum(paid.values()), own, missing

    def _differences(self) -> Table:
        rows = tuple(
            (name, each.case, each.region or None, each.kind,
             each.before or None, each.after or None, label)
            for name, judged in self.judged.items()
            for each, label in judged
        )  # fmt: skip
        columns = ("assumption", "case", "region", "difference", "in the reference",
                   "here", "verdict")  # fmt: skip
        title = f"What differs from {self.first}"
        return Table("differences", title, columns, rows)

    def _cases(self) -> Table:
        columns = ("case", "assumption", "launched", "lead", "members", "observers",
                   "cost EUR", "versus reference", "verdict")  # fmt: skip
        every = sorted({d for setting in self.settings.values() for d in setting.cases})
        rows = tuple(
            (case, name, *self._case(case, name, plan))
            for case in every
            for name, plan in self.proposals.items()
        )
        return Table("cases", "Which cases are launched", columns, rows, detail=True)

    def _case(self, case: str, name: str, plan: Proposal) -> Row:
        if plan.objective is None:
            return (None,) * 5 + (UNKNOWN, None)
        here = plan.by_case.get(case)
        versus = self._versus(name, case, "")
        if here is None:
            return (False, None, None, None, None, *versus)
        cost = here.cost if self.settings[name].has_money else None
        return (True, here.lead, len(here.members), len(here.observers), cost, *versus)

    def _versus(self, name: str, case: str, region: str) -> Row:
        """How a case or a role is other than in the reference, and what is proven."""
        if self.reference.objective is None:
            return UNKNOWN, None
        for each, label in self.judged.get(name, ()):
            if (each.case, each.region) == (case, region):
                return each.kind, label
        return SAME, None

    def _memberships(self) -> Table:
        columns = ("case", "region", "assumption", "role", "versus reference",
                   "verdict")  # fmt: skip
        roles = {name: roles_of(plan) for name, plan in self.proposals.items()}
        every = sorted(set().union(*roles.values()))
        rows = tuple(
            (case, region, name, roles[name].get((case, region)), *versus)
            for case, region in every
            for name, plan in self.proposals.items()
            for versus in [
                (UNKNOWN, None)
                if plan.objective is None
                else self._versus(name, case, region)
            ]
        )
        title = "Who takes part in what"
        return Table("memberships", title, columns, rows, detail=True)

    def _exchanges(self) -> Table:
        columns = ("case", "provider", "receiver", "capability", "assumption", "units",
                   "difference")  # fmt: skip
        units = {name: _units(plan) for name, plan in self.proposals.items()}
        every = sorted(set().union(*units.values()))
        rows = tuple(
            (*key, name, count, None if count is None or base is None else count - base)
            for key in every
            for base in [units_of(units, self.first, key, self.reference)]
            for name, plan in self.proposals.items()
            for count in [units_of(units, name, key, plan)]
        )
        title = "Who serves whom"
        return Table("exchanges", title, columns, rows, detail=True)

    def _money(self) -> Table:
        columns = ("source", "assumption", "paid EUR", "difference EUR")
        paid = {
            name: paid_by(plan) if self._pays(name) else None
            for name, plan in self.proposals.items()
        }
        first = paid[self.first]
        every = sorted({source for sums in paid.values() for source in sums or ()})
        every.sort(key=OWN.__eq__)  # own money stands last
        rows = tuple(
            (source, name, *_compared(sums, first, source))
            for source in every
            for name, sums in paid.items()
        )
        return Table("money", "Who pays how much", columns, rows)

    def _pays(self, name: str) -> bool:
        plan = self.proposals[name]
        return plan.objective is not None and self.settings[name].has_money

    def _terms(self) -> Table:
        columns = ("term", "assumption", "value", "unit", "weight", "points",
                   "difference")  # fmt: skip
        terms = {
            name: {term.name: term for term in plan.terms}
            for name, plan in self.proposals.items()
        }
        first = terms[self.first]
        every = dict.fromkeys(term for known in terms.values() for term in known)
        rows = tuple(
            (term, name, *_term(known.get(term), first.get(term)))
            for term in every
            for name, known in terms.items()
        )
        return Table("terms", "Where the points come from", columns, rows)


def paid_by(plan: Proposal) -> Counter[str]:
    """Cents by instrument, and by members of their own money."""
    found: Counter[str] = Counter()
    for case in plan.cases:
        for payment in case.funding:
            if payment.amount:
                found[payment.instrument] += payment.amount
    return found


def _compared(
    sums: Counter[str] | None, first: Counter[str] | None, source: str
) -> tuple[int | None, int | None]:
    if sums is None:
        return None, None
    return sums[source], None if first is None else sums[source] - first[source]


Key = tuple[str, str, str, str]


def _units(plan: Proposal) -> Counter[Key]:
    """Units by case, provider, receiver and capability."""
    found: Counter[Key] = Counter()
    for case in plan.cases:
        for e in case.exchanges:
            found[case.case, e.provider, e.receiver, e.capability] += e.units
    return found


def units_of(
    units: Mapping[str, Counter[Key]], name: str, key: Key, plan: Proposal
) -> int | None:
    """Units under an assumption; None without a plan."""
    return None if plan.objective is None else units[name][key]


def _term(term: Term | None, base: Term | None) -> Row:
    if term is None:
        return (None,) * 5
    change = None if base is None else term.points - base.points
    return term.value, term.unit, term.weight, term.points, change


def less(first: Fraction | None, second: Fraction | None) -> Fraction | None:
    """One less the other; None where either is unknown."""
    return None if first is None or second is None else first - second
