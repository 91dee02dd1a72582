"""Regret in words, in tables and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from matcher.program.solution import Stop
from matcher.proposal.jsonform import points
from matcher.proposal.verdict import show
from matcher.study.comparison.words import listed, same_points
from matcher.study.regret.labels import NEVER, SWING, label_tables
from matcher.study.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from matcher.proposal.proposal import Proposal
    from matcher.study.regret.labels import Label
    from matcher.study.regret.regret import Driver, LeastRegret, Regret
    from matcher.study.table import Cell

LEAST: Final = "least regret"
"""Names the plan of least regret beside those of the assumptions."""
SHOWN: Final = 6
"""Most names listed in a sentence."""


def sentences(study: Regret) -> Iterator[str]:
    """What was found, the most important first."""
    yield from _driving(study)
    if study.minimax is not None:
        yield _least(study, study.minimax)
    elif not study.sought:
        yield "The plan of least regret was not looked for."
    elif study.stop is Stop.INTERRUPTED:
        yield "The plan of least regret was not found before the end."
    elif len(study.possible) > 1:
        open_ = "" if study.impossible else "; it is not proven that there are none"
        yield (
            "No consortia were found that can be carried out under every assumption"
            f"{open_}."
        )
    yield _members(study)
    yield from _unproven(study)
    yield from _remarks(study)


def _driving(study: Regret) -> Iterator[str]:
    """Which pairs of plan and assumption cost most."""
    overall = study.driver
    if overall is not None:
        yield (
            f"The choice hangs on whether {overall.plan} or {overall.assumption} comes "
            f"true: {_loss(overall)}."
        )
    elif study.drivers:
        known = "" if _all_proven(study) else ", as far as is known"
        yield (
            "No plan loses anything: each is as good as any under all the others"
            f"{known}."
        )
    for driver in study.drivers:
        if driver != overall and driver.regret != 0:
            told = _loss(driver)
            yield f"{told[:1].upper()}{told[1:]}, its largest loss."


def _loss(driver: Driver) -> str:
    plan, under = f"the plan for {driver.plan}", f"under {driver.assumption}"
    if driver.regret is None:
        return f"{plan} cannot be carried out {under}"
    return f"{plan} loses {show(driver.regret)} points {under}"


def _all_proven(study: Regret) -> bool:
    """Whether every plan that others are measured against is proven best."""
    return all(
        study.proposals[n].bound == study.proposals[n].objective for n in study.possible
    )


def _least(study: Regret, least: LeastRegret) -> str:
    """The plan of least regret, and what is proven of it."""
    where = [name for name, lost in least.regret.items() if lost == least.largest]
    if least.largest:
        worst = f"loses at most {show(least.largest)} points, under {_some(where)}"
    else:
        worst = "loses nothing under any assumption"
    sure = _all_proven(study)
    worst += "" if sure else ", measured against the plans found"
    which = f"the plan for {least.of}" if least.of else "made of other consortia"
    if least.status == "optimal":
        proof = "no consortia lose less in their worst case"
    elif least.at_least == least.largest:
        proof = "better plans may exist, so that others may lose less than these"
    elif least.at_least is None:
        proof = "it is not proven how much less others could lose"
    else:
        proof = f"it is proven that all lose {show(least.at_least)} or more"
    if not sure:
        most = least.largest_at_most
        proof += (
            "; nothing is proven of how much it loses at most" if most is None
            else f"; measured against what is proven, it loses {show(most)} at most"
        )  # fmt: skip
    beside = "" if least.of else _beside(study, least)
    return f"The plan of least regret, {which}, {worst}; {proof}.{beside}"


def _beside(study: Regret, least: LeastRegret) -> str:
    """The best of the plans compared, in its worst case."""
    known = [driver for driver in study.drivers if driver.regret is not None]
    if not known:
        return " None of the plans compared can be carried out under every assumption."
    best = min(known, key=lambda driver: driver.regret or 0)
    if best.regret == least.largest:
        return f" The plan for {best.plan} loses no more in its worst case, either."
    return (
        f" Of the plans compared, that for {best.plan} comes closest: it loses up to "
        f"{show(best.regret or 0)}."
    )


def _members(study: Regret) -> str:
    if not study.labels:
        return "No plan is known: nothing can be said of memberships."
    swing = sum(1 for each in study.labels if each.label == SWING)
    core = [f"{region} in {case}" for region, case in study.core]
    never = sum(1 for each in study.labels if each.label == NEVER)
    rest = f"{swing} depend on the assumption, {never} are in no plan"
    if not core:
        return f"No membership is in every plan; {rest}."
    return f"In every plan: {_some(core)}; {rest}."


def _unproven(study: Regret) -> Iterator[str]:
    """Where a plan of an assumption may not be its best."""
    for name, plan in study.proposals.items():
        if plan.objective is None:
            told = (
                "no plan is possible"
                if plan.status == "infeasible"
                else "no plan is known"
            )
            yield f"Under {name} {told}: it takes no part in what is said of all plans."
        elif plan.bound is None:
            yield f"Under {name} nothing is proven: regrets there may be greater."
        elif plan.bound > plan.objective:
            most = show(plan.bound - plan.objective)
            yield (
                f"Under {name} the best plan is known up to {most} points only: "
                "regrets there may be greater by as much."
            )
    yield from _loose(study)
    for name in study.cross.improved:
        yield (
            f"Consortia of another plan proved better under {name} than the plan found "
            "for it, and took its place."
        )


def _loose(study: Regret) -> Iterator[str]:
    """Where the same consortia might bring more than was found."""
    rows = [*study.cross.outcomes.items()]
    if study.minimax is not None:
        rows.append((LEAST, study.minimax.outcomes))
    wide = [
        f"{plan} under {name}"
        for plan, outcomes in rows
        for name, outcome in outcomes.items()
        if plan != name and outcome.objective is not None
        and outcome.bound != outcome.objective
        and outcome != study.proposals[name]
    ]  # fmt: skip
    if wide:
        yield (
            f"What the same consortia bring is not proven to be the most for "
            f"{_some(wide)}: they may lose less than is told."
        )


def _remarks(study: Regret) -> Iterator[str]:
    """What a reader must know besides."""
    waiting = [
        name for name, setting in study.settings.items()
        if setting.has_money and setting.wait_for in setting.instruments
    ]  # fmt: skip
    if waiting:
        yield (
            f"Under {_some(waiting)} the plan that waits for no answer is compared; "
            "to compare a fallback, state a no as an assumption of its own."
        )
    first, *others = study.settings.values()
    if not all(same_points(first, other) for other in others):
        yield (
            "The assumptions do not count points alike: a regret under one is not to "
            "be set against a regret under another."
        )
    if study.stop is Stop.INTERRUPTED:
        yield "The comparison was interrupted; what is blank was not asked."


def tables(study: Regret) -> tuple[Table, ...]:
    """Regrets, what plans bring, the plan of least regret, and who is sure to be in."""
    return (
        _matrix(study),
        _outcomes(study),
        _consortia(study),
        *label_tables(study.labels),
    )


def _matrix(study: Regret) -> Table:
    worst: dict[str, Fraction | None] = {d.plan: d.regret for d in study.drivers}
    rows: list[tuple[Cell, ...]] = [
        (plan, *(row[name] for name in study.names), worst.get(plan))
        for plan, row in study.regret.items()
    ]
    if study.minimax is not None:
        lost = study.minimax.regret
        rows.append(
            (LEAST, *(lost[name] for name in study.names), study.minimax.largest)
        )
    columns = ("plan for", *(f"under {name}" for name in study.names), "largest")
    return Table("regret", "Points lost if another assumption comes true", columns,
                 tuple(rows))  # fmt: skip


def _outcomes(study: Regret) -> Table:
    rows = [
        _outcome(plan, name, outcome, study.regret[plan][name],
                 study.regret_at_most[plan][name], study.proposals[plan])
        for plan, outcomes in study.cross.outcomes.items()
        for name, outcome in outcomes.items()
    ]  # fmt: skip
    least = study.minimax
    if least is not None:
        for name, outcome in least.outcomes.items():
            bound = study.proposals[name].bound
            known = bound is not None and outcome.objective is not None
            most = bound - outcome.objective if known else None  # type: ignore[operator]
            decided = {plan.case for plan in least.cases}
            rows.append(
                (LEAST, name, _how(outcome, decided), outcome.objective,
                 least.regret[name], most, *_cases(outcome, decided))
            )  # fmt: skip
    columns = ("plan for", "under", "carried out", "points", "regret", "regret at most",
               "launched", "dropped")  # fmt: skip
    return Table("outcomes", "What each plan brings under each assumption", columns,
                 tuple(rows))  # fmt: skip


def _outcome(
    plan: str, name: str, outcome: Proposal, lost: Fraction | None,
    most: Fraction | None, own: Proposal,
) -> tuple[Cell, ...]:  # fmt: skip
    if own.objective is None:
        return plan, name, "no plan", None, None, None, "", ""
    decided = {each.case for each in own.cases}
    return (
        plan, name, _how(outcome, decided), outcome.objective, lost, most,
        *_cases(outcome, decided),
    )  # fmt: skip


def _how(outcome: Proposal, decided: set[str]) -> str:
    if outcome.objective is None:
        return "cannot be" if outcome.status == "infeasible" else "unknown"
    launched = {plan.case for plan in outcome.cases}
    if launched == decided:
        return "whole"
    return "in part" if launched else "not at all"


def _cases(outcome: Proposal, decided: set[str]) -> tuple[str, str]:
    if outcome.objective is None:
        return "", ""
    launched = {plan.case for plan in outcome.cases}
    return ", ".join(sorted(launched)), ", ".join(sorted(decided - launched))


def _consortia(study: Regret) -> Table:
    least, rows = study.minimax, []
    for plan in () if least is None else least.cases:
        under = [
            name for name, outcome in least.outcomes.items()  # type: ignore[union-attr]
            if any(each.case == plan.case for each in outcome.cases)
        ]  # fmt: skip
        rows.append((plan.case, plan.lead, ", ".join(plan.partners),
                     ", ".join(plan.observers), ", ".join(under)))  # fmt: skip
    columns = ("case", "lead", "partners", "observers", "launched under")
    return Table("least_regret", "The plan of least regret", columns, tuple(rows))


def plain_matrix(
    matrix: Mapping[str, Mapping[str, Fraction | None]],
) -> dict[str, dict[str, Any]]:
    """Points by plan and assumption as plain data."""
    return {
        plan: {name: points(cell) for name, cell in row.items()}
        for plan, row in matrix.items()
    }


def plain_least(least: LeastRegret) -> dict[str, Any]:
    """The plan of least regret as plain data."""
    return {
        "largest_regret": points(least.largest),
        "largest_regret_at_most": points(least.largest_at_most),
        "at_least": points(least.at_least),
        "status": least.status,
        "plan_of": least.of or None,
        "values": {n: points(plan.objective) for n, plan in least.outcomes.items()},
        "regret": {n: points(cell) for n, cell in least.regret.items()},
        "consortia": [
            {"case": plan.case, "lead": plan.lead, "partners": list(plan.partners),
             "observers": list(plan.observers)}
            for plan in least.cases
        ],
    }  # fmt: skip


def plain_labels(found: tuple[Label, ...]) -> dict[str, dict[str, Any]]:
    """Labels by case and region as plain data."""
    plain: dict[str, dict[str, Any]] = {}
    for each in found:
        told = {"label": each.label, "assumptions": list(each.assumptions)}
        plain.setdefault(each.case, {})[each.region] = told
    return plain


def _some(names: list[str]) -> str:
    """Names in a sentence, not too many of them."""
    more = len(names) - SHOWN
    return listed([*names[:SHOWN], f"{more} more"] if more > 1 else names)
