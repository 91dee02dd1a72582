"""Commands that make a scenario: init, import."""

from __future__ import annotations

from pathlib import Path

import click

from matcher.commands.shared import BAD_INPUT, DONE, common, emit, lines


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@common
def init(folder: Path, as_json: bool) -> int:
    """Write a small commented scenario to start from into DIR."""
    from matcher.report.starter import write_starter

    written = write_starter(folder)
    if as_json:
        emit({"folder": str(folder), "files": written})
    else:
        lines([f"wrote {folder} with {len(written)} files; next:",
               f"  matcher check {folder}", f"  matcher solve {folder}"])  # fmt: skip
    return DONE


@click.command(name="import")
@click.argument("folder", metavar="SCENARIO_DIR", type=click.Path(path_type=Path))
@click.option("--check", "only", is_flag=True, help="Compare only; 3 when different.")
@common
def import_(folder: Path, only: bool, as_json: bool) -> int:
    """Rebuild the tables of SCENARIO_DIR from the public data in its source folder."""
    from matcher.importers import import_scenario
    from matcher.report.folder import write_file
    from matcher.report.starter import changes, source_of

    tables = import_scenario(source_of(folder))
    changed = changes(folder, tables)
    if not only:
        for name in changed:
            write_file(folder / name, tables[name])
    same = [name for name in tables if name not in changed]
    if as_json:
        emit({"changed": changed, "same": same, "written": not only})
    else:
        verb = "differs" if only else "written"
        lines(f"{name}: {verb}, {told}" for name, told in changed.items())
        lines([f"{len(same)} of {len(tables)} tables are as they were"])
    return BAD_INPUT if only and changed else DONE
