"""Whatever valid scenario is spoilt by whatever slip: it is told, where it stands."""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.errors import InputError
from matcher.library import scenario_path
from matcher.scenario.load import load
from tests.faults.input.mutators import IN_TABLES, IN_YAML, spoil_table, spoil_yaml
from tests.property.generator import write_scenario

EXAMPLES = 8
"""Per slip; each reads a whole scenario with all its assumptions."""
SOURCES = ("starter", "miniature", "drawn", "drawn with money")
LIGHT = settings(
    max_examples=EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


def lay_out(folder: Path, source: str, seed: int) -> Path:
    """Write a valid scenario: a shipped one, or one drawn at random."""
    if source.startswith("drawn"):
        write_scenario(folder, seed, money=source.endswith("money"), small=True)
    else:
        shutil.copytree(scenario_path(source), folder)
    load(folder)
    return folder


@pytest.mark.parametrize("how", [*IN_TABLES, *IN_YAML])
@LIGHT
@given(seed=st.integers(0, 10**6), source=st.sampled_from(SOURCES))
def test_one_slip_is_told_where_it_stands(how: str, seed: int, source: str) -> None:
    """Nothing but an input error escapes, and it names the file and the line."""
    draw = random.Random(f"{how} {seed}")
    with tempfile.TemporaryDirectory() as place:
        folder = lay_out(Path(place) / "s", source, seed)
        spoil = spoil_table if how in IN_TABLES else spoil_yaml
        slip = spoil(draw, folder, how)
        if slip is None:
            load(folder)
            return
        with pytest.raises(InputError) as told:
            load(folder)
    places = [(f.place.file, f.place.line, f.code) for f in told.value.faults]
    wanted = {(slip.file, slip.line, code) for code in slip.codes}
    assert wanted & set(places), f"{slip}: {told.value}"
    assert all(f.problem and f.remedy for f in told.value.faults)
