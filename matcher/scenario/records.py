"""The tables of a scenario: one frozen record type per table.

Each field is declared once, with its kind, its meaning and what a blank means;
reading, checking and the format manual all follow from these declarations.
Amounts are exact: whole numbers, fractions, and money in cents.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Final

from matcher.errors import Place
from matcher.scenario import columns as c
from matcher.scenario.letters import clean_code

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

PHASES: Final = ("learn", "connect", "demonstrate", "commercialise", "scale_up")
LAYERS: Final = ("1", "2", "3", "coordination")
CASE_STATES: Final = (
    "idea", "designed", "funded", "running", "on_hold", "done", "stopped",
)  # fmt: skip
ROLES: Final = ("lead", "partner", "observer")
LEAD_USER: Final = "lead_user"
"""Class of capabilities of those who need a solution first."""
ACTOR_TYPES: Final = ("company", "sme", "rto", "university", "cluster", "public", "ngo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table and where it was written."""

    TABLE: ClassVar[str] = ""
    KEY: ClassVar[tuple[str, ...]] = ()
    at: Place = field(default=Place(""), compare=False, repr=False)

    @property
    def key(self) -> tuple[Any, ...]:
        """The values that make this row unique in its table."""
        return tuple(getattr(self, name) for name in self.KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region(Row):
    """A region: one that may join consortia."""

    TABLE = "regions"
    KEY = ("region",)
    region: str = c.code("short code, such as its NUTS code", required=True)
    name: str = c.text("name for people", required=True)
    state: str = c.code("state it belongs to, such as NO", required=True)
    nuts: tuple[str, ...] = c.codes(
        "NUTS units it consists of; blank: none stated, nested with no other region"
    )
    effort_capacity: c.Amount = c.amount(
        "people it can give to all cases together, FTE; blank: unknown"
    )
    max_cases: int | None = c.whole(
        0, None, "cases it may be a member of; blank: no limit"
    )
    max_leads: int | None = c.whole(0, None, "cases it may lead; blank: no limit")
    own_budget: c.Money = c.money(
        "own money for all cases together, EUR; blank: unknown", unlimited=True
    )
    category: Mapping[str, str] = c.column(
        "code",
        clean_code,
        "category.SCHEME: its category in a classification scheme; "
        "blank: unknown, counts for none",
        prefix=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability(Row):
    """Something a region can have or need."""

    TABLE = "capabilities"
    KEY = ("capability",)
    capability: str = c.code("short code", required=True)
    name: str = c.text("name for people; blank: the code")
    parent: str | None = c.ref(
        "capabilities", "wider capability it belongs to; blank: none"
    )
    kind: str | None = c.choice(
        ("facility", "skill", "service", "regulatory", LEAD_USER),
        "what sort of thing it is (column `class`); blank: not stated",
        metadata={"header": "class"},
    )
    unit: str = c.text("what one unit is, such as facility-day; blank: not stated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset(Row):
    """What a region has."""

    TABLE = "assets"
    KEY = ("region", "capability", "actor")
    region: str = c.ref("regions", "region that has it", required=True)
    capability: str = c.ref("capabilities", "what it is", required=True)
    level: int = c.whole(0, 3, "0 none, 1 basic, 2 good, 3 leading", required=True)
    capacity: c.Amount = c.amount(
        "units on offer; blank: unknown, fills roles by level but exchanges nothing"
    )
    unit_cost: int | None = c.money(
        "cost of a unit to its provider, EUR; blank: unknown"
    )
    actor: str = c.code("organisation that holds it; blank: the region", blank="")
    confidence: str = c.text("how sure the level is; blank: not stated")
    source: str = c.text("where the figure comes from; blank: not stated")
    date: dt.date | None = c.date("day of the figure; blank: not stated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need(Row):
    """What a region looks for."""

    TABLE = "needs"
    KEY = ("region", "capability", "actor", "min_level")
    region: str = c.ref("regions", "region that needs it", required=True)
    capability: str = c.ref("capabilities", "what is needed", required=True)
    amount: Fraction = c.number(0, None, "units needed", required=True)
    min_level: int = c.whole(
        0, 3, "lowest level that serves; blank: any level from 1", blank=1
    )
    value: Fraction = c.number(
        0, c.MOST_POINTS, "points per unit served; blank: 1", blank=Fraction(1)
    )
    actor: str = c.code("organisation that needs it; blank: the region", blank="")
    source: str = c.text("where the figure comes from; blank: not stated")
    date: dt.date | None = c.date("day of the figure; blank: not stated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Row):
    """A candidate demonstration project."""

    TABLE = "cases"
    KEY = ("case",)
    case: str = c.code("short code", required=True)
    name: str = c.text("name for people", required=True)
    partnership: str | None = c.code("partnership it belongs to; blank: none")
    phase: str | None = c.choice(PHASES, "phase it is in; blank: unknown")
    trl_start: int | None = c.whole(
        1, 9, "technology readiness at the start; blank: unknown"
    )
    trl_end: int | None = c.whole(1, 9, "technology readiness aimed at; blank: unknown")
    min_partners: int | None = c.whole(
        1, None, "fewest members, lead included; blank: no minimum of its own"
    )
    max_partners: int | None = c.whole(
        1, None, "most members, lead included; blank: no limit of its own"
    )
    min_states: int | None = c.whole(
        1, None, "fewest states among members; blank: no minimum of its own"
    )
    effort_base: Fraction | None = c.number(
        0, None, "people the lead gives besides, FTE; blank: asks none"
    )
    effort_per_partner: Fraction | None = c.number(
        0, None, "people every member gives, lead included, FTE; blank: asks none"
    )
    leads: tuple[str, ...] = c.codes(
        "only these regions may lead it; blank: any that may lead", refers="regions"
    )
    exclusive_group: str | None = c.code(
        "of the cases with the same word at most one is launched; blank: in no group"
    )
    state: str | None = c.choice(
        CASE_STATES,
        "where it stands; stopped and done are not launched; blank: open",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Row):
    """A capability a case must have among its members."""

    TABLE = "roles"
    KEY = ("case", "capability", "kind")
    case: str = c.ref("cases", "case that asks for it", required=True)
    capability: str = c.ref("capabilities", "what is asked for", required=True)
    kind: str = c.choice(
        ("best", "total", "exchange"),
        "best: members at a level; total: levels add up; exchange: units are served",
        required=True,
    )
    min_level: int = c.whole(
        0, 3, "best: lowest level that counts; blank: 1", blank=1, of_kind="best"
    )
    min_total: int | None = c.whole(
        0, None, "total: least sum of levels; blank: no minimum", of_kind="total"
    )
    min_providers: int = c.whole(
        1, None, "best: members at that level; blank: 1", blank=1, of_kind="best"
    )
    min_amount: Fraction | None = c.number(
        0, None, "exchange: units served; blank: no minimum", of_kind="exchange"
    )
    weight: Fraction = c.number(
        0, c.MOST_POINTS, "weight in role quality and scale; blank: 1",
        blank=Fraction(1),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost(Row):
    """A cost line of a case."""

    TABLE = "costs"
    KEY = ("case", "layer", "per", "year")
    case: str = c.ref("cases", "case that costs it", required=True)
    layer: str = c.choice(
        LAYERS,
        "1 demonstration, 2 its upkeep, 3 scaling up, or coordination",
        required=True,
    )
    amount: int = c.money("EUR", required=True)
    per: str = c.choice(
        ("case", "partner"),
        "once per case or once per member; blank: case",
        blank="case",
    )
    year: int | None = c.whole(1990, 2100, "year it falls due; blank: not stated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment(Row):
    """How firmly a region stands behind cases."""

    TABLE = "commitments"
    KEY = ("region", "case", "partnership")
    region: str = c.ref("regions", "region that commits", required=True)
    case: str | None = c.ref("cases", "this case only; blank: all cases")
    partnership: str | None = c.code("this partnership only; blank: all partnerships")
    level: int = c.whole(
        0,
        5,
        "0 none, 1 interest, 2 observer, 3 letter, 4 memorandum, staff, 5 budget line",
        required=True,
    )
    expires: dt.date | None = c.date("last day it holds; blank: no end is stated")
    reliability: Fraction | None = c.number(0, 1, "chance it is kept; blank: unknown")
    last_contact: dt.date | None = c.date("day of the last contact; blank: unknown")
    mandate: str | None = c.choice(
        ("yes", "no"),
        "whether an official letter lets the body act for the region; blank: unknown",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority(Row):
    """A topic in a region's strategy."""

    TABLE = "priorities"
    KEY = ("region", "topic")
    region: str = c.ref("regions", "region whose strategy it is", required=True)
    topic: str = c.code("topic", required=True)
    weight: Fraction = c.number(
        0, 1, "1 own priority, 0.5 related; blank: 1", blank=Fraction(1)
    )
    valid_until: dt.date | None = c.date("last day it holds; blank: no end is stated")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTopic(Row):
    """A topic a case is about."""

    TABLE = "case_topics"
    KEY = ("case", "topic")
    case: str = c.ref("cases", "case", required=True)
    topic: str = c.code("topic", required=True)
    weight: Fraction = c.number(0, 1, "share of the case; blank: 1", blank=Fraction(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Row):
    """An organisation in a region."""

    TABLE = "actors"
    KEY = ("actor",)
    actor: str = c.code("short code", required=True)
    region: str = c.ref("regions", "region it sits in", required=True)
    kind: str | None = c.choice(
        ACTOR_TYPES,
        "what sort of organisation (column `type`); blank: not stated",
        metadata={"header": "type"},
    )
    capabilities: tuple[str, ...] = c.codes(
        "what it can do; blank: not stated", refers="capabilities"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneficiary(Row):
    """Which part of a member's cost is borne by beneficiaries of a type.

    Rows that name a case replace those of the region that name none. What the parts
    leave is of unknown type.
    """

    TABLE = "beneficiaries"
    KEY = ("region", "case", "type")
    region: str = c.ref("regions", "region they sit in", required=True)
    case: str | None = c.ref(
        "cases", "in this case only; blank: in every case without rows of its own"
    )
    type: str = c.choice(ACTOR_TYPES, "what sort of organisation", required=True)
    share: Fraction = c.share("part of the region's cost that they bear", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff(Row):
    """People of one skill that a region has for cases."""

    TABLE = "staff"
    KEY = ("region", "skill")
    region: str = c.ref("regions", "region that has them", required=True)
    skill: str = c.code("skill, such as legal", required=True)
    capacity: c.Amount = c.amount(
        "people it can give to all cases together, FTE; blank: unknown"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillEffort(Row):
    """People of one skill that a case asks of its members."""

    TABLE = "skill_effort"
    KEY = ("case", "skill")
    case: str = c.ref("cases", "case that asks for them", required=True)
    skill: str = c.code("skill, such as legal", required=True)
    base: Fraction | None = c.number(
        0, None, "people the lead gives besides, FTE; blank: asks none"
    )
    per_partner: Fraction | None = c.number(
        0, None, "people every member gives, lead included, FTE; blank: asks none"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget(Row):
    """Money an instrument has."""

    TABLE = "budgets"
    KEY = ("instrument", "region", "year")
    instrument: str = c.code(
        "instrument: the id of one of the rulebooks", required=True
    )
    region: str | None = c.ref(
        "regions", "for this region only; blank: the whole instrument"
    )
    amount: c.Money = c.money("EUR", unlimited=True, required=True)
    year: int | None = c.whole(1990, 2100, "year it is available; blank: not stated")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertVerdict(Row):
    """What an expert says of a pair of regions."""

    TABLE = "verdicts"
    KEY = ("provider", "receiver", "capability", "expert")
    provider: str = c.ref("regions", "region that would serve", required=True)
    receiver: str = c.ref("regions", "region that would be served", required=True)
    capability: str = c.ref("capabilities", "with what", required=True)
    verdict: str = c.choice(
        ("validated", "doubtful", "rejected"), "what was found", required=True
    )
    expert: str = c.text("who says so; blank: not stated")
    competence: str = c.text("the expert's field; blank: not stated")
    date: dt.date | None = c.date("day of the verdict; blank: not stated")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingMembership(Row):
    """A membership that exists already."""

    TABLE = "memberships"
    KEY = ("partnership", "case", "region")
    partnership: str | None = c.code(
        "partnership the region belongs to; blank: the row names a case"
    )
    case: str | None = c.ref(
        "cases", "case the region belongs to; blank: the row names a partnership"
    )
    region: str = c.ref("regions", "region", required=True)
    role: str = c.text(
        "role it has, such as lead, participant, interested; blank: not stated"
    )
    since: str = c.text("since when; blank: not stated")


RECORDS: Final[tuple[type[Row], ...]] = (
    Region, Capability, Asset, Need, Case, Role, Cost, Commitment, Priority,
    CaseTopic, Actor, Beneficiary, Staff, SkillEffort, Budget, ExpertVerdict,
    ExistingMembership,
)  # fmt: skip
TABLES: Final[dict[str, type[Row]]] = {record.TABLE: record for record in RECORDS}


def declared(record: type[Row]) -> dict[str, tuple[str, c.Column]]:
    """Map each header of a table to its field name and declaration, in order."""
    found: dict[str, tuple[str, c.Column]] = {}
    for entry in fields(record):
        spec = entry.metadata.get("column")
        if spec is not None:
            found[spec.metadata.get("header", entry.name)] = (entry.name, spec)
    return found
