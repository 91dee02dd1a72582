"""Table views of a proposal as pandas frames: one row per fact, money in EUR."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from matcher.proposal.jsonform import euro, points

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from matcher.proposal.proposal import Proposal

MOST_ROWS: Final = 60
"""Rows of a table shown in Jupyter; beyond that its middle is left out."""


def memberships(proposal: Proposal) -> pd.DataFrame:
    """Case, region and role of everybody who takes part: leads first."""
    people = (
        (plan.case, region, role)
        for plan in proposal.cases
        for role, regions in (
            ("lead", (plan.lead,)),
            ("partner", plan.partners),
            ("observer", plan.observers),
        )
        for region in regions
    )
    return frame(("case", "region", "role"), people)


def exchanges(proposal: Proposal) -> pd.DataFrame:
    """Who serves whom, with how many units of what, in which case."""
    columns = ("case", "provider", "receiver", "capability", "units",
               "provider_actor", "receiver_actor", "min_level")  # fmt: skip
    return frame(
        columns,
        (
            (plan.case, e.provider, e.receiver, e.capability, e.units,
             e.provider_actor, e.receiver_actor, e.min_level)
            for plan in proposal.cases for e in plan.exchanges
        ),
    )  # fmt: skip


def funding(proposal: Proposal) -> pd.DataFrame:
    """Who pays what: instrument (or own money), case, region, layer, EUR, repayable."""
    return frame(
        ("instrument", "case", "region", "layer", "amount", "repayable"),
        (
            (p.instrument, plan.case, p.region, p.layer, euro(p.amount), p.repayable)
            for plan in proposal.cases
            for p in plan.funding
        ),
    )


def objective_terms(proposal: Proposal) -> pd.DataFrame:
    """Terms of the objective: value in their own unit, weight, points."""
    return frame(
        ("term", "value", "weight", "unit", "points"),
        (
            (t.name, points(t.value), points(t.weight), t.unit, points(t.points))
            for t in proposal.terms
        ),
    )


def html(proposal: Proposal) -> str:
    """The main tables as HTML, for Jupyter; names of the data stay plain text."""
    parts = [f"<p><b>{escape(repr(proposal))}</b></p>"]
    for title, table in (
        ("Who takes part", memberships(proposal)),
        ("Who serves whom", exchanges(proposal)),
        ("Who pays", funding(proposal)),
        ("Points", objective_terms(proposal)),
    ):
        if len(table):
            rows = table.to_html(index=False, escape=True, border=0, max_rows=MOST_ROWS)
            parts += [f"<p>{title}</p>", rows]
    return "\n".join(parts)


def frame(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    """Rows of plain cells as a data frame."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns))
