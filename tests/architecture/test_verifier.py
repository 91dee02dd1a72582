"""The verifier stands alone: it shares no code with the program it judges.

A rule says the same thing twice, as rows for the solver and as a check of the answer.
A slip in one is caught by the other only while they share nothing but the tables.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.architecture.source import Module, modules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OF_THE_PROGRAM = (
    "matcher.backends", "matcher.engine", "matcher.formulation", "matcher.problem",
    "matcher.program",
)  # fmt: skip
INEXACT = ("numpy", "pandas", "scipy")
FLOATS = {"float", "round"}
"""Builtins that leave exact arithmetic."""
OPEN_TO_CHECKS = (
    "matcher.errors", "matcher.proposal", "matcher.rules._shared", "matcher.scenario",
)  # fmt: skip
"""What a check may use of the package: the tables, the proposal, how to cite."""
FACTS = "matcher.proposal.facts"
ENCODING = ("backends/", "formulation/", "problem/", "program/")
"""Rooms that turn tables into rows and answers into plans."""


@dataclass(frozen=True)
class Twice:
    """A file that says one thing twice: to the solver, and to the auditor."""

    module: Module
    to_solver: tuple[str, ...]
    to_auditor: str

    @property
    def audited(self) -> set[str]:
        """Functions of the file that the auditor's part calls, itself included."""
        return reached(self.module.tree, [self.to_auditor])

    @property
    def solved(self) -> set[str]:
        """Functions of the file that the solver's part calls, itself included."""
        return reached(self.module.tree, self.to_solver)


def files(*folders: str) -> list[Module]:
    """Modules in some folders of the package, or of some paths."""
    return [m for m in modules() if m.name.startswith(folders)]


def twice() -> list[Twice]:
    """Every rule and every objective term."""
    return [
        Twice(module, parts[:-1], parts[-1])
        for folder, parts in (
            ("rules/", ("rows", "blocked", "check")),
            ("objectives/", ("points", "value")),
        )
        for module in files(folder)
        if not module.name.split("/")[1].startswith("_")
    ]


def top_level(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """Functions of a file by name."""
    return {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}


def used(function: ast.FunctionDef) -> set[str]:
    """Names from outside that a function's body reads; annotations are no use."""
    annotated = {
        inner
        for node in ast.walk(function)
        if isinstance(node, ast.AnnAssign)
        for inner in ast.walk(node.annotation)
    }
    names = [
        node
        for statement in function.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and node not in annotated
    ]
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {node.id for node in names} - own


def reached(tree: ast.Module, start: Iterable[str]) -> set[str]:
    """Functions of a file called from some of them, directly or not."""
    functions, found = top_level(tree), set[str]()
    waiting = [name for name in start if name in functions]
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting += [n for n in used(functions[name]) if n in functions.keys() - found]
    return found


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Local name and origin of everything imported, inside functions, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname or alias.name.partition(".")[0], alias.name)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield (alias.asname or alias.name, f"{node.module}.{alias.name}")


def under(origin: str, rooms: Iterable[str]) -> bool:
    """Whether an import comes from one of some packages."""
    return any(origin == room or origin.startswith(f"{room}.") for room in rooms)


@pytest.mark.parametrize(
    "module",
    files("verify/", "proposal/facts", "proposal/verdict", "rules/_shared"),
    ids=lambda module: module.name,
)
def test_the_verifier_imports_nothing_of_the_program(module: Module) -> None:
    """Neither rows nor solvers nor arrays are within reach of who judges."""
    strange = [
        origin
        for _, origin in imported(module.tree)
        if under(origin, (*OF_THE_PROGRAM, *INEXACT))
    ]
    assert not strange, f"{module.name} judges answers and must not use {strange}"


@pytest.mark.parametrize("module", files("verify/oracle"), ids=lambda m: m.name)
def test_the_oracle_imports_nothing_it_is_compared_with(module: Module) -> None:
    """Brute force is written from the meaning of the rules, apart from their code."""
    strange = [
        origin
        for _, origin in imported(module.tree)
        if under(origin, ("matcher",))
        and not under(origin, ("matcher.scenario", "matcher.errors"))
        and "oracle" not in origin
    ]
    assert not strange, f"{module.name} is the oracle and must not use {strange}"


@pytest.mark.parametrize("part", twice(), ids=lambda part: part.module.name)
def test_what_is_checked_is_not_computed_by_the_rows(part: Twice) -> None:
    """No function of a rule or term serves both the solver's and the auditor's part."""
    shared = sorted(part.audited & part.solved)
    assert not shared, (
        f"{part.module.name}: {', '.join(shared)} serves {part.to_auditor}() and "
        f"{' or '.join(part.to_solver)}(): a slip in it would hide itself; write the "
        "check's side on its own"
    )


@pytest.mark.parametrize("part", twice(), ids=lambda part: part.module.name)
def test_checks_use_tables_and_exact_numbers_only(part: Twice) -> None:
    """A check reads proposal and setting; arrays, rows and floats are out of reach."""
    origins = dict(imported(part.module.tree))
    functions = top_level(part.module.tree)
    names = set().union(*(used(functions[name]) for name in part.audited))
    strange = {
        origin
        for name in names
        if (origin := origins.get(name)) is not None
        and (
            under(origin, INEXACT)
            or (under(origin, ("matcher",)) and not under(origin, OPEN_TO_CHECKS))
        )
    }
    strange |= names & FLOATS
    assert not strange, (
        f"{part.module.name}: {part.to_auditor}() uses {sorted(strange)}; it may use "
        f"exact numbers, and {', '.join(OPEN_TO_CHECKS)}"
    )


@pytest.mark.parametrize("part", twice(), ids=lambda part: part.module.name)
def test_rows_do_not_lean_on_the_facts_of_the_check(part: Twice) -> None:
    """The solver's part derives its figures itself, from arrays."""
    origins = dict(imported(part.module.tree))
    functions = top_level(part.module.tree)
    names = set().union(*(used(functions[name]) for name in part.solved))
    strange = sorted(
        origins[name]
        for name in names & origins.keys()
        if under(origins[name], (FACTS, "matcher.proposal.verdict", "matcher.verify"))
    )
    assert not strange, f"{part.module.name}: rows use {strange} of the check"


def test_the_encoding_works_out_its_own_facts() -> None:
    """What the verifier looks up, the program must look up for itself."""
    readers = {
        module.name
        for module in modules()
        if any(under(origin, (FACTS,)) for _, origin in imported(module.tree))
    }
    assert readers
    leaning = {name for name in readers if name.startswith(ENCODING)}
    assert not leaning, f"{leaning} use {FACTS}: a slip in it would hide itself"


def test_the_test_sees_what_is_shared() -> None:
    """A helper behind both parts, an array and a float are found out."""
    text = """
import numpy as np
from matcher.program.layout import present
def _limit(x): return float(np.sum(x))
def _mine(x): return _limit(x)
def rows(model): present(_limit(model))
def check(facts, proposal): yield _mine(facts)
"""
    part = Twice(Module("rules/x.py", text, ast.parse(text)), ("rows",), "check")
    with pytest.raises(AssertionError, match="_limit serves check"):
        test_what_is_checked_is_not_computed_by_the_rows(part)
    with pytest.raises(AssertionError, match=r"\['float', 'numpy'\]"):
        test_checks_use_tables_and_exact_numbers_only(part)
