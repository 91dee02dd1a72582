"""Small mistakes to make in a function, one at a time.

Each mutant is a copy of the function in which one expression or statement differs. What
an honest slip would look like is the guide: a bound that is off by one, the wrong
comparison, a forgotten condition, a finding that is never made, a swapped argument.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.architecture.source import Function

COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
}  # fmt: skip
OPERATIONS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr, ast.Pow: ast.Mult,
}  # fmt: skip
CALLS: Final = {
    "all": "any", "any": "all", "min": "max", "max": "min", "sum": "len",
    "at_most": "at_least", "at_least": "at_most",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A function with one mistake in it."""

    what: str
    """The mistake: before and after."""
    function: Function


def mutants(function: Function) -> Iterator[Mutant]:
    """Every mutant of a function."""
    spots = [node for node in ast.walk(function) if node not in _left_alone(function)]
    for index, node in enumerate(ast.walk(function)):
        if node not in spots:
            continue
        for change in _changes(node):
            # the copy is walked in the same order, so the index finds the node again
            twin = copy.deepcopy(function)
            target = next(n for i, n in enumerate(ast.walk(twin)) if i == index)
            yield Mutant(
                f"{_text(node)}  ->  {_text(change)}", _replaced(twin, target, change)
            )


def _left_alone(function: Function) -> set[ast.AST]:
    """Docstring and annotations, which change nothing, and defaults, made only once."""
    parts: list[ast.AST] = [*function.decorator_list]
    if ast.get_docstring(function) is not None:
        parts.append(function.body[0])
    parts += [n.annotation for n in ast.walk(function) if isinstance(n, ast.AnnAssign)]
    for node in ast.walk(function):
        if isinstance(node, ast.FunctionDef):
            every = (*node.args.args, *node.args.kwonlyargs)
            parts += [a.annotation for a in every if a.annotation is not None]
            parts += [node.returns] if node.returns is not None else []
            parts += [d for d in (*node.args.defaults, *node.args.kw_defaults) if d]
    return {inner for part in parts for inner in ast.walk(part)}


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What could stand in the place of a node by mistake."""
    if isinstance(node, ast.Compare):
        for at, sign in enumerate(node.ops):
            for other in COMPARISONS[type(sign)]:
                yield _with(node, ops=[*node.ops[:at], other(), *node.ops[at + 1 :]])
    elif isinstance(node, ast.BoolOp):
        other_word = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield _with(node, op=other_word)
        yield from node.values
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand
    elif isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in OPERATIONS:
        yield _with(node, op=OPERATIONS[type(node.op)]())
        if isinstance(node, ast.BinOp):
            yield from (node.left, node.right)
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node)
    elif isinstance(node, ast.Call):
        yield from _other_calls(node)
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, (ast.If, ast.While)):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.comprehension):
        for at in range(len(node.ifs)):
            yield _with(node, ifs=[*node.ifs[:at], *node.ifs[at + 1 :]])
    elif isinstance(node, ast.Return) and not _is_none(node.value):
        yield _with(node, value=ast.Constant(None))
    elif isinstance(node, (ast.Continue, ast.Break)):
        yield ast.Break() if isinstance(node, ast.Continue) else ast.Continue()
    elif isinstance(node, ast.Expr) or (
        isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)
    ):
        yield ast.Pass()


def _is_none(node: ast.AST | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _other_constants(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(f"XX{value}XX")
    elif value is None:
        yield ast.Constant(0)


def _other_calls(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Name) and node.func.id in CALLS:
        yield _with(node, func=ast.Name(CALLS[node.func.id], ast.Load()))
    if len(node.args) == 1 and not isinstance(node.args[0], ast.GeneratorExp):
        yield node.args[0]
        return
    for at, given in enumerate(node.args):
        if not isinstance(given, (ast.Constant, ast.Starred, ast.GeneratorExp)):
            nothing = ast.Constant(None)
            yield _with(node, args=[*node.args[:at], nothing, *node.args[at + 1 :]])


def _with(node: ast.AST, **changes: object) -> ast.AST:
    twin = copy.copy(node)
    for name, value in changes.items():
        setattr(twin, name, value)
    return twin


def _text(node: ast.AST) -> str:
    """The node as source; a condition of a comprehension with its loop."""
    if isinstance(node, (ast.If, ast.While)):
        return f"if {ast.unparse(node.test)}"
    return " ".join(ast.unparse(node).split())


class _Put(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, copy.deepcopy(new)

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.old:
            for inner in ast.walk(self.new):
                ast.copy_location(inner, node)
            return self.new
        return self.generic_visit(node)


def _replaced(function: Function, old: ast.AST, new: ast.AST) -> Function:
    changed = _Put(old, new).visit(function)
    assert isinstance(changed, ast.FunctionDef)
    return ast.fix_missing_locations(changed)
