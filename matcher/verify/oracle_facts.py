"""What the oracle reads off a setting before any choice is made.

Plain look-ups, written from the specification and sharing nothing with the
rules of the program: an error there must not repeat itself here.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.scenario.records import Case, Commitment, Role
    from matcher.scenario.rulebook import Consortium
    from matcher.scenario.setting import Setting

ZERO = Fraction(0)
UNLIMITED = "unlimited"


def ruled(cited: Any, default: Any = None) -> Any:
    """Value of a cited number of a rulebook, or the default where none stands."""
    return default if cited is None else cited.value


class Facts:
    """Look-ups on one setting, each worked out once."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    @cached_property
    def levels(self) -> dict[tuple[str, str], int]:
        """Highest known level by region and capability; no entry is unknown."""
        found: dict[tuple[str, str], int] = {}
        for row in self.setting.assets:
            key = (row.region, row.capability)
            found[key] = max(row.level, found.get(key, 0))
        return found

    @cached_property
    def covering(self) -> dict[str, frozenset[str]]:
        """The regions that cover each region."""
        regions = self.setting.regions
        return {
            b: frozenset(a for a in regions if a != b and self._covers(a, b))
            for b in regions
        }

    def _covers(self, a: str, b: str) -> bool:
        """True when region b stands inside region a, so that b need not count."""
        big, small = self.setting.regions[a].nuts, self.setting.regions[b].nuts
        if not big or not small:
            return False
        if set(big) == set(small):
            return a < b
        if _inside(small, big):
            return True
        if _inside(big, small):
            return False
        touching = any(x.startswith(y) or y.startswith(x) for x in small for y in big)
        return touching and a < b

    def nested(self, a: str, b: str) -> bool:
        """True when either of two regions covers the other."""
        return a in self.covering[b] or b in self.covering[a]

    def counting(self, members: Iterable[str]) -> frozenset[str]:
        """Members that no other member of the same case covers."""
        present = frozenset(members)
        return frozenset(r for r in present if not self.covering[r] & present)

    def states(self, members: Iterable[str]) -> int:
        """Distinct states among members."""
        return len({self.setting.regions[r].state for r in members})

    def category(self, region: str, scheme: str) -> str | None:
        """Category of a region in a classification scheme; None is unknown."""
        return self.setting.regions[region].category.get(scheme)

    def required_met(self, consortium: Consortium, members: frozenset[str]) -> bool:
        """True when enough counting members stand in the required categories."""
        counting = self.counting(members)
        return all(
            sum(self.category(r, need.scheme) in need.categories for r in counting)
            >= need.min_regions.value
            for need in consortium.required
        )

    @cached_property
    def _fits(self) -> dict[tuple[str, str], Fraction]:
        topics = self.setting.case_topics
        fits: dict[tuple[str, str], Fraction] = {}
        for row in self.setting.priorities:
            if row.valid_until is not None and row.valid_until < self.setting.date:
                continue
            for topic in topics:
                if topic.topic == row.topic:
                    key = (row.region, topic.case)
                    fits[key] = fits.get(key, ZERO) + row.weight * topic.weight
        return fits

    def fit(self, region: str, case: str) -> Fraction:
        """Overlap of a region's valid priorities with a case's topics, at most 1."""
        return min(self._fits.get((region, case), ZERO), Fraction(1))

    def fits_enough(self, region: str, case: str) -> bool:
        """True when the region's priorities open the case to it as a member."""
        book = self.setting.partnership
        least = None if book is None else ruled(book.priority_min_fit)
        has_topics = any(t.case == case for t in self.setting.case_topics)
        if least is None or not has_topics or not self.setting.priorities:
            return True
        return bool(self.fit(region, case) >= least)

    def standing(self, region: str, case: Case) -> list[Commitment]:
        """Rows in force: of the case, else its partnership, else in general."""
        today = self.setting.date
        valid: list[Commitment] = [
            row for row in self.setting.commitments
            if row.region == region and (row.expires is None or row.expires >= today)
        ]  # fmt: skip
        for rows in (
            [row for row in valid if row.case == case.case],
            [
                row for row in valid
                if row.case is None and row.partnership is not None
                and row.partnership == case.partnership
            ],
            [row for row in valid if row.case is None and row.partnership is None],
        ):  # fmt: skip
            if rows:
                return rows
        return []

    def commitment(self, region: str, case: Case) -> int:
        """Level in force; 0 where no row is."""
        return max((row.level for row in self.standing(region, case)), default=0)

    def committed(self, region: str, case: Case, role: str) -> bool:
        """True when the commitment in force suffices for a role."""
        book = self.setting.partnership
        if book is None or not book.commitment or not self.setting.commitments:
            return True
        standing = self.commitment(region, case)
        asked = ("lead", "partner") if role == "lead" else (role,)
        return all(standing >= self._asked(word, case.phase) for word in asked)

    def _asked(self, role: str, phase: str | None) -> int:
        assert self.setting.partnership is not None
        entries = [e for e in self.setting.partnership.commitment if e.role == role]
        for wanted in (phase, None):
            for entry in entries:
                if entry.phase == wanted:
                    return int(entry.level.value)
        return 0

    def roles(self, case: str, kind: str | None = None) -> list[Role]:
        """Role rows of a case, of one kind or of all."""
        return [
            row for row in self.setting.roles
            if row.case == case and (kind is None or row.kind == kind)
        ]  # fmt: skip

    def verdict(self, provider: str, receiver: str, capability: str) -> str:
        """What all experts together say: one rejection outweighs the others."""
        said = {
            row.verdict for row in self.setting.verdicts
            if (row.provider, row.receiver, row.capability)
            == (provider, receiver, capability)
        }  # fmt: skip
        for word in ("rejected", "validated", "doubtful"):
            if word in said:
                return word
        return ""

    def weight(self, term: str) -> Fraction:
        """Weight of an objective term; a term that is not named does not count."""
        return Fraction(self.setting.objective.weights.get(term, 0))

    def parameter(self, term: str, name: str, default: Any = 0) -> Any:
        """Parameter of an objective term."""
        return self.setting.objective.parameters.get(term, {}).get(name, default)


def _inside(small: Iterable[str], big: Iterable[str]) -> bool:
    heads = tuple(big)
    return all(any(code.startswith(head) for head in heads) for code in small)
