"""What a partnership asks about breadth: read, told, and refused of instruments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.errors import InputError
from matcher.report.bookfacts import facts
from matcher.scenario.load import load
from tests.rules.bites_cohesion import group
from tests.tiny import PAID, cited, club, grant, scene, tiny, write_scene

if TYPE_CHECKING:
    from pathlib import Path


def test_every_number_is_told_with_its_source(tmp_path: Path) -> None:
    """`matcher rulebooks` says in words what the fields ask for."""
    asked = group("one", lead_user_floor=cited(3), min_share=cited(0.125))
    plain = group("two")
    del plain["substantive"]
    setting = tiny(tmp_path, books={"club": club(
        consortium={"required": [asked, plain]}, min_newcomers=cited(1),
        max_state_share=cited(0.5), renewal_notice=cited(6),
        intermittent_after=cited(12))})  # fmt: skip
    assert setting.partnership is not None
    told = facts(setting.partnership)
    cited_texts = {fact.text for fact in told if fact.source == "made for the test"}
    assert cited_texts == {
        "At least 1 regions are one by worth.",
        "Lead users of level 3 in sum count, too.",
        "Who counts bears at least 12.5% of a case's cost.",
        "At least 1 regions are two by worth.",
        "At least 1 members are new to case and partnership.",
        "No state provides more than 50% of the members.",
        "Commitments are due for renewal 6 months before they end.",
        "After 12 months without contact one is intermittent.",
    }
    assert sum("that fill a role or provide a unit" in fact.text for fact in told) == 1


def test_instruments_cannot_ask_for_substance(tmp_path: Path) -> None:
    """The fault names the key; nothing of it is silently ignored."""
    book = grant(consortium={"required": [group("one")]})
    with pytest.raises(InputError) as told:
        load(write_scene(tmp_path, scene(PAID, books={"g": book})))
    (fault,) = told.value.faults
    assert "substantive" in str(fault)
    assert fault.place.file == "g.yaml"
