"""The years that are planned for: written, changed by assumptions, kept in results."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from matcher.engine.run import prepare
from matcher.errors import InputError
from matcher.formulation.assemble import assemble
from matcher.problem.layers import with_merged_layers
from matcher.rules import counting
from matcher.rules._figures import Chances
from matcher.scenario.export import resolved_files
from matcher.scenario.load import load
from tests.rules.bites_years import HORIZON, LATER, YEAR, planned
from tests.tiny import PAID, cited, grant, scene, tiny, tiny_scenario, write_scene

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.rules._figures import Figure
    from tests.conftest import Solve
    from tests.tiny import Scene

COSTS = "case,layer,amount,year\nD1,1,400,2025\nD1,2,300,2026\nD1,3,100,\n"


def test_a_horizon_has_two_days(tmp_path: Path) -> None:
    """Both are read as days, and without the key there is none."""
    horizon = tiny(tmp_path / "with", PAID, settings={"horizon": HORIZON}).horizon
    assert horizon is not None
    assert (horizon.start, horizon.end) == (dt.date(2025, 1, 1), dt.date(2028, 12, 31))
    assert tiny(tmp_path / "without", PAID).horizon is None


@pytest.mark.parametrize(
    ("written", "text"),
    [({"start": "2025-01-01"}, "end"), ({**HORIZON, "end": "2024-12-31"}, "start is"),
     ({**HORIZON, "end": "soon"}, "date"), ({**HORIZON, "years": 3}, "years")],
)  # fmt: skip
def test_a_horizon_that_cannot_be_is_refused(
    tmp_path: Path, written: dict[str, Any], text: str
) -> None:
    """A missing day, a wrong order, a wrong word and an unknown key."""
    folder = write_scene(tmp_path, scene(PAID, settings={"horizon": written}))
    with pytest.raises(InputError, match=text):
        load(folder)


def test_an_assumption_may_plan_otherwise(tmp_path: Path) -> None:
    """A later start, and the result keeps what was assumed."""
    scenario = tiny_scenario(tmp_path / "s", PAID, settings={
        "horizon": HORIZON,
        "assumptions": {"late": {"set": {"horizon.start": "2026-01-01"}}},
    })  # fmt: skip
    late = scenario.setting("late")
    assert late.horizon is not None
    assert late.horizon.start == dt.date(2026, 1, 1)
    assert [o.path for o in late.overrides] == ["horizon.start"]
    for name, text in resolved_files(scenario, "late").items():
        path = tmp_path / "kept" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert load(tmp_path / "kept").setting().horizon == late.horizon


def told(folder: Path, what: Scene, rule: str = "window") -> Figure | None:
    """What the rule says of the first case."""
    inst, _ = prepare(tiny(folder, what))
    assembly = assemble(inst, (), funding=True)
    return counting()[rule].figures(Chances.of(inst, 0, assembly.blocked))


def test_reasons_tell_dates_and_horizon(tmp_path: Path) -> None:
    """Who holds on no day of it, and where both are written."""
    gone = scene(PAID, settings={"horizon": HORIZON}, books={
        "g": grant(valid_to="2024-12-31"), "h": grant(layers=cited([2]))})  # fmt: skip
    figure = told(tmp_path / "gone", gone)
    assert figure is not None
    assert figure.text == (
        "g holds to 2024-12-31, and on no day of the horizon from 2025-01-01 to "
        "2028-12-31, and h layers 2"
    )
    assert [line.partition(":")[0] for line in figure.lines] == [
        "g.yaml", "scenario.yaml",
    ]  # fmt: skip
    assert figure.enough
    held = scene(gone, books={"g": grant(valid_to="2025-01-01")})
    assert told(tmp_path / "held", held) is None
    assert told(tmp_path / "blank", scene(gone, books={"g": grant()})) is None
    assert told(tmp_path / "plain", PAID) is None


def test_a_case_nobody_may_pay_is_left_out_for_that(
    tmp_path: Path, solve: Solve
) -> None:
    """The reason names the days."""
    setting = tiny(tmp_path, PAID, settings={"horizon": HORIZON},
                   books={"g": grant(valid_from="2029-01-01")})  # fmt: skip
    (left,) = solve(setting).rejected
    assert "g holds from 2029-01-01, and on no day of the horizon" in left.reason


LATE = "case,layer,amount,per,year\nD1,1,400,case,2025\nD1,2,200,partner,2026\n"


@pytest.mark.parametrize(
    ("what", "text", "enough"),
    [(planned(80, LATE, {"g": YEAR}), "EUR 400 of its cost falls due after 2025, when "
      "every grant has ended, and the 3 regions that may join have EUR 240 of their "
      "own",
      False),
     (planned(200, LATE, {"g": YEAR}), "have EUR 600 of their own", True),
     (planned(80, LATE, {"g": YEAR, "h": grant()}), None, True),
     (planned(80, LATE, {"g": YEAR, "h": LATER}), None, True),
     (planned(80, LATE, {}), None, True)],
)  # fmt: skip
def test_what_outlasts_every_grant_is_told(
    tmp_path: Path, what: Scene, text: str | None, enough: bool
) -> None:
    """Too little own money for it is proof; not where some grant may still pay."""
    two = scene(what, cases={"D1": {"min_partners": 2}})
    figure = told(tmp_path, two, "grant_years")
    assert (figure is None) == (text is None)
    if figure is not None and text is not None:
        assert figure.text.endswith(text)
        assert figure.enough is enough
        assert figure.lines == ("costs.csv:3",)


def test_own_money_without_limit_is_enough(tmp_path: Path) -> None:
    """The figure tells what is late, and no more."""
    rich = scene(planned(80, LATE, {"g": YEAR}), regions={
        r: {"own_budget": "unlimited"} for r in "ABC"})  # fmt: skip
    figure = told(tmp_path, rich, "grant_years")
    assert figure is not None
    assert figure.enough
    assert figure.text.endswith("when every grant has ended")


def test_a_case_that_outlasts_its_grants_is_left_out_for_that(
    tmp_path: Path, solve: Solve
) -> None:
    """The solver agrees with the figure."""
    setting = tiny(tmp_path, planned(
        120, "case,layer,amount,year\nD1,1,400,2025\nD1,1,400,2026\n",
        {"g": grant(1, duration={"max": cited(12)})}))  # fmt: skip
    (left,) = solve(setting).rejected
    assert left.reason.startswith(
        "no plan for it alone: EUR 400 of its cost falls due after 2025, when every"
    )


def test_layers_that_outlast_a_grant_stay_alone(tmp_path: Path) -> None:
    """Layer 2 falls due after g has ended; 1 and 3 merge with what costs nothing."""
    inst, _ = prepare(tiny(tmp_path / "late", planned(300, COSTS, {"g": YEAR})))
    small = with_merged_layers(inst)
    assert sorted(small.labels.layers.ids) == ["1+3+coordination", "2"]
    at = small.labels.layers.index["2"]
    assert small.money.late_case[0, 0].tolist() == [
        30_000 if i == at else 0 for i in range(2)
    ]
    other = {"g": grant(duration={"max": cited(24)}), "h": grant(layers=cited([3]))}
    inst, _ = prepare(tiny(tmp_path / "long", planned(300, COSTS, other)))
    assert sorted(with_merged_layers(inst).labels.layers.ids) == [
        "1+2+coordination", "3",
    ]  # fmt: skip
    unpaid = {"g": YEAR | {"layers": cited([1, 3])}}
    inst, _ = prepare(tiny(tmp_path / "unpaid", planned(300, COSTS, unpaid)))
    assert sorted(with_merged_layers(inst).labels.layers.ids) == [
        "1+3", "2+coordination",
    ]  # fmt: skip
