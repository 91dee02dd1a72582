"""What an independent check of a proposal found, rule by rule."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


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


def at_most(
    rule: str, subject: str, used: Fraction | int, limit: Fraction | int, what: str,
    source: str = "",
) -> Finding:  # fmt: skip
    """Finding that ``used <= limit``."""
    slack = Fraction(limit) - used
    text = "" if slack >= 0 else f"{what}: {show(used)} is above {show(limit)}"
    return Finding(rule, subject, slack >= 0, slack, source, text)


def at_least(
    rule: str, subject: str, found: Fraction | int, floor: Fraction | int, what: str,
    source: str = "",
) -> Finding:  # fmt: skip
    """Finding that ``found >= floor``."""
    slack = Fraction(found) - floor
    text = "" if slack >= 0 else f"{what}: {show(found)} is below {show(floor)}"
    return Finding(rule, subject, slack >= 0, slack, source, text)


def must(rule: str, subject: str, holds: bool, what: str, source: str = "") -> Finding:
    """Finding that something holds, yes or no."""
    return Finding(rule, subject, holds, None, source, "" if holds else what)


def show(value: Fraction | int) -> str:
    """A number for people: whole where it is whole."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def euros(cents: int) -> str:
    """Cents as EUR with two decimals, exactly."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


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
