"""A bite: a tiny scenario in which one rule decides what the best plan is.

Each bite is solved with and without the rows of its rule. The plan found without
them, and one broken by hand, must be found out by the rule's check.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from matcher.engine.polish import in_whole_cents
from matcher.engine.run import prepare
from matcher.formulation.assemble import Assembly, assemble
from matcher.formulation.decode import applications, decode, whole_values
from matcher.program.program import Program
from matcher.program.solution import SolveOptions, Status
from tests.tiny import proposed

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.backends.client import Worker
    from matcher.proposal.proposal import CasePlan, Proposal
    from matcher.scenario.setting import Setting
    from tests.tiny import Scene

Plans = tuple["CasePlan", ...]


@dataclass(frozen=True)
class Bite:
    """What is shown, the scenario, and what the rule makes of it."""

    what: str
    scene: Scene
    kept: str | None
    """Points of the best plan; None where the rule leaves no plan."""
    freed: str
    """Points of the best plan without the rule's rows."""
    good: Plans
    """Plans by hand that the rule passes."""
    bad: Plans
    """Plans by hand that break it."""
    subject: str
    """Whom the finding about ``bad`` names."""
    text: str
    """Part of what the finding says."""
    source: str = ""
    """Part of its source: a line of a table, or a citation."""
    sentence: str = ""
    """Part of the rule's sentence, with its number."""
    good_together: tuple[str, ...] = ()
    """Cases of ``good`` that instruments are asked for by one application."""
    bad_together: tuple[str, ...] = ()
    """The same of ``bad``."""


@dataclass(frozen=True)
class Bites:
    """Everything shown of one rule."""

    rule: str
    bites: tuple[Bite, ...]
    silent: Scene | None
    """A scenario in which the rule plays no part; None for a rule that always does."""


def plain(setting: Setting) -> Assembly:
    """The program with every column, gates written as rows."""
    inst, terms = prepare(setting)
    return assemble(inst, terms, funding=True, every_column=True)


def without(assembly: Assembly, rule: str) -> Assembly:
    """The program without the rows of one rule."""
    return keeping(assembly, lambda name: name != rule)


def keeping(assembly: Assembly, wanted: Callable[[str], bool]) -> Assembly:
    """The program with the rows of some rules only."""
    program = assembly.program
    arrays = program.arrays
    sizes = [block.size for block in program.rows]
    kept = [wanted(block.rule) for block in program.rows]
    rows = np.nonzero(np.repeat(np.array(kept, dtype=bool), sizes))[0]
    shape = arrays.num_rows, arrays.num_columns
    matrix = csr_array((arrays.data, arrays.indices, arrays.indptr), shape=shape)[rows]
    fewer = replace(
        arrays, indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int64), data=matrix.data.copy(),
        row_lower=arrays.row_lower[rows], row_upper=arrays.row_upper[rows],
    )  # fmt: skip
    blocks = tuple(b for b, keep in zip(program.rows, kept, strict=True) if keep)
    left = Program(fewer, program.columns, blocks)
    return replace(assembly, program=left)


def best(assembly: Assembly, worker: Worker) -> tuple[float | None, Proposal]:
    """Points and proposal of an optimum in whole cents; None where there is no plan."""
    arrays = in_whole_cents(assembly.program.arrays)
    answer = worker.solve(arrays, SolveOptions())
    if answer.status is Status.INFEASIBLE:
        return None, proposed()
    assert answer.status is Status.OPTIMAL
    assert answer.x is not None
    x = whole_values(assembly, answer.x)
    plans = decode(assembly, x)
    made = applications(assembly, x, plans)
    held = {(one.instrument, case) for one in made for case in one.cases}
    # where the rows are left out that tie payments to applications, some have none
    books = assembly.inst.setting.instruments.values()
    bundled = any(book.application.bundles for book in books)
    found = proposed(*plans, together=[p.case for p in plans if bundled])
    loose = [
        a for a in found.applications
        if not any((a.instrument, case) in held for case in a.cases)
    ]  # fmt: skip
    return answer.objective, replace(found, applications=(*made, *loose))


def points(text: str | None) -> float | None:
    """Points as a number, None for no plan."""
    return None if text is None else float(Fraction(text))
