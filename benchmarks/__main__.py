"""The command line of the benchmarks: generate, list, run, report, plot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from benchmarks import report as reports
from benchmarks import results
from benchmarks.drawn import FAMILIES
from benchmarks.generate import write_scenario
from benchmarks.registry import BENCHMARKS, SEVERITIES, chosen, for_files
from benchmarks.runner import FAILED, about, measure
from benchmarks.sizes import REGIMES, SIZES

if TYPE_CHECKING:
    from benchmarks.registry import Benchmark


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure matcher on generated scenarios; see docs/benchmarks.md."""


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--size", type=click.Choice(list(SIZES)), default="S", show_default=True)
@click.option("--regime", type=click.Choice(list(REGIMES)), default="balanced",
              show_default=True, help="What is short.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
def generate(folder: Path, size: str, regime: str, seed: int) -> None:
    """Write a generated scenario into DIR, a new or empty folder."""
    try:
        write_scenario(folder, size, regime, seed)
    except OSError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"wrote {folder}")


@main.command("list")
def list_() -> None:
    """Show every benchmark: what it measures, and the goal."""
    table = Table()
    for head in ("Name", "Severity", "Measures", "Goal"):
        table.add_column(head, no_wrap=head == "Name")
    for one in BENCHMARKS.values():
        table.add_row(one.name, one.severity, one.measures, one.goal)
    Console().print(table)


@main.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--severity",
    type=click.Choice(SEVERITIES),
    help="All up to this severity; smoke where no NAME is given.",
)
@click.option(
    "--size",
    "sizes",
    type=click.Choice(list(SIZES)),
    multiple=True,
    help="Only this size; may be repeated.",
)
@click.option(
    "--seed",
    "seeds",
    type=click.IntRange(0),
    multiple=True,
    default=(1,),
    help="Seed of the scenario; may be repeated; 1 if not given.",
)
@click.option(
    "--files",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Solve the public files in this folder; NAME is then a family of them.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("results/benchmarks.csv"),
    show_default=True,
    help="Rows are added to this file, and to the .jsonl beside it.",
)
def run(
    names: tuple[str, ...], severity: str | None, sizes: tuple[str, ...],
    seeds: tuple[int, ...], files: Path | None, out: Path,
) -> None:  # fmt: skip
    """Run benchmarks by NAME or family (such as inputs), or by severity."""
    if files is not None:
        if severity or sizes:
            raise click.UsageError("files have no severity and no size")
        todo = _of_files(names, files)
        seeds = seeds[:1]
    else:
        todo = dict.fromkeys(_chosen(names, severity, sizes), ())
    _opened(out)
    known, failed = about(), 0
    for one, paths in todo.items():
        for seed in seeds:
            click.echo(f"{one.name}, seed {seed} ...", err=True)
            rows = measure(one, seed, known, paths)
            results.append(out, rows)
            reports.show(rows, Console())
            failed += any(row.metric == FAILED for row in rows)
    click.echo(f"added to {out}", err=True)
    if failed:
        raise click.ClickException(f"{failed} of {len(todo) * len(seeds)} failed")


def _opened(out: Path) -> None:
    """Refuse a file of results that cannot be written, before anything is measured."""
    if out.suffix == ".jsonl":
        raise click.UsageError(f"{out}: name the CSV file; the .jsonl stands beside it")
    try:
        results.append(out, ())
    except OSError as error:
        raise click.UsageError(str(error)) from error


def _chosen(
    names: tuple[str, ...], severity: str | None, sizes: tuple[str, ...]
) -> tuple[Benchmark, ...]:
    """Benchmarks to run on what is drawn."""
    if not names and severity is None:
        severity = SEVERITIES[0]
    try:
        todo = chosen(names, severity=severity, sizes=sizes)
    except KeyError as error:
        raise click.UsageError(
            f"no benchmark {error}; see python -m benchmarks list"
        ) from error
    if not todo:
        raise click.UsageError("no benchmark is of that name, severity and size")
    return todo


def _of_files(
    names: tuple[str, ...], folder: Path
) -> dict[Benchmark, tuple[Path, ...]]:
    """Benchmarks to run on files of others: of the families named, or of all."""
    found = {
        family: tuple(sorted(folder.glob(kind.pattern)))
        for family, kind in FAMILIES.items()
    }
    try:
        todo = for_files(names or [family for family, paths in found.items() if paths])
    except KeyError as error:
        raise click.UsageError(
            f"{error} has no public files; families that have are {', '.join(FAMILIES)}"
        ) from error
    for one in todo:
        if not found[one.family]:
            pattern = FAMILIES[one.family].pattern
            raise click.UsageError(f"{folder} holds no {pattern} for {one.family}")
    if not todo:
        raise click.UsageError(f"{folder} holds no file of a public format")
    return {one: found[one.family] for one in todo}


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="Markdown file; default: beside FILE.")  # fmt: skip
def report(file: Path, out: Path | None) -> None:
    """Show the results in FILE as tables, and write them as Markdown."""
    try:
        rows = results.read(file)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    for text in reports.setups(rows):
        click.echo(text)
    reports.show(rows, Console())
    target = out or file.with_suffix(".md")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(reports.markdown(rows), "utf-8")
    except OSError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"wrote {target}", err=True)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def plot(file: Path) -> None:
    """Draw the peers in FILE over time, as an SVG beside it."""
    from benchmarks.plot import draw

    try:
        target = draw(results.read(file), file.with_suffix(".svg"))
    except ModuleNotFoundError as error:
        raise click.UsageError(
            f"{error.name} is missing; install the extra benchmark, see "
            "docs/benchmarks.md"
        ) from error
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"wrote {target}", err=True)


if __name__ == "__main__":
    main()
