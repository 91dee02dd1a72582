"""Why nothing is possible: a smallest set of named rules that contradict each other.

Rows are grouped by rule and case (or, where a rule couples cases, by subject).
Groups are dropped as long as the rest stays infeasible (a deletion filter, in
halves); each group left was confirmed: without it, the others can be met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy.sparse import csr_array

from matcher.engine.polish import suited
from matcher.formulation import structure
from matcher.formulation.assemble import assemble
from matcher.program.blocks import COUPLING
from matcher.program.program import Arrays
from matcher.program.solution import SolveOptions, Status
from matcher.rules import all_rules, counting, limiting
from matcher.rules._figures import Chances, places

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from matcher.backends.client import Worker
    from matcher.errors import Place
    from matcher.formulation.assemble import Assembly
    from matcher.problem.instance import Instance
    from matcher.program.program import Program
    from matcher.rules._figures import Figure
    from matcher.scenario.setting import Setting

_T = TypeVar("_T")
Group = tuple[str, str]
"""Rule and subject."""
TRY_SECONDS = 20.0
"""Each trial only asks whether any plan exists; one that takes longer counts as
feasible, so that its group stays in the answer."""


def explain_conflict(
    inst: Instance, worker: Worker, *, funding: bool
) -> tuple[Mapping[str, str], ...]:
    """Rules in conflict: rule, subject, sentence, and the lines behind them."""
    assembly = assemble(inst, (), funding=funding, every_column=True)
    groups = grouped(assembly.program, inst.labels.cases.ids)
    core = smallest_conflict(assembly.program.arrays, groups, worker)
    case = np.concatenate([block.case for block in assembly.program.rows])
    return tuple(
        _told(assembly, *group, shared=case[groups[group][0]] == COUPLING)
        for group in core
    )


def grouped(program: Program, cases: Sequence[str]) -> dict[Group, NDArray[np.int64]]:
    """Rows by rule and case, or by rule and subject where cases are coupled."""
    found: dict[Group, list[int]] = {}
    start = 0
    for block in program.rows:
        for i in range(block.size):
            case = block.case[i]
            if case == COUPLING or block.rule == "pins":
                subject = ", ".join(block.subject.ids(i))
            else:
                subject = cases[case]
            found.setdefault((block.rule, subject), []).append(start + i)
        start += block.size
    return {group: np.array(rows) for group, rows in found.items()}


def smallest_conflict(
    arrays: Arrays, groups: Mapping[Group, NDArray[np.int64]], worker: Worker,
    seconds: float = TRY_SECONDS,
) -> list[Group]:  # fmt: skip
    """An irreducible set of groups that is infeasible together with the structure.

    Empty when the program turns out to be feasible, or takes more than ``seconds``.
    """
    fixed = [g for g in groups if g[0] == structure.NAME]
    candidates = [g for g in groups if g[0] != structure.NAME]

    def infeasible(kept: Sequence[Group]) -> bool:
        rows = np.sort(np.concatenate([groups[g] for g in (*fixed, *kept)]))
        part = suited(_only(arrays, rows), worker)
        solution = worker.solve(part, SolveOptions(time_limit=seconds))
        return solution.uninterrupted().status is Status.INFEASIBLE

    if not infeasible(candidates):
        return []
    by_rule: dict[str, list[Group]] = {}
    for group in candidates:
        by_rule.setdefault(group[0], []).append(group)
    known = all_rules()

    def not_money(rule: str) -> bool:
        return rule not in known or not known[rule].FUNDING

    # Rules about money are dropped first: what fails without them fails by the others.
    rules = _filter(
        sorted(by_rule, key=lambda rule: (not_money(rule), rule)),
        lambda kept: infeasible([g for r in kept for g in by_rule[r]]),
    )
    rules.sort()
    return _filter([g for rule in rules for g in by_rule[rule]], infeasible)


def _filter(items: list[_T], infeasible: Callable[[list[_T]], bool]) -> list[_T]:
    """Drop items, in halves first, while the rest stays infeasible.

    Every item that remains was tried alone: without it the rest is feasible.
    """
    kept = list(items)
    size = max(len(kept) // 2, 1)
    while True:
        at = 0
        while at < len(kept):
            rest = kept[:at] + kept[at + size :]
            if len(rest) < len(kept) and infeasible(rest):
                kept = rest
            else:
                at += size
        if size == 1:
            return kept
        size = max(size // 2, 1)


def _only(arrays: Arrays, rows: NDArray[np.int64]) -> Arrays:
    """The program with some of its rows and no objective."""
    matrix = csr_array(
        (arrays.data, arrays.indices, arrays.indptr),
        shape=(arrays.num_rows, arrays.num_columns),
    )[rows]
    return Arrays(
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int64),
        data=np.array(matrix.data, dtype=np.float64),
        row_lower=arrays.row_lower[rows],
        row_upper=arrays.row_upper[rows],
        lower=arrays.lower,
        upper=arrays.upper,
        objective=np.zeros(arrays.num_columns),
        integer=arrays.integer,
    )


def _told(
    assembly: Assembly, rule: str, subject: str, *, shared: bool
) -> dict[str, str]:
    """A group of rows in words, with the lines of the input behind it.

    Figures stand behind the lines they come from; the sentence is the rule's own.
    ``shared`` tells rows that couple cases from those of one case.
    """
    setting, book = assembly.inst.setting, all_rules().get(rule)
    figure = _figure(assembly, rule, subject, shared=shared)
    lines = figure.lines if figure else places(_places(setting, rule, subject))
    behind = "; ".join(lines)
    return {
        "rule": rule,
        "subject": subject,
        "sentence": book.sentence(setting) if book else "",
        "lines": f"{behind}: {figure.text}".lstrip(": ") if figure else behind,
    }


def _figure(
    assembly: Assembly, rule: str, subject: str, *, shared: bool
) -> Figure | None:
    """What the rule asks of its subject and what there is, if it can tell."""
    inst = assembly.inst
    if not shared and subject in inst.setting.cases and rule in counting():
        d = inst.labels.cases.index[subject]
        chances = Chances.of(inst, d, assembly.blocked)
        return counting()[rule].figures(chances)
    if shared and rule in limiting():
        return limiting()[rule].limit(inst.setting, *subject.split(", "))
    return None


def _places(setting: Setting, rule: str, subject: str) -> list[Place]:
    """Lines of the input that a group of rows comes from, the nearest ones."""
    if rule == "pins":
        return [pin.at for pin in setting.pins if pin.subject == subject]
    if rule == "case_count":
        book = setting.partnership
        limits = setting.min_cases is not None or setting.max_cases is not None
        found = [setting.places["limits"]] if limits else []
        if book and book.max_cases:
            found.append(setting.places[book.id])
        return found
    parts = subject.replace("/", ", ").split(", ")
    for table in (setting.cases, setting.regions):
        found = [table[part].at for part in parts if part in table]
        if found:
            return found
    return [setting.places[part] for part in parts if part in setting.instruments]
