"""What a plan is worth: every objective term once more, in fractions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from matcher.errors import Fault, InputError
from matcher.objectives import all_terms
from matcher.proposal.facts import Facts
from matcher.proposal.proposal import Proposal
from matcher.proposal.proposal import Term as Valued

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.objectives import Term
    from matcher.proposal.proposal import CasePlan
    from matcher.scenario.setting import Setting


def exact_terms(proposal: Proposal, setting: Setting) -> tuple[Valued, ...]:
    """Every objective term of a proposal, recomputed exactly, sorted by name."""
    return worth(Facts(setting), proposal)


def worth(facts: Facts, proposal: Proposal) -> tuple[Valued, ...]:
    """Every objective term of a proposal.

    Under an expected objective, what a case carries counts with the chance that it is
    funded; what is done only after a no counts with the chance of a no.

    Raises
    ------
    InputError
        When the setting's own objective names a term that does not exist, or gives
        it parameters that do not fit.
    """
    found = []
    back, objective = proposal.fallback, facts.setting.objective
    for name, weight in sorted(objective.weights.items()):
        term, parameters = _bound(facts, name)
        if not objective.expected:
            value = term.value(facts, proposal, parameters)
        else:
            value = _expected(facts, proposal, proposal.cases, term, parameters)
        if back is not None:
            later = _expected(facts, proposal, back.cases, term, parameters)
            success = facts.setting.instruments[back.instrument].success
            value += (1 - (success.share if success else 1)) * later
        found.append(Valued(name, value, weight, term.UNIT))
    return tuple(found)


def _bound(facts: Facts, name: str) -> tuple[Term, Any]:
    """A term of the objective, and its parameters."""
    objective = facts.setting.objective
    try:
        term = all_terms()[name]
        given = dict(objective.parameters.get(name, {}))
        return term, term.Parameters.model_validate(given)
    except (KeyError, ValidationError):
        fault = Fault(
            "BAD_OBJECTIVE", objective.places[name],
            f'there is no objective term "{name}" with such parameters',
            f"use {', '.join(all_terms())}, with the parameters each one takes",
        )  # fmt: skip
        raise InputError((fault,)) from None


def _expected(
    facts: Facts, proposal: Proposal, plans: Iterable[CasePlan], term: Term,
    parameters: Any,
) -> Fraction:  # fmt: skip
    """A term case by case; what is carried counts with the chance of the case."""
    total = Fraction(0)
    for plan in plans:
        alone = replace(proposal, cases=(plan,), fallback=None)
        chance = facts.chance(plan) if term.CARRIED else Fraction(1)
        total += chance * term.value(facts, alone, parameters)
    return total
