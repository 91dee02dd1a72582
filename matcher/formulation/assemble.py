"""Assemble a program: gates, layout, structure, rules, terms. The contents page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.formulation import expected, structure, tighten
from matcher.program.account import Account
from matcher.program.blocks import Subject
from matcher.program.builder import Builder
from matcher.program.layout import NONE, Allowed, Layout, lay_out, may_use
from matcher.program.model import Model
from matcher.rules import Rule, all_rules, gates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matcher.formulation.bind import BoundTerm
    from matcher.problem.instance import Instance
    from matcher.program.program import Program

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Assembly:
    """A program and the layout that reads its columns."""

    inst: Instance
    layout: Layout
    program: Program
    funding: bool
    blocked: Mapping[str, Mapping[str, Bools]]
    """What each gate rules out, by rule and kind of decision."""
    derived: Ints
    """Whole columns that follow from the others: no decision is read from them."""
    rounded: bool
    """Some row is stricter than its rule, so a bound proves nothing about the rule."""
    apart: tuple[Floats, ...] = ()
    """Points of each term by itself per column, in order; only where asked for."""


def assemble(
    inst: Instance,
    terms: Iterable[BoundTerm],
    *,
    funding: bool,
    every_column: bool = False,
    pairwise: bool = False,
    awaited: int | None = None,
    apart: bool = False,
) -> Assembly:
    """Build the program of an instance.

    Parameters
    ----------
    inst
        The instance.
    terms
        Objective terms; none asks only whether a plan exists.
    funding
        False leaves out every rule about money: what is needed.
    every_column
        True keeps decisions that a gate rules out, and writes the gate as rows,
        so that a conflict can be traced to it.
    pairwise
        True counts every pair of asset and need by itself, as ``every_column`` does;
        otherwise exchanges are pooled wherever that is exact.
    awaited
        Index of an instrument for whose no there is a fallback, see `fallback`.
    apart
        True keeps the points of each term by themselves, so that one of them can be
        asked for.
    """
    funding = funding and inst.setting.has_money
    rules = rules_in_play(funding=funding)
    blocked = {n: dict(g.blocked(inst)) for n, g in gates().items() if n in rules}
    add = Builder()
    allowed = _allowed(inst, blocked, every_column=every_column)
    layout = lay_out(
        inst, allowed, add, money=funding, pairwise=pairwise or every_column
    )
    model = Model(inst, layout, add)
    structure.rows(model)
    for name, rule in rules.items():
        _gate_rows(model, name, blocked.get(name, {}), every_column=every_column)
        rule.rows(model)
    if funding and not every_column:
        tighten.rows(model)
    groups = [(bound,) for bound in terms] if apart else [tuple(terms)]
    marks, derived = [], []
    for group in groups:
        marks.append(add.mark)
        derived.append(_points(model, group, awaited, funding=funding))
    known = np.concatenate([np.zeros(0, dtype=np.int64), *derived])
    ends = (*marks[1:], add.mark)
    each = map(add.objective, marks, ends) if apart else ()
    return Assembly(
        inst, layout, add.program(), funding, blocked, known, add.rounded, tuple(each)
    )  # fmt: skip


def _points(
    model: Model, terms: Iterable[BoundTerm], awaited: int | None, *, funding: bool
) -> Ints:
    """Add the points of terms; returns columns that follow from all others."""
    carried, effort = Account(), Account()
    chances = funding and model.inst.setting.objective.expected
    for bound in terms:
        counted = carried if bound.term.CARRIED and chances else None
        by_case = effort if awaited is not None and not bound.term.CARRIED else counted
        on = replace(model, account=by_case)
        bound.term.points(on, bound.parameters, bound.weight)
    return expected.rows(model, carried.booked(), effort.booked(), awaited)


def possible_members(inst: Instance) -> frozenset[str]:
    """Regions that no gate keeps out of every case."""
    member = _by_all_gates(inst).member.any(axis=1)
    return frozenset(inst.labels.regions.decode(np.nonzero(member)[0]))


def refuse_too_many_sets(inst: Instance) -> None:
    """Refuse an expected objective where too many instruments may pay in a case.

    Raises
    ------
    InputError
        Naming every such case.
    """
    setting = inst.setting
    if setting.objective.expected and setting.has_money:
        expected.refuse_too_many(inst, may_use(inst, _by_all_gates(inst)))


def _by_all_gates(inst: Instance) -> Allowed:
    """Decisions no rule rules out, those about money among them."""
    blocked = {name: dict(gate.blocked(inst)) for name, gate in gates().items()}
    return _allowed(inst, blocked, every_column=False)


def rules_in_play(*, funding: bool) -> dict[str, Rule]:
    """Rules that play a part, by name."""
    return {n: r for n, r in all_rules().items() if funding or not r.FUNDING}


def _allowed(
    inst: Instance, blocked: Mapping[str, Mapping[str, Bools]], *, every_column: bool
) -> Allowed:
    """Decisions no gate rules out; decisions a pin speaks of keep their column."""
    labels = inst.labels
    shape = labels.pairs
    may = {
        "lead": np.ones(shape, dtype=bool),
        "partner": np.ones(shape, dtype=bool),
        "observer": np.ones(shape, dtype=bool),
        "exchange": np.ones(len(inst.exchanges.pair_asset), dtype=bool),
        "grant": np.ones((len(labels.instruments), *shape, len(labels.layers)), bool),
    }
    if not every_column:
        for parts in blocked.values():
            for kind, out in parts.items():
                if kind != "open":
                    may[kind] &= ~out
        for pin in inst.setting.pins:
            if pin.region is not None:
                at = labels.regions.index[pin.region], labels.cases.index[pin.case]
                for kind in ("lead", "partner", "observer"):
                    may[kind][at] = True
    return Allowed(**may)


def _gate_rows(
    model: Model, rule: str, parts: Mapping[str, Bools], *, every_column: bool
) -> None:
    """Write a gate as rows wherever what it rules out has a column all the same.

    Exchanges and grants have one with ``every_column`` only, roles also by a pin.
    """
    cols, labels = model.cols, model.inst.labels
    pair = (labels.regions.ids, labels.cases.ids)
    for kind, out in parts.items():
        if kind == "open":
            case = np.nonzero(out)[0]
            model.case_rows(
                rule, case, [(np.arange(len(case)), cols.open[case], 1)], upper=0
            )
        elif kind in ("lead", "observer"):
            look_up = cols.lead if kind == "lead" else cols.observer
            region, case = np.nonzero(out & (look_up != NONE))
            parts_ = [(np.arange(len(region)), look_up[region, case], 1)]
            model.add.add_rows(
                rule, Subject(pair, (region, case)), parts_, case=case, upper=0
            )
        elif kind == "partner":
            region, case = np.nonzero(out & (cols.member != NONE))
            lead = cols.lead[region, case]
            at, leads = np.arange(len(region)), lead != NONE
            parts_ = [(at, cols.member[region, case], 1), (at[leads], lead[leads], -1)]
            model.add.add_rows(
                rule, Subject(pair, (region, case)), parts_, case=case, upper=0
            )
        elif kind == "exchange" and every_column:
            _exchange_gate(model, rule, out)
        elif kind == "grant" and every_column:
            _grant_gate(model, rule, out)


def _grant_gate(model: Model, rule: str, out: Bools) -> None:
    paid, labels = model.cols.grants, model.inst.labels
    x = np.nonzero(out[paid.instrument, paid.region, paid.case, paid.layer])[0]
    names = (
        labels.instruments.ids, labels.regions.ids, labels.cases.ids, labels.layers.ids,
    )  # fmt: skip
    index = (paid.instrument[x], paid.region[x], paid.case[x], paid.layer[x])
    parts = [(np.arange(len(x)), paid.column[x], 1)]
    model.add.add_rows(rule, Subject(names, index), parts, case=index[2], upper=0)


def _exchange_gate(model: Model, rule: str, out: Bools) -> None:
    cols, ex, labels = model.cols, model.inst.exchanges, model.inst.labels
    size = max(len(labels.needs), 1)
    flat = ex.pair_asset[out] * size + ex.pair_need[out]
    moves = cols.moves
    x = np.nonzero(np.isin(moves.pair_asset * size + moves.pair_need, flat))[0]
    names = (labels.assets.ids, labels.needs.ids, labels.cases.ids)
    index = (moves.pair_asset[x], moves.pair_need[x], moves.pair_case[x])
    parts = [(np.arange(len(x)), moves.pair[x], 1)]
    model.add.add_rows(rule, Subject(names, index), parts, case=index[2], upper=0)
