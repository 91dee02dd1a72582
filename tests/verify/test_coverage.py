"""Whatever judges proposals is reached by a quick test: every line, every branch."""

from __future__ import annotations

from tests.mutation.coverage import measured, unreached


def test_every_line_and_branch_of_the_verifier_is_reached(run_elsewhere: None) -> None:
    """Verifier, oracle, facts, every rule's check and every term's value."""
    left = list(unreached(measured()))
    assert not left, "\n".join(left)
