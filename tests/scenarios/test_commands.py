"""Every command as people and programs call it: output, files and exit codes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

import matcher.engine.run as engine
from matcher.backends.contract import BACKENDS, BackendUnavailable
from matcher.commands import shared
from matcher.commands.solving import exit_code
from matcher.engine.stages import unknown
from matcher.errors import AnswerRejected, SolverFailed
from matcher.proposal.proposal import Proposal
from tests.scenarios.conftest import ROOT, call, document, run

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"highspy", "numpy", "ortools", "pandas", "pulp", "pydantic", "rich", "scipy"}


def pinned(folder: Path, *pins: str) -> None:
    """Add pins to a scenario."""
    lines = "".join(f"  - {pin}\n" for pin in pins)
    with (folder / "scenario.yaml").open("a", encoding="utf-8") as file:
        file.write(f"pins:\n{lines}")


@pytest.mark.parametrize(
    "words", [("--help",), ("solve", "--help"), ("--version",), ("verify", "--help")]
)
def test_help_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    """What answers at once loads no tables, matrices, models or solvers."""
    code = (
        "import sys; from matcher.cli import main\n"
        f"sys.argv = ['matcher', *{list(words)!r}]\n"
        "try:\n    main()\n"
        "finally:\n    print(*sys.modules, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0
    assert ended.stdout
    assert not HEAVY & {name.partition(".")[0] for name in ended.stderr.split()}


def test_backends_on_offer_are_those_that_exist() -> None:
    """The list kept for a quick start agrees with the contract."""
    assert set(shared.BACKENDS) == set(BACKENDS)


@pytest.mark.parametrize("backend", shared.BACKENDS)
def test_solve_with_every_backend(backend: str, tmp_path: Path) -> None:
    """A real process prints one JSON document and leaves a result that verifies."""
    out = tmp_path / "out"
    ended = run("solve", "miniature", "--backend", backend, "--out", out, "--json")
    assert ended.returncode == 0, ended.stderr
    told = document(ended.stdout)
    assert (told["status"], told["objective"], told["gap"]) == ("optimal", 11.86, 0)
    assert told["verdict"]["holds"]
    assert told == document((out / "proposal.json").read_text("utf-8"))
    assert document((out / "manifest.json").read_text("utf-8"))["backend"] == backend
    assert "Traceback" not in ended.stderr
    assert call("verify", out).exit_code == 0


def test_solve_shows_a_page_of_plain_text(tmp_path: Path) -> None:
    """Without a terminal the page has no colour and fits eighty columns."""
    ended = run("solve", "starter", cwd=tmp_path)
    assert ended.returncode == 0
    assert "\x1b" not in ended.stdout
    assert max(map(len, ended.stdout.splitlines())) <= 80
    for part in ("optimal", "lead", "Needed and fundable", "lost", "Not launched"):
        assert part in ended.stdout
    _, _, reasons = " ".join(ended.stdout.split()).partition("Not launched")
    assert "no plan for it alone: it costs at least EUR 2,660,000, but the" in reasons
    assert (tmp_path / "results" / "starter" / "manifest.json").is_file()


def test_assumptions_are_solved_and_named(tmp_path: Path) -> None:
    """What an assumption changed is in the manifest, with the line that set it."""
    out = tmp_path / "out"
    words = ("--assumption", "half-pool", "--out", out)
    assert call("solve", "starter", *words).exit_code == 0
    told = document((out / "manifest.json").read_text("utf-8"))
    assert told["assumption"] == "half-pool"
    assert told["overrides"]
    assert all(o["origin"].startswith("scenario.yaml:") for o in told["overrides"])


def test_check_tells_what_is_complete(tmp_path: Path) -> None:
    """The readable and the JSON form name the same tables."""
    ended = run("check", "starter", "--json", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    told = document(ended.stdout)
    tables = {table["table"]: table for table in told["tables"]}
    assert tables["assets"]["unknown"] == {"capacity": 3, "unit_cost": 3}
    assert tables["roles"]["defaults"] == {}  # each kind has what it uses
    assert set(told["assumptions"]) == {"half-pool", "no-erdf"}
    text = call("check", "starter").stdout
    assert all(name in text for name in tables)
    assert "own-money (own): 1 assumption" in text


def test_check_lists_every_fault_at_once(miniature: Path) -> None:
    """Faults of several files come together, each with its line."""
    regions = miniature / "regions.csv"
    regions.write_text(
        regions.read_text("utf-8").replace("ALD,Alder,S1,2", "ALD,,S1,x")
    )
    pinned(miniature, "{case: D9, forbid: true}")
    told = call("check", miniature)
    assert told.exit_code == 3
    for part in ("regions.csv:2, column name", "regions.csv:2, column max_cases",
                 "scenario.yaml:"):  # fmt: skip
        assert part in told.stderr
    as_json = call("check", miniature, "--json")
    faults = document(as_json.stdout)["faults"]
    assert {fault["file"] for fault in faults} >= {"regions.csv", "scenario.yaml"}
    assert all(fault["line"] and fault["remedy"] for fault in faults)


def test_check_names_cells_that_a_rule_needs(miniature: Path) -> None:
    """A figure that is missing for a rule is a fault, not a surprise while solving."""
    regions = miniature / "regions.csv"
    regions.write_text(
        regions.read_text("utf-8").replace(
            "BIR,Birch,S2,2,unlimited", "BIR,Birch,S2,2,"
        )
    )
    told = call("check", miniature)
    assert told.exit_code == 3
    assert "own_budget" in told.stderr
    assert "UNKNOWN_NEEDED" in told.stderr


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("chek", "miniature"), 'did you mean "check"'),
        (("solve", "miniature", "--bakend", "cbc"), "--backend"),
        (("solve", "miniature", "--backend", "higs"), "highs"),
        (("solve", "miniature", "--gap", "nan"), "0 to 1"),
        (("solve", "miniature", "--gap", "1.5"), "0 to 1"),
        (("solve", "miniature", "--time", "inf"), "0 or more"),
        (("solve", "miniature", "--time", "-1"), "0 or more"),
        (("solve",), "SCENARIO"),
    ],
)
def test_wrong_use_is_told_with_a_hint(words: tuple[str, ...], hint: str) -> None:
    """Code 2, a hint, and still one JSON document for programs."""
    told = call(*words)
    assert told.exit_code == 2
    assert hint in told.stderr
    assert not told.stdout
    assert hint in document(call(*words, "--json").stdout)["error"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("minature",), 'did you mean "miniature"'),
        (("miniature", "--assumption", "eu-onyl"), 'did you mean "eu-only"'),
    ],
)
def test_unknown_names_are_bad_input(words: tuple[str, ...], hint: str) -> None:
    """Code 3 and the nearest name."""
    told = call("solve", *words, "--json")
    assert told.exit_code == 3
    assert hint in told.stderr
    assert len(document(told.stdout)["faults"]) == 1


def test_contradicting_pins_are_infeasible(miniature: Path, tmp_path: Path) -> None:
    """Code 4; the page and the saved result name the rules and their lines."""
    pinned(
        miniature,
        "{case: D1, region: ALD, role: lead}",
        "{case: D1, region: BIR, role: lead}",
    )
    out = tmp_path / "out"
    told = call("solve", miniature, "--out", out)
    assert told.exit_code == 4, told.output
    assert "one_lead" in told.stdout
    assert "scenario.yaml:" in told.stdout
    assert document((out / "proposal.json").read_text("utf-8"))["conflict"]
    assert call("verify", out).exit_code == 0


def test_no_time_no_plan(tmp_path: Path) -> None:
    """Code 7, nothing is written, and what stood there stays."""
    out = tmp_path / "out"
    told = call("solve", "miniature", "--time", "0", "--out", out, "--json")
    assert told.exit_code == 7
    assert document(told.stdout)["status"] == "unknown"
    assert not out.exists()
    assert call("solve", "miniature", "--out", out).exit_code == 0
    before = (out / "manifest.json").read_bytes()
    assert call("solve", "miniature", "--time", "0", "--out", out).exit_code == 7
    assert (out / "manifest.json").read_bytes() == before


def stopped(monkeypatch: pytest.MonkeyPatch, stop: str, **changes: Any) -> None:
    """Let the engine tell that the real answer came from a stopped solver."""
    real = engine.run

    def stub(*words: Any, **named: Any) -> Proposal:
        proposal = real(*words, **named)
        fundable = {**proposal.meta["fundable"], "stop": stop}
        meta = {**proposal.meta, "fundable": fundable}
        return replace(proposal, meta=meta, **changes)

    monkeypatch.setattr(engine, "run", stub)


@pytest.mark.parametrize(("stop", "code"), [("time_limit", 6), ("interrupted", 130)])
def test_a_stopped_solver_keeps_its_plan(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stop: str, code: int
) -> None:
    """The plan is written, shown and verifies; the code tells how it ended."""
    stopped(monkeypatch, stop, status="feasible", bound=Fraction(20))
    out = tmp_path / "out"
    told = call("solve", "miniature", "--out", out)
    assert told.exit_code == code
    assert "feasible: 11.86 points, no plan brings more than 20" in told.stdout
    assert call("verify", out).exit_code == 0


def test_a_gap_that_was_asked_for_is_enough(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Code 0 when the limit came after the gap was reached."""
    stopped(monkeypatch, "time_limit", status="feasible", bound=Fraction(119, 10))
    words = ("solve", "miniature", "--out", tmp_path / "out", "--gap")
    assert call(*words, "0.05").exit_code == 0
    assert call(*words, "0.001").exit_code == 6


def test_interrupted_before_money_keeps_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A plan without money is never passed off as a plan that can be paid."""
    real = engine.run

    def stub(*words: Any, **named: Any) -> Proposal:
        proposal = real(*words, **named)
        assert proposal.needed is not None
        told = {**proposal.meta["needed"], "stop": "interrupted"}
        meta = {**proposal.meta, "needed": told, "fundable": told}
        nothing = unknown(words[0])
        return replace(nothing, needed=proposal.needed, meta=meta)

    monkeypatch.setattr(engine, "run", stub)
    out = tmp_path / "out"
    told = call("solve", "miniature", "--out", out, "--json")
    assert told.exit_code == 130
    shown = document(told.stdout)
    assert (shown["status"], shown["objective"], shown["cases"]) == (
        "unknown",
        None,
        [],
    )
    assert shown["needed"]["objective"] == 18.5
    assert call("verify", out).exit_code == 0


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SolverFailed("highs failed"), 8),
        (BackendUnavailable((("highs", "cannot be imported"),)), 8),
        (AnswerRejected("it does not hold"), 9),
        (KeyboardInterrupt(), 130),
        (RuntimeError("[bold]odd\x1b"), 1),
    ],
)
def test_errors_become_one_line_and_a_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: BaseException, code: int
) -> None:
    """No traceback unless asked for, nothing written, one document for programs."""

    def stub(*_: Any, **__: Any) -> Proposal:
        raise error

    monkeypatch.setattr(engine, "run", stub)
    words = ("solve", "miniature", "--out", tmp_path / "out")
    told = call(*words, "--json")
    assert told.exit_code == code
    assert document(told.stdout)["exit"] == code
    assert "Traceback" not in told.stderr
    assert "\x1b" not in told.stderr
    assert not (tmp_path / "out").exists()
    if code == 1:
        assert "--debug" in told.stderr
        assert "Traceback" in call(*words, "--debug").stderr


def test_unbounded_has_its_own_code() -> None:
    """It should never happen, and is told apart when it does."""
    meta = {"fundable": {"stop": "finished", "native_status": "kUnbounded (kOk)"}}
    assert exit_code(Proposal("s", "", "unknown", None, None, meta=meta), 0) == 5


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX systems")
def test_ctrl_c_ends_a_long_solve_in_order(tmp_path: Path) -> None:
    """Code 130 without a traceback; whatever was saved is whole and verifies."""
    out = tmp_path / "out"
    words = ["solve", "3dp-2023", "--out", str(out), "--json"]
    with subprocess.Popen(
        [sys.executable, "-m", "matcher", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # A test run in the background may have this signal switched off.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        assert "solving 3dp-2023" in first
        time.sleep(4)  # by then a solver is at work
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr
    document(stdout)
    if out.exists():
        assert call("verify", out).exit_code == 0


def test_init_writes_a_scenario_that_runs(tmp_path: Path) -> None:
    """The written folder checks and solves as it is, schema included."""
    folder = tmp_path / "new" / "mine"
    ended = run("init", folder)
    assert ended.returncode == 0, ended.stderr
    first = (folder / "scenario.yaml").read_text("utf-8").splitlines()[0]
    assert (folder / first.partition("$schema=")[2]).is_file()
    assert call("check", folder).exit_code == 0
    assert call("solve", folder, "--out", tmp_path / "out").exit_code == 0


def test_init_refuses_a_folder_with_something_in_it(tmp_path: Path) -> None:
    """Nobody's files are touched."""
    (tmp_path / "notes.txt").write_text("mine")
    told = call("init", tmp_path, "--json")
    assert told.exit_code == 8
    assert "not empty" in document(told.stdout)["error"]
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_import_rebuilds_tables(tmp_path: Path) -> None:
    """A changed table is told by `--check`, rebuilt, and the same again."""
    folder = tmp_path / "3dp-2023"
    shutil.copytree(ROOT / "scenarios" / "3dp-2023", folder)
    assert call("import", folder, "--check").exit_code == 0
    costs = folder / "costs.csv"
    good = costs.read_bytes()
    costs.write_bytes(good.replace(b"\nD01,", b"\nD02,", 1))
    (folder / "roles.csv").unlink()
    told = call("import", folder, "--check", "--json")
    assert told.exit_code == 3
    assert set(document(told.stdout)["changed"]) == {"costs.csv", "roles.csv"}
    assert costs.read_bytes() != good
    ended = run("import", folder)
    assert ended.returncode == 0, ended.stderr
    assert "costs.csv: written, 1 rows added, 1 rows removed" in ended.stdout
    assert costs.read_bytes() == good
    assert call("import", folder, "--check").exit_code == 0


def test_import_needs_a_source(tmp_path: Path) -> None:
    """A folder without public data is bad input."""
    told = call("import", tmp_path)
    assert told.exit_code == 3
    assert "NO_SOURCE" in told.stderr


def test_same_inputs_same_files(tmp_path: Path) -> None:
    """Only the manifest tells the seconds; every other file is the same."""
    for out in ("one", "two"):
        assert call("solve", "starter", "--out", tmp_path / out).exit_code == 0
    one, two = (
        {p.relative_to(tmp_path / out): p for p in (tmp_path / out).rglob("*.*")}
        for out in ("one", "two")
    )
    assert one.keys() == two.keys()
    for name, path in one.items():
        if name.name != "manifest.json":
            assert path.read_bytes() == two[name].read_bytes(), name
