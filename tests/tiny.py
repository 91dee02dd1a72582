"""Tiny scenarios written from inline tables, and proposals written by hand.

A `Scene` is what a scenario folder holds, as plain data. The named ones below are
starting points; `scene` changes some of their tables, rows, rulebooks or settings,
and `tiny` writes the outcome into a folder and reads it as anybody's scenario.

Region A is worth one point in every case it joins, B two and C four: the points of a
plan tell who takes part in it.
"""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from matcher.proposal.proposal import (
    OWN,
    Application,
    CasePlan,
    Exchange,
    Filled,
    Payment,
    Proposal,
)
from matcher.scenario.load import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matcher.scenario.load import Scenario
    from matcher.scenario.rulebook import Instrument
    from matcher.scenario.setting import Setting

Row = dict[str, Any]
Scene = dict[str, Any]
"""Tables by name (lists of rows), and ``books``, ``settings`` and ``objective``."""

CITE = "made for the test (assumption)"
"""How a rule cites a number of these rulebooks, after the rulebook's id."""
LOAN = "loan"
"""Id of the instrument that lends, in the scenes that have one."""
WORTH = {"cohesion": 1}
POINTS = {"cohesion": {"scheme": "worth", "points": {"one": 1, "two": 2, "four": 4}}}
OTHERS = ("books", "settings", "objective")


def table(text: str) -> list[Row]:
    """Rows of a table written as indented text."""
    lines = textwrap.dedent(text).strip()
    return list(csv.DictReader(io.StringIO(lines)))


def cited(value: Any) -> Row:
    """A number with its source."""
    return {"value": value, "source": "S"}


def book(kind: str, **more: Any) -> Row:
    """A rulebook of one kind; its id is given where it is listed."""
    return {
        "format": 1, "kind": kind, "name": "for tests", "confidence": "assumption",
        "sources": {"S": "made for the test"}, **more,
    }  # fmt: skip


def club(**more: Any) -> Row:
    """The rules of a partnership."""
    return book("partnership", **more)


def grant(rate: float = 0.5, **more: Any) -> Row:
    """An instrument that pays any eligible member."""
    return book("grant", rate=[{"value": rate, "source": "S"}], **more)


def pool(rate: float = 0.5, **more: Any) -> Row:
    """An instrument in which every authority pays its own members."""
    return book("pooled", rate=[{"value": rate, "source": "S"}], **more)


def scene(base: Mapping[str, Any], **changes: Any) -> Scene:
    """A scene with some parts changed.

    A table given as text or rows replaces the whole table, a dict changes cells of
    its rows by their first column, None takes it away. Rulebooks, settings and the
    parts of the objective are replaced, or taken away, one by one.
    """
    new = dict(base)
    for name, change in changes.items():
        if name in OTHERS:
            parts = {**new.get(name, {}), **change}
            new[name] = {key: part for key, part in parts.items() if part is not None}
        elif isinstance(change, str):
            new[name] = table(change)
        elif isinstance(change, list):
            new[name] = change
        elif change is None:
            new.pop(name, None)
        else:
            new[name] = _with_cells(new[name], change)
    return new


def _with_cells(rows: list[Row], change: Mapping[str, Row]) -> list[Row]:
    first = next(iter(rows[0]))
    strange = set(change) - {row[first] for row in rows}
    assert not strange, f"no row for {strange}"
    return [{**row, **change.get(row[first], {})} for row in rows]


def write_scene(folder: Path, what: Mapping[str, Any]) -> Path:
    """Write a scene as a scenario folder, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in what.items():
        if name not in OTHERS and rows:
            header = list(dict.fromkeys(column for row in rows for column in row))
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as f:
                writer = csv.DictWriter(f, header, restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
    books = what.get("books", {})
    for name, data in books.items():
        _write_yaml(folder / f"{name}.yaml", {"id": name, **data})
    given = {"weights": WORTH, "parameters": POINTS, **what.get("objective", {})}
    head = {"format": 1, "id": "objective", "name": "for tests"}
    _write_yaml(folder / "objective.yaml", {**head, **given})
    settings = {
        "format": 1, "title": "Tiny", "date": "2025-06-01",
        "objective": "objective.yaml", "rulebooks": [f"{name}.yaml" for name in books],
        **what.get("settings", {}),
    }  # fmt: skip
    _write_yaml(folder / "scenario.yaml", settings)
    return folder


def _write_yaml(path: Path, data: Mapping[str, Any]) -> None:
    # JSON is YAML, and indented it gives every value a line of its own.
    path.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def tiny_scenario(folder: Path, base: Mapping[str, Any], **changes: Any) -> Scenario:
    """Write a scene, changed, and read it with all its assumptions."""
    return load(write_scene(folder, scene(base, **changes)))


def tiny(
    folder: Path, base: Mapping[str, Any] | None = None, **changes: Any
) -> Setting:
    """Write a scene, changed, and return the setting as written."""
    return tiny_scenario(folder, PLAIN if base is None else base, **changes).setting()


def plan(
    case: str, members: str, *, observers: str = "",
    exchanges: tuple[Exchange, ...] = (), funding: tuple[Payment, ...] = (),
    roles: Mapping[str, str] | None = None,
) -> CasePlan:  # fmt: skip
    """A case plan by hand; of the members, one letter each, the first leads."""
    states = {"A": "S1", "B": "S2", "C": "S3", "E": "S4"}
    paid = sum(payment.amount for payment in funding)
    return CasePlan(
        case=case,
        lead=members[:1],
        partners=tuple(sorted(members[1:])),
        observers=tuple(observers),
        states=tuple(sorted({states[name] for name in members})),
        roles=tuple(Filled(what, tuple(who)) for what, who in (roles or {}).items()),
        exchanges=exchanges,
        funding=funding,
        cost=paid,
    )


def serve(pair: str, units: int, capability: str = "K", min_level: int = 1) -> Exchange:
    """Units that the first of two regions gives to the second."""
    return Exchange(pair[0], pair[1], capability, units, min_level=min_level)


def pay(who: str, euros: float, instrument: str = OWN, layer: str = "1") -> Payment:
    """A payment for a member's cost; without an instrument, of its own money."""
    return Payment(instrument, who, layer, round(euros * 100), instrument == LOAN)


def asked_for(
    plans: Sequence[CasePlan], together: Sequence[str] = (),
    books: Mapping[str, Instrument] | None = None,
) -> tuple[Application, ...]:  # fmt: skip
    """Applications for all that instruments pay in some plans.

    One for each case, but one for all the cases that are named ``together``; with the
    chances of ``books``.
    """
    grants: dict[tuple[str, tuple[str, ...]], int] = defaultdict(int)
    for each in plans:
        for p in each.funding:
            if p.amount and p.instrument != OWN:
                paid = [
                    one.case for one in plans
                    if any(q.instrument == p.instrument for q in one.funding)
                ]  # fmt: skip
                group = [case for case in paid if case in together]
                cases = group if each.case in together else [each.case]
                grants[p.instrument, tuple(sorted(cases))] += p.amount
    told = {name: book.success for name, book in (books or {}).items()}
    return tuple(
        Application(f, cases, cents, success.share if success else None)
        for (f, cases), cents in sorted(grants.items())
        for success in (told.get(f),)
    )


def proposed(*plans: CasePlan, together: Sequence[str] = ()) -> Proposal:
    """A proposal by hand, without points; cases ``together`` ask by one application."""
    made = asked_for(plans, together)
    return Proposal("tiny", "", "feasible", None, None, cases=plans, applications=made)


PLAIN: Scene = {
    "regions": table("""
        region,name,state,category.worth
        A,Alder,S1,one
        B,Birch,S2,two
        C,Cedar,S3,four
    """),
    "cases": table("""
        case,name
        D1,Repair
        D2,Powder
    """),
}
"""Three regions of three states and two cases; all join both: 14 points."""

ONE: Scene = scene(PLAIN, cases="case,name\nD1,Repair\n")
"""The same with one case: 7 points."""

TRADE: Scene = scene(
    ONE,
    capabilities="capability\nK\n",
    assets="region,capability,level,capacity\nA,K,2,3\n",
    needs="region,capability,amount,min_level\nB,K,2,1\nC,K,2,1\n",
    roles="case,capability,kind,min_amount\nD1,K,exchange,1\n",
    objective={"weights": {"need_coverage": 1}},
)
"""A has three units of K, B and C need two each: three points."""

PAID: Scene = scene(
    ONE,
    regions="""
        region,name,state,category.worth,own_budget
        A,Alder,S1,one,300
        B,Birch,S2,two,300
        C,Cedar,S3,four,300
    """,
    costs="case,layer,amount\nD1,1,1000\n",
    books={"g": grant()},
)
"""D1 costs 1000 EUR, each region has 300, grant g pays half: only with g, 7 points."""

POOLED: Scene = scene(
    PAID,
    budgets="instrument,region,amount\np,A,300\np,B,300\np,C,300\n",
    books={"g": None, "p": pool()},
)
"""The same with pool p in the place of the grant."""

NESTED: Scene = scene(
    ONE, regions={"A": {"nuts": "NL2"}, "B": {"nuts": "NL22"}, "C": {"nuts": "BE2"}}
)
"""B is a part of A, as Gelderland is of East Netherlands."""

WAIT: Scene = scene(
    PLAIN,
    regions={name: {"own_budget": 150} for name in "ABC"},
    costs="case,layer,amount\nD1,1,600\nD2,1,600\n",
    books={
        "g": grant(0.9, application={"max_number": cited(1)},
                   success={"value": 0.5, "source": "S"}),
        "h": grant(0.9, success={"value": 0.8, "source": "S"}),
    },
    objective={"weights": {"launched_cases": 1}, "parameters": {}, "expected": True},
    settings={"wait_for": "g"},
)  # fmt: skip
"""Grant h pays both cases: 1.6 of them can be expected. Better wait for g's answer in
one of them: 0.5 + 0.5 x 0.8 for that one, 0.8 for the other, which begins at once."""
