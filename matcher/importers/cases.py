"""The cases: tables ``cases``, ``roles``, ``costs`` and ``case_topics``."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from matcher.importers.writing import plain, round_to, table_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from matcher.importers.partnerships import NamedCase, Partnerships
    from matcher.importers.reading import Node

_PLAN: Final = (
    "trl_start", "trl_end", "min_partners", "max_partners", "min_states", "effort_base",
    "effort_per_partner",
)  # fmt: skip
CASE_COLUMNS: Final = (
    "case", "name", "partnership", "phase", *_PLAN, "leads", "state",
)  # fmt: skip
_ROLE_NUMBERS: Final = (
    "min_level", "min_total", "min_providers", "min_amount", "weight",
)  # fmt: skip
ROLE_COLUMNS: Final = ("case", "capability", "kind", *_ROLE_NUMBERS)
COST_COLUMNS: Final = ("case", "layer", "amount", "per")
TOPIC_COLUMNS: Final = ("case", "topic", "weight")
_LAYERS: Final = ("1", "2", "3", "coordination")

Row = dict[str, str]


class Cases:
    """The four tables about cases, from the named cases and the recipe."""

    def __init__(
        self,
        recipe: Node,
        partnerships: Partnerships,
        capabilities: Collection[str],
        topics: Collection[str],
    ) -> None:
        self.capabilities, self.topics = capabilities, topics
        self.rows: list[Row] = []
        self.roles: list[Row] = []
        self.costs: list[Row] = []
        self.case_topics: list[Row] = []
        self.budget = recipe.block("case_budget")
        self.step = int(self.budget.number("round_to", 1)) or 1
        self.splits = {k: n.numbers() for k, n in self.budget.block("split").named()}
        self.per_partner = self.budget.block("per_partner").numbers()
        self.budget.close()
        defaults = recipe.block("case_defaults")
        self.defaults = {k: defaults.number(k) for k in _PLAN if k in defaults}
        defaults.close()
        plans = recipe.block("cases")
        for named in partnerships.cases:
            self._add(named, plans.block(named.case))
        plans.close()

    def _add(self, named: NamedCase, plan: Node) -> None:
        phase = plan.text("phase")
        row = {
            "case": named.case,
            "name": named.title,
            "partnership": named.partnership,
            "phase": phase,
            "leads": "|".join(named.leads),
            "state": plan.text("state") if "state" in plan else "idea",
        }
        for key in _PLAN:
            value = plan.number(key) if key in plan else self.defaults.get(key)
            row[key] = plain(value)
        self.rows.append(row)
        self._add_costs(named.case, phase, plan)
        for entry in plan.blocks("roles"):
            self._add_role(named.case, entry)
        topics = plan.block("topics")
        for topic, weight in topics.numbers().items():
            if topic not in self.topics:
                topics.fault(topic, "UNKNOWN_TOPIC", "is no topic", "add it to topics")
            self.case_topics.append(
                {"case": named.case, "topic": topic, "weight": plain(weight)}
            )
        plan.close()

    def _add_costs(self, case: str, phase: str, plan: Node) -> None:
        split, total = self.splits.get(phase), plan.number("total")
        if split is None:
            plan.fault("phase", "NO_SPLIT", f'no split for "{phase}"', "add one")
            return
        for layer in _LAYERS:
            shared = round_to(total * split.get(layer, 0), self.step)
            each = self.per_partner.get(layer)
            for amount, per in ((shared, "case"), (each, "partner")):
                if amount:
                    row = {"case": case, "layer": layer, "per": per}
                    self.costs.append(row | {"amount": plain(amount)})

    def _add_role(self, case: str, entry: Node) -> None:
        capability = entry.text("capability")
        if capability not in self.capabilities:
            entry.fault(
                "capability",
                "UNKNOWN_CAPABILITY",
                f'"{capability}" is no capability',
                "use one of the capabilities of this recipe",
            )
        row = {"case": case, "capability": capability, "kind": entry.text("kind")}
        for key in _ROLE_NUMBERS:
            row[key] = plain(entry.number(key)) if key in entry else ""
        entry.close()
        self.roles.append(row)

    @property
    def led(self) -> dict[str, set[str]]:
        """Topics of the cases that each region is printed to lead."""
        topics: dict[str, set[str]] = defaultdict(set)
        for row in self.rows:
            mine = {t["topic"] for t in self.case_topics if t["case"] == row["case"]}
            for region in filter(None, row["leads"].split("|")):
                topics[region] |= mine
        return topics

    def tables(self) -> dict[str, str]:
        """Return the four tables, file name -> text."""
        roles = sorted(
            self.roles, key=lambda r: (r["case"], r["capability"], r["kind"])
        )
        return {
            "cases.csv": table_text(CASE_COLUMNS, self.rows),
            "roles.csv": table_text(ROLE_COLUMNS, roles),
            "costs.csv": table_text(COST_COLUMNS, self.costs),
            "case_topics.csv": table_text(TOPIC_COLUMNS, self.case_topics),
        }
