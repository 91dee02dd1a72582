"""Assumptions: what they change, what they refuse, and that the origin is kept."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from matcher.errors import InputError, Place
from matcher.scenario.change import decimal_text
from matcher.scenario.export import resolved_files
from matcher.scenario.load import load
from matcher.scenario.schema import Assumption
from tests.tiny import (
    PAID,
    POOLED,
    WAIT,
    cited,
    grant,
    pool,
    scene,
    tiny,
    tiny_scenario,
)

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.scenario.setting import Setting
    from tests.tiny import Scene

RICH = scene(
    POOLED,
    books={"g": grant(envelope=cited(500)), "h": grant(
        0.4, grant={"max": cited(100)}, consortium={"min_regions": cited(2)})},
    regions={"C": {"own_budget": ""}},
)  # fmt: skip


def under(folder: Path, overlay: dict[str, Any], what: Scene = RICH) -> Setting:
    """The setting under one assumption."""
    scenario = tiny_scenario(folder, what, settings={"assumptions": {"other": overlay}})
    return scenario.setting("other")


def cells(setting: Setting, table: str, column: str) -> list[Any]:
    """One column of a keyed or unkeyed table."""
    rows = getattr(setting, table)
    return [
        getattr(r, column) for r in (rows.values() if hasattr(rows, "values") else rows)
    ]


def test_an_empty_assumption_changes_nothing(tmp_path: Path) -> None:
    """Without entries the setting is the scenario as written, but for its name."""
    scenario = tiny_scenario(tmp_path, RICH, settings={"assumptions": {"same": {}}})
    same, written = scenario.setting("same"), scenario.setting()
    for name in written.__slots__:
        if name not in ("assumption", "places"):
            assert getattr(same, name) == getattr(written, name), name
    assert (same.assumption, same.overrides) == ("same", ())


def test_only_and_without(tmp_path: Path) -> None:
    """Instruments left out are gone with their budgets, and the change is noted."""
    only = under(tmp_path / "a", {"instruments": {"only": ["g"]}})
    assert list(only.instruments) == ["g"]
    assert only.budgets == ()
    assert sorted((o.path, o.old, o.new) for o in only.overrides) == [
        ("instruments.h", "in play", "left out"),
        ("instruments.p", "in play", "left out"),
    ]
    without = under(tmp_path / "b", {"instruments": {"without": ["g", "h"]}})
    assert list(without.instruments) == ["p"]
    assert len(without.budgets) == 3


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [("regions.A.own_budget", 7.5, 750), ("regions.A.own_budget", "0.5x", 15_000),
     ("regions.A.own_budget", "1.5 x", 45_000), ("regions.A.own_budget", "unlimited",
      "unlimited"), ("regions.A.own_budget", None, None),
     ("regions.A.own_budget", "0.33335x", 10_000)],
)  # fmt: skip
def test_a_cell_is_set(tmp_path: Path, path: str, value: Any, expected: Any) -> None:
    """Absolute, relative (down to whole cents), a word, or blank for unknown."""
    setting = under(tmp_path, {"set": {path: value}})
    assert setting.regions["A"].own_budget == expected
    assert setting.regions["B"].own_budget == 30_000


def test_a_star_fits_every_row(tmp_path: Path) -> None:
    """One entry changes a whole column; rows the key does not fit stay."""
    setting = under(tmp_path, {"set": {
        "regions.*.max_cases": 1, "budgets.*/B.amount": "2x"}})  # fmt: skip
    assert cells(setting, "regions", "max_cases") == [1, 1, 1]
    assert cells(setting, "budgets", "amount") == [30_000, 60_000, 30_000]


def test_a_key_of_several_parts(tmp_path: Path) -> None:
    """Key parts are joined by a slash; left-out ones fit every row."""
    one = under(tmp_path / "a", {"set": {"budgets.p/A.amount": 1}})
    assert cells(one, "budgets", "amount") == [100, 30_000, 30_000]
    every = under(tmp_path / "b", {"set": {"budgets.p.amount": 1}})
    assert cells(every, "budgets", "amount") == [100, 100, 100]


def test_numbers_of_rulebooks(tmp_path: Path) -> None:
    """A number is set or scaled, keeps its structure and cites the assumption."""
    setting = under(tmp_path, {"set": {
        "instruments.g.envelope": "0.5x", "instruments.h.grant.max": 70,
        "instruments.h.rate": 0.3, "instruments.g.per_region_cap": 11,
        "instruments.h.consortium.min_regions": 3,
    }})  # fmt: skip
    g, h = setting.instruments["g"], setting.instruments["h"]
    assert g.envelope is not None
    assert (g.envelope.value, g.envelope.source) == (25_000, "assumption")
    assert g.sources["assumption"] == "assumption other"
    assert h.grant.max is not None
    assert h.grant.max.value == 7_000
    assert [rate.value for rate in h.rate] == [Fraction(3, 10)]
    assert g.per_region_cap is not None
    assert g.per_region_cap.value == 1_100
    assert h.consortium.min_regions is not None
    assert h.consortium.min_regions.value == 3


def test_the_envelope_of_a_pool_is_what_its_rows_add_up_to(tmp_path: Path) -> None:
    """Half a pool is half of every authority's money."""
    setting = under(tmp_path, {"set": {"instruments.p.envelope": "0.5x"}})
    assert cells(setting, "budgets", "amount") == [15_000] * 3
    assert setting.instruments["p"].envelope is None
    assert [(o.path, o.old, o.new) for o in setting.overrides] == [
        (f"budgets.p/{r}.amount", "300", "150") for r in "ABC"
    ]


def test_an_absolute_envelope_replaces_the_row_of_budgets(tmp_path: Path) -> None:
    """Where a row holds the whole money it is the row that counts, so it is set."""
    what = scene(PAID, budgets="instrument,amount\ng,1000\n")
    setting = under(tmp_path / "a", {"set": {"instruments.g.envelope": 5}}, what)
    assert cells(setting, "budgets", "amount") == [500]
    what = scene(PAID, budgets="instrument,amount,year\ng,10,2025\ng,20,2026\n")
    with pytest.raises(InputError, match="several rows of budgets hold"):
        under(tmp_path / "b", {"set": {"instruments.g.envelope": 5}}, what)


def test_settings_are_set(tmp_path: Path) -> None:
    """Limits, modes and weights, which stand in the scenario itself."""
    what = scene(PAID, settings={"objective": {"scope": 1, "scale": 2}})
    setting = under(tmp_path, {"set": {
        "limits.max_cases": 1, "exchanges": "validated-only", "objective.scale": "0.5x",
        "date": "2030-01-01",
    }}, what)  # fmt: skip
    assert (setting.max_cases, setting.validated_only) == (1, True)
    assert setting.objective.weights == {"scope": 1, "scale": 1}
    assert str(setting.date) == "2030-01-01"


def test_an_answer_is_awaited_under_an_assumption(tmp_path: Path) -> None:
    """An assumption may wait for an instrument; one that is left out is not awaited."""
    at_once = scene(WAIT, settings={"wait_for": None})
    for name, overlay in (("a", {}), ("b", {"instruments": {"without": ["g"]}})):
        awaiting = {"set": {"wait_for": "g"}, **overlay}
        setting = under(tmp_path / name, awaiting, at_once)
        assert setting.wait_for == ("g" if name == "a" else None)
        assert ("g" in setting.instruments) is (name == "a")
    assert tiny(tmp_path / "c", at_once).wait_for is None


@pytest.mark.parametrize(("overlay", "told"), [
    ({"wait_for": "gg"}, 'no rulebook "gg" .did you mean "g"'),
    ({"wait_for": "h"}, "the answer of h is certain"),
])  # fmt: skip
def test_an_answer_that_cannot_be_awaited_is_refused(
    tmp_path: Path, overlay: dict[str, Any], told: str
) -> None:
    """What is awaited must exist, and be uncertain."""
    sure = {"h": grant(0.9, success={"value": 1, "source": "S"})}
    what = scene(WAIT, books=sure, settings={"wait_for": None})
    with pytest.raises(InputError, match=told):
        under(tmp_path, {"set": overlay}, what)


def test_an_awaited_answer_is_taken_back(tmp_path: Path) -> None:
    """`null` is no answer awaited; the result's own inputs say the same."""
    given = {"assumptions": {"at once": {"set": {"wait_for": None}}}}
    scenario = tiny_scenario(tmp_path / "a", WAIT, settings=given)
    assert (scenario.setting().wait_for, scenario.setting("at once").wait_for) == (
        "g", None,
    )  # fmt: skip
    (override,) = scenario.setting("at once").overrides
    assert (override.path, override.old, override.new) == ("wait_for", "g", "")
    for name, text in resolved_files(scenario, "at once").items():
        (tmp_path / "b" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "b" / name).write_text(text, "utf-8")
    assert load(tmp_path / "b").setting().wait_for is None


def test_true_and_false_are_set(tmp_path: Path) -> None:
    """In settings, objective and rulebooks, and nowhere where a number is needed."""
    plain = scene(WAIT, settings={"wait_for": None}, objective={"expected": None})
    on = {"solve.tie_break": True, "objective.expected": True, "wait_for": "g",
          "instruments.g.application.bundle": True}  # fmt: skip
    setting = under(tmp_path / "a", {"set": on}, plain)
    assert (setting.solve.tie_break, setting.objective.expected) == (True, True)
    asked = setting.instruments["g"].application
    assert asked is not None
    assert asked.bundle is not None
    assert asked.bundle.value is True
    assert ("objective.expected", "", "true") in [
        (o.path, o.old, o.new) for o in setting.overrides
    ]
    weights = scene(plain, settings={"objective": {"scale": 1}})
    setting = under(tmp_path / "b", {"set": {"objective.expected": True}}, weights)
    assert setting.objective.expected
    for path in ("limits.max_cases", "regions.A.own_budget", "instruments.g.rate"):
        with pytest.raises(InputError, match=r"is needed|is not a number"):
            under(tmp_path / path, {"set": {path: True}}, plain)
    with pytest.raises(InputError, match=r"expected: true or false is needed"):
        under(tmp_path / "c", {"set": {"objective.expected": 1}}, plain)


@pytest.mark.parametrize("on", [True, False])
def test_what_is_expected_is_kept_in_the_inputs_of_a_result(
    tmp_path: Path, on: bool
) -> None:
    """The folder of a result loads to the objective as assumed."""
    base = scene(WAIT, settings={"wait_for": None}, objective={"expected": not on})
    given = {"assumptions": {"other": {"set": {"objective.expected": on}}}}
    scenario = tiny_scenario(tmp_path / "a", base, settings=given)
    for name, text in resolved_files(scenario, "other").items():
        (tmp_path / "b" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "b" / name).write_text(text, "utf-8")
    assert load(tmp_path / "b").setting().objective.expected is on
    assert scenario.setting().objective.expected is not on


@pytest.mark.parametrize("path", ["exchanges", "solve.gap", "limits", "objective"])
def test_what_must_be_there_is_not_taken_back(tmp_path: Path, path: str) -> None:
    """A setting without a blank is refused at the assumption's line."""
    with pytest.raises(InputError, match="found null") as told:
        under(tmp_path, {"set": {path: None}})
    text = (tmp_path / "scenario.yaml").read_text("utf-8").splitlines()
    assert all(f'"{path}"' in text[f.place.line - 1] for f in told.value.faults)


def test_the_origin_is_kept(tmp_path: Path) -> None:
    """Each change knows what stood before and the line that set it."""
    setting = under(tmp_path, {"set": {"regions.A.own_budget": "0.1x"}})
    (change,) = setting.overrides
    assert (change.path, change.old, change.new) == (
        "regions.A.own_budget",
        "300",
        "30",
    )
    text = (tmp_path / "scenario.yaml").read_text("utf-8").splitlines()
    assert '"regions.A.own_budget": "0.1x"' in text[change.origin.line - 1]


@pytest.mark.parametrize(
    ("overlay", "code", "told"),
    [
        ({"set": {"regions.C.own_budget": "0.5x"}}, "RELATIVE_TO_UNKNOWN", "absolute"),
        ({"set": {"instruments.g.per_region_cap": "0.5x"}}, "RELATIVE_TO_UNKNOWN",
         "unknown"),
        ({"set": {"regions.A.own_budget": "-0.5x"}}, "BAD_VALUE", "write it as 0.5x"),
        ({"set": {"regions.A.own_budget": "50%"}}, "BAD_VALUE", "write it as 0.5x"),
        ({"set": {"regions.A.own_budgt": 1}}, "UNKNOWN_PATH", 'mean "own_budget"'),
        ({"set": {"regions.AA.own_budget": 1}}, "UNKNOWN_PATH", "fits no row"),
        ({"set": {"region.A.own_budget": 1}}, "UNKNOWN_PATH", 'mean "regions"'),
        ({"set": {"needs.A/K.amount": 1}}, "UNKNOWN_PATH", "names no column"),
        ({"set": {"instruments.gg.envelope": 1}}, "UNKNOWN_PATH", 'no rulebook "gg"'),
        ({"set": {"instruments.g.rate.7": 1}}, "UNKNOWN_PATH", "leads nowhere"),
        ({"set": {"objective.scale": 1}}, "UNKNOWN_PATH", "leads nowhere"),
        ({"set": {"limits.max_cases": "0.5x"}}, "RELATIVE_TO_UNKNOWN", "absolute"),
        ({"instruments": {"only": ["gg"]}}, "UNKNOWN_INSTRUMENT", "no instrument"),
    ],
)  # fmt: skip
def test_what_an_assumption_cannot_change(
    tmp_path: Path, overlay: dict[str, Any], code: str, told: str
) -> None:
    """A slip is a fault at the assumption's line, never without effect."""
    with pytest.raises(InputError, match=told) as raised:
        under(tmp_path, overlay)
    assert {fault.code for fault in raised.value.faults} == {code}
    assert all(fault.place.file == "scenario.yaml" for fault in raised.value.faults)
    assert all(fault.place.line > 1 for fault in raised.value.faults)


def test_entries_apply_in_order(tmp_path: Path) -> None:
    """A later entry works on what an earlier one left."""
    setting = under(tmp_path, {"set": {
        "regions.*.own_budget": 100, "regions.A.own_budget": "0.5x"}})  # fmt: skip
    assert cells(setting, "regions", "own_budget") == [5_000, 10_000, 10_000]


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(1, 8), "0.125"), (Fraction(-3, 2), "-1.5"), (Fraction(120), "120"),
     (Fraction(0), "0")],
)  # fmt: skip
def test_decimals_are_written_exactly(value: Fraction, text: str) -> None:
    """A changed cell is written as plain text and read back to the same value."""
    assert decimal_text(value) == text
    assert Fraction(text) == value
    with pytest.raises(ValueError, match="no finite decimal form"):
        decimal_text(Fraction(1, 3))


def test_a_pool_with_an_envelope_of_its_own_is_scaled_in_both(tmp_path: Path) -> None:
    """Neither the rows nor the rulebook's number may keep the old size."""
    what = scene(POOLED, books={"p": pool(envelope=cited(800))})
    setting = under(tmp_path, {"set": {"instruments.p.envelope": "0.5x"}}, what)
    book = setting.instruments["p"]
    assert book.envelope is not None
    assert book.envelope.value == 40_000
    assert cells(setting, "budgets", "amount") == [15_000] * 3


BOTH = {
    "poor": {"set": {"instruments.g.envelope": 100}},
    "poorer": {"set": {"instruments.g.envelope": "0.5x"}},
    "no-g": {"instruments": {"without": ["g"]}},
    "only-g": {"instruments": {"only": ["g"]}},
}


def together(folder: Path, name: str) -> Setting:
    """The setting under several assumptions at once."""
    return tiny_scenario(folder, RICH, settings={"assumptions": BOTH}).setting(name)


def test_assumptions_hold_together(tmp_path: Path) -> None:
    """They apply in the order named, each on what the ones before left."""
    setting = together(tmp_path, "poor+poorer")
    envelope = setting.instruments["g"].envelope
    assert envelope is not None
    assert envelope.value == 5_000
    assert setting.assumption == "poor+poorer"
    assert [(o.old, o.new) for o in setting.overrides] == [("500", "100"),
                                                           ("100", "50")]  # fmt: skip


def test_what_one_leaves_out_is_out(tmp_path: Path) -> None:
    """Instruments are left out after everything is set, in whatever order named."""
    for name in ("poor+no-g", "no-g+poor", "no-g+no-g"):
        assert list(together(tmp_path / name, name).instruments) == ["h", "p"], name
    assert not together(tmp_path / "none", "only-g+no-g").instruments


def test_baseline_is_the_scenario_as_written(tmp_path: Path) -> None:
    """Under that name or none, alone or with others, unless an assumption has it."""
    assert together(tmp_path / "a", "baseline").assumption == ""
    assert together(tmp_path / "b", "baseline+no-g").assumption == "no-g"
    own = {"baseline": BOTH["no-g"]}
    scenario = tiny_scenario(tmp_path / "c", RICH, settings={"assumptions": own})
    assert list(scenario.setting("baseline").instruments) == ["h", "p"]


def test_every_unknown_part_is_told(tmp_path: Path) -> None:
    """Each name that is no assumption is a fault of its own."""
    with pytest.raises(InputError) as error:
        together(tmp_path, "por+no-g+no-x")
    assert [fault.code for fault in error.value.faults] == ["UNKNOWN_ASSUMPTION"] * 2
    assert 'did you mean "poor"?' in str(error.value.faults[0])


def test_assumptions_can_be_added_later(tmp_path: Path) -> None:
    """One that no file states tells its faults at the place it was given."""
    scenario = tiny_scenario(tmp_path, RICH)
    at = Place("grid.yaml", 7)
    more = scenario.assuming({
        "rich": (Assumption(set={"instruments.g.envelope": Fraction(900)}), at),
        "odd": (Assumption(set={"instruments.x.envelope": Fraction(900)}), at),
    })  # fmt: skip
    envelope = more.setting("rich").instruments["g"].envelope
    assert envelope is not None
    assert envelope.value == 90_000
    assert more.setting("rich").overrides[0].origin == at
    with pytest.raises(InputError, match=r"grid.yaml:7"):
        more.setting("odd")
    assert not scenario.assumptions
