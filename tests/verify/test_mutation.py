"""The tool that makes slips in the verifier makes those it is meant to make."""

from __future__ import annotations

import ast

from tests.mutation.judge import EQUIVALENT, Place, compiled
from tests.mutation.operators import mutants
from tests.mutation.targets import targets

SMALL = '''
def judged(used: int, limit: int = 3) -> str:
    """Nothing here is changed."""
    if used + 1 <= limit:
        return "good"
    return must(used, limit)
'''
SLIPS = {
    "if used + 1 <= limit  ->  if not used + 1 <= limit",
    "used + 1 <= limit  ->  used + 1 < limit",
    "used + 1 <= limit  ->  used + 1 >= limit",
    "used + 1  ->  used - 1", "used + 1  ->  used", "used + 1  ->  1", "1  ->  2",
    "return 'good'  ->  return None", "'good'  ->  'XXgoodXX'",
    "return must(used, limit)  ->  return None",
    "must(used, limit)  ->  must(None, limit)",
    "must(used, limit)  ->  must(used, None)",
}  # fmt: skip


def test_every_honest_slip_is_made_once() -> None:
    """Comparisons, sums, numbers, words, results and arguments; no text for readers."""
    (function,) = ast.parse(SMALL).body
    assert isinstance(function, ast.FunctionDef)
    before = ast.dump(function)
    made = list(mutants(function))
    assert sorted(m.what for m in made) == sorted(SLIPS)
    assert ast.dump(function) == before
    assert len({ast.dump(m.function) for m in made}) == len(made)


def test_a_slip_can_take_the_place_of_the_function() -> None:
    """The code of a mutant fits the function it stands for, and runs."""
    target = next(t for t in targets(oracle=False) if t.path.endswith("verdict.py"))
    name, node = next(f for f in target.functions if f[0] == "show")
    assert isinstance(node, ast.FunctionDef)
    place = Place(target, name, node)
    original = place.original()
    assert original(3) == "3"
    slip = next(m for m in mutants(node) if m.what.startswith("return "))
    twin = type(original)(compiled(place, slip), original.__globals__)
    assert twin(3) is None
    assert original(3) == "3"


def test_no_excuse_is_out_of_date() -> None:
    """Whatever is called equivalent is a mutant of today, and has a reason."""
    excused = [
        line
        for line in EQUIVALENT.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    made = {
        f"{target.module.name}:{name}: {mutant.what}"
        for target in targets(oracle=False)
        for name, node in target.functions
        for mutant in mutants(node)
    }
    assert not [line for line in excused if line not in made]
