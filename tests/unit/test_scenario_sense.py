"""Slips that are legal by themselves: refused, or noticed, with place and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matcher.errors import InputError
from matcher.library import names
from matcher.scenario.lint import lint, shelf
from matcher.scenario.load import load
from matcher.scenario.rulebook import Instrument
from tests.scenarios.conftest import ROOT
from tests.tiny import PAID, POOLED, book, club, grant, pool, scene, write_scene

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tiny import Scene

GRANT = """\
format: 1
id: g
kind: grant
name: Fund
confidence: assumption
sources: {s: a page}
"""
"""Six lines; what a test adds stands from line 7 on."""
RATE = "rate: [{value: 0.5, source: s}]\n"
"""An eighth line for what follows it."""
CLUB = GRANT.replace("id: g", "id: club").replace("kind: grant", "kind: partnership")
SOUND: Scene = scene(PAID, books={"club": club(), "h": grant()})
"""Regions A, B and C of three states, worth one, two and four; grants g and h."""

REFUSED = [
    ("stacking: {excludes: [{of: [h, g], source: s}]}", "8:32", "WITH_ITSELF",
     '"g" excludes itself'),
    ("stacking: {cumulative: [{of: [g], source: s}]}", "8:31", "WITH_ITSELF",
     '"g" is cumulative with itself'),
    ("stacking: {excludes: [{of: [h], source: s}], "
     "cumulative: [{of: [h], source: s}]}", "8:65", "EXCLUDED_AND_CUMULATIVE",
     '"h" is both excluded and cumulative'),
]  # fmt: skip
TWO_MARKS = (
    "earmarks: [{types: [company], min_share: {value: 0.6, source: s}}, "
    "{types: [sme, rto], min_share: {value: 0.5, source: s}}]"
)
IN_A_BOOK = [
    ("g", RATE + TWO_MARKS, "8:107", "ABOVE_ONE", "add up to 1.1"),
    ("g", RATE + TWO_MARKS.replace("0.6", "0"), "8:50", "ZERO_SHARE",
     "earmarks.0.min_share is 0 and asks for nothing"),
    ("g", RATE + "min_beneficiary_share: {types: [sme], "
     "min: {value: 0, source: s}}", "8:52", "ZERO_SHARE", "asks for nothing"),
    ("g", RATE + "max_state_share: {value: 0, source: s}", "8:26", "ZERO_SHARE",
     "max_state_share is 0 and leaves room for nobody"),
    ("g", "rate: [{value: 0, source: s}]", "7:7", "ZERO_SHARE", "g pays nothing"),
    ("g", RATE + "consortium: {min_regions: {value: 3, source: s}, "
     "max_partners: {value: 2, source: s}}", "8:27", "OUT_OF_ORDER",
     "consortium.min_regions is 3, above consortium.max_partners 2"),
    ("g", RATE + "consortium: {max_partners: {value: 0, source: s}, required: ["
     "{scheme: worth, categories: [one], min_regions: {value: 1, source: s}}]}",
     "8:110", "OUT_OF_ORDER", "above consortium.max_partners 0"),
    ("g", RATE + "trl: {start: {min: {value: 7, source: s}}, "
     "end: {max: {value: 6, source: s}}}", "8:20", "OUT_OF_ORDER", "above trl.end.max"),
    ("g", "rate: [{layers: [1, 2], value: 0.5, source: s}, {beneficiary: [sme], "
     "layers: [3, coordination], value: 0.5, source: s}, "
     "{beneficiary: [sme], value: 1, source: s}]", "7:121", "UNREACHED_RATE",
     "this rate never holds"),
    ("club", "aid_cap: [{value: 0.5, source: s}, "
     "{beneficiary: [sme], value: 0.4, source: s}]", "7:36", "UNREACHED_CAP",
     "this cap never holds"),
    ("club", "lead_users: [{min: {value: 2, source: s}}, {min: {value: 3, source: s}}]",
     "7:14", "UNREACHED_LEAD_USERS", "asks for as much or more"),
    ("club", "lead_users: [{min: {value: 2, source: s}}, {min: {value: 2, source: s}}]",
     "7:44", "UNREACHED_LEAD_USERS", "asks for as much or more"),
    ("club", "cost_share: {min: {value: 0, source: s}}", "7:27", "ZERO_SHARE",
     "cost_share.min is 0"),
    ("club", "consortium: {required: [{scheme: worth, categories: [one], min_regions: "
     "{value: 1, source: s}, substantive: {min_share: {value: 0, source: s}}}]}",
     "7:129", "ZERO_SHARE", "substantive.min_share is 0 and asks for nothing"),
]  # fmt: skip
FINE = [
    TWO_MARKS.replace("0.5", "0.4"),
    TWO_MARKS.replace("company", "sme"),
    TWO_MARKS.replace("}}, {", "}, enforce: soft}, {"),
    "stacking: {excludes: [{of: [h], source: s}], groups: [firm], "
    "cumulative: [{of: [firm], source: s}]}",
    "stacking: {excludes: [{of: [i3-strand1-2025, eu_direct], source: s}]}",
    "earmarks: [{types: [sme], min_share: {value: 0.9, source: s}}, "
    "{scheme: worth, categories: [one], min_share: {value: 0.9, source: s}}]",
    "consortium: {min_regions: {value: 3, source: s}, "
    "min_states: {value: 3, source: s}}",
    "months_to_contract: {value: 24, source: s}",
]


def written(folder: Path, what: Scene, **books: str) -> Path:
    """The folder of a scene with some rulebooks as text of their own."""
    write_scene(folder, what)
    for name, lines in books.items():
        head = CLUB if name == "club" else GRANT
        (folder / f"{name}.yaml").write_text(f"{head}{lines}\n", "utf-8")
    return folder


def noticed(folder: Path, what: Scene = SOUND, **books: str) -> str:
    """The one notice of a scenario; nothing where there is none."""
    notices = load(written(folder, what, **books)).notices
    assert len(notices) < 2, notices
    return notices[0] if notices else ""


@pytest.mark.parametrize(("line", "at", "code", "told"), REFUSED)
def test_what_a_rulebook_says_of_itself_or_both_ways_is_refused(
    tmp_path: Path, line: str, at: str, code: str, told: str
) -> None:
    """In a scenario and alone, at the word itself."""
    folder = written(tmp_path, SOUND, g=RATE + line)
    for read in (lambda: load(folder), lambda: lint([folder / "g.yaml"])):
        with pytest.raises(InputError) as error:
            read()
        (fault,) = error.value.faults
        assert (fault.code, fault.problem) == (code, told)
        assert str(fault.place).endswith(f"g.yaml:{at}")
        assert fault.remedy


@pytest.mark.parametrize(("name", "lines", "at", "code", "told"), IN_A_BOOK)
def test_entries_that_never_count_are_told(
    tmp_path: Path, name: str, lines: str, at: str, code: str, told: str
) -> None:
    """A notice in a scenario, a fault of the rulebook alone; the same words."""
    notice = noticed(tmp_path, **{name: lines})
    assert notice.startswith(f"{name}.yaml:{at}: ")
    with pytest.raises(InputError) as error:
        lint([tmp_path / f"{name}.yaml"])
    (fault,) = error.value.faults
    assert fault.code == code
    assert told in fault.problem
    assert notice.endswith(f"{fault.problem}; {fault.remedy}")


@pytest.mark.parametrize("line", FINE)
def test_sound_rulebooks_are_not_told(tmp_path: Path, line: str) -> None:
    """Just kept, overlapping, soft, of the library, or an exception from a group."""
    horizon = {"horizon": {"start": "2025-01-01", "end": "2027-01-01"}}
    assert noticed(tmp_path, scene(SOUND, settings=horizon), g=RATE + line) == ""


def test_lead_users_of_several_phases_all_count(tmp_path: Path) -> None:
    """As do two sums of which one is larger and the other one capped."""
    lines = (
        "lead_users: [{phase: learn, min: {value: 2, source: s}}, "
        "{min: {value: 2, source: s}}, "
        "{min: {value: 1, source: s}, cap_per_region: {value: 1, source: s}}]"
    )
    assert noticed(tmp_path, club=lines) == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("consortium: {min_regions: {value: 4, source: s}}",
         "g.yaml:8:35: g asks for 4 regions, and there are only 3: it can pay nothing "
         "here; lower the number, or correct the regions table"),
        ("consortium: {min_states: {value: 5, source: s}}",
         "g.yaml:8:34: g asks for 5 states, and there are only 3: it can pay nothing "
         "here; lower the number, or correct the regions table"),
        ("consortium: {required: [{scheme: worth, categories: [one, two], "
         "min_regions: {value: 3, source: s}}]}",
         "g.yaml:8:86: g asks for 3 regions that are one or two, and there are only 2: "
         "it can pay nothing here; lower the number, or correct the regions table"),
        ("consortium: {required: [{scheme: worth, categories: [nine], "
         "min_regions: {value: 1, source: s}}]}",
         "g.yaml:8:82: g asks for 1 region that is nine, and there are none: "
         "it can pay nothing here; lower the number, or correct the regions table"),
        ("earmarks: [{scheme: worth, categories: [nine], "
         "min_share: {value: 0.1, source: s}}]",
         "g.yaml:8:40: g keeps money for regions that are nine, and there are none: "
         "it can pay nothing here; correct the words, or the regions table"),
        ("earmarks: [{scheme: worth, categories: [nine], enforce: soft, "
         "min_share: {value: 0.1, source: s}}]",
         "g.yaml:8:40: g keeps money for regions that are nine, and there are none: "
         "it is always missed; correct the words, or the regions table"),
        ("stacking: {excludes: [{of: [i3-strand1-2205], source: s}]}",
         'g.yaml:8:29: no instrument is called "i3-strand1-2205" or belongs to such a '
         'group (did you mean "i3-strand1-2025"?): the entry has no effect; correct '
         "the word, or list the rulebook"),
        ("stacking: {cumulative: [{of: [eu_drect], source: s}]}",
         'g.yaml:8:31: no instrument is called "eu_drect" or belongs to such a '
         'group (did you mean "eu_direct"?): the entry has no effect; correct '
         "the word, or list the rulebook"),
        ("months_to_contract: {value: 25, source: s}",
         "g.yaml:8:29: projects of g begin 25 months after 2025-01-01, and the horizon "
         "ends on 2027-01-01: no rule keeps it from paying all the same; correct the "
         "months, or the horizon"),
    ],
)  # fmt: skip
def test_what_nothing_here_can_meet_is_told(
    tmp_path: Path, line: str, told: str
) -> None:
    """At the line of the rulebook, with what there is, what follows and what to do."""
    horizon = {"horizon": {"start": "2025-01-01", "end": "2027-01-01"}}
    assert noticed(tmp_path, scene(SOUND, settings=horizon), g=RATE + line) == told


def test_regions_without_any_category_are_told(tmp_path: Path) -> None:
    """Without a column of categories no scheme can be missing from it."""
    line = (
        "consortium: {required: [{scheme: worth, categories: [nine], "
        "min_regions: {value: 1, source: s}}]}"
    )
    bare = "region,name,state,own_budget\nA,Alder,S1,300\nB,Birch,S1,300\n"
    weights = {"weights": {"scope": 1}, "parameters": {}}
    what = scene(SOUND, regions=bare, objective=weights)
    told = noticed(tmp_path / "none", what, club=line)
    assert "club asks for 1 region that is nine, and there are none" in told
    assert "no case can be launched" in told


def test_cases_larger_than_the_scenario_are_told(tmp_path: Path) -> None:
    """At the cell; three partners of three states are just possible."""
    cells = {"min_partners": 3, "min_states": 3}
    assert noticed(tmp_path / "a", scene(SOUND, cases={"D1": cells})) == ""
    cells["min_states"] = 4
    assert noticed(tmp_path / "b", scene(SOUND, cases={"D1": cells})) == (
        "cases.csv:2, column min_states: D1 asks for 4 states, and there are only 3: "
        "it cannot be launched; lower the number, or correct the regions table"
    )
    cells = {"min_partners": 4}
    assert "D1 asks for 4 regions" in noticed(
        tmp_path / "c", scene(SOUND, cases={"D1": cells})
    )


@pytest.mark.parametrize(
    ("mine", "others", "told"),
    [
        ({"excludes": "h"}, {"cumulative": "g"},
         "h.yaml:14:6: g and h are cumulative, and exclude each other by g.yaml:14:6"),
        ({"excludes": "firm", "cumulative": "h"}, {"groups": ["firm"]}, "g.yaml:"),
        ({"excludes": "firm", "cumulative": "local"}, {"groups": ["firm", "local"]},
         "g.yaml:"),
        ({"excludes": "h", "cumulative": "firm"}, {"groups": ["firm"]}, ""),
    ],
)  # fmt: skip
def test_pairs_both_apart_and_together_are_told(
    tmp_path: Path, mine: dict[str, str], others: dict[str, str], told: str
) -> None:
    """The exclusion wins; an exception from a group that is cumulative is no slip."""

    def stacking(said: dict[str, str]) -> dict[str, object]:
        return {
            key: word if key == "groups" else [{"of": [word], "source": "S"}]
            for key, word in said.items()
        }

    books = {
        "g": {**book("grant"), "stacking": stacking(mine), "rate": grant()["rate"]},
        "h": {**book("grant"), "stacking": stacking(others), "rate": grant()["rate"]},
    }
    notice = noticed(tmp_path, scene(SOUND, books=books))
    assert notice.startswith(told)
    assert bool(notice) is bool(told)
    assert not notice or notice.endswith("take one of the two entries out")


def test_money_from_rows_needs_rows_of_regions(tmp_path: Path) -> None:
    """Pledges and pools without any row, or with rows of nobody, pay nothing."""
    assert noticed(tmp_path / "a", POOLED) == ""
    for i, (kind, paid) in enumerate(
        (("private", book("private")), ("pooled", pool()), ("private", pool(0.5)))
    ):
        rows = "instrument,amount\nx,300\n" if i else None
        what = scene(PAID, books={"x": {**paid, "kind": kind}}, budgets=rows)
        assert noticed(tmp_path / f"b{i}", what) == (
            f"x.yaml:4:10: x is of kind {kind} and pays regions from their rows of "
            "budgets, and no region has one: it pays nothing; add the rows, or leave "
            "the rulebook out"
        )


def test_a_last_contact_to_come_is_told(tmp_path: Path) -> None:
    """The scenario is of 2025-06-01: that day is fine, the next one is not."""
    rows = "region,level,last_contact\nA,3,2025-06-01\nB,3,2025-06-02\nC,3,2026-01-01\n"
    assert noticed(tmp_path, scene(SOUND, commitments=rows)) == (
        "commitments.csv:3, column last_contact, commitments.csv:4, column "
        "last_contact: a last contact after 2025-06-01, the date of the scenario, is "
        "still to come; correct one of the two dates"
    )


@pytest.mark.parametrize("name", names("scenario"))
def test_shipped_scenarios_are_told_nothing(name: str) -> None:
    """No notice: none of them has a slip."""
    assert load(ROOT / "scenarios" / name).notices == ()


def test_shipped_rulebooks_name_what_there_is() -> None:
    """Every word of `stacking` is an id or a group of the library."""
    books = [each for each in shelf() if isinstance(each, Instrument)]
    known = {each.id for each in books}
    known |= {group for each in books for group in each.stacking.groups}
    for each in books:
        said = (*each.stacking.excludes, *each.stacking.cumulative)
        assert {word for rule in said for word in rule.of} <= known
