"""What a peer answered, and how far it was when."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """What a solver had reached at a moment."""

    at: float
    """By `time.perf_counter`."""
    value: float | None
    bound: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of a peer."""

    value: float | None
    """Points of its plan; None without one."""
    bound: float | None
    """No plan is worth more, by its own account."""
    steps: list[Step] = field(default_factory=list)
    booked: dict[str, float] = field(default_factory=dict)
    """Seconds of phases, where the peer itself tells them apart."""
