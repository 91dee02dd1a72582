"""What nobody tests or counts under a setting: rules and terms that lack their data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher import objectives, rules

if TYPE_CHECKING:
    from matcher.scenario.setting import Setting


def untested(setting: Setting, *, funding: bool = True) -> tuple[str, ...]:
    """The words of a proposal's notes; without ``funding`` not those about money."""
    return (
        *rules.untested(setting, funding=funding),
        *objectives.untested(setting),
    )
