"""The package as others receive it: built, installed elsewhere, and run."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the source distribution and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the commands of an environment that holds only the wheel."""
    place = tmp_path_factory.mktemp("elsewhere") / "env"
    venv.create(place, with_pip=True, symlinks=os.name != "nt")
    commands = place / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(commands / "python"), "-m", "pip", "install", "--quiet"]
    lock = str(ROOT / "requirements.lock")
    (wheel,) = dist.glob("*.whl")
    subprocess.run([*pip, "--require-hashes", "-r", lock], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    return commands


def run(command: Path, *arguments: str, cwd: Path) -> str:
    """Output of a command that has to succeed."""
    return subprocess.run(
        [str(command), *arguments],
        cwd=cwd,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def test_wheel_carries_the_data(dist: Path) -> None:
    """Every file of `models/` and `scenarios/` is in the wheel, and nothing stray."""
    (wheel,) = dist.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {
        f"matcher/_bundled/{path.relative_to(ROOT).as_posix()}"
        for folder in ("models", "scenarios")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert data <= names
    assert "matcher/py.typed" in names
    tops = {name.partition("/")[0] for name in names}
    assert {top.partition("-")[0] for top in tops} == {"matcher", "regional_matcher"}


def test_source_distribution_carries_the_tests(dist: Path) -> None:
    """Whoever packages the project further can run its tests."""
    (archive,) = dist.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    here = Path(__file__).relative_to(ROOT).as_posix()
    assert {here, "LICENSE", "pyproject.toml", "bootstrap.py"} <= names


def test_installed_command_says_its_version(installed: Path, tmp_path: Path) -> None:
    """The console command works outside the checkout."""
    assert "0.1.0" in run(installed / "matcher", "--version", cwd=tmp_path)


def test_installed_command_checks_a_bundled_scenario(
    installed: Path, tmp_path: Path
) -> None:
    """A scenario is found by name among the bundled ones."""
    run(installed / "matcher", "check", "3dp-2023", cwd=tmp_path)


def test_installed_library_is_the_bundled_one(installed: Path, tmp_path: Path) -> None:
    """Outside a checkout, data comes from the package itself."""
    code = "from matcher import library; print(library.find_objective('balanced'))"
    found = run(installed / "python", "-c", code, cwd=tmp_path).strip()
    assert Path(found).parts[-4:-1] == ("_bundled", "models", "objectives")
