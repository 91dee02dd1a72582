"""A plan for many outcomes of a bundled scenario, to a proven gap."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from benchmarks.sweeps import ROOT

Answer = dict[str, Any]


def plan_for_outcomes(
    folder: str, bundled: str, gap: float, time_limit: float, patience: float
) -> Answer:
    """Seconds until the plan is proven, its value, bound and gap.

    ``bundled`` names the scenario; its ``outcomes.yaml`` says what is uncertain.
    ``folder`` and ``patience`` are for other measurements.
    """
    import matcher
    from matcher.engine.desk import open_desk
    from matcher.program.solution import SolveOptions
    from matcher.study.risk.outcomes import from_file
    from matcher.study.risk.risk import risk

    source = ROOT / "scenarios" / bundled
    prospect = from_file(matcher.load(source), Path(source) / "outcomes.yaml")
    began = time.perf_counter()
    with open_desk("highs", SolveOptions(gap=gap, time_limit=time_limit)) as desk:
        study = risk(prospect, desk, events=False)
        solved = desk.clock.seconds.get("solve", 0.0)
    found = study.found
    if found.worth is None or found.bound is None:
        raise RuntimeError(f"no plan: {study.sentences}")
    return {
        "outcomes": len(prospect.outcomes),
        "risk s": time.perf_counter() - began,
        "solver s": solved,
        "value": float(found.worth),
        "bound": float(found.bound),
        "gap %": float(100 * (found.bound - found.worth) / abs(found.worth)),
        "outcomes together": len(found.blocks),
    }
