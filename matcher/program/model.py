"""What a rule or a term works on: the instance, the shared columns, the builder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import COUPLING, Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from matcher.problem.instance import Instance, Ints
    from matcher.program.account import Account
    from matcher.program.builder import Builder, Part
    from matcher.program.layout import Layout


@dataclass(frozen=True, eq=False, slots=True)
class Model:
    """Everything needed to write rows and points."""

    inst: Instance
    cols: Layout
    add: Builder
    account: Account | None = None
    """Where points go that a case brings only if it is funded; None: they count."""

    def add_points(self, column: Ints, points: ArrayLike, case: Ints) -> None:
        """Add points per unit of columns, each of which lives in a case."""
        if self.account is None:
            self.add.add_points(column, points)
        else:
            self.account.book(column, points, case)

    def case_rows(
        self, rule: str, cases: Ints, parts: Sequence[Part],
        lower: ArrayLike = -np.inf, upper: ArrayLike = np.inf,
    ) -> None:  # fmt: skip
        """One row per entry of ``cases``, living inside that case."""
        subject = Subject((self.inst.labels.cases.ids,), (cases,))
        self.add.add_rows(rule, subject, parts, case=cases, lower=lower, upper=upper)

    def pair_rows(
        self, rule: str, regions: Ints, cases: Ints, parts: Sequence[Part],
        lower: ArrayLike = -np.inf, upper: ArrayLike = np.inf,
    ) -> None:  # fmt: skip
        """One row per (region, case), living inside that case."""
        labels = self.inst.labels
        subject = Subject((labels.regions.ids, labels.cases.ids), (regions, cases))
        self.add.add_rows(rule, subject, parts, case=cases, lower=lower, upper=upper)

    def coupling_rows(
        self, rule: str, names: tuple[str, ...], index: Ints, parts: Sequence[Part],
        lower: ArrayLike = -np.inf, upper: ArrayLike = np.inf,
    ) -> None:  # fmt: skip
        """One row per entry of ``index``, coupling several cases."""
        subject = Subject((names,), (index,))
        self.add.add_rows(rule, subject, parts, case=COUPLING, lower=lower, upper=upper)
