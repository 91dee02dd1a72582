"""Parameters of terms: every slip is told at its own line, in words, with a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from matcher.engine.run import prepare
from matcher.errors import InputError
from matcher.report.checking import examine
from matcher.scenario.load import load
from tests.objectives.scenes import BUILT
from tests.tiny import ONE, scene, tiny, write_scene

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.errors import Fault

HEAD = """\
format: 1
id: objective
name: for tests
weights: {TERM: 1}
parameters:
"""
"""Five lines; the parameters stand from line 6 on."""

SLIPS = [
    ("cohesion: {sheme: worth, points: {one: 1}}", [
        ("6:13", "MISSING_KEY", 'parameters.cohesion: key "scheme" is missing',
         "add it"),
        ("6:14", "UNKNOWN_KEY",
         'parameters.cohesion: unknown key "sheme" (did you mean "scheme"?)',
         "use scheme, points"),
    ]),
    ("need_coverage: {rate: 1}", [
        ("6:19", "UNKNOWN_KEY", 'parameters.need_coverage: unknown key "rate"',
         "remove it"),
    ]),
    ("scale:\n    steps:\n      - {level: 3, points: 1}", [
        ("8:9", "MISSING_KEY", 'parameters.scale: key "levels" is missing', "add it"),
        ("8:10", "UNKNOWN_KEY",
         'parameters.scale: unknown key "level" (did you mean "levels"?)',
         "use levels, points"),
    ]),
    ("scale:\n    steps: []", [
        ("7:12", "BAD_VALUE", "parameters.scale.steps: at least one entry is needed, "
         "found an empty list", "add one"),
    ]),
    ("critical_mass: {steps: []}", [
        ("6:26", "BAD_VALUE", "parameters.critical_mass.steps: at least one entry is "
         "needed, found an empty list", "add one"),
    ]),
    ("critical_mass: {steps: [{at_least: 0, points: 1}]}", [
        ("6:38", "BAD_VALUE", "parameters.critical_mass.steps.0.at_least: the value is "
         "not above 0, found 0", "use more than 0"),
    ]),
    ("critical_mass: {steps: [{at_least: 2, points: 1}, {at_least: 2, points: 1}]}", [
        ("6:18", "BAD_VALUE", "parameters.critical_mass: at_least must rise from one "
         "step to the next", "write the lowest first, each of them once"),
    ]),
    ("scale: {steps: [{levels: 1, points: 1}, {levels: 1, points: 2}]}", [
        ("6:10", "BAD_VALUE", "parameters.scale: points must not rise from one step to "
         "the next", "write the steps with the most points first"),
    ]),
    ("scope: {share: 2}", [
        ("6:18", "BAD_VALUE", "parameters.scope.share: the value is above 1, found 2",
         "use 1 or less"),
    ]),
    ("scope: {}", [
        ("6:10", "MISSING_KEY", 'parameters.scope: key "share" is missing', "add it"),
    ]),
    ("coordination_cost: {per_member: -0.5}", [
        ("6:35", "BAD_VALUE", "parameters.coordination_cost.per_member: the value is "
         "below 0, found -0.5", "use 0 or more"),
    ]),
    ("onboarding: {per_newcomer: many}", [
        ("6:30", "BAD_VALUE", "parameters.onboarding.per_newcomer: a number is needed, "
         "found 'many'", "write a number: 0.5"),
    ]),
    ("certification: {states: 0, capabilities: [K, U]}", [
        ("6:27", "BAD_VALUE", "parameters.certification.states: the value is below 1, "
         "found 0", "use 1 or more"),
    ]),
    ("option_value: {most_per_case: 1.5}", [
        ("6:33", "BAD_VALUE", "parameters.option_value.most_per_case: a whole number "
         "is needed, found 1.5", "write a whole number"),
    ]),
    ("pockets: {scheme: worth, categories: [], best: 1, only: 2}", [
        ("6:40", "BAD_VALUE", "parameters.pockets.categories: at least one entry is "
         "needed, found an empty list", "add one"),
    ]),
    ("pockets: {scheme: worth, categories: two, best: 1, only: 2}", [
        ("6:40", "BAD_VALUE", "parameters.pockets.categories: a list is needed, found "
         "'two'", "write a list: [a, b]"),
    ]),
    ("cohesion: {scheme: wort, points: {one: 1}}", [
        ("6:22", "UNKNOWN_SCHEME", 'cohesion: regions have no column "category.wort" '
         '(did you mean "worth"?)', "use worth, or add the column"),
    ]),
    ("cohesion: {scheme: worth, points: {one: 1, lowly: 2, none: 3}}", [
        ("6:46", "UNKNOWN_CATEGORY", 'cohesion: no region is of the category "lowly"',
         'did you mean "lowlyy"? correct the word'),
    ]),
    ("pockets: {scheme: worth, categories: [one, lowly], best: 1, only: 2}", [
        ("6:46", "UNKNOWN_CATEGORY", 'pockets: no region is of the category "lowly"',
         'did you mean "lowlyy"? correct the word'),
    ]),
    ("certification: {states: 1, capabilities: [K, LL]}", [
        ("6:48", "UNKNOWN_CODE", 'certification: "LL" is not in capabilities (did you '
         'mean "L"?)', "add it to capabilities, or correct the code"),
    ]),
    ("shared_facilities: {per_unit: 1, capabilities: {K: 1, KL: 2}}", [
        ("6:57", "UNKNOWN_CODE", 'shared_facilities: "KL" is not in capabilities (did '
         'you mean "L"?)', "add it to capabilities, or correct the code"),
    ]),
]  # fmt: skip
"""Parameters as written, and each fault: place, code, problem and remedy."""
NAMED = scene(BUILT, regions={"B": {"category.worth": "lowlyy"}})


def faults(folder: Path, text: str, what: Any = NAMED) -> tuple[Fault, ...]:
    """What is told of an objective file with this text."""
    write_scene(folder, what)
    (folder / "objective.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError) as told:
        prepare(load(folder).setting())
    return told.value.faults


@pytest.mark.parametrize(("parameters", "expected"), SLIPS, ids=lambda v: str(v)[:60])
def test_a_slip_is_told_where_it_stands(
    tmp_path: Path, parameters: str, expected: list[tuple[str, str, str, str]]
) -> None:
    """Line and column are those of the parameter, not of the weight."""
    head = HEAD.replace("TERM", parameters.partition(":")[0])
    found = faults(tmp_path, f"{head}  {parameters}\n")
    told = [(str(f.place), f.code, f.problem, f.remedy) for f in found]
    assert told == [(f"objective.yaml:{place}", *rest) for place, *rest in expected]


def test_parameters_that_are_not_there_are_asked_for_at_the_weight(
    tmp_path: Path,
) -> None:
    """Nothing is written yet, so the weight is what can be pointed at."""
    (fault,) = faults(tmp_path, HEAD.replace("TERM", "pockets") + "  {}\n")
    assert str(fault.place) == "objective.yaml:4:11"
    assert fault.problem == "pockets needs parameters: scheme, categories, best, only"
    what = scene(ONE, settings={"objective": {"scope": 1, "pockets": 1}})
    with pytest.raises(InputError, match="pockets needs parameters") as told:
        prepare(tiny(tmp_path / "own", what))
    assert [fault.place.file for fault in told.value.faults] == ["scenario.yaml"]


def test_parameters_of_terms_that_do_not_count_are_looked_at(tmp_path: Path) -> None:
    """A slip does not wait for a weight; what is named need not exist until then."""
    text = HEAD.replace("TERM", "need_coverage")
    found = faults(tmp_path, text + "  scope: {shre: 1}\n  scop: {}\n")
    assert [(str(f.place), f.code) for f in found] == [
        ("objective.yaml:6:10", "MISSING_KEY"), ("objective.yaml:6:11", "UNKNOWN_KEY"),
        ("objective.yaml:7:3", "UNKNOWN_TERM"),
    ]  # fmt: skip


def test_weights_of_the_scenario_point_into_the_library(tmp_path: Path) -> None:
    """The parameters are those of `balanced`, so that is where the scheme stands."""
    what = scene(ONE, settings={"objective": {"cohesion": 1}})
    with pytest.raises(InputError, match=r"category\.cohesion_2021_27") as told:
        prepare(tiny(tmp_path, what))
    (fault,) = told.value.faults
    assert fault.place.file == "models/objectives/balanced.yaml"
    assert fault.place.column > 1


def test_a_category_that_nobody_has_is_no_slip(tmp_path: Path) -> None:
    """A weighting fits many scenarios; without any scheme it counts nobody."""
    points = {"cohesion": {"scheme": "worth", "points": {"one": 1, "outermost": 2}}}
    prepare(tiny(tmp_path / "a", NAMED, objective={"parameters": points}))
    bare = scene(ONE, regions="region,name,state\nA,A,S1\nB,B,S2\n")
    prepare(tiny(tmp_path / "b", bare, objective={"parameters": points}))


@pytest.mark.parametrize(
    ("parameters", "counts"),
    [
        ("cohesion: {scheme: worth, points: {nowhere: 1}}", "6:37: cohesion"),
        ("cohesion: {scheme: worth, points: {nowhere: 1, one: 1}}", ""),
        ("pockets: {scheme: worth, categories: [nowhere], best: 1, only: 2}",
         "6:40: pockets"),
        ("coordination_cost: {per_case: 1}", ""),
    ],
)  # fmt: skip
def test_categories_of_nobody_are_noticed(
    tmp_path: Path, parameters: str, counts: str
) -> None:
    """A term that counts nothing says so in `matcher check`, once."""
    write_scene(tmp_path, scene(NAMED, settings={"assumptions": {"same": {}}}))
    head = HEAD.replace("TERM", parameters.partition(":")[0])
    (tmp_path / "objective.yaml").write_text(f"{head}  {parameters}\n", "utf-8")
    checked = examine(load(tmp_path))
    told = (
        f"objective.yaml:{counts} counts regions that are nowhere, and there are none: "
        "it counts nothing; correct the words, or the regions table",
    )
    assert checked.uncounted == (told if counts else ())
    assert list(checked.notices) == checked.as_dict()["notices"]


def test_without_any_category_the_term_itself_says_so(tmp_path: Path) -> None:
    """Nobody is of a category, so there is no word to correct."""
    regions = "region,name,state\nA,Alder,S1\nB,Birch,S2\nC,Cedar,S3\n"
    write_scene(tmp_path, scene(ONE, regions=regions))
    assert examine(load(tmp_path)).uncounted == ()
