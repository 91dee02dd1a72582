"""Plans close to the best as a table, as plain data and as files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import AnswerRejected
from matcher.proposal.jsonform import dumps, from_json, loads, to_json
from matcher.proposal.jsonform import points as as_number
from matcher.report.result import without_seconds
from matcher.report.terminal import style_of, subtitle
from matcher.report.words import clean, points, table_text
from matcher.verify.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from rich.console import Console

    from matcher.engine.alternatives import Alternatives
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

LIST: Final = "alternatives.json"
"""Its presence says that a folder holds a list of plans that a newer may replace."""
TABLE: Final = "alternatives.csv"
COLUMNS: Final = ("rank", "points", "difference", "differs", "consortia")
_BEST: Final = "the best plan"


def document(found: Alternatives, setting: Setting) -> dict[str, Any]:
    """The plans as plain data, each verified as it will be read.

    Raises
    ------
    AnswerRejected
        When what would be written does not hold.
    """
    judged_by = replace(setting, wait_for=None)  # no plan of the list has a fallback
    plans = [
        {
            "rank": rank,
            "difference": as_number(change),
            "differs": differs,
            "proposal": _written(plan, judged_by),
        }
        for rank, plan, change, differs in _ranked(found)
    ]
    return {
        "format": 1,
        "scenario": setting.name,
        "assumption": setting.assumption or None,
        "status": found.best.status,
        "within": str(found.within),
        "complete": found.complete,
        "order_proven": found.proven,
        "plans": plans,
    }


def _written(plan: Proposal, setting: Setting) -> dict[str, Any]:
    """One plan as plain data, if that data holds."""
    data = without_seconds(to_json(plan))
    verdict = verify(from_json(loads(dumps(data))), setting)
    if not verdict.holds:
        raise AnswerRejected(f"the proposal does not hold: {verdict}")
    return data


def _ranked(found: Alternatives) -> Iterator[tuple[int, Proposal, Fraction, str]]:
    """Rank, plan, points above the best (so 0 or less), and how it differs."""
    if found.best.objective is None:
        return
    told = (_BEST, *found.differences)
    for rank, (plan, differs) in enumerate(zip(found.plans, told, strict=True), 1):
        assert plan.objective is not None
        yield rank, plan, plan.objective - found.best.objective, differs


def files(found: Alternatives, data: Mapping[str, Any]) -> dict[str, str]:
    """Every file of a list by name; ``data`` is its `document`."""
    rows = [
        (rank, plan.objective, change, differs, _consortia(plan))
        for rank, plan, change, differs in _ranked(found)
    ]
    return {LIST: dumps(data), TABLE: table_text(COLUMNS, rows)}


def _consortia(plan: Proposal) -> str:
    """Cases with their members, the lead first."""
    return "; ".join(
        f"{case.case}: {', '.join((case.lead, *case.partners))}" for case in plan.cases
    )


def show(found: Alternatives, setting: Setting, to: Console) -> None:
    """Print the list: every plan with its points and how it differs from the best."""
    from rich.table import Table

    to.print(clean(setting.title), style="bold")
    to.print(subtitle(setting))
    to.print()
    if found.best.objective is None:
        to.print(f"{found.best.status}: no plan", style=style_of(found.best))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("rank", "points", "difference"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("what differs", overflow="fold")
    for rank, plan, change, differs in _ranked(found):
        told = (str(rank), points(plan.objective), points(change), clean(differs))
        table.add_row(*told)
    to.print(table)
    to.print()
    for line in _what_is_known(found):
        to.print(line)


def _what_is_known(found: Alternatives) -> Iterator[str]:
    if found.proven:
        yield "Proven: no plan that is not listed is worth more than one that is."
    else:
        yield "Not proven: better plans may be missing; ask for --gap 0 and more time."
    more = "a larger --count" if found.stop == "finished" else "more time"
    if found.complete:
        yield f"No other plan lies within {found.within} of the best."
    else:
        yield f"More plans may lie within {found.within} of the best: ask for {more}."
    yield "Plans with the same members count as one, whoever leads, serves or pays."
