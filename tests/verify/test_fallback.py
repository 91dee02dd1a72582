"""A plan for a no is judged like any other, and must be one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from matcher.proposal.jsonform import dumps, from_json, loads, to_json
from matcher.verify.verify import verify
from tests.tiny import WAIT, tiny
from tests.verify.honest import honest
from tests.verify.waiting import paid, waiting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    """D1 and D2; g pays one of them, h both."""
    return tiny(tmp_path, WAIT)


def broken(proposal: Proposal, setting: Setting) -> set[tuple[str, str]]:
    """Rule and subject of every finding that does not hold."""
    return {
        (f.rule, f.subject) for f in verify(proposal, setting).findings if not f.holds
    }


def test_the_value_is_the_sum_by_hand(setting: Setting) -> None:
    """D1 is paid by h: 0.8. D2 by g: 0.5, or with the other half by h: 0.5 x 0.8."""
    assert waiting(setting).objective == Fraction(13, 10)
    best = waiting(setting, paid("D2", "h"))
    assert best.objective == Fraction(17, 10)
    assert not broken(best, setting)
    assert not broken(waiting(setting), setting)


def test_what_is_done_after_a_no(setting: Setting) -> None:
    """D1 goes on as it is, D2 is paid by h, and nothing is asked of g."""
    later = waiting(setting, paid("D2", "h")).with_a_no
    assert later is not None
    assert later.cases == (paid("D1", "h"), paid("D2", "h"))
    assert {made.instrument for made in later.applications} == {"h"}
    assert later.with_a_no is None


def test_it_comes_back_from_json_the_same(setting: Setting) -> None:
    """Nothing of a fallback is lost in writing."""
    best = waiting(setting, paid("D2", "h"))
    assert from_json(loads(dumps(to_json(best)))) == best


def in_both(proposal: Proposal) -> Proposal:
    """A case that goes on is launched once more after a no."""
    return later(proposal, cases=(paid("D1", "h"), paid("D2", "h")))


def later(proposal: Proposal, **changes: object) -> Proposal:
    """The proposal with a changed fallback."""
    assert proposal.fallback is not None
    return replace(proposal, fallback=replace(proposal.fallback, **changes))


FORGED: dict[str, tuple[Callable[[Proposal], Proposal], tuple[str, str]]] = {
    "no fallback": (lambda p: replace(p, fallback=None), ("fallback", "g")),
    "another instrument": (lambda p: later(p, instrument="h"), ("fallback", "h")),
    "no instrument at all": (lambda p: later(p, instrument="X"), ("fallback", "X")),
    "a better chance": (
        lambda p: later(p, chance=Fraction(3, 5)), ("fallback", "g chance")),
    "paid after its own no": (
        lambda p: later(p, cases=(paid("D2", "g"),)), ("fallback", "g money")),
    "launched twice": (in_both, ("known", "cases (after a no)")),
    "a case nobody knows": (
        lambda p: later(p, cases=(paid("D9", "h"),)), ("known", "D9 (after a no)")),
    "more own money than there is": (
        lambda p: later(p, cases=(paid("D2", "h", own=100),)),
        ("own_money", "A (after a no)")),
    "a grant above its rate": (
        lambda p: later(p, cases=(paid("D2", "h", own=50),)),
        ("single_funding", "D2 A layer 1 (after a no)")),
    "nothing asked for": (
        lambda p: later(p, applications=()), ("application", "h D1 (after a no)")),
    "a wrong value": (
        lambda p: replace(p, objective=Fraction(2), bound=Fraction(2)),
        ("objective", "sum")),
    "a value of cases that are not there": (
        lambda p: later(p, cases=(), applications=p.with_a_no.applications[:1]),
        ("objective", "launched_cases")),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_fallback_is_refused(setting: Setting, what: str) -> None:
    """Every lie about the plan for a no is found, by the rule that it breaks."""
    change, told = FORGED[what]
    assert told in broken(change(waiting(setting, paid("D2", "h"))), setting)


def test_no_fallback_where_nothing_is_awaited(setting: Setting) -> None:
    """A plan for a no of an answer that nobody awaits is no plan."""
    at_once = replace(setting, wait_for=None)
    best = waiting(setting, paid("D2", "h"))
    assert ("fallback", "none") in broken(best, at_once)
    assert not broken(honest(at_once, paid("D1", "h"), paid=True), at_once)


def test_what_is_needed_has_no_fallback(setting: Setting) -> None:
    """Where no rule about money holds no answer is awaited."""
    best = waiting(setting, paid("D2", "h"))
    bare = honest(setting, *(replace(p, funding=()) for p in best.cases))
    assert verify(replace(best, needed=bare), setting).holds
    forged = replace(bare, fallback=best.fallback)
    assert ("fallback", "none") in broken(replace(best, needed=forged), setting)


def test_an_instrument_that_is_left_out_is_not_awaited(setting: Setting) -> None:
    """Under an assumption without g there is nothing to wait for."""
    left = {"h": setting.instruments["h"]}
    without = replace(setting, instruments=left)
    assert not broken(honest(without, paid("D1", "h"), paid=True), without)
