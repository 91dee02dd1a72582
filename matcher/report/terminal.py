"""What a person sees of a proposal: a page of plain text for eighty columns.

Names come from data, so markup, emoji codes and highlighting are off: a region
called ``[red]`` is shown as that.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from matcher.proposal.proposal import OWN
from matcher.report.asked import application_lines, fallback_lines, fallback_title
from matcher.report.funding_mix import mix_lines
from matcher.report.words import (
    capability_name,
    case_name,
    clean,
    euros,
    percent,
    points,
    region_name,
    units_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

    from rich.console import Console, RenderableType

    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.scenario.setting import Setting

Line = tuple[str, str]
"""A label and what is said under it."""
_NAME = 48
"""Letters of a case's name where it is only a reminder."""


def console(file: IO[str] | None = None, *, stderr: bool = False) -> Console:
    """A console that shows data as it is."""
    from rich.console import Console

    return Console(file=file, stderr=stderr, markup=False, emoji=False, highlight=False)


def show(proposal: Proposal, setting: Setting, to: Console) -> None:
    """Print a proposal: its worth, every launched case, and what is missing."""
    to.print(clean(setting.title), style="bold", soft_wrap=False)
    to.print(subtitle(setting))
    to.print()
    to.print(_status(proposal), style=style_of(proposal))
    for plan in proposal.cases:
        to.print()
        _heading(to, case_name(setting, plan.case), f"cost {euros(plan.cost)}")
        to.print(_grid(_case_lines(plan, setting)))
    if proposal.objective is not None:
        _section(to, "Funding mix", mix_lines(proposal, setting))
    _section(to, "Applications", application_lines(proposal.applications))
    _section(to, fallback_title(proposal), fallback_lines(proposal))
    _section(to, "Points", _term_lines(proposal))
    _section(to, "Needed and fundable", _gap_lines(proposal, setting))
    _section(to, "Not launched", _left_lines(proposal, setting))
    _section(to, "Smallest missing piece, each by itself", _missing_lines(proposal))
    _section(to, "Rules that contradict each other", _conflict_lines(proposal))
    _section(to, "Notes", [("-", clean(note)) for note in proposal.notes])


def subtitle(setting: Setting) -> str:
    """Scenario, assumption and day, under the title of a page."""
    assumption = f", assumption {setting.assumption}" if setting.assumption else ""
    return clean(f"{setting.name}{assumption}, on {setting.date.isoformat()}")


def _status(proposal: Proposal) -> str:
    if proposal.status == "infeasible":
        return "infeasible: no plan meets every rule"
    if proposal.objective is None:
        return "unknown: no plan was found before the solver stopped"
    told = f"{proposal.status}: {points(proposal.objective)} points"
    seen = f"; {clean(proposal.confirmed_by)} agrees" if proposal.confirmed_by else ""
    if proposal.bound is None:
        return f"{told}, and no bound on what other plans bring"
    left = proposal.bound - proposal.objective
    gap = percent(proposal.gap)
    if left > 0:
        gap += f", {points(left)} point{'s' * (left != 1)}"
    most = points(proposal.bound)
    return f"{told}, no plan brings more than {most} (gap {gap}){seen}"


def style_of(proposal: Proposal) -> str:
    """Colour of a proposal's status."""
    return {"optimal": "bold green", "feasible": "bold yellow"}.get(
        proposal.status, "bold red"
    )


def _heading(to: Console, left: str, right: str = "") -> None:
    from rich.table import Table

    row = Table.grid(expand=True, padding=(0, 1))
    row.add_column(ratio=1, style="bold", overflow="fold")
    row.add_column(justify="right", no_wrap=True)
    row.add_row(left, right)
    to.print(row)


def _grid(lines: Iterable[Line]) -> RenderableType:
    from rich.padding import Padding
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(overflow="fold", style="dim", max_width=24)
    grid.add_column(overflow="fold")
    for label, text in lines:
        grid.add_row(label, text)
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _section(to: Console, title: str, lines: Iterable[Line]) -> None:
    rows = list(lines)
    if rows:
        to.print()
        _heading(to, title)
        to.print(_grid(rows))


def _case_lines(plan: CasePlan, setting: Setting) -> Iterator[Line]:
    yield "lead", _people((plan.lead,), setting)
    if plan.partners:
        yield "partners", _people(plan.partners, setting)
    if plan.observers:
        yield "observers", _people(plan.observers, setting)
    for role in plan.roles:
        yield (
            "role",
            (
                f"{capability_name(setting, role.capability)}: "
                f"{', '.join(map(clean, role.providers))}"
            ),
        )
    for e in plan.exchanges:
        units = units_text(setting, e.capability, e.units)
        yield "exchange", f"{clean(e.provider)} serves {units} to {clean(e.receiver)}"
    for source, cents in _money(plan):
        yield "money", f"{clean(source)} {euros(cents)}"
    if plan.gap:
        yield "unpaid", euros(plan.gap)


def _people(regions: Iterable[str], setting: Setting) -> str:
    """Regions grouped by state."""
    states: dict[str, list[str]] = defaultdict(list)
    for region in regions:
        known = setting.regions.get(region)
        states[known.state if known else "?"].append(region_name(setting, region))
    return "; ".join(
        f"{clean(state)}: {', '.join(names)}" for state, names in sorted(states.items())
    )


def _money(plan: CasePlan) -> Iterator[tuple[str, int]]:
    """Grants by instrument, then own money."""
    sums: dict[str, int] = defaultdict(int)
    for payment in plan.funding:
        word = " (repayable)" if payment.repayable else ""
        sums[f"{payment.instrument}{word}"] += payment.amount
    own = sums.pop(OWN, 0)
    yield from sorted(sums.items())
    if own:
        yield "own money", own


def _term_lines(proposal: Proposal) -> Iterator[Line]:
    for term in proposal.terms:
        told = f"{points(term.value)} {clean(term.unit)}, weight {points(term.weight)}"
        yield term.name.replace("_", " "), f"{points(term.points)} ({told})"


def _gap_lines(proposal: Proposal, setting: Setting) -> Iterator[Line]:
    """What the rules about money cost, in points and in cases."""
    needed = proposal.needed
    if needed is None or not setting.has_money:
        return
    if needed.objective is None:
        yield "needed", f"{needed.status}: no plan, even without the rules about money"
        return
    yield "needed", f"{points(needed.objective)} points: {_cases(needed)}"
    if proposal.objective is None:
        yield "fundable", "no plan"
    else:
        yield "fundable", f"{points(proposal.objective)} points: {_cases(proposal)}"
        lost = needed.objective - proposal.objective
        if lost > 0:
            money = "certain" if setting.objective.expected else "fitting"
            yield "difference", f"{points(lost)} points for lack of {money} money"
        yield "cost", _both_costs(needed, proposal)
    for plan in proposal.unpaid:
        told = f"its whole cost of {euros(plan.cost)} is a gap"
        yield "lost", f"{clean(plan.case)}: {told}"


def _both_costs(needed: Proposal, fundable: Proposal) -> str:
    """What both plans cost, and how far apart they are: a plan may cost more, too."""
    first, second = (
        sum(plan.cost for plan in answer.cases) for answer in (needed, fundable)
    )
    told = f"{euros(first)} needed, {euros(second)} fundable"
    if first == second:
        return told
    more = "apart" if first > second else "more"
    return f"{told}, {euros(abs(first - second))} {more}"


def _cases(proposal: Proposal) -> str:
    return ", ".join(map(clean, proposal.by_case)) or "no case"


def _left_lines(proposal: Proposal, setting: Setting) -> Iterator[Line]:
    """Cases that are not launched, with the first reason."""
    for left in proposal.rejected:
        known = setting.cases.get(left.case)
        name = clean(known.name if known else left.case)
        short = name if len(name) <= _NAME else f"{name[:_NAME].rstrip()}..."
        yield clean(left.case), f"{short}: {clean(left.reason)}"


def _missing_lines(proposal: Proposal) -> Iterator[Line]:
    """What little would make the best unfundable case fundable."""
    for piece in proposal.missing:
        yield clean(piece.case), clean(piece.text)


def _conflict_lines(proposal: Proposal) -> Iterator[Line]:
    for part in proposal.conflict:
        subject = f" ({part['subject']})" if part.get("subject") else ""
        told = part.get("sentence") or part["rule"]
        lines = f" [{part['lines']}]" if part.get("lines") else ""
        yield clean(part["rule"]), clean(f"{told}{subject}{lines}")
