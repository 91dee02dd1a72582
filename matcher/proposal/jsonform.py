"""Proposals as plain data for JSON, and back to the same values.

Money is written in EUR, points as decimals with at most twelve digits behind
the point; everything that is exact in tables comes back exact.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from matcher.proposal.proposal import (
    Application,
    CasePlan,
    Exchange,
    Fallback,
    Filled,
    Missing,
    Payment,
    Proposal,
    Rejected,
    Term,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CENTS: Final = 100
DIGITS: Final = 12
"""Digits kept behind the point: far below any difference that matters."""
_STEERING: Final = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""Control, direction and half characters that JSON does not escape by itself."""


def euro(cents: int) -> int | float:
    """Cents as EUR: a whole number where it is one."""
    return cents // CENTS if cents % CENTS == 0 else cents / CENTS


def cents(value: Any) -> int:
    """EUR, as read from JSON, as whole cents.

    Raises
    ------
    ValueError
        For parts of a cent, which no result holds.
    """
    return _whole(Fraction(Decimal(str(value))) * CENTS)


def _whole(value: Any) -> int:
    exact = value if isinstance(value, Fraction) else Fraction(Decimal(str(value)))
    if exact.denominator != 1:
        raise ValueError(f"{value} is no whole number")
    return int(exact)


def points(value: Fraction | None) -> int | float | None:
    """Points as a number of at most `DIGITS` decimals."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else round(float(value), DIGITS)


def same_share(told: Fraction | None, known: Fraction | None) -> bool:
    """Whether a share is one of the inputs, as far as `points` writes it down."""
    if told is None or known is None:
        return told is known
    return abs(told - known) < Fraction(1, 10**DIGITS)


def _exact(value: Any) -> Fraction | None:
    return None if value is None else Fraction(Decimal(str(value)))


def to_json(proposal: Proposal) -> dict[str, Any]:
    """The proposal as plain data with the keys of the result format."""
    data: dict[str, Any] = {
        "format": 1,
        "scenario": proposal.scenario,
        "assumption": proposal.assumption or None,
        "status": proposal.status,
        "objective": points(proposal.objective),
        "bound": points(proposal.bound),
        "gap": points(proposal.gap),
        "confirmed_by": proposal.confirmed_by or None,
        "terms": [
            {
                "term": t.name,
                "value": points(t.value),
                "weight": points(t.weight),
                "points": points(t.points),
                "unit": t.unit,
            }
            for t in proposal.terms
        ],
        "cases": [_case(plan) for plan in proposal.cases],
        "applications": [_application(a) for a in proposal.applications],
        "rejected_cases": [
            {"case": c.case, "reason": c.reason} for c in proposal.rejected
        ],
        "missing": [
            {"case": m.case, "piece": m.piece, "text": m.text} for m in proposal.missing
        ],
        "conflict": [dict(part) for part in proposal.conflict],
        "notes": list(proposal.notes),
        "meta": dict(proposal.meta),
    }
    if proposal.fallback is not None:
        back = proposal.fallback
        data["fallback"] = {
            "instrument": back.instrument,
            "chance": points(back.chance),
            "cases": [_case(plan) for plan in back.cases],
            "applications": [_application(a) for a in back.applications],
        }
    if proposal.needed is not None:
        data["needed"] = to_json(proposal.needed)
    return data


def _application(made: Application) -> dict[str, Any]:
    return {
        "instrument": made.instrument,
        "cases": list(made.cases),
        "grant": euro(made.grant),
        "success": points(made.success),
    }


def _case(plan: CasePlan) -> dict[str, Any]:
    return {
        "case": plan.case,
        "lead": plan.lead,
        "partners": list(plan.partners),
        "observers": list(plan.observers),
        "states": list(plan.states),
        "roles": [
            {"capability": role.capability, "providers": list(role.providers)}
            for role in plan.roles
        ],
        "exchanges": [
            {"provider": e.provider, "receiver": e.receiver, "capability": e.capability,
             "units": e.units, "provider_actor": e.provider_actor,
             "receiver_actor": e.receiver_actor, "min_level": e.min_level}
            for e in plan.exchanges
        ],
        "funding": [
            {"instrument": p.instrument, "region": p.region, "layer": p.layer,
             "amount": euro(p.amount), "repayable": p.repayable}
            for p in plan.funding
        ],
        "cost": euro(plan.cost),
        "gap_eur": euro(plan.gap),
    }  # fmt: skip


def from_json(data: Mapping[str, Any]) -> Proposal:
    """Rebuild a proposal from plain data.

    Raises
    ------
    KeyError, TypeError, ValueError, ArithmeticError
        When the data does not have the keys and types of the result format.
    """
    needed = data.get("needed")
    return Proposal(
        scenario=data["scenario"],
        assumption=data["assumption"] or "",
        status=data["status"],
        objective=_exact(data["objective"]),
        bound=_exact(data["bound"]),
        terms=tuple(
            Term(
                t["term"],
                Fraction(Decimal(str(t["value"]))),
                Fraction(Decimal(str(t["weight"]))),
                t["unit"],
            )
            for t in data["terms"]
        ),
        cases=tuple(_plan(case) for case in data["cases"]),
        applications=_applications(data["applications"]),
        fallback=_fallback(data.get("fallback")),
        rejected=tuple(
            Rejected(c["case"], c["reason"]) for c in data["rejected_cases"]
        ),
        missing=tuple(
            Missing(m["case"], m["piece"], m["text"]) for m in data["missing"]
        ),
        needed=from_json(needed) if needed else None,
        conflict=tuple(data["conflict"]),
        notes=tuple(data["notes"]),
        confirmed_by=data.get("confirmed_by") or "",
        meta=data["meta"],
    )


def _applications(made: Iterable[Mapping[str, Any]]) -> tuple[Application, ...]:
    return tuple(
        Application(a["instrument"], tuple(a["cases"]), cents(a["grant"]),
                    _exact(a["success"]))
        for a in made
    )  # fmt: skip


def _fallback(data: Mapping[str, Any] | None) -> Fallback | None:
    if data is None:
        return None
    return Fallback(
        data["instrument"], Fraction(Decimal(str(data["chance"]))),
        tuple(_plan(case) for case in data["cases"]),
        _applications(data["applications"]),
    )  # fmt: skip


def _plan(case: Mapping[str, Any]) -> CasePlan:
    return CasePlan(
        case=case["case"],
        lead=case["lead"],
        partners=tuple(case["partners"]),
        observers=tuple(case["observers"]),
        states=tuple(case["states"]),
        roles=tuple(
            Filled(r["capability"], tuple(r["providers"])) for r in case["roles"]
        ),
        exchanges=tuple(
            Exchange(**{**e, **{key: _whole(e[key]) for key in ("units", "min_level")}})
            for e in case["exchanges"]
        ),
        funding=tuple(
            Payment(
                p["instrument"],
                p["region"],
                p["layer"],
                cents(p["amount"]),
                p["repayable"],
            )
            for p in case["funding"]
        ),
        cost=cents(case["cost"]),
        gap=cents(case["gap_eur"]),
    )


def dumps(data: Mapping[str, Any], *, ascii_only: bool = False) -> str:
    """Stable JSON text: sorted as built, two spaces, UTF-8 kept.

    Characters that would steer a terminal are written as escapes, like those below
    the blank: whoever prints the file sees them and is not harmed.
    """
    text = json.dumps(data, indent=2, ensure_ascii=ascii_only, allow_nan=False)
    return _STEERING.sub(lambda c: f"\\u{ord(c[0]):04x}", text) + "\n"


def loads(text: str) -> Any:
    """JSON text as plain data; numbers with a point stay exact decimals."""
    return json.loads(text, parse_float=Decimal)
