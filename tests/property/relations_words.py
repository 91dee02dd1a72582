"""Relations about how a scenario is written: order, names, weights, assumptions."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import assume

from matcher.proposal.jsonform import DIGITS, dumps, from_json, to_json
from matcher.scenario.export import resolved_files
from matcher.scenario.load import load
from matcher.verify.verify import verify
from tests.property.changes import with_weights
from tests.property.generator import drawn
from tests.property.lab import relation, worth
from tests.property.relations_program import program_of
from tests.property.rewriting import (
    application_renamed,
    plan_renamed,
    renamed,
    shuffled,
)

if TYPE_CHECKING:
    from matcher.proposal.proposal import Application, Proposal
    from matcher.scenario.setting import Setting
    from tests.property.lab import Lab, Trial

FACTORS = (Fraction(1, 2), 2, 5, 10)


def content(setting: Setting) -> Setting:
    """A setting without what only tells where it comes from."""
    books = {
        name: book.model_copy(update={"sources": {}})
        for name, book in setting.instruments.items()
    }
    return replace(setting, name="", assumption="", overrides=(), instruments=books)


@relation
def the_order_of_rows_does_not_matter(trial: Trial) -> bool:
    """Rows, columns and files in another order give the very same program."""
    draw = shuffled(drawn(trial.seed, money=trial.money), trial.pick)
    other = trial.lab.read(draw, f"shuffled {trial}").setting()
    assert content(other) == content(trial.setting)
    digests = {program_of(each).arrays.digest() for each in (trial.setting, other)}
    assert len(digests) == 1
    return True


@relation
def names_do_not_matter(trial: Trial) -> bool:
    """Other codes, in another order: the same optimum, and the renamed plan holds.

    Of regions that overlap in part the first by name counts, so there names keep
    their order.
    """
    setting, pick = trial.setting, trial.pick
    names = {}
    for letter, codes in (("Q", setting.regions), ("C", setting.cases),
                          ("P", setting.capabilities)):  # fmt: skip
        new = [f"{letter}{i}" for i in range(len(codes))]
        if letter != "Q" or not _overlap(setting):
            pick.shuffle(new)
        names |= dict(zip(codes, new, strict=True))
    states = {row.state for row in setting.regions.values()}
    names |= {state: f"S{i}" for i, state in enumerate(sorted(states))}
    draw = renamed(drawn(trial.seed, money=trial.money), names)
    other = trial.lab.read(draw, f"renamed {trial}").setting()
    plans = tuple(plan_renamed(plan, names) for plan in trial.plan.cases)
    asked = tuple(application_renamed(made, names) for made in trial.plan.applications)
    verdict = verify(replace(trial.plan, cases=plans, applications=asked), other)
    assert verdict.holds, verdict
    return trial.same(other)


def _overlap(setting: Setting) -> bool:
    """Whether regions may overlap in part: two of the state where some do."""
    return sum(row.state == "SE" for row in setting.regions.values()) > 1


@relation
def weights_scale_the_optimum(trial: Trial) -> bool:
    """All weights times a factor: the optimum times it, and the same plan holds."""
    factor = trial.pick.choice(FACTORS)
    changed = with_weights(trial.setting, Fraction(factor))
    scaled = _weighted(trial.plan, Fraction(factor))
    verdict = verify(scaled, changed)
    assert verdict.holds, verdict
    assert worth(trial.solve(changed)) == worth(scaled)
    return bool(scaled.objective)


def _weighted(plan: Proposal, factor: Fraction) -> Proposal:
    if plan.objective is None or plan.bound is None:
        return plan
    terms = tuple(replace(term, weight=term.weight * factor) for term in plan.terms)
    return replace(
        plan, objective=plan.objective * factor, bound=plan.bound * factor, terms=terms
    )


def _changes(setting: Setting) -> dict[str, Any]:
    """Changes that an assumption can make to a setting, no two of the same cell."""
    changes: dict[str, Any] = {
        "regions.R1.max_cases": 1, "regions.R2.max_leads": 0, "limits.max_cases": 1,
        "regions.*.state": "NO", "exchanges": "validated-only",
        "cases.D1.exclusive_group": "g", "cases.*.max_partners": 3,
        "date": "2025-05-01",
    }  # fmt: skip
    if setting.costs:
        changes["costs.*.amount"] = "0.5x"
        lines = [(row.layer, row.per) for row in setting.costs if row.case == "D1"]
        if lines and len(lines) == len(set(lines)):  # the year is part of the key
            changes["costs.D1.year"] = 2026
    if any(row.own_budget is not None for row in setting.regions.values()):
        changes["regions.R1.own_budget"] = 10_000
    for name, book in setting.instruments.items():
        if book.rate:
            changes[f"instruments.{name}.rate"] = 1
        changes[f"instruments.{name}.grant.max"] = 100_000
    return changes


@relation
def assumptions_on_different_cells_may_come_in_any_order(trial: Trial) -> bool:
    """A then B is B then A, in one assumption or one after the other; none is none."""
    changes = _changes(trial.setting)
    first, second = trial.pick.sample(sorted(changes), 2)
    a, b = {first: changes[first]}, {second: changes[second]}
    draw = drawn(trial.seed, money=trial.money)
    draw.files["scenario.yaml"]["assumptions"] = {
        "a": {"set": a}, "ab": {"set": a | b}, "ba": {"set": b | a},
        "nothing": {"set": {}},
    }  # fmt: skip
    scenario = trial.lab.read(draw, f"assumed {trial}")
    together = content(scenario.setting("ab"))
    assert content(scenario.setting("ba")) == together
    assert content(scenario.setting("nothing")) == content(trial.setting)
    files = resolved_files(scenario, "a")
    files["scenario.yaml"] += f"assumptions: {json.dumps({'b': {'set': b}})}\n"
    after = _written(trial.lab, files, f"one by one {trial}").setting("b")
    assert content(after) == together
    return together != content(trial.setting)


def _written(lab: Lab, files: dict[str, str], name: str) -> Any:
    for file, text in files.items():
        path = lab.folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return load(lab.folder / name)


@relation
def what_is_written_reads_back(trial: Trial) -> bool:
    """Resolved inputs read back to the same setting and write the same files again."""
    scenario = trial.lab.scenario(trial.seed, money=trial.money)
    files = resolved_files(scenario)
    again = _written(trial.lab, files, f"written {trial}")
    assert content(again.setting()) == content(trial.setting)
    assert resolved_files(again) == files
    return True


def share(made: Application) -> Fraction:
    """Chance of an application, 1 where none is stated."""
    return Fraction(1) if made.success is None else made.success


@relation
def a_proposal_reads_back(trial: Trial) -> bool:
    """A proposal written as JSON reads back to the same proposal, and holds.

    Chances such as a third are no decimals: they read back but for their last digit.
    """
    assume(trial.plan.cases)
    again = from_json(json.loads(dumps(to_json(trial.plan))))
    shares = [share(made) * 10**DIGITS for made in trial.plan.applications]
    if all(each.denominator == 1 for each in shares):
        assert again == trial.plan
    assert verify(again, trial.setting).holds
    return True
