"""What is compared: one model, the same for the engine and for every peer.

A generated scenario with its direct grants only. Pooled funds and regional programmes
are left out, for every peer would need pages for them. What remains, in an analyst's
words, for regions r, cases d, capabilities k, states s and instruments f::

    max   sum value[r,k] serve[r,k,d]
        + sum (fit_points fit[r,d] - member_cost) member[r,d]
        + sum (observer_points fit[r,d] - observer_cost) observer[r,d]
        - sum case_cost launch[d]

    roles       member + observer <= launch,   lead <= member
                sum_r lead[r,d] = launch[d]
    size        min_regions launch[d] <= sum_r member[r,d] <= most_members[d] launch[d]
    states      present[s,d] <= sum_{r in s} member[r,d]
                sum_s present[s,d] >= min_states launch[d]
    effort      sum_d (effort_member[d] member[r,d] + effort_lead[d] lead[r,d])
                    <= people[r]
    exchanges   supply[r,k,d] <= capacity[r,k] member[r,d],  sum_d supply <= capacity
                serve[r,k,d] <= amount[r,k] member[r,d],     sum_d serve <= amount
                sum_r serve[r,k,d] = sum_r supply[r,k,d]
                served where a high level is asked for <= supplied at that level
                sum_r serve[r,k,d] >= least[d,k] launch[d]
    costs       sum_r share[r,d] = fixed[d] launch[d] + seat[d] sum_r member[r,d]
                                 + sum_{r,k} unit_cost[r,k] supply[r,k,d]
                share[r,d] <= largest[d] member[r,d]
                share[r,d] >= sum_k unit_cost[r,k] supply[r,k,d]
    own money   sum_d (share[r,d] - sum_f grant[f,r,d]) <= own_budget[r]
    grants      sum_f grant[f,r,d] / rate[f,r] <= share[r,d]
                smallest[f] uses[f,d] <= sum_r grant[f,r,d] <= greatest[f] uses[f,d]
                sum_{r,d} grant[f,r,d] <= envelope[f],       uses[f,d] <= launch[d]
                sum_r member >= min_regions[f] uses
                sum_s present >= min_states[f] uses

`launch`, `lead`, `member`, `observer` and `uses` are yes or no, `supply` and `serve`
whole numbers, `present` lies between 0 and 1. Commitments and priorities decide which
pairs of region and case have columns at all.

The peers' money is continuous, that of CP-SAT in whole euros, which all prices of the
generator are; the engine settles whole cents. Points do not depend on money.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

LEFT_OUT: Final = ("pool-", "programme-")
"""How the names of rulebooks begin that are no direct grants."""


def narrowed(folder: Path, into: Path, threads: int) -> Path:
    """Copy a generated scenario with its direct grants only; returns the copy.

    The copy also asks the engine's solver for a number of threads.
    """
    shutil.copytree(folder, into)
    settings = into / "scenario.yaml"
    kept = [
        line for line in settings.read_text("utf-8").splitlines()
        if not any(f"/{start}" in line for start in LEFT_OUT)
    ]  # fmt: skip
    kept.append(f"solve: {{threads: {threads}}}")
    settings.write_text("\n".join(kept) + "\n", "utf-8")
    for path in (into / "rulebooks").iterdir():
        if path.name.startswith(LEFT_OUT):
            path.unlink()
    (into / "budgets.csv").unlink()
    return into
