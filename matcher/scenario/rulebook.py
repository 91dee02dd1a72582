"""Rulebooks: the dated, cited numbers of rules, as frozen values.

One file holds one rulebook. Every number is written ``{value, source}`` and
may carry a ``note`` and its own ``confidence``; ``source`` names an entry of
the file's ``sources``. A rulebook is a ``partnership`` (what any consortium must
meet), ``own`` money (how far it goes) or an instrument, of one of several kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args

from pydantic import Field, model_validator

from matcher.scenario.engagement import LeadUserNeed as LeadUserNeed
from matcher.scenario.engagement import MandateNeed as MandateNeed
from matcher.scenario.engagement import StakeholderNeed as StakeholderNeed
from matcher.scenario.parts import (
    ApplicationRules,
    Condition,
    GrantSize,
    Stacking,
    Success,
    Trl,
)
from matcher.scenario.parts import CaseConsortium as CaseConsortium
from matcher.scenario.parts import Cited as Cited
from matcher.scenario.parts import CommitmentNeed as CommitmentNeed
from matcher.scenario.parts import Consortium as Consortium
from matcher.scenario.parts import Duration as Duration
from matcher.scenario.parts import ShareBounds as ShareBounds
from matcher.scenario.parts import Strict as Strict
from matcher.scenario.parts import Window as Window
from matcher.scenario.paying import AidCap as AidCap
from matcher.scenario.paying import BeneficiaryFloor, Earmark
from matcher.scenario.paying import Rate as Rate
from matcher.scenario.reach import OutOfArea as OutOfArea
from matcher.scenario.reach import PerFirm as PerFirm
from matcher.scenario.values import (
    Confidence,
    Day,
    Euro,
    FormatOne,
    Layer,
    Phase,
    Share,
    Slip,
    Whole,
    in_order,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from matcher.scenario.yamlfile import Path_

InstrumentKind = Literal[
    "grant", "pooled", "programme",
    "cascade", "voucher", "loan", "equity", "private", "service",
]  # fmt: skip
PAYABLE: Final = (
    "grant", "pooled", "programme", "cascade", "voucher", "loan", "equity", "private",
)  # fmt: skip
"""Kinds that rules let pay; the others can be written down, listed and checked."""
FROM_ROWS: Final = ("pooled", "programme", "private")
"""Kinds that pay each region from its own rows of `budgets`."""
REPAYABLE: Final = ("loan", "equity")
"""Kinds whose money has a price: it is paid back, or part of a company is sold."""
KINDS: Final = {
    "grant": "pays any eligible member",
    "pooled": "every region's authority pays its own members into joint projects",
    "programme": "every region's authority pays its own members from its programme",
    "cascade": "pays a consortium that passes small grants on to third parties",
    "voucher": "lets a firm buy one service with a small fixed grant",
    "loan": "lends money that is paid back",
    "equity": "buys a part of a company",
    "private": "money or help in kind that companies pledge",
    "service": "gives advice or access, and no money",
}
"""What an instrument of each kind does, in words that follow its name."""
_ONLY: Final = {
    "out_of_area": ("programme",),
    "associates": ("pooled", "programme"),
    "in_kind": ("private",),
}
"""Fields that make sense for some kinds only."""


class RulebookHead(Strict):
    """What every rulebook says of itself."""

    format: FormatOne
    """Version of the rulebook format."""
    id: str
    """Name used in scenarios; the file is called the same."""
    name: str
    """Name for people."""
    body: str | None = None
    """Who runs it."""
    period: str | None = None
    """Years or call it holds for."""
    valid_from: Day | None = None
    """First day it holds."""
    valid_to: Day | None = None
    """Last day it holds."""
    confidence: Confidence
    """Confidence in its numbers unless a number says otherwise."""
    sources: dict[str, str]
    """Key to source: document or page, with its date."""
    note: str | None = None
    """What a reader should know."""

    @model_validator(mode="after")
    def _ordered(self) -> RulebookHead:
        in_order(self, "valid_from", "valid_to")
        return self

    def holds_on(self, day: dt.date) -> bool:
        """Whether the numbers hold on a day; without dates they do on any."""
        return self.holds_within(day, day)

    def holds_within(self, first: dt.date, last: dt.date) -> bool:
        """Whether the numbers hold on at least one of some days."""
        begun = self.valid_from is None or self.valid_from <= last
        return begun and (self.valid_to is None or first <= self.valid_to)


class Partnership(RulebookHead):
    """What every consortium must meet, whoever pays."""

    kind: Literal["partnership"]
    """A rulebook of this kind holds for all cases."""
    consortium: CaseConsortium = CaseConsortium()
    """Size of every case; a case's own columns may ask for more."""
    commitment: tuple[CommitmentNeed, ...] = ()
    """Levels each role needs."""
    mandate: tuple[MandateNeed, ...] = ()
    """Roles that need a mandate to act for the region."""
    min_co_leads: Cited[Whole] | None = None
    """Fewest members besides the lead that are committed enough to lead."""
    stakeholders: tuple[StakeholderNeed, ...] = ()
    """Organisations that the member regions must hold."""
    lead_users: tuple[LeadUserNeed, ...] = ()
    """Lead users that the members must bring."""
    priority_min_fit: Cited[Share] | None = None
    """Smallest overlap of a member's priorities with the topics of the case."""
    cost_share: ShareBounds = ShareBounds()
    """Bounds on each member's share of a case's cost."""
    aid_cap: tuple[AidCap, ...] = ()
    """Largest share of its cost that public money pays a member in a case; the first
    entry that fits holds, and whom none fits has no cap."""
    exchange_layer: Cited[Layer] | None = None
    """Layer that exchanged units are charged to; blank: layer 1."""
    max_cases: Cited[Whole] | None = None
    """Most cases launched together."""
    min_newcomers: Cited[Whole] | None = None
    """Fewest members of a case that belong to it, or to its partnership, in no row of
    `memberships`."""
    max_state_share: Cited[Share] | None = None
    """Largest share of a case's members that one state provides; nested regions count
    once."""
    renewal_notice: Cited[Whole] | None = None
    """Months before its last day in which a member's commitment is told as due for
    renewal."""
    intermittent_after: Cited[Whole] | None = None
    """Months without contact after which a member's commitment is told as
    intermittent."""


class OwnMoney(RulebookHead):
    """How far members' own money may and must go."""

    kind: Literal["own"]
    """A rulebook of this kind limits own money."""
    max_own_share: Cited[Share] | None = None
    """Largest part of a member's share of a case that it may pay itself."""


class Instrument(RulebookHead):
    """A source of money that pays part of members' cost."""

    kind: InstrumentKind
    """grant, cascade, voucher: pays any eligible member. pooled, programme: every
    region's own authority pays its own members only, from its own row in `budgets`.
    private: what companies of a region pledge to its members, a row in `budgets` for
    each region. loan, equity: is to be repaid, and counts as own share. No rule knows
    service, so no scenario may use it."""
    management: Literal["direct", "shared", "regional", "private"] | None = None
    """Who manages the money: direct is the Union itself or a body of it, shared an
    authority of a state or region for the Union; blank: unknown."""
    phases: Cited[tuple[Phase, ...]] | None = None
    """Phases it pays; blank: all."""
    trl: Trl = Trl()
    """Technology readiness it accepts."""
    layers: Cited[tuple[Layer, ...]] | None = None
    """Layers of cost it pays; blank: all."""
    states: Cited[tuple[str, ...]] | None = None
    """States whose members it pays; blank: all."""
    rate: Annotated[tuple[Rate, ...], Field(min_length=1)] = ()
    """Funding rates; the first that fits a member holds; of a loan: the largest part
    of its share that a member may borrow; blank: unknown, and no scenario may use it,
    except for kind `private`: whatever is pledged"""
    application: ApplicationRules = ApplicationRules()
    """How it is asked for money."""
    grant: GrantSize = GrantSize()
    """Bounds on the grant to one application."""
    consortium: Consortium = Consortium()
    """Members it asks for in one application: those of all its cases together."""
    stacking: Stacking = Stacking()
    """What it says about other money in the same case."""
    cost_share: ShareBounds = ShareBounds()
    """Bounds on each member's share of a case that it pays."""
    max_state_share: Cited[Share] | None = None
    """Largest share of the cost of a case that it pays that the members of one state
    bear together."""
    min_beneficiary_share: BeneficiaryFloor | None = None
    """Types of beneficiaries that bear a part of the cost of a case that it pays."""
    earmarks: tuple[Earmark, ...] = ()
    """Parts of each grant that go to some beneficiaries or regions."""
    envelope: Cited[Euro] | None = None
    """Money it has in all; rows of `budgets` replace it."""
    per_region_cap: Cited[Euro] | None = None
    """Most it pays to one region over all cases."""
    per_firm: PerFirm | None = None
    """Most that one firm gets in one case; blank: no such limit."""
    foreign_provider: Cited[bool] | None = None
    """Whether a member is paid only in cases with a member of another state, which
    provides what is paid for; blank: no."""
    out_of_area: OutOfArea | None = None
    """How far it may pay outside its area; kind `programme` only; blank: not at
    all."""
    associates: Cited[bool] | None = None
    """Whether members without a row of its money may take part without bearing the
    smallest share; kinds `pooled` and `programme` only; blank: no."""
    in_kind: Cited[bool] | None = None
    """Whether a pledge may be help in kind, at its market value; kind `private`
    only; told, and used by no rule; blank: unknown"""
    duration: Duration = Duration()
    """How long a project lasts that it pays."""
    months_to_contract: Cited[Whole] | None = None
    """Months from the start of the horizon to the start of the project; blank:
    unknown, the project starts with the horizon."""
    success: Success | None = None
    """Share of proposals funded; blank: unknown"""
    conditions: tuple[Condition, ...] = ()
    """What else it asks for, which no rule tests."""

    @model_validator(mode="after")
    def _fields_of_its_kind(self) -> Instrument:
        for name, kinds in _ONLY.items():
            if getattr(self, name) is not None and self.kind not in kinds:
                raise Slip(f"{name} is for kind {' or '.join(kinds)} only",
                           "leave it out, or correct the kind")  # fmt: skip
        return self

    @property
    def repayable(self) -> bool:
        """Whether what it pays has a price: a loan, or a part of a company."""
        return self.kind in REPAYABLE

    @property
    def direct(self) -> bool:
        """Whether it is direct EU money: the Union manages it itself."""
        return self.management == "direct"

    @property
    def aid(self) -> bool:
        """Whether it pays public money for good: neither repayable nor private."""
        return not self.repayable and self.kind != "private"

    @property
    def from_rows(self) -> bool:
        """Whether it pays each region from its own rows of the budgets table."""
        return self.kind in FROM_ROWS


Rulebook = Annotated[Partnership | OwnMoney | Instrument, Field(discriminator="kind")]


def citations(data: Any, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """Every ``source`` key of a rulebook as written, with its path."""
    if isinstance(data, dict):
        if isinstance(source := data.get("source"), str):
            yield (*path, "source"), source
        for key, inner in data.items():
            if (*path, key) != ("sources",):  # a source may be called `source`
                yield from citations(inner, (*path, key))
    elif isinstance(data, tuple):
        for i, inner in enumerate(data):
            yield from citations(inner, (*path, i))


def fields_at(kind: str, steps: Sequence[str]) -> tuple[str, ...] | None:
    """Fields that a path may go on with inside a rulebook of a kind.

    Empty where the path has reached a value, None where it goes astray.
    """
    model: type[Strict] | None = next(
        head for head in get_args(get_args(Rulebook)[0])
        if kind in get_args(head.model_fields["kind"].annotation)
    )  # fmt: skip
    for step in steps:
        if model is None:
            return None
        if step.isdigit():
            continue
        if step not in model.model_fields:
            return None
        model = _model_in(model.model_fields[step].annotation)
    return tuple(model.model_fields) if model else ()


def _model_in(annotation: Any) -> type[Strict] | None:
    """The settings model that an annotation holds, alone, optional or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return annotation
    inner = map(_model_in, get_args(annotation))
    return next((model for model in inner if model), None)
