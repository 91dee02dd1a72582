"""Readers of public benchmark files: text in, arrays for `matcher.core` out.

Each family has one format, described at its reader. A file that breaks its format is
refused with its name, the line and what was expected there.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

KNOWN: Final = "best.csv"
"""Beside the files of a folder: best known values, columns instance and value."""


class BadFile(ValueError):
    """A file breaks its format; the message begins with file and line."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")


@dataclass(frozen=True, eq=False, slots=True)
class Instance:
    """One problem, as a function of `matcher.core` takes it."""

    name: str
    """Name of the file without its ending, and the number in it if it holds several."""
    arrays: Mapping[str, Any]
    """Arguments of the function by name."""
    best: float | None = None
    """Best known value, as the file states it."""


def assignment(path: Path) -> tuple[Instance, ...]:
    """Generalised assignment as in OR-Library, ``gap*.txt``.

    Numbers between blanks and line ends: the count of problems; for each the counts m
    of agents and n of jobs, m times n costs, m times n uses of an agent's resource,
    and m capacities. Every job goes to one agent. The files ``gap1`` to ``gap12`` are
    to be maximised; those of the types A to E, ``gapa`` to ``gape``, to be minimised.
    Shapes: value and use (n, m), capacity (m,).
    """
    numbers = _Numbers(path)
    sense = "min" if path.stem.lower()[:4] in _MINIMISED else "max"
    found = []
    for _ in range(numbers.whole("the number of problems", least=1)):
        agents = numbers.whole("the number of agents", least=1)
        jobs = numbers.whole("the number of jobs", least=1)
        value, use = (
            numbers.floats(agents * jobs, what, least).reshape(agents, jobs).T.copy()
            for what, least in (("cost", -math.inf), ("resource", 0.0))
        )
        capacity = numbers.floats(agents, "capacity", 0.0)
        found.append(
            ({"value": value, "use": use, "capacity": capacity, "sense": sense}, None)
        )
    numbers.end()
    return _named(path, found)


def knapsack(path: Path) -> tuple[Instance, ...]:
    """Multidimensional knapsack as in OR-Library, ``mknap1.txt`` and ``mknapcb*.txt``.

    Numbers between blanks and line ends: the count of problems; for each the count n of
    things, the count m of budgets and the best known value (0 where there is none), n
    values, m times n uses, m budgets. To be maximised. Shapes: value (n,), use (m, n),
    budget (m,). The file ``mknap2.txt`` has a format of its own and is not read.
    """
    numbers = _Numbers(path)
    found = []
    for _ in range(numbers.whole("the number of problems", least=1)):
        things = numbers.whole("the number of variables", least=1)
        budgets = numbers.whole("the number of constraints", least=1)
        best = float(numbers.floats(1, "best known value")[0])
        value = numbers.floats(things, "value")
        use = numbers.floats(budgets * things, "use", 0.0).reshape(budgets, things)
        budget = numbers.floats(budgets, "budget", 0.0)
        arrays = {"value": value, "use": use, "budget": budget}
        found.append((arrays, best or None))
    numbers.end()
    return _named(path, found)


def packing(path: Path) -> tuple[Instance, ...]:
    """Weighted set packing by rows, ``pb*.dat``, laid out as OR-Library's ``scp*.txt``.

    Numbers between blanks and line ends: the count m of rows and n of columns, n
    weights, and for each row how many columns it has and which, counted from 1. At
    most one column of each row is chosen. To be maximised. Shapes: value (n,), use
    (m, n) sparse, budget (m,) of ones.
    """
    numbers = _Numbers(path)
    rows = numbers.whole("the number of rows", least=1)
    columns = numbers.whole("the number of columns", least=1)
    value = numbers.floats(columns, "weight")
    members, start = [], [0]
    for row in range(1, rows + 1):
        count = numbers.whole(f"the number of columns of row {row}", least=0)
        of_row = sorted(
            numbers.whole(f"a column of row {row}", least=1, most=columns) - 1
            for _ in range(count)
        )
        if len(set(of_row)) < count:
            numbers.refuse(f"row {row} names a column twice")
        members += of_row
        start.append(len(members))
    numbers.end()
    ones = np.ones(len(members))
    use = csr_array((ones, members, start), shape=(rows, columns))
    arrays = {"value": value, "use": use, "budget": np.ones(rows)}
    return _named(path, [(arrays, None)])


def budgeting(path: Path) -> tuple[Instance, ...]:
    """Participatory budgeting as on pabulib.org, ``*.pb``.

    Three tables with semicolons, each after a line with its name: META (key, value),
    PROJECTS (project_id, cost) and VOTES (voter_id, vote). A project's value is what
    its voters give it: one each in approval votes, their points in cumulative and
    scoring votes (column points). Ordinal votes count by the column score of the
    projects. To be maximised within the budget. Shapes: value (n,), use (1, n), budget
    (1,).
    """
    tables = _tables(path)
    meta = {row["key"]: (line, row["value"]) for line, row in tables["META"]}
    for key in ("budget", "vote_type", "num_projects", "num_votes"):
        if key not in meta:
            raise BadFile(path, 1, f"META has no {key}")
    for key, title in (("num_projects", "PROJECTS"), ("num_votes", "VOTES")):
        line, text = meta[key]
        if _number(path, line, key, text) != len(tables[title]):
            told = f"{key} is {text}, and {title} has {len(tables[title])} rows"
            raise BadFile(path, line, told)
    projects: dict[str, int] = {}
    for line, row in tables["PROJECTS"]:
        if row["project_id"] in projects:
            raise BadFile(path, line, f"project {row['project_id']} stands here again")
        projects[row["project_id"]] = len(projects)
    cost = [
        _number(path, line, "cost", row["cost"], 0.0)
        for line, row in tables["PROJECTS"]
    ]
    arrays = {
        "value": _votes(path, tables, projects, meta["vote_type"]),
        "use": np.array([cost]),
        "budget": np.array(
            [_number(path, meta["budget"][0], "budget", meta["budget"][1], 0.0)]
        ),
    }
    return _named(path, [(arrays, None)])


READERS: Final[Mapping[str, Callable[[Path], tuple[Instance, ...]]]] = {
    "assignment": assignment,
    "knapsack": knapsack,
    "budgeting": budgeting,
    "packing": packing,
}
"""By family, as in `benchmarks.drawn.FAMILIES`."""

_MINIMISED: Final = ("gapa", "gapb", "gapc", "gapd", "gape")
_TABLES: Final = {
    "META": ("key", "value"),
    "PROJECTS": ("project_id", "cost"),
    "VOTES": ("voter_id", "vote"),
}
"""Tables of a file of pabulib, and the columns each must have."""


def known_best(folder: Path) -> dict[str, float]:
    """Best known values by name of the instance, from the folder's `KNOWN` file."""
    path = folder / KNOWN
    if not path.exists():
        return {}
    rows = list(_cells(path, ","))
    if not rows or rows[0][1] != ["instance", "value"]:
        raise BadFile(path, 1, "the columns must be instance,value")
    found: dict[str, float] = {}
    for line, cells in rows[1:]:
        if len(cells) != 2:
            raise BadFile(path, line, f"{len(cells)} cells under 2 columns")
        name, text = cells
        if name in found:
            raise BadFile(path, line, f"{name} stands here again")
        found[name] = _number(path, line, "value", text)
    return found


def _named(
    path: Path, found: list[tuple[dict[str, Any], float | None]]
) -> tuple[Instance, ...]:
    best = known_best(path.parent)
    names = [path.stem]
    if len(found) > 1:
        names = [f"{path.stem}/{i}" for i in range(1, len(found) + 1)]
    return tuple(
        Instance(name, arrays, best.get(name, stated))
        for name, (arrays, stated) in zip(names, found, strict=True)
    )


class _Numbers:
    """The numbers of a file, one after the other, each with its line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = _lines(path)
        self._words = [
            (number, word)
            for number, text in enumerate(lines, 1) for word in text.split()
        ]  # fmt: skip
        self._last = len(lines)
        self._next = 0

    def floats(self, count: int, what: str, least: float = -math.inf) -> Floats:
        """The next numbers, shape (count,), none below the least."""
        words = self._words[self._next : self._next + count]
        if len(words) < count:
            told = f"the file ends after {len(words)} of {count} numbers ({what})"
            raise BadFile(self._path, self._last, told)
        self._next += count
        return np.array(
            [_number(self._path, n, what, text, least) for n, text in words]
        )

    def whole(self, what: str, *, least: int, most: int | None = None) -> int:
        """The next number, whole and within limits."""
        value = float(self.floats(1, what)[0])
        if value != int(value) or value < least or (most is not None and value > most):
            span = f"from {least}" + (f" to {most}" if most is not None else "")
            self.refuse(f"{what} is {value:g}, not a whole number {span}")
        return int(value)

    def refuse(self, problem: str) -> NoReturn:
        """Refuse the file at the number read last."""
        raise BadFile(self._path, self._words[self._next - 1][0], problem)

    def end(self) -> None:
        """Refuse what stands after the last number."""
        if self._next < len(self._words):
            line, word = self._words[self._next]
            raise BadFile(self._path, line, f"{word!r} stands after the last number")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8-sig").rstrip("\n").split("\n")
    except UnicodeDecodeError as error:
        raise BadFile(path, 1, "this is no text in UTF-8") from error


def _number(
    path: Path, line: int, what: str, word: str, least: float = -math.inf
) -> float:
    try:
        value = math.nan if "_" in word else float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadFile(path, line, f"{what} is {word!r}, not a number")
    if value < least:
        raise BadFile(path, line, f"{what} is {word}, less than {least:g}")
    return value


Tables = dict[str, list[tuple[int, dict[str, str]]]]


def _tables(path: Path) -> Tables:
    """Rows of each table of a file of pabulib, with their lines."""
    found: Tables = {}
    title, header = "", None
    for line, cells in _cells(path):
        if len(cells) == 1 and cells[0] in _TABLES and cells[0] not in found:
            title, header = cells[0], None
            found[title] = []
        elif not title:
            raise BadFile(path, line, "the file does not begin with META")
        elif header is None:
            header = [word.lower() for word in cells]
            for column in _TABLES[title]:
                if column not in header:
                    raise BadFile(path, line, f"{title} has no column {column}")
                if header.count(column) > 1:
                    raise BadFile(path, line, f"{title} has the column {column} twice")
        elif len(cells) != len(header):
            told = f"{len(cells)} cells under {len(header)} columns of {title}"
            raise BadFile(path, line, told)
        else:
            found[title].append((line, dict(zip(header, cells, strict=True))))
    for name in _TABLES:
        if name not in found:
            raise BadFile(path, len(_lines(path)), f"there is no table {name}")
    return found


def _cells(path: Path, between: str = ";") -> Iterator[tuple[int, list[str]]]:
    """Line and cells of every line that is not blank."""
    reader = csv.reader(_lines(path), delimiter=between, skipinitialspace=True)
    try:
        for cells in reader:
            words = [cell.strip() for cell in cells]
            if any(words):
                yield reader.line_num, words
    except csv.Error as error:
        raise BadFile(path, reader.line_num, str(error)) from error


def _votes(
    path: Path, tables: Tables, projects: dict[str, int], vote_type: tuple[int, str]
) -> Floats:
    """What the voters give each project, shape (n,)."""
    line, kind = vote_type
    value = np.zeros(len(projects))
    if kind == "ordinal":
        for number, row in tables["PROJECTS"]:
            score = _number(path, number, "score", row.get("score", ""))
            value[projects[row["project_id"]]] = score
        return value
    if kind not in ("approval", "cumulative", "scoring"):
        known = "approval, ordinal, cumulative and scoring"
        raise BadFile(path, line, f"vote_type is {kind!r}; known are {known}")
    for number, row in tables["VOTES"]:
        named = _split(row["vote"])
        points = ["1"] * len(named)
        if kind != "approval":
            points = _split(row.get("points", ""))
        if len(points) != len(named):
            told = f"{len(points)} points for {len(named)} projects"
            raise BadFile(path, number, told)
        if len(set(named)) < len(named):
            raise BadFile(path, number, "a project stands here twice")
        for project, given in zip(named, points, strict=True):
            if project not in projects:
                raise BadFile(path, number, f"there is no project {project!r}")
            value[projects[project]] += _number(path, number, "points", given)
    return value


def _split(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(",") if word.strip()]
