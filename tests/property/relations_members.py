"""Relations about who takes part: more to choose from, decisions taken beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import assume

from tests.property.changes import (
    REGION_COLUMNS,
    TABLES,
    decided,
    fixed,
    kept_out,
    leads_as_vetoes,
    rows_of,
    vetoed,
    with_pins,
    with_rows,
    with_twin,
    without,
)
from tests.property.lab import relation, worth
from tests.property.relations_money import richer

if TYPE_CHECKING:
    from matcher.scenario.setting import Setting
    from tests.property.lab import Trial

NEW_REGION, NEW_CASE = "R9", "D9"


def with_region(trial: Trial, setting: Setting) -> Setting:
    """The setting with one more region, like one that is there.

    Not where a region's excellence is worth something, which its twin would share.
    """
    assume(not setting.objective.weights["pockets"])
    return with_twin(setting, "region", trial.one(setting.regions), NEW_REGION)


@relation
def a_further_region_is_never_worse(trial: Trial) -> bool:
    """One more region that may join or stay out never lowers the optimum."""
    return trial.never_worse(with_region(trial, trial.setting))


@relation
def a_further_case_is_never_worse(trial: Trial) -> bool:
    """One more case that may stay closed never lowers the optimum."""
    setting = trial.setting
    return trial.never_worse(
        with_twin(setting, "case", trial.one(setting.cases), NEW_CASE)
    )


@relation
def a_twin_of_a_case_brings_nothing(trial: Trial) -> bool:
    """Of a case and its exact copy at most one is launched: nothing changes."""
    setting = trial.setting
    name = trial.one(setting.cases)
    group = setting.cases[name].exclusive_group or "twins"
    cases = [
        replace(case, exclusive_group=group) if case.case == name else case
        for case in setting.cases.values()
    ]
    twins = with_twin(with_rows(setting, {"cases": cases}), "case", name, NEW_CASE)
    vetoes = [
        replace(pin, case=NEW_CASE)
        for pin in setting.pins
        if pin.case == name and pin.forbid
    ]
    return trial.same(with_pins(twins, *vetoes))


@relation
def a_region_kept_out_may_be_deleted(trial: Trial) -> bool:
    """Vetoes on all that a region could do are worth the same as its absence."""
    setting = trial.setting
    name = trial.one(setting.regions)
    # even who is kept out may surpass the excellence of others
    assume(not setting.objective.weights["pockets"])
    assume(all(case.leads != (name,) for case in setting.cases.values()))
    assume(not any(p.region == name and not p.forbid for p in setting.pins))
    out = with_pins(setting, *kept_out([name], setting.cases))
    cases = [
        replace(case, leads=tuple(lead for lead in case.leads if lead != name))
        for case in setting.cases.values()
    ]
    deleted = without(with_rows(setting, {"cases": cases}), REGION_COLUMNS, name)
    kept_worth, deleted_worth = (worth(trial.solve(each)) for each in (out, deleted))
    assert kept_worth == deleted_worth
    return kept_worth != worth(trial.plan)


@relation
def the_best_plan_can_be_decided_beforehand(trial: Trial) -> bool:
    """With the whole plan fixed by pins, and the rest ruled out, it is as good."""
    setting, plan = trial.setting, trial.plan
    assume(plan.objective is not None)
    pins = [pin for case in plan.cases for pin in decided(case)]
    pins += [vetoed(name) for name in setting.cases if name not in plan.by_case]
    for case in plan.cases:
        rest = set(setting.regions) - {*case.members, *case.observers}
        pins += kept_out(sorted(rest), [case.case])
    return trial.same(with_pins(setting, *pins))


@relation
def ruling_out_part_of_the_best_plan_is_never_better(trial: Trial) -> bool:
    """A veto on one thing the plan decides never raises the optimum."""
    assume(trial.plan.cases)
    plan = trial.pick.choice(trial.plan.cases)
    pin = trial.pick.choice(decided(plan))
    return trial.never_better(with_pins(trial.setting, replace(pin, forbid=True)))


@relation
def forcing_in_who_is_chosen_changes_nothing(trial: Trial) -> bool:
    """A pin on one thing that the plan decides leaves the optimum as it is."""
    assume(trial.plan.cases)
    plan = trial.pick.choice(trial.plan.cases)
    pin = trial.pick.choice(decided(plan))
    return trial.same(with_pins(trial.setting, pin))


@relation
def forcing_in_anybody_is_never_better(trial: Trial) -> bool:
    """A pin on any region in any case never raises the optimum."""
    setting = trial.setting
    role = trial.one(("lead", "partner", "member", "observer"))
    region, case = trial.one(setting.regions), trial.one(setting.cases)
    return trial.never_better(with_pins(setting, fixed(case, region, role)))


@relation
def asking_more_of_cases_is_never_better(trial: Trial) -> bool:
    """One more member or state, or one member less at most, never raises the optimum.

    And where no plan exists, none comes to exist.
    """
    what = trial.one(("min_partners", "min_states", "max_partners"))
    cases = []
    for case in trial.setting.cases.values():
        asked = getattr(case, what)
        if what == "max_partners":
            most = asked or len(trial.setting.regions)
            cases.append(replace(case, max_partners=max(most - 1, 1)))
        else:
            cases.append(replace(case, **{what: (asked or 1) + 1}))
    return trial.never_better(with_rows(trial.setting, {"cases": cases}))


@relation
def only_validated_pairs_are_never_better(trial: Trial) -> bool:
    """Asking for experts' validation of exchanges never raises the optimum."""
    assume(not trial.setting.validated_only)
    return trial.never_better(replace(trial.setting, validated_only=True))


@relation
def more_work_capacity_is_never_worse(trial: Trial) -> bool:
    """Regions with more people, and room for more cases and leads: never worse."""
    regions = []
    for row in rows_of(trial.setting, "regions"):
        more = trial.pick.choice((0, 1, 2))
        effort = row.effort_capacity
        regions.append(
            replace(
                row,
                effort_capacity=effort + more if _is_number(effort) else effort,
                max_cases=None if row.max_cases is None else row.max_cases + more,
                max_leads=None if row.max_leads is None else row.max_leads + more,
            )
        )
    staff = [
        replace(row, capacity=row.capacity + trial.pick.choice((0, 1)))
        if _is_number(row.capacity)
        else row
        for row in trial.setting.staff
    ]
    return trial.never_worse(
        with_rows(trial.setting, {"regions": regions, "staff": staff})
    )


def _is_number(value: object) -> bool:
    return value is not None and not isinstance(value, str)


@relation
def more_money_and_more_regions_are_worth_the_most(trial: Trial) -> bool:
    """Both together bring at least what the better of the two brings alone."""
    rich = richer(trial)
    wide = with_region(trial, trial.setting)
    both = with_region_like(wide, rich)
    alone = max(worth(trial.solve(each)) for each in (rich, wide))
    together = worth(trial.solve(both))
    assert together >= alone
    return together > worth(trial.plan)


def with_region_like(wide: Setting, rich: Setting) -> Setting:
    """The richer setting with the region that the wider one has in addition."""
    tables = {}
    for table in TABLES:
        new = [
            r for r in rows_of(wide, table) if getattr(r, "region", "") == NEW_REGION
        ]
        tables[table] = (*rows_of(rich, table), *new)
    return with_rows(rich, tables)


@relation
def named_leads_are_vetoes_on_all_others(trial: Trial) -> bool:
    """A case that names its leads is one that no other region may lead."""
    assume(any(case.leads for case in trial.setting.cases.values()))
    return trial.same(leads_as_vetoes(trial.setting))
