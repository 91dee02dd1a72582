"""A proposal: which cases to launch, who takes part how, who serves whom, who pays.

Plain frozen values in domain words. Money is in cents, points are exact
fractions; `to_json` writes EUR and decimals, `from_json` reads them back to the
same values.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN: Final = "own"
"""Stands in the place of an instrument for a member's own money."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Units of one region's asset that serve another region's need."""

    provider: str
    receiver: str
    capability: str
    units: int
    provider_actor: str = ""
    receiver_actor: str = ""
    min_level: int = 1
    """Lowest level the need accepts; with receiver, capability and actor it names
    the row of the needs table."""

    @property
    def subject(self) -> str:
        """The exchange in a few words, such as ``ES24/lab-SI03 testing``."""
        gives = "/".join(filter(None, (self.provider, self.provider_actor)))
        gets = "/".join(filter(None, (self.receiver, self.receiver_actor)))
        level = f" from level {self.min_level}" if self.min_level > 1 else ""
        return f"{gives}-{gets} {self.capability}{level}"


@dataclass(frozen=True, slots=True)
class Filled:
    """A `best` role and the members named for it."""

    capability: str
    providers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Payment:
    """Part of a member's cost in one layer, and who pays it."""

    instrument: str
    """Id of the instrument, or `OWN`."""
    region: str
    layer: str
    amount: int
    """Cents."""
    repayable: bool = False
    """Whether it is lent, or buys a part of a company."""


@dataclass(frozen=True)
class CasePlan:
    """One launched case."""

    case: str
    lead: str
    partners: tuple[str, ...]
    observers: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    roles: tuple[Filled, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    funding: tuple[Payment, ...] = ()
    cost: int = 0
    """Cents."""
    gap: int = 0
    """Cents of cost that nobody pays in this proposal."""

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Lead and partners, sorted."""
        return tuple(sorted((self.lead, *self.partners)))

    @property
    def taken(self) -> tuple[tuple[str, str], ...]:
        """Region and role of everybody; a lead takes the role of a partner as well."""
        return (
            (self.lead, "lead"), (self.lead, "partner"),
            *((name, "partner") for name in self.partners),
            *((name, "observer") for name in self.observers),
        )  # fmt: skip

    @cached_property
    def payers(self) -> frozenset[str]:
        """Instruments that pay something; own money is none."""
        return frozenset(p.instrument for p in self.funding if p.amount) - {OWN}


@dataclass(frozen=True, slots=True)
class Application:
    """Money asked for at one instrument, for one case or for several together."""

    instrument: str
    cases: tuple[str, ...]
    """Sorted."""
    grant: int
    """Cents, over all its cases."""
    success: Fraction | None = None
    """Chance that it is funded; None where the rulebook does not say."""

    @property
    def subject(self) -> str:
        """The application in a few words, such as ``i3-strand1-2025 D1+D3``."""
        return f"{self.instrument} {'+'.join(self.cases)}"


@dataclass(frozen=True)
class Fallback:
    """What is done if the one instrument whose answer is awaited says no."""

    instrument: str
    chance: Fraction
    """Chance that it says yes."""
    cases: tuple[CasePlan, ...]
    """Launched only then; cases that do not rest on the instrument go on besides."""
    applications: tuple[Application, ...]
    """All that is asked for then, also for the cases that go on."""


@dataclass(frozen=True, slots=True)
class Term:
    """What one objective term adds: its value, its weight and its unit."""

    name: str
    value: Fraction
    weight: Fraction
    unit: str

    @property
    def points(self) -> Fraction:
        """Weighted value."""
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class Rejected:
    """A case that is not launched, and the first reason."""

    case: str
    reason: str


PIECES: Final = ("money", "rate", "condition", "commitment")
"""Kinds of small changes that may make a case fundable."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A small change of the inputs that would make a case fundable."""

    case: str
    piece: str
    """Kind of change, one of `PIECES`."""
    text: str


@dataclass(frozen=True)
class Proposal:
    """The answer to one setting, with what is proven about it."""

    scenario: str
    assumption: str
    status: str
    """optimal, feasible, infeasible or unknown."""
    objective: Fraction | None
    """Points of the plan, recomputed exactly; None without a plan."""
    bound: Fraction | None
    """No plan is worth more; proven by the solver."""
    terms: tuple[Term, ...] = ()
    cases: tuple[CasePlan, ...] = ()
    applications: tuple[Application, ...] = ()
    """Everything that is asked for beside own money, sorted."""
    fallback: Fallback | None = None
    """Where an answer is awaited: the plan for a no; ``cases`` are that for a yes."""
    rejected: tuple[Rejected, ...] = ()
    missing: tuple[Missing, ...] = ()
    """For the best case that cannot be paid: the least change of each kind that would
    do, by itself."""
    needed: Proposal | None = None
    """The answer without any funding rule; None inside that answer itself."""
    conflict: tuple[Mapping[str, str], ...] = ()
    """For an infeasible setting: rules in conflict, with the lines behind them."""
    notes: tuple[str, ...] = ()
    """What a reader must know: untested rules, limits reached."""
    confirmed_by: str = ""
    """Second solver that finds no plan above the bound, with its version."""
    meta: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """Backend, seconds, digest: how the answer was found."""

    @property
    def gap(self) -> Fraction | None:
        """Relative distance to the bound; None without a plan or a bound."""
        if self.objective is None or self.bound is None:
            return None
        distance = max(self.bound - self.objective, Fraction(0))
        if not distance:
            return Fraction(0)
        scale = abs(self.objective) or abs(self.bound)
        return distance / scale

    @cached_property
    def with_a_no(self) -> Proposal | None:
        """Everything that is done if the awaited answer is a no; no value is stated."""
        back = self.fallback
        if back is None:
            return None
        going_on = (p for p in self.cases if back.instrument not in p.payers)
        plans = sorted((*going_on, *back.cases), key=lambda plan: plan.case)
        return replace(
            self, cases=tuple(plans), applications=back.applications, fallback=None,
            rejected=(), needed=None,
        )  # fmt: skip

    @cached_property
    def by_case(self) -> Mapping[str, CasePlan]:
        """Launched cases by id."""
        return {plan.case: plan for plan in self.cases}

    @property
    def unpaid(self) -> tuple[CasePlan, ...]:
        """Cases needed and launched neither now nor after a no: all cost is a gap."""
        needed = self.needed.cases if self.needed is not None else ()
        back = self.fallback.cases if self.fallback is not None else ()
        launched = {plan.case for plan in (*self.cases, *back)}
        return tuple(plan for plan in needed if plan.case not in launched)

    @property
    def memberships(self) -> Any:
        """Table of case, region, role (pandas)."""
        from matcher.proposal.frames import memberships

        return memberships(self)

    @property
    def exchanges(self) -> Any:
        """Table of who serves whom with what (pandas)."""
        from matcher.proposal.frames import exchanges

        return exchanges(self)

    @property
    def funding(self) -> Any:
        """Table of who pays what, EUR (pandas)."""
        from matcher.proposal.frames import funding

        return funding(self)

    @property
    def objective_terms(self) -> Any:
        """Table of terms with value, weight and points (pandas)."""
        from matcher.proposal.frames import objective_terms

        return objective_terms(self)

    def __repr__(self) -> str:
        assumed = f" under {self.assumption!r}" if self.assumption else ""
        head = f"<Proposal {self.scenario!r}{assumed}: {self.status}"
        if self.objective is None:
            return f"{head}>"
        gap = "" if self.gap is None else f", gap {float(self.gap):.2%}"
        cases = ", ".join(f"{p.case} ({len(p.members)})" for p in self.cases)
        worth = f"{float(self.objective):.6g} points{gap}"
        return f"{head}, {worth}; {cases or 'no case'}>"

    def _repr_html_(self) -> str:
        """Main tables for Jupyter; every name is escaped."""
        from matcher.proposal.frames import html

        return html(self)
