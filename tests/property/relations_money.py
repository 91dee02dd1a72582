"""Relations about money: more of it, other units of it, and what is not needed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import assume

from matcher.proposal.proposal import OWN
from matcher.scenario.records import Budget
from matcher.verify.verify import verify
from tests.property.changes import cited, rows_of, with_money, with_rows
from tests.property.lab import about_money

if TYPE_CHECKING:
    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.scenario.setting import Setting
    from tests.property.lab import Trial

CENT, THOUSANDS = 1, 1_000_000
"""Raises in cents: the least there is, and a step of the drawn amounts."""
LIMITS = ("own", "budget", "envelope", "cap", "max")
"""Kinds of amounts that are limits: a higher one rules out nothing."""
FACTORS = (Fraction(1, 1000), Fraction(7, 5), 3, 100, 1000)


def richer(trial: Trial) -> Setting:
    """The setting with some limits raised, and some smallest grants lowered."""

    def change(kind: str, cents: int) -> int:
        more = trial.pick.choice((0, CENT, THOUSANDS, 3 * THOUSANDS, cents))
        if kind == "min":
            return max(cents - more, 0)
        return cents + more if kind in LIMITS else cents

    return with_money(trial.setting, change)


@about_money
def more_money_is_never_worse(trial: Trial) -> bool:
    """Raising budgets, envelopes and caps never lowers the optimum."""
    return trial.never_worse(richer(trial))


@about_money
def higher_costs_are_never_better(trial: Trial) -> bool:
    """Raising what cases and units cost never raises the optimum.

    Not where a smallest grant, a bound on shares or an earmark is asked for, which a
    higher cost may meet.
    """
    setting = trial.setting
    books = [*setting.instruments.values(), *filter(None, [setting.partnership])]
    assume(not any(book.cost_share.min or book.cost_share.max for book in books))
    assume(not any(
        book.grant.min or book.max_state_share or book.min_beneficiary_share
        or book.earmarks
        for book in setting.instruments.values()
    ))  # fmt: skip

    def change(kind: str, cents: int) -> int:
        more = trial.pick.choice((0, CENT, THOUSANDS))
        return cents + more if kind in ("cost", "unit") else cents

    return trial.never_better(with_money(setting, change))


@about_money
def an_instrument_less_is_never_better(trial: Trial) -> bool:
    """Taking an instrument away never raises the optimum."""
    setting = trial.setting
    assume(setting.instruments)
    gone = trial.one(setting.instruments)
    books = {n: book for n, book in setting.instruments.items() if n != gone}
    budgets = [row for row in setting.budgets if row.instrument != gone]
    changed = replace(with_rows(setting, {"budgets": budgets}), instruments=books)
    return trial.never_better(changed)


@about_money
def the_unit_of_money_does_not_matter(trial: Trial) -> bool:
    """All amounts times a factor: the optimum stays, and the scaled plan holds."""
    factor = trial.pick.choice(FACTORS)

    def scaled(cents: int) -> int:
        assert (cents * factor).denominator == 1
        return int(cents * factor)

    changed = with_money(trial.setting, lambda _, cents: scaled(cents))
    if _in_cents(trial.plan, factor):
        plans = tuple(_paid_times(plan, factor) for plan in trial.plan.cases)
        made = tuple(
            replace(a, grant=int(a.grant * factor)) for a in trial.plan.applications
        )
        verdict = verify(replace(trial.plan, cases=plans, applications=made), changed)
        assert verdict.holds, verdict
    return trial.same(changed)


def _in_cents(plan: Proposal, factor: Any) -> bool:
    return all(
        (payment.amount * factor).denominator == 1
        for case in plan.cases
        for payment in case.funding
    )


def _paid_times(plan: CasePlan, factor: Any) -> CasePlan:
    payments = tuple(replace(p, amount=int(p.amount * factor)) for p in plan.funding)
    return replace(
        plan, funding=payments, cost=int(plan.cost * factor), gap=int(plan.gap * factor)
    )


@about_money
def money_left_over_is_not_missed(trial: Trial) -> bool:
    """Every budget cut down to what the plan takes from it, to the cent: the same."""
    assume(trial.plan.cases)
    # what may go outside an area is a part of money that is left over, too
    assume(not any(b.out_of_area for b in trial.setting.instruments.values()))
    spent: Counter[tuple[str, str]] = Counter()
    for plan in trial.plan.cases:
        for payment in plan.funding:
            spent[payment.instrument, payment.region] += payment.amount
    return trial.same(_cut_down(trial.setting, spent))


def _cut_down(setting: Setting, spent: Counter[tuple[str, str]]) -> Setting:
    regions = [
        replace(
            row,
            own_budget=None if row.own_budget is None else spent[OWN, row.region],
        )
        for row in rows_of(setting, "regions")
    ]
    budgets = []
    books = {}
    for name, book in setting.instruments.items():
        total = sum(cents for (who, _), cents in spent.items() if who == name)
        books[name] = book.model_copy(update={"envelope": cited(total)})
        budgets.append(Budget(instrument=name, region=None, amount=total, year=None))
        for region in {r.region for r in setting.budgets if r.instrument == name}:
            if region is not None:
                cents = spent[name, region]
                budgets.append(
                    Budget(instrument=name, region=region, amount=cents, year=None)
                )
    changed = with_rows(setting, {"regions": regions, "budgets": budgets})
    return replace(changed, instruments=books)
