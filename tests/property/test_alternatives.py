"""Plans close to the best against brute force: the same plans in the same order."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from itertools import combinations, product
from typing import TYPE_CHECKING

import pytest

import matcher
import matcher.engine.alternatives as engine
from matcher.engine.margin import margin
from matcher.errors import Place
from matcher.proposal.difference import memberships_of
from matcher.scenario.setting import PlacedPin
from matcher.verify.oracle import best
from tests.property.generator import write_scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction
    from pathlib import Path

    from matcher.engine.solving import Workers
    from matcher.scenario.setting import Setting

SEEDS = range(40)
COUNT = 4
NAMES = ("highs", "cpsat", "cbc")
Members = frozenset[tuple[str, str]]


def worths(setting: Setting) -> dict[Members, Fraction]:
    """What every set of memberships is worth at best, by pinning each in turn."""
    regions = sorted(setting.regions)
    consortia = [frozenset(chosen) for size in range(len(regions) + 1)
                 for chosen in combinations(regions, size)]  # fmt: skip
    found: dict[Members, Fraction] = {}
    for members in product(consortia, repeat=len(setting.cases)):
        pins = [pin for case, chosen in zip(setting.cases, members, strict=True)
                for pin in pinned(case, chosen, regions)]  # fmt: skip
        fixed = replace(setting, pins=(*setting.pins, *pins))
        answer = best(fixed, funding=setting.has_money)
        if answer is not None:
            found[named(setting.cases, members)] = answer.value
    return found


def pinned(
    case: str, members: frozenset[str], regions: Sequence[str]
) -> Iterator[PlacedPin]:
    """Pins that leave a case exactly these members, or closed without any."""
    at = Place("test", 1)
    if not members:
        yield PlacedPin(case, None, None, True, "", at)
        return
    for region in regions:
        yield PlacedPin(case, region, "member", region not in members, "", at)


def named(cases: Iterable[str], members: Iterable[frozenset[str]]) -> Members:
    """Every case with each of its members."""
    pairs = zip(cases, members, strict=True)
    return frozenset((case, region) for case, chosen in pairs for region in chosen)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_list_is_that_of_brute_force(
    seed: int, tmp_path: Path, backends: Mapping[str, Workers],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Every plan listed has its value, none that belongs there is missing."""
    path = write_scenario(tmp_path / "s", seed, money=seed % 4 != 0, small=True)
    setting = matcher.load(path).setting()
    try:
        truth = worths(setting)
    except ValueError:  # the oracle's own: too much to try
        pytest.skip("too much for the oracle")
    name = NAMES[seed % len(NAMES)]
    opened = "matcher.engine.desk.open_workers"
    monkeypatch.setattr(opened, lambda _: nullcontext(backends[name]))
    distance = margin("2 points")
    found = engine.alternatives(setting, count=COUNT, within=distance, backend=name)
    if not truth:
        assert found.best.status == "infeasible"
        return
    floor = distance.floor(max(truth.values()))
    near = sorted((v for v in truth.values() if v >= floor), reverse=True)
    assert [plan.objective for plan in found.plans] == near[: COUNT + 1]
    listed = [memberships_of(plan) for plan in found.plans]
    assert len(set(listed)) == len(listed)
    assert [truth[members] for members in listed] == near[: COUNT + 1]
    assert found.proven
    if found.complete or len(near) <= COUNT:
        assert found.complete
        assert len(near) == len(listed)
