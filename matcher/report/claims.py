"""What a proposal says beside its plan: judged where it follows from the inputs.

The rules judge the plan. Here stands the rest: who is left out, which rules are in
conflict, what a reader is told. What only a solver can show is named as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from matcher.proposal.dated import after_grants
from matcher.proposal.earmarked import missed_earmarks
from matcher.proposal.facts import Facts
from matcher.proposal.proposal import PIECES
from matcher.proposal.standing import commitments_due
from matcher.proposal.verdict import euros, must
from matcher.report.folder import MANIFEST
from matcher.report.words import points
from matcher.rules import all_rules
from matcher.verify.notes import untested
from matcher.verify.verify import WRITTEN, exact_terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matcher.proposal.proposal import Proposal, Term
    from matcher.proposal.verdict import Finding
    from matcher.scenario.setting import Setting

NAME: Final = "document"
"""Stands in the place of a rule for findings about the document itself."""
_SHARED: Final = (
    "scenario", "assumption", "status", "objective", "bound", "gap",
)  # fmt: skip
"""What the manifest repeats of the proposal."""
_SOLVED: Final = {
    "solver": "version", "native_status": "native_status", "stop": "stop",
    "program": "program",
}  # fmt: skip
"""What the manifest repeats of how the proposal was solved, and its name there."""


def claims(proposal: Proposal, setting: Setting) -> Iterator[Finding]:
    """Findings about everything a proposal says that follows from the inputs."""
    yield from _answer(proposal, setting, "")
    yield from _left_out(proposal, setting)
    planless = proposal.objective is None
    told = planless or set(untested(setting)) <= set(proposal.notes)
    yield must(NAME, "notes", told, "leave out a rule that is not tested")
    due = set(commitments_due(proposal, setting)) <= set(proposal.notes)
    yield must(NAME, "notes", due, "leave out a commitment to look after")
    late = set(after_grants(proposal, setting)) <= set(proposal.notes)
    yield must(NAME, "notes", late, "leave out upkeep that no grant pays")
    missed = set(missed_earmarks(proposal, setting)) <= set(proposal.notes)
    yield must(NAME, "notes", missed, "leave out an earmark that is missed")
    needed = proposal.needed
    alone = needed is not None and needed.needed is None
    yield must(NAME, "needed", alone, "is missing, or holds another one")
    if needed is not None:
        yield from _answer(needed, setting, "needed ")
        yield from _unpaid(needed, setting)
        same = (needed.scenario, needed.assumption) == (
            proposal.scenario, proposal.assumption,
        )  # fmt: skip
        yield must(NAME, "needed scenario", same, "is about another setting")


def _answer(proposal: Proposal, setting: Setting, which: str) -> Iterator[Finding]:
    """Status, terms and conflict of one of the two answers."""
    planned = proposal.status in ("optimal", "feasible")
    fits = planned == (proposal.objective is not None)
    yield must(NAME, f"{which}status", fits and (planned or not proposal.cases),
               f"{proposal.status} does not go with what stands there")  # fmt: skip
    proven = planned and proposal.bound == proposal.objective
    yield must(NAME, f"{which}bound", proven == (proposal.status == "optimal"),
               f"does not go with {proposal.status}")  # fmt: skip
    exact = exact_terms(proposal, setting) if planned else ()
    same = len(exact) == len(proposal.terms) and all(
        _alike(*pair) for pair in zip(exact, proposal.terms, strict=True)
    )
    yield must(NAME, f"{which}terms", same, "are not those of the objective")
    free = proposal.status == "infeasible" or not proposal.conflict
    yield must(NAME, f"{which}conflict", free, f"of a plan that is {proposal.status}")
    for part in proposal.conflict:
        known = set(part) == {"rule", "subject", "sentence", "lines"}
        rule = all_rules().get(part["rule"]) if known else None
        if not known or part["rule"]:  # without a rule: none was found
            right = rule is not None and part["sentence"] == rule.sentence(setting)
            yield must(NAME, f"{which}conflict", right, "is no rule in its own words")


def _alike(exact: Term, stated: Term) -> bool:
    return (exact.name, exact.unit) == (stated.name, stated.unit) and all(
        abs(one - other) <= WRITTEN
        for one, other in (
            (exact.value, stated.value),
            (exact.weight, stated.weight),
        )
    )


def _left_out(proposal: Proposal, setting: Setting) -> Iterator[Finding]:
    """With a plan, every case that it does not launch is named once."""
    unpaid = {piece.case for piece in proposal.missing}
    good = unpaid <= setting.cases.keys() - proposal.by_case.keys()
    yield must(NAME, "missing", good, "is about a case that is launched, or unknown")
    pieces = {piece.piece for piece in proposal.missing}
    good = len(set(proposal.missing)) == len(proposal.missing) and pieces <= set(PIECES)
    yield must(NAME, "missing pieces", good, "stand there twice, or are of no kind")
    named = sorted(left.case for left in proposal.rejected)
    others = sorted(set(setting.cases) - set(proposal.by_case))
    if proposal.objective is None:
        others = []
    yield must(NAME, "rejected_cases", named == others,
               "are not the cases that are left out")  # fmt: skip


def _unpaid(needed: Proposal, setting: Setting) -> Iterator[Finding]:
    """Without rules about money nobody pays, and the whole cost is open."""
    facts = Facts(setting)
    for plan in needed.cases:
        cost = sum(facts.cost(plan).values())
        good = (plan.cost, plan.gap, plan.funding) == (cost, cost, ())
        yield must(NAME, f"needed {plan.case}", good,
                   f"costs {euros(cost)}, which nobody pays there")  # fmt: skip


def manifest_claims(
    told: Mapping[str, Any], data: Mapping[str, Any], setting: Setting
) -> Iterator[Finding]:
    """Findings about what a manifest repeats of the proposal and of the inputs."""
    for key in _SHARED:
        yield _repeats(key, told.get(key), data.get(key))
    yield _repeats("title", told.get("title"), setting.title)
    yield _repeats("format", told.get("format"), 1)
    solved = data["meta"].get("fundable", {})
    for key, there in _SOLVED.items():
        yield _repeats(key, told.get(key), solved.get(there))
    books = {b.id for b in (setting.partnership, setting.own_money) if b}
    books |= set(setting.instruments)
    listed, inputs = told.get("rulebooks", {}), told.get("inputs", {})
    hashed = all(b["sha256"] == inputs.get(b["file"]) for b in listed.values())
    yield must(NAME, "manifest rulebooks", books <= set(listed) and hashed,
               "are not those of the inputs")  # fmt: skip
    assumed = told.get("assumption") is not None or not told.get("overrides")
    yield must(NAME, "manifest overrides", assumed, "belong to no assumption")


def _repeats(key: str, told: object, meant: object) -> Finding:
    same = told == meant and type(told) is type(meant)
    return must(NAME, f"manifest {key}", same, f"says {told!r} instead of {meant!r}")


def unproven(proposal: Proposal, setting: Setting) -> Iterator[str]:
    """What a proposal says that no check of the inputs can show."""
    needed = proposal.needed or proposal
    if proposal.bound is not None or needed.bound is not None:
        yield (
            f"that no plan brings more than {points(proposal.bound)} points, or "
            f"{points(needed.bound)} without rules about money; solve with another "
            "backend to see it"
        )
    if proposal.confirmed_by or needed.confirmed_by:
        yield "that a second solver confirmed the bounds"
    if proposal.status == "infeasible":
        yield "that no plan meets every rule, and which rules contradict each other"
    for answer in (proposal, needed) if needed is not proposal else (proposal,):
        cases = ", ".join(left.case for left in answer.rejected)
        if cases:
            yield f"why these cases are not launched: {cases}"
        for piece in answer.missing:
            told = f'that {piece.case} could be paid with "{piece.text}"'
            yield f"{told}, and not with less"
        shown = {*untested(setting), *commitments_due(answer, setting)}
        shown |= {*after_grants(answer, setting), *missed_earmarks(answer, setting)}
        for note in answer.notes:
            if note not in shown:
                yield f'the note "{note}"'
    told = f", assumption {proposal.assumption}" if proposal.assumption else ""
    yield (
        f'that inputs/ are those of scenario "{proposal.scenario}"{told}; compare the '
        f"hashes in {MANIFEST} with your files"
    )
    yield f"solver, options, versions, overrides and seconds in meta and {MANIFEST}"
