"""The examples in the docstrings of the numerical core are true; it starts lightly."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

import matcher.core

MODULES = sorted(found.name for found in pkgutil.iter_modules(matcher.core.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_run(name: str) -> None:
    """What an example shows is what it gives."""
    module = importlib.import_module(f"matcher.core.{name}")
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", matcher.core.__all__)
def test_names_stay_what_they_are(name: str) -> None:
    """A function is not hidden by the file of the same name, once that is loaded."""
    for module in MODULES:
        importlib.import_module(f"matcher.core.{module}")
    assert callable(getattr(matcher.core, name))


def test_importing_the_package_imports_none_of_it() -> None:
    """`import matcher` loads no numerical core, and that loads no solver."""
    code = (
        "import sys, matcher; assert 'matcher.core' not in sys.modules; "
        "import matcher.core; "
        "print({'highspy', 'ortools', 'pulp', 'pandas', 'scipy.optimize'} "
        "& set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"
