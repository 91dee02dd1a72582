"""Rules, one file each: rows for the program, check of a proposal, sentence.

A rule is a module of this folder. It is found by its file; nothing else needs
to know it. Its parts are described by `Rule`; files that begin with ``_`` are
shared helpers. The order of the rules is the order of their names.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol, cast

from matcher.rules._beneficiaries import untested_rates
from matcher.rules._shared import source_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    import numpy as np
    from numpy.typing import NDArray

    from matcher.errors import Faults
    from matcher.problem.instance import Instance
    from matcher.program.model import Model
    from matcher.proposal.facts import Facts
    from matcher.proposal.proposal import Proposal
    from matcher.proposal.verdict import Finding
    from matcher.rules._figures import Chances, Figure
    from matcher.scenario.setting import Setting

_TELLS_OF_NO_MONEY: Final = "cost_balance"
"""The rule about money that also speaks where, without costs, no such rule plays."""


class Rule(Protocol):
    """What every rule's module offers."""

    FUNDING: bool
    """True for rules about money: they play no part in what is needed."""

    def rows(self, model: Model) -> None:
        """Add the rule's rows to the program."""

    def check(self, facts: Facts, proposal: Proposal) -> Iterable[Finding]:
        """Judge a proposal by exact facts, without the program."""

    def sentence(self, setting: Setting) -> str:
        """The rule with its numbers in one plain sentence; '' if it plays no part."""


class Gate(Rule, Protocol):
    """A rule that rules out single decisions beforehand.

    Such decisions get no column at all; where a column is needed all the same
    (a pin asks for it, or a conflict is being explained) the assembly writes the
    gate as a row ``decision <= 0``. ``rows`` of a gate adds nothing else.
    """

    def blocked(self, inst: Instance) -> Mapping[str, NDArray[np.bool_]]:
        """Decisions ruled out, by kind.

        ``lead``, ``partner`` and ``observer`` have shape (R, D), ``exchange`` (P,),
        ``grant`` (F, R, D, L) and ``open`` (D,).
        """


class Asking(Rule, Protocol):
    """A rule that may need a figure the scenario leaves blank."""

    def unknowns(self, setting: Setting, joining: Set[str], faults: Faults) -> None:
        """Add a fault for each cell that must be filled in.

        ``joining`` holds the regions that some case may have as member:
        what nobody will ever use need not be known.
        """

    def untested(self, setting: Setting) -> str:
        """Why the rule cannot be tested at all, or ''."""


class Counting(Rule, Protocol):
    """A rule that can tell what it asks of one case, and what there is."""

    def figures(self, chances: Chances) -> Figure | None:
        """The rule at one case, by upper bounds; None if it plays no part there.

        A figure that says ``enough=False`` is proof that the case has no plan.
        """


class Limiting(Rule, Protocol):
    """A rule whose rows couple cases and that can tell what there is to share."""

    def limit(self, setting: Setting, *ids: str) -> Figure | None:
        """The limit behind a row whose subject has these ids; None without any."""


@cache
def all_rules() -> Mapping[str, Rule]:
    """Every rule by name, sorted."""
    names = sorted(
        module.name
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    )
    return {
        name: cast("Rule", importlib.import_module(f"{__name__}.{name}"))
        for name in names
    }


def gates() -> Mapping[str, Gate]:
    """Rules that rule out single decisions."""
    return {n: cast("Gate", r) for n, r in all_rules().items() if hasattr(r, "blocked")}


def asking() -> Mapping[str, Asking]:
    """Rules that may need a figure the scenario leaves blank."""
    return {
        n: cast("Asking", r) for n, r in all_rules().items() if hasattr(r, "unknowns")
    }


def counting() -> Mapping[str, Counting]:
    """Rules that can tell what they ask of one case, and what there is."""
    return {
        n: cast("Counting", r) for n, r in all_rules().items() if hasattr(r, "figures")
    }


def limiting() -> Mapping[str, Limiting]:
    """Rules that can tell what there is to share between cases."""
    return {
        n: cast("Limiting", r) for n, r in all_rules().items() if hasattr(r, "limit")
    }


def untested(setting: Setting, *, funding: bool = True) -> tuple[str, ...]:
    """What nobody tests under a setting, in the words of a proposal's notes.

    Rules that lack their data, and conditions of instruments that no rule knows.
    Without ``funding`` only the rules are meant that are not about money.
    """
    money = funding and setting.has_money
    texts = [
        rule.untested(setting)
        for name, rule in asking().items()
        if money or not rule.FUNDING or (funding and name == _TELLS_OF_NO_MONEY)
    ]
    if money:
        texts += untested_rates(setting)
        texts += [
            f"not tested: {book.id}: {said.text} [{source_of(book, said)}]"
            for book in setting.instruments.values()
            for said in book.conditions
        ]
    return tuple(text for text in texts if text)
