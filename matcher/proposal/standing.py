"""What to look after once a proposal is agreed: commitments that end or go quiet.

These are notes for readers, no rules: a plan with such commitments is as good as
another (R52, R57). The numbers of months are those of the partnership rulebook.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from matcher.proposal.facts import Facts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from matcher.proposal.proposal import Proposal
    from matcher.scenario.records import Commitment
    from matcher.scenario.setting import Setting


def commitments_due(proposal: Proposal, setting: Setting) -> tuple[str, ...]:
    """Commitments of members of launched cases that are due, or intermittent."""
    book = setting.partnership
    if book is None or not (book.renewal_notice or book.intermittent_after):
        return ()
    if not setting.commitments:
        return ("no commitment is looked after: there is no commitments table",)
    standing = list(_in_force(proposal, setting))
    notes = []
    if notice := book.renewal_notice:
        notes += [
            f"renewal due: commitment of {region} to {cases}: expires {row.expires}, "
            f"{row.at}"
            for region, cases, row in standing
            if row and row.expires and _within(setting.date, row.expires, notice.value)
        ]
    if longest := book.intermittent_after:
        notes += [
            f"commitment of {region} to {cases} is intermittent: {_contact(row)}"
            for region, cases, row in standing
            if row is None
            or row.last_contact is None
            or not _within(row.last_contact, setting.date, longest.value)
        ]
    return tuple(notes)


def _in_force(
    proposal: Proposal, setting: Setting
) -> Iterator[tuple[str, str, Commitment | None]]:
    """Every member, and each row by which it stands behind which launched cases."""
    facts = Facts(setting)
    cases: dict[tuple[str, Commitment | None], list[str]] = defaultdict(list)
    for plan in sorted(proposal.cases, key=lambda plan: plan.case):
        for region in plan.members:
            _, row = facts.commitment(region, setting.cases[plan.case])
            cases[region, row].append(plan.case)
    for (region, row), launched in sorted(
        cases.items(), key=lambda pair: (pair[0][0], pair[1])
    ):
        yield region, ", ".join(launched), row


def _within(first: dt.date, last: dt.date, months: int) -> bool:
    """Whether a day comes no later than so many months after another one."""
    apart = 12 * (last.year - first.year) + last.month - first.month
    return (apart, last.day) <= (months, first.day)


def _contact(row: Commitment | None) -> str:
    if row is None:
        return "last contact unknown, no valid row in commitments"
    when = row.last_contact.isoformat() if row.last_contact else "unknown"
    return f"last contact {when}, {row.at}"
