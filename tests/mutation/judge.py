"""Judge mutants: run the tests that reach a changed function, until one fails."""

from __future__ import annotations

import ast
import contextlib
import importlib
import itertools
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.operators import Mutant, mutants
from tests.mutation.targets import Target, targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SECONDS = 120
"""A mutant that takes longer runs for ever, and has been noticed."""
ENOUGH = 6.0
"""Seconds of tests that each mutant has to face at most: the quickest that reach it."""
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
NOTICED, SURVIVED = 1, 0


@dataclass(frozen=True)
class Place:
    """A function that is mutated."""

    target: Target
    name: str
    node: ast.FunctionDef

    @property
    def key(self) -> tuple[str, str]:
        """File and qualified name."""
        return self.target.module.name, self.name

    def original(self) -> FunctionType:
        """The function as it runs now, found behind properties."""
        path = self.target.module.name.removesuffix(".py").replace("/", ".")
        found: Any = importlib.import_module(f"matcher.{path}")
        for part in self.name.split("."):
            found = vars(found)[part]
        found = getattr(found, "fget", None) or getattr(found, "func", found)
        assert isinstance(found, FunctionType), self.key
        return found


@dataclass
class Judge:
    """A pytest plugin that runs mutants in the place of the tests themselves."""

    words: Sequence[str]
    jobs: int
    noticed: int = 0
    survivors: list[tuple[str, str]] = field(default_factory=list)
    """Place and mistake of every mutant that no test notices."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run every mutant against the tests collected."""
        if session.testsfailed:
            return None  # pytest tells what could not be read
        reach = self._reach(session)
        waiting = [
            (place, mutant, reach[place.key])
            for place in self._places()
            for mutant in mutants(place.node)
        ]
        running: dict[int, tuple[Place, Mutant]] = {}
        for count, (place, mutant, tests) in enumerate(waiting):
            items = [session.items[i] for i in tests]
            pid = _forked(lambda p=place, m=mutant, i=items: _judged(p, m, i))
            running[pid] = place, mutant
            if len(running) >= self.jobs:
                self._collect(running)
            if count % 200 == 0:
                print(f"{count} of {len(waiting)} mutants", file=sys.stderr, flush=True)
        while running:
            self._collect(running)
        return True

    def _places(self) -> list[Place]:
        return [
            Place(target, name, node)
            for target in targets(oracle=False)
            for name, node in target.functions
            if isinstance(node, ast.FunctionDef)
            and (not self.words or any(w in target.module.name for w in self.words))
        ]

    def _reach(self, session: pytest.Session) -> dict[tuple[str, str], list[int]]:
        """Tests by the function they reach, the quickest first."""
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder, "reach.json")
            pid = _forked(lambda: _traced(session.items, out), limit=600)
            if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != SURVIVED:
                pytest.exit("the tests fail without any mutant", returncode=1)
            told = json.loads(out.read_text("utf-8"))
        by_code: dict[tuple[str, int], list[tuple[float, int]]] = defaultdict(list)
        for test, (seconds, codes) in enumerate(told):
            for file, line in codes:
                by_code[file, line].append((seconds, test))
        found: dict[tuple[str, str], list[int]] = {}
        for place in self._places():
            code = place.original().__code__
            tests = sorted(by_code[code.co_filename, code.co_firstlineno])
            spent = itertools.accumulate(seconds for seconds, _ in tests)
            found[place.key] = [
                test for (_, test), s in zip(tests, spent, strict=True) if s <= ENOUGH
            ]
        return found

    def _collect(self, running: dict[int, tuple[Place, Mutant]]) -> None:
        pid, status = os.wait()
        place, mutant = running.pop(pid)
        if os.waitstatus_to_exitcode(status) == SURVIVED:
            self.survivors.append((":".join(place.key), mutant.what))
        else:
            self.noticed += 1

    @property
    def score(self) -> float:
        """Part of the mutants that some test notices."""
        return self.noticed / max(self.noticed + len(self.survivors), 1)

    @cached_property
    def _equivalent(self) -> set[str]:
        lines = EQUIVALENT.read_text("utf-8").splitlines()
        return {line for line in lines if "  ->  " in line}

    def report(self) -> Iterator[str]:
        """The survivors by place, and the score."""
        told = [f"{place}: {what}" for place, what in sorted(self.survivors)]
        new = [line for line in told if line not in self._equivalent]
        yield from new
        yield (
            f"{self.noticed} of {self.noticed + len(told)} mutants are noticed: "
            f"{self.score:.1%}; of the {len(told)} survivors {len(told) - len(new)} "
            "are equivalent"
        )


def _forked(work: Callable[[], int], limit: int = SECONDS) -> int:
    """Do something in a child process that ends by itself; its id."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    signal.alarm(limit)
    code = NOTICED
    with contextlib.suppress(BaseException):
        code = work()
    os._exit(code)


def _judged(place: Place, mutant: Mutant, items: Sequence[pytest.Item]) -> int:
    """Put the mutant in place and run the tests until one notices."""
    place.original().__code__ = compiled(place, mutant)
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    with _own_folder(items):
        for item, following in _in_turn(items):
            if not _passes(item, following):
                return NOTICED
    return SURVIVED


def compiled(place: Place, mutant: Mutant) -> CodeType:
    """Code of a mutant, which can take the place of the original's."""
    original = place.original().__code__
    # a class of the same name around it keeps the qualified name
    module = ast.Module([_annotations(), mutant.function], [])
    code = compile(ast.fix_missing_locations(module), original.co_filename, "exec")
    inner = next(
        c for c in code.co_consts
        if isinstance(c, CodeType) and c.co_name == mutant.function.name
    )  # fmt: skip
    return inner.replace(co_firstlineno=original.co_firstlineno)


def _annotations() -> ast.ImportFrom:
    return ast.ImportFrom("__future__", [ast.alias("annotations")], 0)


def _traced(items: Sequence[pytest.Item], out: Path) -> int:
    """Run every test once and note which functions of the package it calls."""
    told: list[tuple[float, list[tuple[str, int]]]] = []
    good = True
    with _own_folder(items):
        for item, following in _in_turn(items):
            seen: set[tuple[str, int]] = set()

            def note(frame: Any, event: str, _: Any, seen: Any = seen) -> None:
                if event == "call":
                    seen.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

            started = time.perf_counter()
            sys.setprofile(note)
            passes = _passes(item, following)
            sys.setprofile(None)
            if not passes:
                print(f"fails without any mutant: {item.nodeid}", file=sys.stderr)
            good = good and passes
            mine = [code for code in seen if "/matcher/" in code[0]]
            told.append((time.perf_counter() - started, mine))
    out.write_text(json.dumps(told), "utf-8")
    return SURVIVED if good else NOTICED


def _in_turn(
    items: Sequence[pytest.Item],
) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Each test with the one that follows it, which tells what it may leave behind."""
    return zip(items, (*items[1:], None), strict=True)


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    reports = runtestprotocol(item, nextitem=following, log=False)
    return all(report.passed or report.skipped for report in reports)


@contextlib.contextmanager
def _own_folder(items: Sequence[pytest.Item]) -> Iterator[None]:
    """A folder for the files of this process's tests, taken away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="mutant-"))
    if items:
        factory = items[0].config._tmp_path_factory  # type: ignore[attr-defined]  # noqa: SLF001
        factory._basetemp = folder  # noqa: SLF001
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
