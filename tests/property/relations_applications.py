"""Relations about applications: larger ones, other money beside, and chances."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import assume

from matcher.scenario.parts import ApplicationRules, Success
from tests.property.changes import cited
from tests.property.lab import about_money, worth

if TYPE_CHECKING:
    from matcher.scenario.setting import Setting
    from tests.property.lab import Trial

SHARES = (Fraction(1, 4), Fraction(1, 3), Fraction(1, 2), Fraction(4, 5), Fraction(1))


def with_parts(setting: Setting, name: str, **parts: Any) -> Setting:
    """The setting with some parts of an instrument's rulebook replaced."""
    book = setting.instruments[name].model_copy(update=parts)
    return replace(setting, instruments={**setting.instruments, name: book})


def likely(setting: Setting, name: str, share: Fraction) -> Setting:
    """The setting in which money of an instrument comes with this chance."""
    return with_parts(setting, name, success=Success(value=share, source="S"))


def in_full(setting: Setting) -> Setting:
    """The setting in which all points count, whoever pays."""
    return replace(setting, objective=replace(setting.objective, expected=False))


def _never_worse(trial: Trial, name: str, changed: Setting) -> bool:
    """Assert it; whether the plan asks the instrument, so that a loss would show."""
    better = trial.never_worse(changed)
    return better or any(a.instrument == name for a in trial.plan.applications)


@about_money
def bundles_are_never_worse(trial: Trial) -> bool:
    """An instrument that takes several cases together takes single ones, too."""
    setting = trial.setting
    single = [f for f, b in setting.instruments.items() if not b.application.bundles]
    assume(single)
    name = trial.one(single)
    number = setting.instruments[name].application.max_number
    rules = ApplicationRules(bundle=cited(True), max_number=number)
    return _never_worse(trial, name, with_parts(setting, name, application=rules))


@about_money
def larger_applications_are_never_worse(trial: Trial) -> bool:
    """More cases in one application, and more applications, rule out nothing."""
    setting = trial.setting
    limited = [f for f, b in setting.instruments.items()
               if b.application.max_cases or b.application.max_number]  # fmt: skip
    assume(limited)
    name = trial.one(limited)
    rules = ApplicationRules(bundle=setting.instruments[name].application.bundle)
    return _never_worse(trial, name, with_parts(setting, name, application=rules))


@about_money
def instruments_that_go_together_are_never_worse(trial: Trial) -> bool:
    """Where no instrument excludes another one, nothing is lost."""
    setting = trial.setting
    apart = [f for f, b in setting.instruments.items() if b.stacking.excludes]
    assume(apart)
    name = trial.one(apart)
    stacking = setting.instruments[name].stacking.model_copy(update={"excludes": ()})
    return _never_worse(trial, name, with_parts(setting, name, stacking=stacking))


@about_money
def a_better_chance_is_never_worse(trial: Trial) -> bool:
    """Money that is likelier to come never lowers what is expected."""
    setting = trial.setting
    assume(setting.objective.expected and setting.instruments)
    name = trial.one(setting.instruments)
    success = setting.instruments[name].success
    better = [share for share in SHARES if success is None or share > success.share]
    assume(better)
    return trial.never_worse(likely(setting, name, trial.one(better)))


@about_money
def what_is_expected_is_never_better(trial: Trial) -> bool:
    """Points that count in full are worth no less than those with a chance."""
    assume(trial.setting.objective.expected)
    return trial.never_worse(in_full(trial.setting))


@about_money
def certain_money_counts_in_full(trial: Trial) -> bool:
    """With chances of 1 everywhere, what is expected is what there is."""
    setting = trial.setting
    assume(setting.objective.expected)
    for name in setting.instruments:
        setting = likely(setting, name, Fraction(1))
    sure, full = trial.solve(setting), trial.solve(in_full(trial.setting))
    assert worth(sure) == worth(full)
    return bool(full.cases)
