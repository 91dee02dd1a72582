"""What was decided beforehand stays decided: pins and vetoes of the scenario.

::

    lead[r,d] = 1,  member[r,d] - lead[r,d] = 1,  member[r,d] = 1,
    observer[r,d] = 1,  open[d] = 1          (with ``forbid``: = 0)

Source: ``pins`` of the scenario (R46).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.program.blocks import Subject
from matcher.program.layout import NONE
from matcher.proposal.verdict import Finding, must
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.scenario.setting import PlacedPin, Setting

NAME = "pins"
FUNDING = False


def rows(model: Model) -> None:
    """Add one row per pin."""
    pins = model.inst.setting.pins
    if not pins:
        return
    labels = model.inst.labels
    entries = [
        (i, column, sign)
        for i, pin in enumerate(pins)
        for column, sign in _columns(model, pin)
        if column != NONE
    ]
    table = np.array(entries, dtype=np.int64).reshape(-1, 3)
    wanted = np.array([0.0 if pin.forbid else 1.0 for pin in pins])
    subject = Subject((tuple(pin.subject for pin in pins),), (np.arange(len(pins)),))
    case = labels.cases.encode(pin.case for pin in pins)
    parts = [(table[:, 0], table[:, 1], table[:, 2])]
    model.add.add_rows(NAME, subject, parts, case=case, lower=wanted, upper=wanted)


def _columns(model: Model, pin: PlacedPin) -> list[tuple[int, int]]:
    """Columns a pin speaks of, with their signs."""
    cols, labels = model.cols, model.inst.labels
    d = labels.cases.index[pin.case]
    if pin.region is None:
        return [(int(cols.open[d]), 1)]
    r = labels.regions.index[pin.region]
    member, lead = int(cols.member[r, d]), int(cols.lead[r, d])
    return {
        "lead": [(lead, 1)],
        "partner": [(member, 1), (lead, -1)],
        "member": [(member, 1)],
        "observer": [(int(cols.observer[r, d]), 1)],
    }[pin.role or "member"]


def check(facts: Facts, proposal: Proposal) -> Iterator[Finding]:
    """Look for every pin in the proposal."""
    for pin in facts.setting.pins:
        plan = proposal.by_case.get(pin.case)
        if pin.region is None or pin.role is None:
            found = plan is not None
        elif plan is None:
            found = False
        else:
            found = {
                "lead": plan.lead == pin.region,
                "partner": pin.region in plan.partners,
                "member": pin.region in plan.members,
                "observer": pin.region in plan.observers,
            }[pin.role]
        yield must(NAME, pin.subject, found != pin.forbid,
                   "vetoed" if pin.forbid else "asked for", line(pin.at))  # fmt: skip


def sentence(setting: Setting) -> str:
    """The pins themselves."""
    stated = "; ".join(pin.subject for pin in setting.pins)
    return f"Decided beforehand: {stated}." if stated else ""
