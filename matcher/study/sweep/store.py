"""All runs of a sweep in one SQLite file, each of them either whole or absent.

A run and its answer are written in one transaction, so that a process may be killed at
any moment. Equal settings share one answer; every run has a row of its own.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from matcher.errors import WriteFailed
from matcher.study.sweep.answers import Answer, Consortium, Failed
from matcher.study.sweep.sqlitefile import opened_file, refusal, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from matcher.program.solution import SolveOptions

STORE: Final = "runs.sqlite"
"""Its presence says that a folder belongs to sweeps."""
FORMAT: Final = "1"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    answer TEXT PRIMARY KEY, status TEXT NOT NULL, points REAL, bound REAL, gap REAL,
    needed REAL, reached INTEGER NOT NULL, cases INTEGER NOT NULL,
    launched TEXT NOT NULL, exact_points TEXT, exact_bound TEXT, exact_needed TEXT,
    seconds REAL NOT NULL, backend TEXT NOT NULL, version TEXT NOT NULL,
    gap_asked REAL NOT NULL, time_limit REAL, seed INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    run TEXT PRIMARY KEY, scenario TEXT NOT NULL, grid TEXT NOT NULL,
    place INTEGER NOT NULL, axes TEXT NOT NULL, status TEXT NOT NULL, error TEXT,
    answer TEXT REFERENCES answers);
CREATE TABLE IF NOT EXISTS memberships (
    answer TEXT NOT NULL REFERENCES answers, "case" TEXT NOT NULL,
    region TEXT NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (answer, "case", region)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS money (
    answer TEXT NOT NULL REFERENCES answers, instrument TEXT NOT NULL,
    cents INTEGER NOT NULL, PRIMARY KEY (answer, instrument)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS terms (
    answer TEXT NOT NULL REFERENCES answers, term TEXT NOT NULL,
    points REAL NOT NULL, exact_value TEXT NOT NULL, exact_weight TEXT NOT NULL,
    PRIMARY KEY (answer, term)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A run by its id, and what it is called."""

    id: str
    scenario: str
    grid: str
    """Hash of the grid it was last asked with."""
    place: int
    """Where it stands in that grid."""
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A run as it is kept."""

    run: str
    scenario: str
    labels: Mapping[str, str]
    status: str
    error: str
    answer: Answer | None


class Store:
    """The open file; one process writes, others may read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file, self.notice = opened_file(path, _SCHEMA)
        (known,) = self._file.execute(
            "SELECT max(value) FROM meta WHERE key = 'format'"
        ).fetchone()
        if known is not None and json.loads(known) != FORMAT:
            self.close()
            raise WriteFailed(
                f"{path} was written by another version of matcher; name another folder"
            )

    def close(self) -> None:
        """Leave one file without a log beside it."""
        self._file.close()

    def note(self, facts: Mapping[str, Any]) -> None:
        """Keep facts about how the runs were made, by name."""
        with self._whole() as file:
            file.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                [(key, json.dumps(value)) for key, value in facts.items()],
            )

    def noted(self, name: str) -> Any:
        """A fact by its name; None where there is none."""
        found = self._file.execute("SELECT value FROM meta WHERE key = ?", (name,))
        row = found.fetchone()
        return None if row is None else json.loads(row[0])

    def kept(self) -> dict[str, str]:
        """Answer of every run that has one, by the run's id."""
        found = self._file.execute(
            "SELECT run, answer FROM runs WHERE answer IS NOT NULL"
        )
        return dict(found)

    def known(self) -> set[str]:
        """Every answer there is."""
        return {key for (key,) in self._file.execute("SELECT answer FROM answers")}

    def consortia(self, answer: str) -> tuple[Consortium, ...]:
        """Who takes part in the cases of one answer."""
        return self._consortia("WHERE answer = ?", answer).get(answer, ())

    def save(
        self, answer: Answer, options: SolveOptions, runs: Iterable[Named]
    ) -> None:
        """Keep an answer and the runs that it answers, all at once."""
        with self._whole() as file:
            _insert(file, answer, options)
            _name(file, runs, answer.status, None, answer.key)

    def link(self, run: Named, answer: str) -> None:
        """Keep a run whose answer is there already."""
        (status,) = self._file.execute(
            "SELECT status FROM answers WHERE answer = ?", (answer,)
        ).fetchone()
        with self._whole() as file:
            _name(file, [run], status, None, answer)

    def place(self, runs: Iterable[Named]) -> None:
        """Keep where runs that are done stand in the grid that asks for them now."""
        with self._whole() as file:
            file.executemany(
                "UPDATE runs SET grid = ?1, place = ?2 "
                "WHERE run = ?3 AND (grid, place) <> (?1, ?2)",
                [(run.grid, run.place, run.id) for run in runs],
            )

    def fail(self, failed: Failed, runs: Iterable[Named]) -> None:
        """Keep runs without an answer, and why."""
        with self._whole() as file:
            _name(file, runs, failed.status, failed.error, None)

    def rows(self) -> list[Row]:
        """Every run, in the order of its grid."""
        answers = self._answers()
        found = self._file.execute(
            "SELECT run, scenario, axes, status, error, answer FROM runs "
            "ORDER BY grid, place"
        )
        return [
            Row(run, scenario, json.loads(axes), status, error or "",
                None if answer is None else answers[answer])
            for run, scenario, axes, status, error, answer in found
        ]  # fmt: skip

    def see(self, axes: Iterable[str]) -> None:
        """Make the view ``results``: a row for each run, a column for each axis."""
        own = ", ".join(
            f"json_extract(r.axes, {_text(_path(axis))}) AS {_word(axis)}"
            for axis in axes
        )
        with self._whole() as file:
            file.execute("DROP VIEW IF EXISTS results")
            file.execute(
                f"CREATE VIEW results AS SELECT r.run, r.scenario, {own}, r.status, "
                "a.points, a.bound, a.gap, a.needed, a.cases, a.launched, a.seconds, "
                "a.backend, r.error, r.answer "
                "FROM runs r LEFT JOIN answers a ON a.answer = r.answer"
            )

    def _answers(self) -> dict[str, Answer]:
        consortia = self._consortia()
        money: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for key, name, cents in self._file.execute("SELECT * FROM money"):
            money[key].append((name, cents))
        terms: dict[str, list[tuple[str, Fraction, Fraction]]] = defaultdict(list)
        for key, term, value, weight in self._file.execute(
            "SELECT answer, term, exact_value, exact_weight FROM terms"
        ):
            terms[key].append((term, Fraction(value), Fraction(weight)))
        found = self._file.execute(
            "SELECT answer, status, exact_points, exact_bound, exact_needed, reached, "
            "seconds, backend, version FROM answers"
        )
        return {
            key: Answer(
                key, status, _exact(points), _exact(bound), _exact(needed),
                bool(reached), consortia.get(key, ()), tuple(money[key]),
                tuple(terms[key]), *rest,
            )
            for key, status, points, bound, needed, reached, *rest in found
        }  # fmt: skip

    def _consortia(
        self, where: str = "", *values: str
    ) -> dict[str, tuple[Consortium, ...]]:
        cases: dict[str, dict[str, dict[str, list[str]]]] = defaultdict(dict)
        for key, case, region, role in self._file.execute(
            f'SELECT answer, "case", region, role FROM memberships {where} '
            'ORDER BY answer, "case", region',
            values,
        ):
            roles = cases[key].setdefault(case, defaultdict(list))
            roles[role].append(region)
        return {
            key: tuple(
                Consortium(case, roles["lead"][0], tuple(roles["partner"]),
                           tuple(roles["observer"]))
                for case, roles in of.items()
            )
            for key, of in cases.items()
        }  # fmt: skip

    @contextmanager
    def _whole(self) -> Iterator[sqlite3.Connection]:
        """All that the block writes, or nothing of it."""
        with whole(self._file, self._path) as file:
            yield file


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    """The store in a file, made where there is none.

    Raises
    ------
    WriteFailed
        When the file cannot be written, or is something else.
    """
    try:
        store = Store(path)
    except sqlite3.Error as error:
        raise refusal(path, error) from error
    try:
        yield store
    finally:
        store.close()


def _insert(file: sqlite3.Connection, answer: Answer, options: SolveOptions) -> None:
    """Write an answer, unless it is there."""
    launched = " ".join(one.case for one in answer.consortia)
    new = file.execute(
        f"INSERT OR IGNORE INTO answers VALUES ({', '.join('?' * 18)})",
        (answer.key, answer.status, *map(_real, (
            answer.points, answer.bound, answer.gap, answer.needed)),
         answer.reached, len(answer.consortia), launched, *map(_written, (
            answer.points, answer.bound, answer.needed)), answer.seconds,
         answer.backend, answer.version, options.gap, options.time_limit,
         options.seed),
    )  # fmt: skip
    if not new.rowcount:
        return
    file.executemany(
        "INSERT INTO memberships VALUES (?, ?, ?, ?)",
        [
            (answer.key, one.case, region, role)
            for one in answer.consortia
            for role, regions in (
                ("lead", (one.lead,)), ("partner", one.partners),
                ("observer", one.observers),
            )
            for region in regions
        ],
    )  # fmt: skip
    file.executemany(
        "INSERT INTO money VALUES (?, ?, ?)",
        [(answer.key, name, cents) for name, cents in answer.money],
    )
    file.executemany(
        "INSERT INTO terms VALUES (?, ?, ?, ?, ?)",
        [
            (answer.key, term, float(value * weight), str(value), str(weight))
            for term, value, weight in answer.terms
        ],
    )


def _name(
    file: sqlite3.Connection, runs: Iterable[Named], status: str, error: str | None,
    answer: str | None,
) -> None:  # fmt: skip
    """Write runs; one that is there changes, so that none stands twice."""
    file.executemany(
        "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run) DO UPDATE "
        "SET grid = excluded.grid, place = excluded.place, status = excluded.status, "
        "error = excluded.error, answer = excluded.answer",
        [
            (run.id, run.scenario, run.grid, run.place, json.dumps(run.labels), status,
             error, answer)
            for run in runs
        ],
    )  # fmt: skip


def _real(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _written(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _exact(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _path(axis: str) -> str:
    """Where the value of an axis stands in the text of all axes."""
    return f'$."{axis}"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _word(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
