"""The size and style budgets of the house, measured on the package's source."""

from __future__ import annotations

import ast
import re

from tests.architecture.source import (
    Function,
    length,
    modules,
    percentile_95,
    public_names,
)

FILE_TARGET, FILE_LIMIT = 350, 450
FUNCTION_TARGET, FUNCTION_LIMIT = 45, 70
POSITIONAL_LIMIT = 6

# Where a process ends, an unforeseen fault must still become a message and an exit
# code; everywhere else a catch-all would hide it.
PROCESS_BORDERS = {"cli.py", "backends/worker.py"}


def test_no_file_passes_the_hard_limit() -> None:
    """A file longer than the limit has to be split."""
    assert not {m.name: m.lines for m in modules() if m.lines > FILE_LIMIT}


def test_nearly_all_files_fit_a_screenful_of_thought() -> None:
    """At most one file in twenty is longer than the target."""
    assert percentile_95([m.lines for m in modules()]) <= FILE_TARGET


def test_no_function_passes_the_hard_limit() -> None:
    """A function longer than the limit has to be split."""
    too_long = {
        f"{module.name}:{function.lineno} {function.name}": length(function)
        for module in modules()
        for function in module.functions()
        if length(function) > FUNCTION_LIMIT
    }
    assert not too_long


def test_nearly_all_functions_fit_a_screen() -> None:
    """At most one function in twenty is longer than the target."""
    sizes = [length(function) for m in modules() for function in m.functions()]
    assert percentile_95(sizes) <= FUNCTION_TARGET


def test_long_argument_lists_are_keyword_only() -> None:
    """No function takes more positional arguments than a reader can keep in order."""
    too_many = {
        f"{module.name}:{function.lineno} {function.name}": positional(function)
        for module in modules()
        for function in module.functions()
        if positional(function) > POSITIONAL_LIMIT
    }
    assert not too_many


def positional(function: Function) -> int:
    """Positional arguments of a function, the instance or class left out."""
    arguments = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    return len(arguments) - (arguments[:1] in (["self"], ["cls"]))


def test_every_public_name_is_documented() -> None:
    """Modules, classes, functions and methods meant for others say what they are."""
    bare = [m.name for m in modules() if ast.get_docstring(m.tree) is None]
    bare += [
        f"{module.name} {name}"
        for module in modules()
        for name, node in public_names(module)
        if ast.get_docstring(node) is None
    ]
    assert not bare


def test_only_the_command_line_prints() -> None:
    """Everything else returns values, so that it can be used from Python."""
    prints = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and module.name != "cli.py"
    ]
    assert not prints


def test_faults_are_caught_and_raised_by_name() -> None:
    """Nobody raises a bare `Exception`; only process borders catch one."""
    bare = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Raise) and is_bare(node.exc))
        or (
            isinstance(node, ast.ExceptHandler)
            and (node.type is None or is_bare(node.type))
            and module.name not in PROCESS_BORDERS
            and not cleans_up(node)
        )
    ]
    assert not bare


def cleans_up(handler: ast.ExceptHandler) -> bool:
    """Whether a handler ends by raising again what it caught, so hides nothing."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def is_bare(expression: ast.expr | None) -> bool:
    """Whether an expression names the base of all errors, alone or in a tuple."""
    if isinstance(expression, ast.Tuple):
        return any(is_bare(element) for element in expression.elts)
    if isinstance(expression, ast.Call):
        return is_bare(expression.func)
    return isinstance(expression, ast.Name) and expression.id in (
        "Exception",
        "BaseException",
    )


def test_nothing_is_left_for_later() -> None:
    """The source holds no reminders of unfinished work."""
    reminder = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
    left = [
        f"{module.name}:{number}"
        for module in modules()
        for number, line in enumerate(module.text.splitlines(), start=1)
        if reminder.search(line)
    ]
    assert not left
