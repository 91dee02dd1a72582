"""What the runs of a sweep say together: by value, best and worst, who is in."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from matcher.program.solution import Status
from matcher.proposal.proposal import OWN
from matcher.study.course import FOUND
from matcher.study.sweep.answers import FAILED, FAULTY
from matcher.study.sweep.grid import OBJECTIVE
from matcher.study.table import EUR, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matcher.program.solution import Stop
    from matcher.study.sweep.answers import Consortium
    from matcher.study.sweep.store import Row
    from matcher.study.table import Cell

SHOWN: Final = 3
"""Best and worst plans that are listed."""


@dataclass(frozen=True)
class Sweep:
    """The runs of one grid, as far as they are done."""

    title: str
    axes: tuple[str, ...]
    total: int
    """Runs of the grid."""
    before: int
    """Runs that an earlier sweep did."""
    rows: tuple[Row, ...]
    stop: Stop
    notice: str = ""
    """What must be said about the store."""
    kind: str = "sweep"

    @property
    def status(self) -> str:
        """``found``, ``infeasible`` where no run has a plan, or ``unknown``."""
        if self.planned:
            return FOUND
        told = {None if r.answer is None else r.answer.status for r in self.rows}
        return str(Status.INFEASIBLE if told == {"infeasible"} else Status.UNKNOWN)

    @property
    def reached(self) -> bool:
        """Whether every answer came within the gap asked for."""
        return all(row.answer.reached for row in self.rows if row.answer is not None)

    @property
    def failed(self) -> int:
        """Runs without an answer."""
        return sum(row.answer is None for row in self.rows)

    @cached_property
    def planned(self) -> tuple[Row, ...]:
        """Runs with a plan."""
        return tuple(row for row in self.rows if _points(row) is not None)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, in plain words."""
        told = [self._counted()]
        if self.planned:
            told.append(self._span())
            told.append(self._core())
        if self.failed:
            told.append(
                f"{_runs(self.failed)} without an answer: the column error says why; "
                "the same command tries them again."
            )
        if not self.reached:
            told.append(
                "Some runs stopped at a limit: their points are not the best there are."
            )
        if self.notice:
            told.append(f"{self.notice[:1].upper()}{self.notice[1:]}.")
        return tuple(told)

    @property
    def tables(self) -> tuple[Table, ...]:
        """By value of each axis, best and worst, who is a member; then every run."""
        return (
            self.by_value, self.extremes, self.members, self.runs, self.memberships,
        )  # fmt: skip

    @cached_property
    def by_value(self) -> Table:
        """How the points of the runs are spread under each value of each axis.

        Points under different objectives do not mix: each objective has its own rows.
        """
        rows: list[tuple[Cell, ...]] = []
        for axis in self.axes:
            for label in dict.fromkeys(row.labels[axis] for row in self.rows):
                mine = [row for row in self.rows if row.labels[axis] == label]
                rows += [
                    (axis, label, *named, *_spread(alike))
                    for named, alike in self._alike(mine)
                ]
        columns = (
            "axis", "value", *self._objective, "runs", "with a plan", "failed",
            "least", "median", "most",
        )  # fmt: skip
        return Table("by_value", "Points by value of each axis", columns, tuple(rows))

    @cached_property
    def extremes(self) -> Table:
        """The plans of most and of fewest points, each with its first run."""
        rows: list[tuple[Cell, ...]] = []
        for _, alike in self._alike(self.planned):
            plans: dict[Any, list[Row]] = {}
            for row in sorted(alike, key=lambda row: -(_points(row) or 0)):
                plans.setdefault((_points(row), _consortia(row)), []).append(row)
            ranked = list(enumerate(plans.values(), start=1))
            shown = dict(ranked[:SHOWN] + ranked[-SHOWN:])
            rows += [
                (rank, _points(of[0]), len(of), *_labels(of[0], self.axes),
                 _launched(of[0]))
                for rank, of in shown.items()
            ]  # fmt: skip
        columns = ("rank", "points", "runs", *self.axes, "cases")
        title = "Plans of most and of fewest points, each with its first run"
        return Table("extremes", title, columns, tuple(rows))

    @property
    def _objective(self) -> tuple[str, ...]:
        """The axis of objectives, if there is one."""
        return (OBJECTIVE,) * (OBJECTIVE in self.axes)

    def _alike(
        self, rows: Iterable[Row]
    ) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
        """Runs whose points can be compared, under the name of their objective."""
        found: dict[tuple[str, ...], list[Row]] = {}
        for row in rows:
            named = tuple(row.labels[axis] for axis in self._objective)
            found.setdefault(named, []).append(row)
        yield from found.items()

    @cached_property
    def members(self) -> Table:
        """In how many runs each region is a member of each case."""
        count: Counter[tuple[str, str]] = Counter()
        launched: Counter[str] = Counter()
        for row in self.planned:
            for one in _consortia(row):
                launched[one.case] += 1
                count.update((name, one.case) for name in (one.lead, *one.partners))
        cases = sorted(launched)
        regions = sorted({region for region, _ in count})
        rows: list[tuple[Cell, ...]] = [
            (region, *(count[region, case] for case in cases)) for region in regions
        ]
        total: tuple[Cell, ...] = ("launched", *(launched[case] for case in cases))
        return Table(
            "members",
            f"In how many of {_runs(len(self.planned))} with a plan a region is a "
            "member",
            ("region", *cases), (total, *rows),
        )  # fmt: skip

    @cached_property
    def runs(self) -> Table:
        """Every run in a row."""
        return runs_table(self.rows)

    @cached_property
    def memberships(self) -> Table:
        """Every role in every run in a row."""
        return memberships_table(self.rows)

    def plain(self) -> dict[str, Any]:
        """How many runs came to what end."""
        ends = Counter(row.status for row in self.rows)
        return {
            "title": self.title,
            "axes": list(self.axes),
            "runs": self.total,
            "done": len(self.rows),
            "done_before": self.before,
            "failed": self.failed,
            "stop": str(self.stop),
            "statuses": dict(sorted(ends.items())),
        }

    def _counted(self) -> str:
        done = f"{len(self.rows)} of {_runs(self.total)} of {self.title} are done"
        if self.before:
            done += f", {self.before} of them were before"
        ends = Counter(row.status for row in self.rows)
        told = ", ".join(f"{count} {name}" for name, count in sorted(ends.items()))
        return f"{done}: {told}." if told else f"{done}."

    def _span(self) -> str:
        spans = []
        for named, rows in self._alike(self.planned):
            points = [_points(row) or Fraction(0) for row in rows]
            span = f"{_number(min(points))} to {_number(max(points))} points"
            spans.append(span + "".join(f" under {name}" for name in named))
        return f"Plans bring {'; '.join(spans)}."

    def _core(self) -> str:
        """Who is a member whatever happens."""
        pairs = [
            {(n, c.case) for c in _consortia(row) for n in (c.lead, *c.partners)}
            for row in self.planned
        ]
        always: dict[str, list[str]] = {}
        for region, case in sorted(set.intersection(*pairs)):
            always.setdefault(case, []).append(region)
        if not always:
            return "Nobody is a member of the same case in every run with a plan."
        told = "; ".join(
            f"{', '.join(always[case])} in {case}" for case in sorted(always)
        )
        return f"Members in every run with a plan: {told}."


def runs_table(rows: Iterable[Row]) -> Table:
    """Runs in rows: axes, what was found, money and points of each term."""
    rows = tuple(rows)
    axes = dict.fromkeys(axis for row in rows for axis in row.labels)
    answers = [row.answer for row in rows if row.answer is not None]
    money = sorted(
        {name for answer in answers for name, _ in answer.money},
        key=lambda name: (name == OWN, name),
    )
    terms = list(dict.fromkeys(term[0] for one in answers for term in one.terms))
    columns = (
        "run", "scenario", *axes, "status", "points", "bound", "gap", "needed",
        "reached", "cases", *(f"{name} {EUR}" for name in money),
        *(f"{term} points" for term in terms), "seconds", "backend", "answer", "error",
    )  # fmt: skip
    table = tuple(
        (row.run, row.scenario, *_labels(row, axes), row.status,
         *_found(row, money, terms), row.error or None)
        for row in rows
    )  # fmt: skip
    return Table("runs", "Every run", columns, table, detail=True)


def memberships_table(rows: Iterable[Row]) -> Table:
    """Roles in rows: run, its axes, case, region, role."""
    rows = tuple(rows)
    axes = dict.fromkeys(axis for row in rows for axis in row.labels)
    table = tuple(
        (row.run, *_labels(row, axes), one.case, region, role)
        for row in rows
        for one in _consortia(row)
        for role, regions in (
            ("lead", (one.lead,)), ("partner", one.partners),
            ("observer", one.observers),
        )
        for region in regions
    )  # fmt: skip
    columns = ("run", *axes, "case", "region", "role")
    title = "Every role in every run"
    return Table("memberships", title, columns, table, detail=True)


def _found(row: Row, money: Iterable[str], terms: Iterable[str]) -> tuple[Cell, ...]:
    answer = row.answer
    if answer is None:
        return (None,) * (6 + len(list(money)) + len(list(terms)) + 3)
    paid, points = dict(answer.money), {t: v * w for t, v, w in answer.terms}
    return (
        answer.points, answer.bound, answer.gap, answer.needed, answer.reached,
        _launched(row),
        *(paid.get(name, 0) if answer.points is not None else None for name in money),
        *(points.get(term) for term in terms),
        Fraction(round(answer.seconds * 1000), 1000), answer.backend, answer.key,
    )  # fmt: skip


def _spread(rows: list[Row]) -> tuple[Cell, ...]:
    points = [p for p in map(_points, rows) if p is not None]
    failed = sum(row.status in (FAILED, FAULTY) for row in rows)
    if not points:
        return len(rows), 0, failed, None, None, None
    middle = statistics.median(points)
    return len(rows), len(points), failed, min(points), middle, max(points)


def _points(row: Row) -> Fraction | None:
    return None if row.answer is None else row.answer.points


def _labels(row: Row, axes: Iterable[str]) -> tuple[str | None, ...]:
    return tuple(row.labels.get(axis) for axis in axes)


def _launched(row: Row) -> str:
    return " ".join(one.case for one in _consortia(row))


def _consortia(row: Row) -> tuple[Consortium, ...]:
    return () if row.answer is None else row.answer.consortia


def _number(value: Fraction) -> str:
    return f"{float(value):.6g}"


def _runs(count: int) -> str:
    return f"{count} run{'s' * (count != 1)}"
