"""Reading of the package's own source, shared by the tests of its architecture."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "matcher"

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = Function | ast.ClassDef


@dataclass(frozen=True)
class Module:
    """One file of the package."""

    name: str
    """Path inside the package, with slashes."""
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """Lines of the file."""
        return len(self.text.splitlines())

    def functions(self) -> Iterator[Function]:
        """Every function of the file, methods and inner ones included."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


@cache
def modules() -> tuple[Module, ...]:
    """Every file of the package, sorted by path."""
    texts = {
        path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8")
        for path in sorted(PACKAGE.rglob("*.py"))
    }
    return tuple(Module(name, text, ast.parse(text)) for name, text in texts.items())


def length(function: Function) -> int:
    """Lines from `def` to the end, the docstring left out."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def percentile_95(sizes: list[int]) -> int:
    """Smallest size that at least 95% of the sizes do not exceed."""
    return sorted(sizes)[math.ceil(0.95 * len(sizes)) - 1]


def public_names(module: Module) -> Iterator[tuple[str, Documented]]:
    """Public classes and functions of a file, with public methods of public classes."""

    def descend(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, Documented]]:
        for node in body:
            if isinstance(node, Documented) and not node.name.startswith("_"):
                yield prefix + node.name, node
                if isinstance(node, ast.ClassDef):
                    yield from descend(node.body, f"{prefix}{node.name}.")

    return descend(module.tree.body, "")
