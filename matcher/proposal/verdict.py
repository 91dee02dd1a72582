"""What an independent check of a proposal found, rule by rule."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable


Unit = Literal[
    "cents", "FTE", "regions", "states", "cases", "applications", "organisations",
    "units", "levels", "overlap",
]  # fmt: skip
"""In what a rule measures; results tell cents in EUR."""
MONEY: Final = "cents"
_CENTS: Final = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule applied to one subject."""

    rule: str
    subject: str
    """What it was applied to, such as ``D1`` or ``ES24``."""
    holds: bool
    slack: Fraction | None = None
    """Room left in the rule's own unit; negative when broken; None: yes or no."""
    source: str = ""
    """Source of the rule's number: of a rulebook, or a line of a table."""
    text: str = ""
    """For a broken rule: what is wrong, in words."""
    what: str = ""
    """What was looked at: a figure with its limit, or what a yes or no is about.

    Blank where the rule says it all.
    """
    unit: Unit | None = None
    """Unit of the slack; None: yes or no."""

    @property
    def room(self) -> tuple[Fraction | None, str]:
        """Slack and its unit as results tell them: money in EUR."""
        if self.slack is not None and self.unit == MONEY:
            return self.slack / _CENTS, "EUR"
        return self.slack, self.unit or ""


def at_most(
    rule: str, subject: str, used: Fraction | int, limit: Fraction | int, what: str,
    source: str = "", *, unit: Unit,
) -> Finding:  # fmt: skip
    """Finding that ``used <= limit``."""
    slack, told, bound = Fraction(limit) - used, _told(used, unit), _told(limit, unit)
    text = "" if slack >= 0 else f"{what}: {told} is above {bound}"
    looked_at = f"{what}: {told}, at most {bound}"
    return Finding(rule, subject, slack >= 0, slack, source, text, looked_at, unit)


def at_least(
    rule: str, subject: str, found: Fraction | int, floor: Fraction | int, what: str,
    source: str = "", *, unit: Unit,
) -> Finding:  # fmt: skip
    """Finding that ``found >= floor``."""
    slack, told, bound = Fraction(found) - floor, _told(found, unit), _told(floor, unit)
    text = "" if slack >= 0 else f"{what}: {told} is below {bound}"
    looked_at = f"{what}: {told}, at least {bound}"
    return Finding(rule, subject, slack >= 0, slack, source, text, looked_at, unit)


def must(
    rule: str, subject: str, holds: bool, wrong: str, source: str = "", *,
    what: str = "",
) -> Finding:  # fmt: skip
    """Finding that something holds, yes or no; ``what`` tells apart those of a rule."""
    text = "" if holds else wrong
    return Finding(rule, subject, holds, None, source, text, what)


def _told(value: Fraction | int, unit: Unit) -> str:
    return euros(value) if unit == MONEY else show(value)


def show(value: Fraction | int) -> str:
    """A number for people: whole where it is whole."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def euros(cents: Fraction | int) -> str:
    """An amount for people: ``EUR 1,200,000``, with cents only where there are any.

    Parts of a cent, such as a share of a cost, are told to the fourth digit.
    """
    sign = "-" if cents < 0 else ""
    if cents.denominator != 1:
        return f"EUR {sign}{float(abs(Fraction(cents)) / _CENTS):,.4f}"
    whole, rest = divmod(abs(int(cents)), _CENTS)
    return f"EUR {sign}{whole:,}" + (f".{rest:02}" if rest else "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every finding about one proposal."""

    findings: tuple[Finding, ...]
    untested: tuple[str, ...] = ()
    """Rules that could not be tested for lack of figures, each with what to fill in."""

    @property
    def holds(self) -> bool:
        """True when no finding is broken."""
        return all(finding.holds for finding in self.findings)

    @property
    def broken(self) -> tuple[Finding, ...]:
        """Findings that do not hold."""
        return tuple(finding for finding in self.findings if not finding.holds)

    def __repr__(self) -> str:
        if self.holds:
            return f"<Verdict: all {len(self.findings)} checks hold>"
        first = "; ".join(f"{f.rule} {f.subject}: {f.text}" for f in self.broken[:3])
        count = f"{len(self.broken)} of {len(self.findings)}"
        return f"<Verdict: {count} checks broken: {first}>"


def merge(verdicts: Iterable[Verdict]) -> Verdict:
    """All findings of several verdicts in one."""
    parts = list(verdicts)
    return Verdict(
        tuple(f for part in parts for f in part.findings),
        tuple(dict.fromkeys(text for part in parts for text in part.untested)),
    )
