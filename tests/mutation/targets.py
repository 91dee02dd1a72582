"""The code that judges proposals: what is measured by coverage and by mutation.

Of the verifier's own files that is everything; of a rule's or a term's file it is
``check`` or ``value`` with all they call there, for the rest serves the solver.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tests.architecture.source import PACKAGE, Function, Module, modules
from tests.architecture.test_verifier import files, top_level, twice

ALONE = (
    "proposal/facts.py", "proposal/mixes.py", "proposal/verdict.py", "rules/_shared.py",
)  # fmt: skip
ORACLE = "verify/oracle"


@dataclass(frozen=True)
class Target:
    """A file and the lines of it that judge."""

    module: Module
    functions: tuple[tuple[str, Function], ...]
    """Qualified name and definition of every function that is measured."""
    whole: bool
    """Whether lines outside the functions belong to the verifier, too."""

    @property
    def path(self) -> str:
        """The file, from the root of the project."""
        return f"matcher/{self.module.name}"

    @property
    def file(self) -> str:
        """The file as Python names it."""
        return str(PACKAGE / self.module.name)

    def owns(self, line: int) -> bool:
        """Whether a line is measured."""
        return self.whole or any(
            node.body[0].lineno <= line <= (node.end_lineno or node.lineno)
            for _, node in self.functions
        )


def targets(*, oracle: bool) -> tuple[Target, ...]:
    """Everything that judges; with or without the brute force of the oracle."""
    found = [
        Target(module, tuple(qualified(module.tree)), whole=True)
        for module in files("verify/", *ALONE)
        if oracle or not module.name.startswith(ORACLE)
    ]
    for part in twice():
        functions = top_level(part.module.tree)
        mine = tuple((name, functions[name]) for name in sorted(part.audited))
        if mine:
            found.append(Target(part.module, mine, whole=False))
    assert len(modules()) > len(found) > 40
    return tuple(found)


def qualified(tree: ast.Module) -> list[tuple[str, Function]]:
    """Functions and methods of a file by qualified name; inner ones go with theirs."""
    found: list[tuple[str, Function]] = []
    for node in tree.body:
        if isinstance(node, Function):
            found.append((node.name, node))
        elif isinstance(node, ast.ClassDef):
            found += [
                (f"{node.name}.{inner.name}", inner)
                for inner in node.body
                if isinstance(inner, Function)
            ]
    return found
