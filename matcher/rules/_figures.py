"""What a rule asks of one case and what there is at best: figures for plain reasons.

A rule may offer ``figures(chances)`` and ``limit(setting, *ids)``, see
`matcher.rules`. Both count upper bounds only, so that a shortfall they find is
proof: no solver can find what is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from matcher.proposal.facts import Facts
from matcher.rules._shared import line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from matcher.errors import Place
    from matcher.problem.instance import Instance
    from matcher.scenario.records import Case, Role
    from matcher.scenario.rulebook import RulebookHead
    from matcher.scenario.setting import Setting

    Bools = NDArray[np.bool_]

MOST_LINES: Final = 3
"""Lines of the input that one sentence can bear."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a rule asks of a case and what there is, and the lines that say so."""

    text: str
    """A clause without capital and full stop."""
    lines: tuple[str, ...] = ()
    enough: bool = True
    """False where this figure alone proves that the case has no plan."""

    def __str__(self) -> str:
        return f"{self.text} ({'; '.join(self.lines)})" if self.lines else self.text


@dataclass(frozen=True)
class Chances:
    """What one case could have at best: nothing that some gates rule out."""

    inst: Instance
    case: int
    blocked: Mapping[str, Mapping[str, Bools]]
    """What each gate rules out, by rule and kind of decision."""
    facts: Facts
    """Exact look-ups over the setting."""

    @classmethod
    def of(
        cls, inst: Instance, case: int, blocked: Mapping[str, Mapping[str, Bools]]
    ) -> Chances:
        """The chances of a case by its index."""
        return cls(inst, case, blocked, Facts(inst.setting))

    @property
    def setting(self) -> Setting:
        """The tables and rulebooks."""
        return self.inst.setting

    @property
    def row(self) -> Case:
        """The case's row."""
        return self.setting.cases[self.inst.labels.cases.ids[self.case]]

    def without(self, gate: str) -> Chances:
        """The chances if one gate ruled out nothing."""
        left = {name: parts for name, parts in self.blocked.items() if name != gate}
        return Chances(self.inst, self.case, left, self.facts)

    def _open(self, kind: str) -> Bools:
        """Regions that no gate keeps from a role, shape (R,)."""
        free = np.ones(len(self.inst.labels.regions), dtype=bool)
        for parts in self.blocked.values():
            if kind in parts:
                free &= ~parts[kind][:, self.case]
        return free

    @cached_property
    def leads(self) -> Bools:
        """Regions that may lead, shape (R,)."""
        return self._open("lead")

    @cached_property
    def joins(self) -> Bools:
        """Regions that may be lead or partner, shape (R,)."""
        return self.leads | self._open("partner")

    @cached_property
    def joining(self) -> list[str]:
        """Ids of the regions that may join."""
        return self.inst.labels.regions.decode(np.nonzero(self.joins)[0])

    @cached_property
    def leading(self) -> list[str]:
        """Ids of the regions that may lead."""
        return self.inst.labels.regions.decode(np.nonzero(self.leads)[0])

    @cached_property
    def exchange(self) -> Bools:
        """Pairs of asset and need that may exchange among them, shape (P,)."""
        ex = self.inst.exchanges
        free = self.joins[ex.asset_region[ex.pair_asset]]
        free &= self.joins[ex.need_region[ex.pair_need]]
        for parts in self.blocked.values():
            if "exchange" in parts:
                free &= ~parts["exchange"]
        return free

    @cached_property
    def paid(self) -> Bools:
        """Instruments that may pay a region something in the case, shape (F, R)."""
        layers = self.inst.money.most_cost[self.case] > 0
        money = self.inst.money
        free = money.rate_num[:, money.mix[:, self.case]] > 0
        free &= layers
        free &= self.joins[None, :, None]
        for parts in self.blocked.values():
            if "grant" in parts:
                free &= ~parts["grant"][:, :, self.case, :]
        return np.asarray(free.any(axis=2))

    def roles(self, kind: str) -> list[Role]:
        """The case's roles of one kind."""
        return [
            q for q in self.setting.roles if (q.case, q.kind) == (self.row.case, kind)
        ]


def places(found: Iterable[Place]) -> tuple[str, ...]:
    """Lines of the input, the first few of them."""
    lines = list(dict.fromkeys(line(place) for place in found))
    more = len(lines) - MOST_LINES
    return (*lines[:MOST_LINES], *([f"{more} more"] if more > 0 else []))


def book_line(setting: Setting, book: RulebookHead) -> str:
    """The file of a rulebook."""
    return setting.places[book.id].file


def count(number: int, noun: str, plural: str = "") -> str:
    """A number of things: ``no state``, ``1 state``, ``2 states``."""
    return f"{number or 'no'} {noun if number < 2 else plural or f'{noun}s'}"


def may_join(chances: Chances) -> str:
    """The regions that may join, as the subject of a clause."""
    return f"the {len(chances.joining)} regions that may join"


def who_can(
    chances: Chances, member: Callable[[str], bool], lead: Callable[[str], bool]
) -> tuple[str, bool]:
    """How many can be member and lead of those who may, and whether anybody can.

    Where nobody may lead at all, this rule is not what keeps them from it.
    """
    members, leads = sum(map(member, chances.joining)), sum(map(lead, chances.leading))
    text = f"of {may_join(chances)} {members or 'none'} can be member"
    if chances.leading:
        text += f", of the {len(chances.leading)} that may lead {leads or 'none'} can"
    enough = (members > 0 or not chances.joining) and (leads > 0 or not chances.leading)
    return text, enough


def capability(setting: Setting, name: str) -> str:
    """Name of a capability, its code where it has none."""
    known = setting.capabilities.get(name)
    return (known.name if known else "") or name
