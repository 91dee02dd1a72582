"""What the documentation says is true: its code runs, its formulas are the code's."""

from __future__ import annotations

import importlib
import re
import shutil
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import click
import numpy as np
import pytest

import matcher
from matcher import rules
from matcher.backends.claims import accept
from matcher.cli import main
from matcher.objectives import all_terms
from matcher.program.program import Arrays
from matcher.program.solution import SolveOptions, Status, Stop
from matcher.scenario.yamlfile import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
MINIATURE = ROOT / "scenarios" / "miniature"
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "models/*.md", "scenarios/*/README.md")
    for path in ROOT.glob(pattern)
)
GUIDES = ("add-a-rule.md", "add-a-solver.md")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WEB = ("http://", "https://", "mailto:")


def blocks(path: Path, language: str) -> list[str]:
    """Fenced blocks of a page in one language."""
    return [
        body
        for word, body in FENCE.findall(path.read_text("utf-8"))
        if word == language
    ]


def name_of(path: Path) -> str:
    """Path of a page as shown in the output of tests."""
    return path.relative_to(ROOT).as_posix()


EXAMPLES = [
    pytest.param(code, id=f"{name_of(path)}-{i}")
    for path in PAGES
    if path.name not in GUIDES
    for i, code in enumerate(blocks(path, "python"))
]


@pytest.mark.parametrize("code", EXAMPLES)
def test_python_examples_run(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who copies an example sees it work."""
    monkeypatch.chdir(ROOT)
    exec(compile(code, "example", "exec"), {"__name__": "example"})


def commands() -> list[tuple[str, list[str]]]:
    """Every command line of the documentation, with its words after `matcher`."""
    found = []
    for path in PAGES:
        for body in (*blocks(path, ""), *blocks(path, "bash"), *blocks(path, "sh")):
            for text in body.splitlines():
                words = text.partition("#")[0].split()
                if words[:1] == ["matcher"]:
                    found.append((name_of(path), words[1:]))
                elif words[:2] == ["python3", "bootstrap.py"] and words[2] != "test":
                    found.append((name_of(path), words[2:]))
    return found


@pytest.mark.parametrize(("page", "words"), commands())
def test_commands_exist(page: str, words: list[str]) -> None:
    """Every command line shown has a command, known options and existing inputs."""
    command = main.commands.get(words[0])
    if isinstance(command, click.Group):
        command = command.commands.get(words[1])
    assert command is not None, page
    known = {word for option in command.params for word in option.opts}
    assert {word for word in words if word.startswith("--")} <= known
    assert not [
        w for w in words if w.startswith("scenarios/") and not (ROOT / w).exists()
    ]


def test_the_readme_names_every_command_and_exit_code() -> None:
    """The overview of commands and codes is complete."""
    text = (ROOT / "README.md").read_text("utf-8")
    for name in main.commands:
        assert f"`matcher {name} " in text
    codes = re.findall(r"(\d+) (\w+)", " ".join((main.epilog or "").split()))
    assert len(codes) == 11
    flat = " ".join(text.split())
    assert not [
        f"{code} {word}" for code, word in codes if f"{code} {word}" not in flat
    ]
    first = blocks(ROOT / "README.md", "")[0].splitlines()
    assert first == [
        "python3 bootstrap.py solve scenarios/3dp-2023 --out results/3dp",
        "python3 bootstrap.py test",
    ]


def test_the_terminal_excerpt_is_what_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The excerpt in the README is real; who leads is left open by equal plans."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        main(["solve", "scenarios/miniature", "--out", str(tmp_path / "result")])
    assert not ended.value.code
    shown = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    excerpt = next(b for b in blocks(ROOT / "README.md", "") if "optimal:" in b)
    lines = [line.rstrip() for line in excerpt.splitlines() if line.strip("[.]")]
    roles = ("  lead", "  partners")
    stable = [line for line in lines if line and not line.startswith(roles)]
    assert len(stable) >= 9
    assert not [line for line in stable if line not in shown]


def anchors(path: Path) -> set[str]:
    """Anchors of the headings of a page."""
    heads = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    """Files and headings that a page links to exist."""
    text = FENCE.sub("", path.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(WEB):
            continue
        file, _, anchor = target.partition("#")
        other = (path.parent / file).resolve() if file else path
        assert other.exists(), target
        assert not anchor or anchor in anchors(other), target


def formula(module: ModuleType) -> str:
    """Formula in the docstring of a rule or a term."""
    body = re.search(r"::\n\n((?:    .*\n|\n)+)", (module.__doc__ or "") + "\n")
    assert body, module.__name__
    return textwrap.dedent(body.group(1)).strip()


def test_the_mathematics_state_every_rule_and_term() -> None:
    """Sentence and inequality stand there as in the file; nothing else is listed."""
    text = (ROOT / "docs" / "maths.md").read_text("utf-8")
    listed = re.findall(r"^\*\*\[(\w+)\]\(\.\./matcher/(\w+)/\w+\.py\)\*\*", text, re.M)
    for room, parts in (("rules", rules.all_rules()), ("objectives", all_terms())):
        assert sorted(n for n, r in listed if r == room) == list(parts), room
        for name, part in parts.items():
            module = importlib.import_module(f"matcher.{room}.{name}")
            section = text.partition(f"**[{name}](")[2].partition("\n**[")[0]
            first = (module.__doc__ or "").splitlines()[0].replace("``", "`")
            assert first in section, name
            assert formula(module) in section, f"{name}: copy its formula to maths.md"
            if room == "rules":
                assert ("(money)" in section.splitlines()[0]) == part.FUNDING, name  # type: ignore[attr-defined]
            else:
                assert part.UNIT in section  # type: ignore[attr-defined]


def test_the_mathematics_state_every_parameter() -> None:
    """The table of parameters is complete."""
    text = (ROOT / "docs" / "maths.md").read_text("utf-8")
    for name, term in all_terms().items():
        for parameter in term.Parameters.model_fields:
            assert f"| {name} | `{parameter}` |" in text


def test_yaml_examples_can_be_read() -> None:
    """What is shown as YAML is YAML of the strict kind."""
    for path in PAGES:
        for body in blocks(path, "yaml"):
            if not body.startswith("# yaml-language-server"):
                parse_yaml(body, name_of(path))


@pytest.fixture
def with_example_rule(tmp_path: Path) -> Iterator[ModuleType]:
    """The rule of the guide, as if its file stood among the others."""
    code = blocks(ROOT / "docs" / "add-a-rule.md", "python")[0]
    (tmp_path / "lead_fills_role.py").write_text(code, "utf-8")
    rules.__path__.append(str(tmp_path))
    rules.all_rules.cache_clear()
    try:
        yield importlib.import_module("matcher.rules.lead_fills_role")
    finally:
        rules.__path__.remove(str(tmp_path))
        sys.modules.pop("matcher.rules.lead_fills_role", None)
        vars(rules).pop("lead_fills_role", None)
        rules.all_rules.cache_clear()


def test_the_example_rule_works(with_example_rule: ModuleType, tmp_path: Path) -> None:
    """The rule of the guide binds the engine, and its check finds who breaks it."""
    scenario = copy_of_miniature(tmp_path / "pinned", pin="ELM, role: lead")
    free = matcher.solve(MINIATURE)
    assert float(free.objective or 0) == 11.86
    pinned = matcher.solve(scenario)
    # ELM would lead D1 with the levels of the others; now it has to fill a role.
    plan = pinned.by_case["D1"]
    assert "ELM" in {name for filled in plan.roles for name in filled.providers}
    assert float(pinned.objective or 0) < 11.86
    assert matcher.verify(pinned, scenario).holds
    d1 = free.by_case["D1"]
    named = {name for filled in d1.roles for name in filled.providers}
    idle = sorted(set(d1.members) - named)[0]
    others = tuple(sorted(set(d1.members) - {idle}))
    bad = replace(d1, lead=idle, partners=others)
    changed = replace(free, cases=(bad, *free.cases[1:]), needed=None)
    broken = matcher.verify(changed, MINIATURE).broken
    assert [f.rule for f in broken] == [with_example_rule.NAME]
    setting = matcher.load(MINIATURE).setting()
    assert with_example_rule.sentence(setting).startswith("The lead of a case")


def test_without_the_example_rule_its_plan_is_worse(tmp_path: Path) -> None:
    """The pin alone costs nothing, so that it is the rule that binds above."""
    scenario = copy_of_miniature(tmp_path / "pinned", pin="ELM, role: lead")
    assert float(matcher.solve(scenario).objective or 0) == 11.86


def copy_of_miniature(folder: Path, pin: str = "") -> Path:
    """A copy of the miniature, with one pin on D1 where asked for."""
    shutil.copytree(MINIATURE, folder)
    if pin:
        settings = folder / "scenario.yaml"
        text = settings.read_text("utf-8") + f"pins: [{{case: D1, region: {pin}}}]\n"
        settings.write_text(text, "utf-8")
    return folder


@pytest.fixture
def example_backend() -> ModuleType:
    """The backend of the guide as a module."""
    module = ModuleType("everything")
    code = blocks(ROOT / "docs" / "add-a-solver.md", "python")[0]
    exec(compile(code, "everything.py", "exec"), vars(module))
    return module


def knapsack(limit: float) -> Arrays:
    """Three things of worth 5, 4, 3 and weight 4, 3, 2."""
    return Arrays(
        indptr=np.array([0, 3]), indices=np.arange(3), data=np.array([4.0, 3.0, 2.0]),
        row_lower=np.array([-np.inf]), row_upper=np.array([limit]),
        lower=np.zeros(3), upper=np.ones(3), objective=np.array([5.0, 4.0, 3.0]),
        integer=np.ones(3, dtype=bool),
    )  # fmt: skip


def test_the_example_backend_keeps_the_contract(example_backend: ModuleType) -> None:
    """The backend of the guide finds the best answer, says so, and stops when told."""

    def answer(limit: float, stop: bool = False, **options: float) -> object:
        arrays = knapsack(limit)
        asked = SolveOptions(**options)  # type: ignore[arg-type]
        given = example_backend.solve(arrays, asked, lambda _: None, lambda: stop)
        return accept(given, arrays, asked)

    best = answer(6)
    assert (best.status, best.stop) == (Status.OPTIMAL, Stop.FINISHED)  # type: ignore[attr-defined]
    assert (best.objective, best.bound) == (8.0, 8.0)  # type: ignore[attr-defined]
    nothing = answer(-1)
    assert nothing.status is Status.INFEASIBLE  # type: ignore[attr-defined]
    assert nothing.x is None  # type: ignore[attr-defined]
    stopped = answer(6, stop=True)
    assert (stopped.status, stopped.stop) == (Status.FEASIBLE, Stop.INTERRUPTED)  # type: ignore[attr-defined]
    late = answer(-1, time_limit=0.0)
    assert (late.status, late.stop) == (Status.UNKNOWN, Stop.TIME_LIMIT)  # type: ignore[attr-defined]


PROMISED = {
    "": 11.86, "eu-only": 2.7, "regional-money": 11.86, "expected-cases": 2.32,
    "bid-first": 2.32, "bid-first-two": 2.48,
}  # fmt: skip
"""Points by assumption, as the page of the miniature tells them."""


@pytest.mark.parametrize("assumption", PROMISED)
def test_the_miniature_answers_as_its_page_says(assumption: str) -> None:
    """Every answer that the page names is the one that is given, proven."""
    proposal = matcher.solve(MINIATURE, assumption=assumption)
    told = (MINIATURE / "README.md").read_text("utf-8")
    assert (proposal.status, proposal.gap) == ("optimal", 0)
    assert float(proposal.objective or 0) == PROMISED[assumption]
    assert str(PROMISED[assumption]) in told


def test_options_of_the_readme_are_those_of_solve() -> None:
    """The table of commands names options that exist."""
    text = (ROOT / "README.md").read_text("utf-8")
    known = {
        word
        for command in main.commands.values()
        for option in command.params
        if isinstance(option, click.Option)
        for word in option.opts
    } | {"--help"}
    rows = [line for line in text.splitlines() if line.startswith("| `matcher")]
    used = set(re.findall(r"--[a-z-]+", " ".join(rows)))
    assert used
    assert used <= known
