"""`matcher rulebooks`: all of them in a table, one of them in sentences."""

from __future__ import annotations

import datetime as dt
import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matcher.report.bookfacts import facts, millions, share_text
from matcher.report.rulebooks import details, entry, show_book, show_list
from matcher.report.terminal import console
from matcher.scenario.lint import lint, named, shelf
from tests.scenarios.conftest import ROOT, call, document, run

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

ALL_ALIKE = {
    "scheme": None, "category": None, "beneficiary": None, "layers": None, "value": 0.7,
}  # fmt: skip
"""A rate for everybody and every layer."""
EVIL = """\
format: 1
id: "[red]evil"
kind: loan
name: "[bold]Fund[/bold] :boom:"
confidence: assumption
sources: {s: "[link=x]page"}
conditions: [{text: "Pay [blink]all[/blink].", source: s}]
"""


def paper() -> tuple[Console, io.StringIO]:
    """A console of eighty columns, and what is printed on it."""
    page = io.StringIO()
    to = console(page)
    to.width = 80
    return to, page


def flat(text: str) -> str:
    """A text with its line breaks taken out."""
    return " ".join(text.split())


def test_the_table_fits_eighty_columns_for_real(tmp_path: Path) -> None:
    """Every rulebook stands in it; without a terminal there is no colour."""
    ended = run("rulebooks", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "\x1b" not in ended.stdout
    assert max(map(len, ended.stdout.splitlines())) <= 80
    for book in shelf():
        assert any(line.startswith(book.id[:25]) for line in ended.stdout.splitlines())
    for part in ("70%", "2 M to 10 M", "5 regions", "rate unknown", "39.3% funded"):
        assert part in ended.stdout
    assert "not on" not in ended.stdout


def test_the_table_as_json() -> None:
    """What is unknown is null; money is in EUR, shares are shares."""
    told = document(call("rulebooks", "--json").stdout)["rulebooks"]
    by_id = {book["id"]: book for book in told}
    assert list(by_id) == [book.id for book in shelf()]
    first = by_id["i3-strand1-2021"]
    assert first["rate"] == [ALL_ALIKE]
    assert (first["grant_min"], first["grant_max"]) == (2000000, 10000000)
    assert (first["min_regions"], first["min_states"]) == (5, 3)
    assert (first["envelope"], first["success"]) == (70500000, 0.3929)
    assert "holds" not in first
    assert by_id["euroclusters"]["rate"] is None
    assert by_id["euroclusters"]["grant_max"] is None
    assert by_id["own-money"]["min_regions"] is None
    assert by_id["s3p-partnership"]["min_states"] == 3
    assert by_id["erdf-2021-27"]["rate"][0] == {
        **ALL_ALIKE, "scheme": "cohesion_2021_27", "category": "less_developed",
        "value": 0.85,
    }  # fmt: skip


def test_a_day_marks_what_does_not_hold() -> None:
    """First and last day belong to the time in which numbers hold."""
    words = ("rulebooks", "--at", "2026-01-01")
    told = document(call(*words, "--json").stdout)["rulebooks"]
    holds = {book["id"]: book["holds"] for book in told}
    assert not holds["i3-strand1-2025"]
    assert holds["i3-strand1-2026"]
    assert holds["vinnovate"]
    assert holds["own-money"]
    assert "not on" in call(*words).stdout
    book = named("i3-strand1-2025")
    assert [book.holds_on(dt.date(*day)) for day in (
        (2024, 12, 31), (2025, 1, 1), (2025, 12, 31), (2026, 1, 1),
    )] == [False, True, True, False]  # fmt: skip
    shown = call("rulebooks", "i3-strand1-2025", "--at", "2026-01-01")
    assert "does not hold on 2026-01-01" in shown.stdout
    assert call("rulebooks", "--at", "1.1.2026").exit_code == 2


def test_one_rulebook_in_sentences_for_real(tmp_path: Path) -> None:
    """Each number with source and confidence, and what is unknown as unknown."""
    ended = run("rulebooks", "i3-strand1-2025", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert max(map(len, ended.stdout.splitlines())) <= 80
    text = flat(ended.stdout)
    page = "vetinnova.es, notice of the 2025 I3 call"
    for sentence in (
        "It pays 70% of eligible cost.",
        "The largest grant to one case is EUR 10,000,000.",
        f"Members come from at least 3 states. [{page}, secondary]",
        "At least 2 regions are less_developed by cohesion_2021_27.",
        f"Readiness at the start is at least 6. [{page}, confirmed]",
        "How much it has in all is unknown.",
        "The share of proposals funded is unknown.",
        "No states are stated, so it pays in all.",
        "not tested At least five independent bodies take part;",
        "It holds from 2025-01-01 to 2025-12-31.",
    ):
        assert sentence in text


TYPED = """\
format: 1
id: typed
kind: grant
name: Typed
confidence: assumption
sources: {s: "page"}
rate:
  - {layers: [1, coordination], beneficiary: [sme, rto], value: 1, source: s}
  - {scheme: c, category: "{k}", value: 0.5, source: s}
earmarks:
  - {scheme: c, categories: [x, y], min_share: {value: 0.2, source: s}}
"""
CAPPED = """\
format: 1
id: capped
kind: partnership
name: Capped
confidence: assumption
sources: {s: "page"}
aid_cap: [{beneficiary: [company], value: 0.25, source: s}]
"""


def test_types_and_layers_are_told(tmp_path: Path) -> None:
    """In sentences, in the table and as data; braces of names stay what they are."""
    for name, text in (("typed", TYPED), ("capped", CAPPED)):
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    typed, capped = lint([tmp_path / "typed.yaml", tmp_path / "capped.yaml"])
    told = " ".join(fact.text for fact in (*facts(typed), *facts(capped)))
    for sentence in (
        "It pays 100% of eligible cost for sme or rto in layers 1, coordination.",
        "It pays 50% of eligible cost for regions that are {k} by c.",
        "Of a grant 20% go to x or y by c.",
        "Public money pays at most 25% of the cost for company.",
    ):
        assert sentence in told
    first, second = entry(typed)["rate"]
    assert first["beneficiary"] == ["sme", "rto"]
    assert first["layers"] == ["1", "coordination"]
    assert (second["beneficiary"], second["layers"]) == (None, None)
    to, page = paper()
    show_list([typed, capped], to)
    assert "100% sme or" in flat(page.getvalue())


def told_of(name: str) -> str:
    """Every sentence about a rulebook of the library."""
    return " ".join(fact.text for fact in facts(named(name)))


def test_every_kind_of_sentence() -> None:
    """Counted and given success, categories, shares, kinds that cannot pay yet."""
    assert "39.3% of the proposals are funded: 11 of 28, first cut-offs" in told_of(
        "i3-strand1-2021"
    )
    assert "8% of the proposals are funded, full proposals" in told_of(
        "eic-accelerator"
    )
    assert "60% of eligible cost for regions that are transition by" in told_of(
        "erdf-2021-27"
    )
    assert "bears at most 70% of the cost of a case that it pays" in told_of(
        "eurostars-2024"
    )
    assert "The funding rate is unknown." in told_of("eurostars-2024")
    assert "of one state bear at most 70% of a case that it pays." in told_of(
        "eurostars-2024"
    )
    assert "Of a case that it pays sme bear at least 50%." in told_of("eurostars-2024")
    assert "It pays 35% of eligible cost for sme. It pays 25% of" in told_of(
        "vlaio-development"
    )
    assert "Of a grant 70% go to company or sme, told where it is missed." in told_of(
        "i3-strand1-2025"
    )
    assert "It lends up to 50% of eligible cost." in told_of("eib-loan")
    assert "It pays what is pledged." in told_of("private-contribution")
    assert "At most 15% of its money is paid outside its area." in told_of(
        "erdf-2014-20"
    )
    assert "For each sme of a region it pays EUR 5,000 at most." in told_of(
        "voucher-centrope"
    )
    assert "Members without its money may bear nothing." in told_of("vinnovate")
    assert "From when to when it holds is unknown." in told_of("eib-loan")
    assert "It has EUR 28,200,000 in all." in told_of("i3-strand1-2026")
    assert "Role partner needs commitment 2 or more in the phase connect." in told_of(
        "s3p-partnership"
    )
    assert "pays at most 75% of its share itself" in told_of("own-money")
    assert "At most 1 members take part." in told_of("eic-accelerator")
    assert "2024-01-01 to an unknown day" in told_of("vinnovate")
    assert "A project lasts at least 18 months. A project lasts at most 36 months." in (
        told_of("i3-strand1-2025")
    )


def test_every_number_of_a_rulebook_is_told(tmp_path: Path) -> None:
    """Fields that no shipped rulebook uses have their sentences, too."""
    path = tmp_path / "full.yaml"
    path.write_text(
        EVIL.replace("kind: loan", "kind: grant").replace("[red]evil", "full")
        + "states: {value: [NO], source: s}\n"
        "per_region_cap: {value: 5, source: s}\n"
        "trl:\n"
        "  start: {max: {value: 4, source: s}}\n"
        "  end: {min: {value: 5, source: s}}\n"
        "cost_share: {min: {value: 0.125, source: s, note: low}}\n"
        "duration: {min: {value: 6, source: s}}\n"
        "months_to_contract: {value: 9, source: s}\n",
        "utf-8",
    )
    text = " ".join(fact.text for fact in facts(named(str(path))))
    for sentence in (
        "It pays in states NO only.",
        "One region receives at most EUR 5 over all cases.",
        "Readiness at the start is at most 4.",
        "Readiness at the end is at least 5.",
        "Each member bears at least 12.5% of the cost",
        "A project lasts at least 6 months. How long a project may last is unknown.",
        "A contract takes 9 months.",
    ):
        assert sentence in text
    assert "(low) [[link=x]page, assumption]" in flat(call("rulebooks", path).stdout)


def test_other_kinds_and_other_money_are_told(tmp_path: Path) -> None:
    """What stands beside what, a kind that cannot pay, and a no as well as a yes."""
    lines = EVIL.replace("[red]evil", "other")
    path = tmp_path / "other.yaml"
    path.write_text(
        lines.replace("kind: loan", "kind: private")
        + "in_kind: {value: false, source: s}\n"
        "foreign_provider: {value: false, source: s}\nstacking:\n"
        "  excludes: [{of: [a], source: s}]\n"
        "  cumulative: [{of: [b, c], source: s}]\n",
        "utf-8",
    )
    text = " ".join(fact.text for fact in facts(named(str(path))))
    for sentence in (
        "A pledge is cash.", "It also pays where all members are of one state.",
        "It does not pay beside a.", "The same euro may be declared to b or c, too.",
    ):  # fmt: skip
        assert sentence in text
    path.write_text(lines.replace("kind: loan", "kind: service"), "utf-8")
    text = " ".join(fact.text for fact in facts(named(str(path))))
    assert "no scenario may use this kind yet" in text


def test_who_must_stand_behind_a_case_is_told(tmp_path: Path) -> None:
    """Mandates, co-leads, organisations and lead users, by phase."""
    path = tmp_path / "club.yaml"
    lines = EVIL.replace("kind: loan", "kind: partnership").replace("[red]evil", "club")
    path.write_text(
        lines.partition("conditions")[0] + "mandate:\n- {role: lead, source: s}\n"
        "- {role: partner, phase: learn, source: s}\n"
        "min_co_leads: {value: 2, source: s}\n"
        "stakeholders:\n"
        "- {phase: learn, types: [sme, ngo], min: {value: 3, source: s}}\n"
        "lead_users:\n"
        "- {min: {value: 4, source: s}, cap_per_region: {value: 1, source: s}}\n"
        "- {phase: connect, min: {value: 5, source: s}}\n",
        "utf-8",
    )
    text = " ".join(fact.text for fact in facts(named(str(path))))
    for sentence in (
        "Role lead needs a mandate. Role partner needs a mandate in the phase learn.",
        "Beside the lead at least 2 members could lead.",
        "Members hold 3 organisations or more that are sme or ngo in the phase learn.",
        "Levels of lead users add up to 4 or more. One region adds at most 1 to them.",
        "Levels of lead users add up to 5 or more in the phase connect.",
    ):
        assert sentence in text


def test_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Markup is shown as it stands, control characters are not shown at all."""
    path = tmp_path / "evil.yaml"
    path.write_text(EVIL, "utf-8")
    written = named(str(path))
    book = written.model_copy(update={"name": f"{written.name} \x1b[31m\u202e"})
    for show in (show_book, lambda book, to: show_list([book], to)):
        to, page = paper()
        show(book, to)
        text = flat(page.getvalue())
        assert "[bold]Fund[/bold]" in text
        assert ":boom:" in text
        assert "\x1b" not in text
        assert "\u202e" not in text
    shown: Any = details(book)
    assert shown["rate"] is None
    assert shown["facts"][-2]["text"] == "Pay [blink]all[/blink]."
    assert entry(book)["conditions"] == 1


def test_a_name_that_is_none_is_answered_with_the_nearest() -> None:
    """A slip in the name is a fault of the input."""
    told = call("rulebooks", "i3-strand1-2022")
    assert told.exit_code == 3
    assert "did you mean" in told.stderr
    assert "[UNKNOWN_RULEBOOK]" in told.stderr
    assert not told.stdout
    as_json = document(call("rulebooks", "nobody", "--json").stdout)
    assert [fault["code"] for fault in as_json["faults"]] == ["UNKNOWN_RULEBOOK"]


def test_a_faulty_rulebook_is_not_shown(tmp_path: Path) -> None:
    """Its faults are told instead."""
    path = tmp_path / "evil.yaml"
    path.write_text(EVIL.replace("loan", "lease"), "utf-8")
    told = call("rulebooks", path)
    assert told.exit_code == 3
    assert "evil.yaml:" in told.stderr
    assert "'lease'" in told.stderr


def test_one_rulebook_as_json() -> None:
    """All sentences with their sources, for programs."""
    told = document(call("rulebooks", "vinnovate", "--json").stdout)
    assert told["id"] == "vinnovate"
    rate = next(fact for fact in told["facts"] if fact["topic"] == "rate")
    assert rate["confidence"] == "assumption"
    assert rate["source"] == told["sources"]["reading"]
    assert sum(fact["topic"] == "not tested" for fact in told["facts"]) == 4


def test_amounts_and_shares_are_short() -> None:
    """Few letters, and nothing rounded away that matters."""
    assert millions(3_100_000_000) == "31 M"
    assert millions(2_820_000_000) == "28.2 M"
    assert millions(99_999_900) == "999.999 k"
    assert millions(100_000_000) == "1 M"
    assert share_text(Fraction(11, 28)) == "39.3%"
    assert share_text(Fraction(1, 8)) == "12.5%"
    assert share_text(Fraction(0)) == "0%"


def test_the_guide_shows_commands_that_work() -> None:
    """The command lines at the head of the guide end well."""
    text = (ROOT / "docs" / "rulebooks.md").read_text("utf-8")
    lines = text.partition("```\n")[2].partition("```")[0].splitlines()
    assert len(lines) == 4
    for line in lines:
        words = line.partition("#")[0].split()[1:]
        words = [str(ROOT / w) if w.startswith("models/") else w for w in words]
        assert call(*words).exit_code == 0, line
