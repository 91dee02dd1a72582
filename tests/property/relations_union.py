"""Two scenarios that share nothing, as one: their optima add up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.property.changes import (
    TABLES,
    cited,
    kept_out,
    rows_of,
    with_money,
    with_pins,
    with_rows,
)
from tests.property.generator import drawn
from tests.property.lab import relation, worth
from tests.property.rewriting import instruments_of, renamed

if TYPE_CHECKING:
    from matcher.scenario.setting import Setting
    from tests.property.lab import Trial

OTHER = "x"
"""What the codes of the other half begin with."""


@relation
def optima_of_separate_halves_add_up(trial: Trial) -> bool:
    """Two halves with regions, cases, money and states of their own: the sum of both.

    The other half is the first one under other names, with other amounts of money.
    Vetoes keep the regions of each half out of the cases of the other.
    """
    one, other = _half(trial.setting), _half(_under_other_names(trial))
    pins = kept_out(one.regions, other.cases) + kept_out(other.regions, one.cases)
    tables = {table: rows_of(one, table) + rows_of(other, table) for table in TABLES}
    both = replace(
        with_rows(one, tables),
        instruments={**one.instruments, **other.instruments},
        places={**one.places, **other.places},
        pins=(*one.pins, *other.pins),
    )
    halves = worth(trial.solve(one)), worth(trial.solve(other))
    possible, value = worth(trial.solve(with_pins(both, *pins)))
    assert possible == min(half[0] for half in halves)
    assert not possible or value == sum(half[1] for half in halves)
    return bool(value)


def _under_other_names(trial: Trial) -> Setting:
    draw = drawn(trial.seed, money=trial.money)
    setting = trial.setting
    groups = [case.exclusive_group for case in setting.cases.values()]
    codes = [
        *setting.regions, *setting.cases, *setting.capabilities, *instruments_of(draw),
        *setting.actors,
        *{row.topic for row in setting.priorities + setting.case_topics},
        *{row.state for row in setting.regions.values()}, *filter(None, groups),
    ]  # fmt: skip
    names = {code: OTHER + code for code in codes}
    other = trial.lab.read(renamed(draw, names), f"half {trial}").setting()

    def change(_: str, cents: int) -> int:
        return cents * trial.pick.choice((1, 1, 2, 3))

    return with_money(other, change)


def _half(setting: Setting) -> Setting:
    """A setting without limits on all cases; its instruments pay its states only."""
    own = {row.state for row in setting.regions.values()}
    instruments = {}
    for name, book in setting.instruments.items():
        states = own if book.states is None else own & set(book.states.value)
        only = {"states": cited(tuple(sorted(states)))}
        instruments[name] = book.model_copy(update=only)
    book = setting.partnership
    if book is not None:
        book = book.model_copy(update={"max_cases": None})
    return replace(
        setting, instruments=instruments, partnership=book, min_cases=None,
        max_cases=None,
    )  # fmt: skip
