"""Rejected pairs exchange nothing; in validated-only mode only validated pairs do.

::

    exchange[a,n,d] = 0   where verdict(p(a), c(n), k) = rejected
    exchange[a,n,d] = 0   where it is not validated, in validated-only mode

One expert's rejection rejects a pair; one validation, without rejection,
validates it. Source: verdicts table (R35, R36).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.proposal.verdict import Finding, must

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from matcher.problem.instance import Instance
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import Setting

NAME = "exchange_verdict"
FUNDING = False


def blocked(inst: Instance) -> Mapping[str, NDArray[np.bool_]]:
    """Pairs that experts ruled out, or did not validate where that is asked."""
    ex, labels, setting = inst.exchanges, inst.labels, inst.setting
    if not (setting.verdicts or setting.validated_only):
        return {}
    size = len(labels.regions), len(labels.regions), len(labels.capabilities)
    flat = np.ravel_multi_index(
        (ex.asset_region[ex.pair_asset], ex.need_region[ex.pair_need],
         ex.asset_capability[ex.pair_asset]),
        size,
    )  # fmt: skip
    said = {}
    for word in ("rejected", "validated"):
        rows = [v for v in setting.verdicts if v.verdict == word]
        said[word] = np.ravel_multi_index(
            (labels.regions.encode(v.provider for v in rows),
             labels.regions.encode(v.receiver for v in rows),
             labels.capabilities.encode(v.capability for v in rows)),
            size,
        )  # fmt: skip
    out = np.isin(flat, said["rejected"])
    if setting.validated_only:
        out |= ~np.isin(flat, said["validated"])
    return {"exchange": out}


def rows(model: Model) -> None:
    """A gate: the assembly writes its rows."""


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Look up the verdict on every pair that exchanges."""
    only = facts.setting.validated_only
    if not (only or facts.verdicts):
        return
    for plan in proposal.cases:
        for e in plan.exchanges:
            word = facts.verdicts.get(
                (e.provider, e.receiver, e.capability), "not validated"
            )
            good = word == "validated" if only else word != "rejected"
            yield must(
                NAME,
                f"{plan.case} {e.subject}",
                good,
                f"the pair is {word}",
            )


def sentence(setting: Setting) -> str:
    """The rule in words."""
    if setting.validated_only:
        return "Only pairs that experts validated exchange anything."
    return "Pairs that an expert rejected exchange nothing." if setting.verdicts else ""
