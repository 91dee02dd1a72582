"""A whole run: workers opened for it, or open ones that stay so."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import matcher.engine.run as engine
from matcher.engine.run import propose, run
from matcher.errors import InputError
from matcher.program.solution import SolveOptions
from tests.tiny import PAID, PLAIN, WAIT, scene, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matcher.engine.solving import Workers
    from matcher.proposal.proposal import Proposal
    from tests.tiny import Scene


def timeless(proposal: Proposal) -> Proposal:
    """The proposal without what the clock told."""
    meta = {
        stage: {**told, "seconds": None} if stage != "seconds" else None
        for stage, told in proposal.meta.items()
    }
    needed = proposal.needed and timeless(proposal.needed)
    return replace(proposal, meta=meta, needed=needed)


@pytest.mark.parametrize("what", [PLAIN, PAID, WAIT], ids=["plain", "paid", "wait"])
def test_open_workers_solve_one_setting_after_the_other(
    tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch, what: Scene
) -> None:
    """A run is the same on workers of its own, which it alone opens and closes."""
    opened: list[str] = []

    @contextmanager
    def stub(name: str) -> Iterator[Workers]:
        opened.append(name)
        yield workers
        opened.append("closed")

    monkeypatch.setattr(engine, "open_workers", stub)
    setting = tiny(tmp_path, what)
    first, again = propose(setting, workers), propose(setting, workers)
    assert opened == []
    assert timeless(first) == timeless(again) == timeless(run(setting))
    assert opened == ["highs", "closed"]


def test_what_is_asked_for_reaches_the_work(tmp_path: Path, workers: Workers) -> None:
    """Options, progress, ties and a second opinion, by the names `run` has for them."""
    setting = tiny(tmp_path, PAID)
    stages: set[str] = set()
    found = propose(
        setting, workers, options=SolveOptions(), tie_break=True, confirm="cpsat",
        report=lambda stage, _: stages.add(stage),
    )  # fmt: skip
    assert found.status == "optimal"
    assert (found.confirmed_by or "").startswith("cpsat")
    assert stages <= {"needed", "fundable"}
    late = propose(setting, workers, options=SolveOptions(time_limit=0.0))
    assert late.status == "unknown"


def test_faulty_inputs_are_told_by_open_workers_too(
    tmp_path: Path, workers: Workers
) -> None:
    """Before anything is solved."""
    bare = scene(PAID, objective={"weights": {"glory": 1}})
    with pytest.raises(InputError, match="glory"):
        propose(tiny(tmp_path, bare), workers)
